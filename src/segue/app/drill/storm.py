"""The storm of the drill: a whole house in processes of its own, under load, while they are killed and stopped.

Customers write and agents act over HTTP; every promise they are given is kept beside, and so is a mirror of everything
they may see, kept by events alone. When the storm is over and the house has come to rest, promises, mirror and a backup
that was taken under load are compared with what is stored.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from segue.app.drill.checks import violations
from segue.app.drill.killing import kill_at_random, pause_some, until_it_has_taken, until_nothing_waits
from segue.app.drill.lines import beside
from segue.app.drill.living import KEY, LivingHouse, living_house
from segue.app.drill.load import Load, under_load
from segue.app.drill.scenes import claims, unlike, unlike_decided
from segue.app.drill.tally import Tally
from segue.store.backup import back_up, bring_back
from segue.store.database import Database
from segue.store.inbox import LEASE, SILENCE

PAST_SILENCE, PAST_LEASE = SILENCE.total_seconds() + 2, LEASE.total_seconds() + 2
"""Seconds for which a worker is stopped in the middle of a turn: others take it for dead after ten, and give its work
away; and after thirty its lease has run out, whoever takes it for what."""
DRAIN = 60.0
MOST_APART, AT_ONCE = 6, 4
"""Messages between two blows, and processes that one blow may kill: two hundred, one by one, take longer to start again
than a drill may last."""
HEADERS = {"Authorization": f"Bearer {KEY}"}


class Mirror:
    """A copy of every conversation, kept by events: whoever is cut off goes on from the last cursor it saw."""

    def __init__(self, port: int) -> None:
        self._port, self._cursor = port, ""
        self.shown: dict[str, dict[str, Any]] = {}
        self.lines = 0
        """How often it had to begin again."""
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True, name="mirror")

    @contextmanager
    def following(self) -> Iterator[Mirror]:
        self._thread.start()
        try:
            yield self
        finally:
            self._is_over.set()
            self._thread.join(30)

    def fetched(self, path: str) -> Any:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=8)
        line.request("GET", f"/api/v1{path}", headers=HEADERS)
        answer = line.getresponse()
        body = answer.read()
        line.close()
        if answer.status != 200:
            raise OSError(answer.status)
        return json.loads(body)

    def _follow(self) -> None:
        while not self._is_over.is_set():
            self.lines += 1
            with suppress(OSError, http.client.HTTPException, ValueError):
                self._read()
            self._is_over.wait(0.2)

    def _read(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=3)
        headers = {**HEADERS, **({"Last-Event-ID": self._cursor} if self._cursor else {})}
        line.request("GET", "/api/v1/events", headers=headers)
        answer = line.getresponse()
        cursor = ""
        while not self._is_over.is_set():
            said = answer.readline()
            if not said:
                return
            name, _, value = said.decode().strip().partition(": ")
            if name == "id":
                cursor = value
            elif name == "data":
                conversation = json.loads(value).get("conversation")
                if conversation:
                    self.shown[conversation] = self.fetched(f"/conversations/{conversation}")
            elif not said.strip() and cursor:
                self._cursor = cursor  # only now: what could not be fetched is told again


def storm(furnished: Path, folder: Path, chance: random.Random, kills: Mapping[str, int], stops: Sequence[float],
          lasts: float, tally: Tally, environment: Mapping[str, str] | None = None,
          least: int = 0, webs: int = 1) -> dict[str, Any]:  # fmt: skip
    """Plays it, tells the tally, and returns what happened in figures. Kills end early `lasts` seconds after the house
    is up; `stops`: for how many seconds each a worker is stopped; `least`: messages before it may be over."""
    with living_house(furnished, folder, environment, webs=webs) as house, Mirror(house.port).following() as mirror:
        load = Load(house.port, chance.randrange(10**6))
        with under_load(load):
            until = time.monotonic() + lasts
            done = kill_at_random(house, load, chance, dict(kills), MOST_APART, until, AT_ONCE)
            if done.total() < (wanted := sum(kills.values())):
                tally.skip("storm", f"{done.total()} of {wanted} processes were killed when its time was over")
            zombies = pause_some(house, chance, stops, PAST_SILENCE)
            if zombies < len(stops):
                tally.skip("a stopped worker", f"{zombies} of {len(stops)} had a turn in hand")
            until_it_has_taken(load, least - len(load.acknowledged), DRAIN)
            before, file = list(load.acknowledged), folder / "backup"
            back_up(house.url, file)
        house.start()  # back to its feet: what was killed last may still be standing up
        drained = until_nothing_waits(house, DRAIN)
        found = violations(house.url, [*load.acknowledged, *load.replied])
        _tell(house, load, found, tally)
        tally.add("R11", len(mirror.shown), _unlike(mirror, {one.conversation_id for one in load.acknowledged}))
        tally.add("R12", len(before), _not_restored(house.url, file, before))
        return {"messages": len(load.acknowledged), "replies": len(load.replied), "kills": dict(done),
                "stops": len(stops), "stopped_in_a_turn": zombies, "lines_begun_again": mirror.lines,
                "drained_in": round(drained, 1), "retries": dict(load.retries)}  # fmt: skip


def _tell(house: LivingHouse, load: Load, found: list[str], tally: Tally) -> None:
    taken = len(load.acknowledged) + len(load.replied)
    tally.add("R1", taken)
    tally.add("R2", len(load.acknowledged))
    tally.add("R4", taken)
    db = Database(house.url, 2).open()
    try:
        row = db.one("""select
            (select count(*) from messages where answers_seq is not null) as replies,
            (select count(*) from events where kind in ('conversation.claimed', 'conversation.handed_off')) as takes,
            (select count(*) from decisions) as decided""")
        assert row is not None
        tally.add("R3", row.replies)
        tally.add("R5", row.takes)
        tally.add("R13", row.decided, [*unlike_decided(db), *claims(db)])
    finally:
        db.close()
    tally.add("R10", sum(load.retries.values()) + taken, load.refusals)
    tally.add_violations(found)


def _unlike(mirror: Mirror, taken: Set[str]) -> list[str]:
    """What the mirror shows otherwise than a fresh look, or not at all though it was `taken`. It may be a moment
    behind: it is given some."""
    broken: list[str] = []
    for _ in range(20):
        known = taken | mirror.shown.keys()
        fresh = {conversation: mirror.fetched(f"/conversations/{conversation}") for conversation in known}
        broken = [f"{c} is shown as it was: {unlike(mirror.shown.get(c), now)}" for c, now in fresh.items()
                  if mirror.shown.get(c) != now]  # fmt: skip
        if not broken:
            break
        time.sleep(0.5)
    return broken


def _not_restored(url: str, file: Path, before: list[Any]) -> list[str]:
    with beside(url) as elsewhere:
        bring_back(elsewhere, file)
        found = violations(elsewhere, before)
    return [sentence for sentence in found if not sentence.startswith("undecided")]  # it was in the middle of its work
