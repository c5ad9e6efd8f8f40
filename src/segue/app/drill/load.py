"""Customers who write and agents who act, over HTTP, at a house that is being killed meanwhile.

A writer keeps on sending the same message under the same client_id until it is acknowledged, as an honest client does;
whatever was acknowledged is kept, in order, to be compared with what is stored.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from segue.app.drill.checks import Acknowledged
from segue.app.drill.living import AGENTS, KEY, SESSION

TIMEOUT = 4.0
"""Seconds until a client stops waiting and sends again: the same message may then be on its way twice."""
BROKEN = (400, 401, 403, 404, 422, 500)
"""What an honest client never gets, whatever dies meanwhile: `not now` is a 503 or no answer at all."""
MATTERS = (
    "I want to talk to a person about invoice {}",
    "How do I export the receipts of {}",
    "The bank feed of {} stopped",
)
NAMES = ("Ada", "Bea", "Cleo", "Dora", "Emil", "Finn", "Grace", "Hugo", "Ines", "Kim", "Lena", "Mira", "Olga", "Tom")


class Line:
    """One keep-alive connection of one thread."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any] | None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and answer; status 0 where there was none."""
        try:
            line = self._line or http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            self._line = line
            text = None if body is None else json.dumps(body)
            line.request("POST", path, text, {"Content-Type": "application/json", **headers})
            answer = line.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            if self._line:
                self._line.close()
            self._line = None
            return 0, {}
        return answer.status, json.loads(said) if said[:1] == b"{" else {}


@dataclass
class Load:
    """What was promised to whom, shared by all threads."""

    port: int
    seed: int
    acknowledged: list[Acknowledged] = field(default_factory=list)
    replied: list[Acknowledged] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    """Seconds from a message's first try to its 202."""
    retries: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    """Answers that no honest client should get."""
    at_once: float = 0.05
    """The share of follow-ups that are sent twice at the same moment."""
    openings: float = 0.25
    """The share of messages that open a conversation."""
    among: int = 20
    """Agents touch one of the last so many conversations written in."""
    name: str = ""
    """Goes before each client_id and each customer's, where one house has several loads, one after the other."""

    def __post_init__(self) -> None:
        self.is_over = threading.Event()
        self.lock = threading.Lock()

    def percentile(self, share: float) -> float:
        took = sorted(self.took)
        return took[min(int(share * len(took)), len(took) - 1)] if took else float("nan")

    def recent(self, chance: random.Random) -> str | None:
        with self.lock:
            return chance.choice(self.acknowledged[-self.among :]).conversation_id if self.acknowledged else None


@contextmanager
def under_load(load: Load, writers: int = 6, agents: int = 2, pause: float = 0.2) -> Iterator[Load]:
    """Writers and agents at work while the block runs; each finishes what it is saying at the end."""
    threads = [threading.Thread(target=_write, args=(load, n, pause), daemon=True) for n in range(writers)]
    threads += [threading.Thread(target=_act, args=(load, n, pause), daemon=True) for n in range(agents)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.is_over.set()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "a message was not taken within a minute"


# customers


def _write(load: Load, number: int, pause: float) -> None:
    """One writer: a few conversations of its own, one message after the other."""
    chance, line, other = random.Random(f"{load.seed}/{number}"), Line(load.port), Line(load.port)
    own: list[str] = []
    said = 0
    while not load.is_over.is_set():
        said += 1
        text, client_id = _words(chance, said), f"{load.name}w{number}.{said}"
        if own and chance.random() >= load.openings:
            path, body = f"/api/v1/conversations/{chance.choice(own)}/messages", {"text": text}
            double = other if chance.random() < load.at_once else None
        else:
            path, body, double = "/api/v1/conversations", _opening(chance, f"{load.name}{number}-{said}", text), None
        taken = _until_taken(load, line, path, body | {"client_id": client_id}, double)
        if taken is None:
            continue
        if taken.conversation_id not in own:
            own = [*own[-3:], taken.conversation_id]
        time.sleep(chance.uniform(0, 2 * pause))


def _until_taken(load: Load, line: Line, path: str, body: dict[str, Any], double: Line | None) -> Acknowledged | None:
    begin, twin = time.monotonic(), None
    if double:
        twin = threading.Thread(target=double.post, args=(path, body), kwargs=_key(), daemon=True)
        twin.start()
    while True:
        status, answer = line.post(path, body, **_key())
        if status == 202:
            break
        with load.lock:
            load.retries[str(status or "no answer")] += 1
            if status in BROKEN:
                load.refusals.append(f"{status} for {body['client_id']}: {answer.get('detail')}")
        if status and status < 500 and status != 409:
            return None
        time.sleep(0.1)
        if load.is_over.is_set() and time.monotonic() - begin > 50:
            return None
    if twin:
        twin.join()
    taken = Acknowledged(
        answer["conversation"]["id"], answer["message"]["id"], answer["message"]["seq"], body["client_id"], body["text"]
    )
    with load.lock:
        load.acknowledged.append(taken)
        load.took.append(time.monotonic() - begin)
    return taken


def _words(chance: random.Random, said: int) -> str:
    """Mostly greetings, which the assistant answers without having learnt anything; some matters, some thanks."""
    kind = chance.random()
    if kind < 0.1:
        return chance.choice(MATTERS).format(f"{chance.choice(NAMES)} {said}")
    if kind < 0.17:
        return f"Thank you {chance.choice(NAMES)}"
    return f"{chance.choice(('Hello', 'Hi', 'Good morning'))} {chance.choice(NAMES)}"


def _opening(chance: random.Random, who: str, text: str) -> dict[str, Any]:
    """Vouched for, or known by an address only."""
    if chance.random() < 0.7:
        return {"contact": {"external_id": f"customer-{who}", "verified": True}, "text": text}
    return {"contact": {"email": f"w{who}@elsewhere.example"}, "text": text}


# agents


def _act(load: Load, number: int, pause: float) -> None:
    """One agent, who touches conversations that customers are writing in."""
    chance, line, agent = random.Random(f"{load.seed}/agent {number}"), Line(load.port), AGENTS[number % len(AGENTS)]
    said = 0
    while not load.is_over.is_set():
        conversation = load.recent(chance)
        if conversation:
            said += 1
            _deed(load, chance, line, agent, conversation, f"{load.name}a{number}.{said}")
        time.sleep(chance.uniform(0, 2 * pause))


def _deed(load: Load, chance: random.Random, line: Line, agent: str, conversation: str, client_id: str) -> None:
    deed = chance.choices(("claim", "reply", "hand-back", "resolve", "hold"), (4, 3, 6, 1, 1))[0]
    path = f"/api/v1/conversations/{conversation}/{deed}"
    body: dict[str, Any] = {"agent": agent}
    if deed == "hold":
        status, _ = line.post(f"/desk/conversations/{conversation}/hold", None, Cookie=f"segue_session={SESSION}")
    elif deed == "reply":
        body |= {"text": f"I have looked into it, {client_id}.", "client_id": client_id}
        status, answer = line.post(path, body, **_key())
        if status == 201:
            with load.lock:
                load.replied.append(Acknowledged(conversation, answer["id"], answer["seq"], client_id, body["text"]))
    else:
        status, _ = line.post(path, body | ({"force": True} if deed == "claim" else {}), **_key())
    with load.lock:
        load.deeds[deed if status and status < 300 else f"{deed} refused" if status else f"{deed} unanswered"] += 1
        if status in BROKEN:
            load.refusals.append(f"{status} for {deed} of {conversation}")


def _key() -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}"}
