"""The drill's scene for what goes through a sick line to the database besides taking messages: a worker's whole turn,
an agent's reply from its draft to the outbox, and the sender of the outbox.

The one idea: the line breaks after each answer in turn, so that every place between two statements is the last one
once. Each of them tries once on the sick line and again on a healthy one, as the house does; what the agent and the
mail server were told is compared with what is stored and with what came.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from typing import Any

from segue.app.drill import post
from segue.app.drill.postal import moods
from segue.app.drill.proxy import Mood, Proxy, proxied
from segue.app.drill.small import SmallHouse, small_house
from segue.app.drill.tally import Tally
from segue.app.post import Post
from segue.desk.hands import Hands
from segue.desk.macros import MacroHands
from segue.desk.sending import Sending
from segue.domain.conversation import Channel
from segue.domain.errors import DatabaseUnavailable
from segue.domain.mail import MailKeys
from segue.integrations.mail.lmtp import Listener
from segue.integrations.mail.sending import WayOut
from segue.store.attachments import Attachments
from segue.store.attention import Attention
from segue.store.channels import Channels
from segue.store.conversations import Conversations
from segue.store.corrections import Corrections
from segue.store.database import Database
from segue.store.desk import AgentReply, Desk
from segue.store.drafts import Drafts
from segue.store.inbox import Arrival, Inbox
from segue.store.macros import MacroStore
from segue.store.mail import LARGEST, MailStore
from segue.store.outbox import Outbox
from segue.store.signals import Signals
from segue.store.tags import Tags
from segue.store.waiting_replies import WaitingReplies
from segue.store.workspace import Workspace

WAITS = 0.2
"""Seconds for a line that does not come."""
BACK = 10.0
KEYS = MailKeys(b"a secret of the drill", post.OURS)
ROUND, LATER = timedelta(minutes=2), timedelta(hours=7)
"""Past a lease, so that what was left is taken up; and past the longest pause between two tries."""


@dataclass
class Agents:
    """What they typed and were told was taken: texts by conversation, in order."""

    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    drafts: dict[str, str] = field(default_factory=dict)


def sick_turns(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """`much`: answers after which the line breaks, one after the other, once with the answer lost, once otherwise."""
    got: list[bytes] = []

    async def keep(raw: bytes, recipients: Sequence[str], return_path: str) -> None:
        got.append(raw)

    listener, agents = Listener(keep, lambda address: True, LARGEST), Agents()
    with proxied(url) as (proxy, through), small_house(url) as house, post.listening(listener) as port:
        proxy.latency = WAITS / 10  # of a whole turn's many statements each
        with _lines(through, 3) as (works, types, leaves):
            worker, sending = house.worker(Inbox(works, "sick")), _sending(types)
            for n, (mood, spares) in enumerate(moods(chance, much)):
                _round(house, n)
                _tried(proxy, mood, spares, works, worker.work_off)
                answered = house.customer_writes(text="I want to talk to a person")
                house.worker(house.there).work_off()
                _answers(agents, sending, house, answered, lambda deed: _tried(proxy, mood, spares, types, deed), n)  # noqa: B023
                house.now += timedelta(seconds=11)
                _tried(proxy, mood, spares, types, lambda: sending.send_due(house.now))
                _tried(proxy, mood, spares, leaves, lambda: _office(leaves, port).send_due(house.now))
        _comes_to_rest(house, port)
        asked = len(house.acknowledged)
        tally.add("R1", asked, _not_there(house, agents))
        tally.add("R3", asked, _twice(house, got))
        tally.add("R4", asked, _not_in_order(house, got, agents))
        tally.add_violations(house.violations())


def _round(house: SmallHouse, n: int) -> None:
    """Two customers write by mail, one of them twice; what an earlier round left is due again."""
    house.now += ROUND
    who = f"person{n}@elsewhere.example"
    arrival = Arrival(f"Why is it higher? {n}", Channel.EMAIL, None, f"m{n}", who, who, who, True)
    house.here.accept(arrival, house.now)
    conversation = house.customer_writes(text=f"How do I add a seat? {n}")
    house.customer_writes(conversation, text=f"And how do I take it off? {n}")


def _answers(
    agents: Agents, sending: Sending, house: SmallHouse, conversation: str,
    tried: Callable[[Callable[[], Any]], Any], n: int,
) -> None:  # fmt: skip
    """Mira types and sends two replies, one after the other, and begins a third one."""
    drafts = Drafts(house.db)
    for m in range(2):
        text = f"Reply {m} of round {n}"
        version = drafts.of(conversation, "agt_mira")["reply"].version
        tried(lambda: sending._drafts.put(conversation, "agt_mira", "reply", text, version, house.now))  # noqa: B023
        tried(
            lambda: sending.send(AgentReply(conversation, "agt_mira", text, 99, f"{n}.{m}"), "email", house.now)  # noqa: B023
        )
        agents.told[conversation].append(text)
        house.now += timedelta(seconds=1)
    version = drafts.of(conversation, "agt_mira")["reply"].version
    tried(lambda: sending._drafts.put(conversation, "agt_mira", "reply", f"Begun {n}", version, house.now))
    agents.drafts[conversation] = f"Begun {n}"


def _tried(proxy: Proxy, mood: Mood, spares: int, db: Database, deed: Callable[[], Any]) -> Any:
    """Once on the sick line; and on a healthy one where nobody was told that it was done."""
    proxy.turns(mood, spares)
    try:
        return deed()
    except DatabaseUnavailable:
        proxy.turns(Mood.HEALTHY)
        end = time.monotonic() + BACK
        while time.monotonic() < end:
            with suppress(DatabaseUnavailable):
                db.one("select 1")
                return deed()
        raise
    finally:
        proxy.turns(Mood.HEALTHY)


@contextmanager
def _lines(through: str, several: int) -> Iterator[list[Database]]:
    opened = [Database(through, 1, WAITS).open() for _ in range(several)]
    try:
        yield opened
    finally:
        for db in opened:
            db.close()


def _sending(db: Database) -> Sending:
    hands = Hands(Desk(db), Conversations(db), Workspace(db), Signals(db))
    macros = MacroHands(MacroStore(db), hands, Tags(db), Attention(db))
    return Sending(hands, WaitingReplies(db), Drafts(db), Corrections(db), macros)


def _office(db: Database, port: int) -> Post:
    way = WayOut(f"smtp://127.0.0.1:{port}", post.OURS, "drill")
    return Post(Outbox(db), MailStore(db), way, lambda: KEYS, Attachments(db), Channels(db))


def _comes_to_rest(house: SmallHouse, port: int) -> None:
    house.drain(60)
    for _ in range(12):
        house.now += LATER
        if not _sending(house.db).send_due(house.now) + _office(house.db, port).send_due(house.now):
            return


# what was told, with what is there


def _not_there(house: SmallHouse, agents: Agents) -> list[str]:
    said = {row.body for row in house.db.all("select body from messages where author = 'agent'")}
    kept = {row.id: row.body for row in house.db.all("select conversation_id as id, body from drafts")}
    broken = [
        f"“{text}” was taken and never said" for texts in agents.told.values() for text in texts if text not in said
    ]
    return broken + [
        f"“{text}” was kept as a draft and is gone" for c, text in agents.drafts.items() if kept[c] != text
    ]


def _twice(house: SmallHouse, got: Sequence[bytes]) -> list[str]:
    """Replies said twice, mails that are another mail each time, and rows that are called sent and nobody has."""
    rows = house.db.all(
        "select body, count(*) as n from messages where author = 'agent' group by 1 having count(*) > 1"
    )
    broken = [f"“{row.body}” was said {row.n} times" for row in rows]
    words = defaultdict[str, set[str]](set)
    for raw in got:
        mail = message_from_bytes(raw)
        said = next(part for part in mail.walk() if not part.is_multipart())
        words[str(mail["Message-ID"])].add(f"{mail['To']} {said.get_payload()}")
    broken += [f"{name} went out in {len(several)} wordings" for name, several in words.items() if len(several) > 1]
    return broken + [f"{KEYS.message_id(row.id, row.seq)} {state}" for row in _mails(house)
                     if (state := _unlike(row, words))]  # fmt: skip


def _unlike(row: Any, words: Any) -> str:
    is_got = KEYS.message_id(row.id, row.seq) in words
    if row.sent_at and not is_got:
        return "is told to have been sent, and nobody has it"
    return "" if row.sent_at or row.undelivered_at else "waits still"


def _not_in_order(house: SmallHouse, got: Sequence[bytes], agents: Agents) -> list[str]:
    broken = []
    for conversation, texts in agents.told.items():
        found = "select body from messages where conversation_id = %(id)s and author = 'agent' order by seq"
        rows = house.db.all(found, {"id": conversation})
        if (said := [row.body for row in rows]) != texts and set(said) == set(texts):
            broken.append(f"out of order: {said} were sent as {texts}")
    came = list(dict.fromkeys(str(message_from_bytes(raw)["Message-ID"]) for raw in got))
    by_conversation = defaultdict[str, list[str]](list)
    for row in _mails(house):
        by_conversation[row.id].append(KEYS.message_id(row.id, row.seq))
    for conversation, names in by_conversation.items():
        if (first := [name for name in came if name in names]) != [name for name in names if name in came]:
            broken.append(f"out of order: mails of {conversation} left as {first}")
    return broken


def _mails(house: SmallHouse) -> list[Any]:
    return house.db.all("select conversation_id as id, seq, sent_at, undelivered_at from outbox where kind = 'mail'"
                        " order by conversation_id, seq")  # fmt: skip
