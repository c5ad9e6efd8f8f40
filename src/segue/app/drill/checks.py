"""What must hold of a database whatever happened to the house: trust R1 to R5, read off the rows.

`violations` knows nothing of workers, kills or seeded bugs. It compares what was promised to the outside (each 202)
with what is stored, and walks each conversation's events in the order in which they happened.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row


class Acknowledged(NamedTuple):
    """One 202 (or an agent's 201), in the order in which they came."""

    conversation_id: str
    message_id: str
    seq: int
    client_id: str
    text: str


def violations(database_url: str, acknowledged: Sequence[Acknowledged | tuple[str, str, int, str, str]]) -> list[str]:
    """One sentence per broken promise; empty where all held. Call it once nothing waits any more."""
    promised = [Acknowledged(*a) for a in acknowledged]
    with psycopg.connect(database_url, row_factory=namedtuple_row) as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        rows: list[Any] = connection.execute(_MESSAGES).fetchall()
        told: list[Any] = connection.execute(_EVENTS).fetchall()
        undecided: list[Any] = connection.execute(_UNDECIDED).fetchall()
        waiting: list[Any] = connection.execute(_WAITING).fetchall()
        silent: list[Any] = connection.execute(_SILENT).fetchall()
    messages = {(m.conversation_id, m.seq): m for m in rows}
    return [
        *lost(promised, messages),
        *told_twice(promised, rows),
        *double_replies(rows),
        *out_of_order(promised, rows, told),
        *(f"undecided: {u.conversation_id} has no decision for message {u.seq}" for u in undecided),
        *(f"undecided: {w.id} waits to be considered, and nothing in it is left to consider" for w in waiting),
        *(f"silent: {row.id} is with people, of whom none was told and none took it" for row in silent),
        *spoke_over_a_person(told, messages),
    ]


def lost(promised: Iterable[Acknowledged], messages: dict[tuple[str, int], Any]) -> Iterator[str]:
    """R1: acknowledged but not stored, or stored with other words."""
    for a in promised:
        stored = messages.get((a.conversation_id, a.seq))
        if stored is None or stored.client_id != a.client_id:
            yield f"lost: {a.client_id} was acknowledged as {a.message_id} and is not there"
        elif stored.body != a.text:
            yield f"lost: {a.message_id} was {a.text!r} and is stored as {stored.body!r}"


def told_twice(promised: Iterable[Acknowledged], rows: Iterable[Any]) -> Iterator[str]:
    """R4: a client_id is one message, however often it is sent. Writers here never use one twice on purpose."""
    written = Counter((m.author, m.client_id) for m in rows if m.client_id)
    yield from (f"duplicated: {client_id} is stored {n} times" for (_, client_id), n in written.items() if n > 1)
    places: dict[str, set[str]] = defaultdict(set)
    for a in promised:
        places[a.client_id].add(a.message_id)
    yield from (f"duplicated: {c} was acknowledged as {sorted(ids)}" for c, ids in places.items() if len(ids) > 1)


def double_replies(rows: Iterable[Any]) -> Iterator[str]:
    """R3: at most one word of the house per customer message."""
    replies = Counter((m.conversation_id, m.answers_seq) for m in rows if m.answers_seq is not None)
    yield from (f"double reply: {c} answers message {seq} {n} times" for (c, seq), n in replies.items() if n > 1)


def out_of_order(promised: Iterable[Acknowledged], rows: Sequence[Any], told: Iterable[Any]) -> Iterator[str]:
    """R4: what came one after the other is stored, decided and answered one after the other."""
    customers = {(m.conversation_id, m.seq) for m in rows if m.author == "customer"}
    written = [(a.conversation_id, a.seq) for a in promised]
    replies = [m for m in rows if m.answers_seq is not None]  # by seq
    yield from _turned_round("acknowledged", (place for place in written if place in customers))
    yield from _turned_round("answered", ((m.conversation_id, m.answers_seq) for m in replies))
    yield from _turned_round("decided", ((e.conversation_id, e.body["seq"]) for e in told if e.kind == "turn.decided"))
    for m in replies:
        if m.answers_seq >= m.seq:
            yield f"out of order: reply {m.seq} of {m.conversation_id} answers the later message {m.answers_seq}"


def _turned_round(what: str, places: Iterable[tuple[str, int]]) -> Iterator[str]:
    courses: dict[str, list[int]] = defaultdict(list)
    for conversation, seq in places:
        courses[conversation].append(seq)
    for conversation, seqs in courses.items():
        if seqs != sorted(seqs):
            yield f"out of order: messages of {conversation} were {what} as {seqs}"


def spoke_over_a_person(told: Sequence[Any], messages: dict[tuple[str, int], Any]) -> Iterator[str]:
    """R5: from a person's first touch (or a handoff) until it is handed back, or resolved and written in again."""
    courses: dict[str, list[Any]] = defaultdict(list)
    for e in told:
        courses[e.conversation_id].append(e)
    for conversation, course in courses.items():
        yield from _spoke_over_a_person(conversation, course, messages)


def _spoke_over_a_person(
    conversation: str, course: Iterable[Any], messages: dict[tuple[str, int], Any]
) -> Iterator[str]:
    """`since`: what gave the conversation to people, in the order in which things happened; empty while nothing has."""
    since = ""
    for e in course:
        said = messages.get((conversation, e.body["seq"])) if e.kind == "message.sent" else None
        if e.kind == "message.sent" and said is None:
            yield f"lost: {conversation} tells of message {e.body['seq']}, which is not there"
        elif said and said.answers_seq is not None and since:
            yield f"spoke over a person: {conversation} said {said.seq} after {since}"
        elif e.kind in _TAKES or (said and said.author == "agent") or _reopens_by_hand(e):
            since = e.kind
        elif e.kind == "conversation.handed_back" or (e.kind == "message.received" and since == _END):
            since = ""


def _reopens_by_hand(event: Any) -> bool:
    return bool(event.kind == "conversation.reopened" and event.author != "assistant")


_END = "conversation.resolved"
_TAKES = (
    "conversation.claimed",
    "conversation.assigned",
    "conversation.handed_off",
    "message.stopped",
    "message.undelivered",
    _END,
)
_MESSAGES = "select * from messages order by conversation_id, seq"
# Numbers of events are drawn while the conversation's row is locked: of one conversation they stand as it happened.
_EVENTS = "select kind, conversation_id, author, body from events where conversation_id is not null order by id"
_UNDECIDED = """
select conversation_id, seq from messages m where author = 'customer'
and not exists (select from decisions d where d.conversation_id = m.conversation_id and d.seq = m.seq)
order by conversation_id, seq
"""
_WAITING = """
select id from conversations c where (ready_at is not null or customer_seq > considered_seq)
and not exists (select from messages m where m.conversation_id = c.id and m.author = 'customer'
                and m.seq > c.considered_seq)
"""
_SILENT = """
select id from conversations c where handler = 'human' and assignee_id is null and status <> 'resolved'
and not exists (select from events e where e.conversation_id = c.id and e.kind in (
    'conversation.handed_off', 'conversation.claimed', 'conversation.assigned', 'conversation.reopened',
    'mail.released', 'message.stopped', 'message.undelivered'))
"""
