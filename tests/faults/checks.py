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
        rows = connection.execute(_MESSAGES).fetchall()
        told = connection.execute(_EVENTS).fetchall()
        undecided = connection.execute(_UNDECIDED).fetchall()
        waiting = connection.execute(_WAITING).fetchall()
    messages = {(m.conversation_id, m.seq): m for m in rows}
    return [
        *lost(promised, messages),
        *told_twice(promised, rows),
        *double_replies(rows),
        *out_of_order(promised, rows, told),
        *(f"undecided: {u.conversation_id} has no decision for message {u.seq}" for u in undecided),
        *(f"undecided: {w.id} waits to be considered, and nothing in it is left to consider" for w in waiting),
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
    written, replies = defaultdict(list), defaultdict(list)
    for a in promised:
        if (a.conversation_id, a.seq) in customers:
            written[a.conversation_id].append(a.seq)
    for m in rows:  # by seq
        if m.answers_seq is not None:
            replies[m.conversation_id].append(m.answers_seq)
            if m.answers_seq >= m.seq:
                yield f"out of order: reply {m.seq} of {m.conversation_id} answers the later message {m.answers_seq}"
    decided = defaultdict(list)
    for e in told:
        if e.kind == "turn.decided":
            decided[e.conversation_id].append(e.body["seq"])
    for what, found in (("acknowledged", written), ("answered", replies), ("decided", decided)):
        for conversation, seqs in found.items():
            if seqs != sorted(seqs):
                yield f"out of order: messages of {conversation} were {what} as {seqs}"


def spoke_over_a_person(told: Iterable[Any], messages: dict[tuple[str, int], Any]) -> Iterator[str]:
    """R5: from a person's first touch (or a handoff) until it is handed back, or resolved and written in again."""
    has_it: dict[str, str] = {}
    closed: set[str] = set()
    for e in told:  # of one conversation in the order in which they happened
        here = e.conversation_id
        if e.kind in ("conversation.claimed", "conversation.assigned", "conversation.handed_off"):
            has_it[here] = e.kind
        elif e.kind == "conversation.handed_back":
            has_it.pop(here, None)
        elif e.kind == "conversation.resolved":
            closed.add(here)
            has_it[here] = e.kind
        elif e.kind == "conversation.reopened" and e.author != "assistant":
            closed.discard(here)
            has_it[here] = e.kind
        elif e.kind == "message.received" and here in closed:
            closed.discard(here)
            has_it.pop(here, None)
        elif e.kind == "message.sent":
            said = messages.get((here, e.body["seq"]))
            if said is None:
                yield f"lost: {here} tells of message {e.body['seq']}, which is not there"
            elif said.author == "agent":
                has_it[here] = "a reply"
                closed.discard(here)
            elif said.answers_seq is not None and here in has_it:
                yield f"spoke over a person: {here} said {said.seq} after {has_it[here]}"


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
