"""Bringing in what happened before us: past conversations with their resolutions and examples, in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from segue.domain.conversation import Author, Channel, Message, Page
from segue.domain.ids import new_id
from segue.domain.ports import Vector
from segue.domain.turn import Turn
from segue.store.database import Database, as_json, copy_rows, written

AT_ONCE = 5_000
_LONGEST_SUBJECT = 120

_CONVERSATIONS = """copy conversations (id, contact_id, account_id, channel, subject, page_url, page_title, status,
    handler, assignee_id, team_id, intent_id, category_id, opened_at, changed_at, resolved_at, seq, customer_seq,
    considered_seq) from stdin"""
_MESSAGES = "copy messages (conversation_id, seq, author, agent_id, body, page_url, at) from stdin"
_RESOLUTIONS = """copy resolutions (id, conversation_id, contact_id, intent_id, category_id, article_id, problem,
    solution, resolved_by, outcome, minutes, at, vector, encoder) from stdin"""
_EXAMPLES = """copy examples (id, intent_id, body, vector, encoder, source, contact_id, conversation_id, created_at)
    from stdin"""
_ASSESSMENTS = """copy assessments (conversation_id, seq, episode, intent_id, frustration, body, vector, encoder)
    from stdin"""
_ANSWERS = "copy answers (conversation_id, seq, kind, confidence, article_id, options, body) from stdin"
_DECISIONS = """copy decisions (conversation_id, seq, action, reason, policy_version, rung, body, decided_at)
    from stdin"""


@dataclass(frozen=True, slots=True)
class PastConversation:
    """A conversation that was resolved before Segue came. `vector` is that of its first message, by `encoder`."""

    id: str
    contact_id: str
    account_id: str | None
    channel: Channel
    messages: tuple[Message, ...]
    vector: Vector
    intent: str | None
    category: str | None
    resolved_by: str
    resolved_at: datetime
    solution: str
    outcome: str
    minutes: float | None = None
    article_id: str | None = None
    team_id: str | None = None
    agent_id: str | None = None
    page: Page | None = None
    encoder: str = field(kw_only=True)


def bring_in(db: Database, past: Iterable[PastConversation], source: str) -> int:
    """Writes the conversations with their resolutions, and an example for each whose intent is known; returns how many.

    `source` names where the examples came from, so that they can be told apart later.
    """
    done, rest = 0, iter(past)
    while chunk := list(islice(rest, AT_ONCE)):
        with db.transaction() as connection:
            copy_rows(connection, _CONVERSATIONS, [_conversation(p) for p in chunk])
            copy_rows(connection, _MESSAGES, [row for p in chunk for row in _messages(p)])
            copy_rows(connection, _RESOLUTIONS, [_resolution(p) for p in chunk])
            copy_rows(connection, _EXAMPLES, [_example(p, source) for p in chunk if p.intent])
        done += len(chunk)
    return done


def bring_in_turns(db: Database, turns: Iterable[tuple[str, int, Turn, datetime]]) -> int:
    """Writes turns that were decided elsewhere, by conversation and seq; returns how many. All must be assessed."""
    rows = list(turns)
    with db.transaction() as connection:
        copy_rows(connection, _ASSESSMENTS, [_assessment(*row) for row in rows])
        copy_rows(connection, _ANSWERS, [_answer(*row) for row in rows])
        copy_rows(connection, _DECISIONS, [_decision(*row) for row in rows])
    return len(rows)


def _conversation(p: PastConversation) -> tuple[Any, ...]:
    last = p.messages[-1].seq
    customer = max(m.seq for m in p.messages if m.author is Author.CUSTOMER)
    return (
        p.id, p.contact_id, p.account_id, p.channel.value, _subject(p.messages[0].text), p.page and p.page.url,
        p.page and p.page.title, "resolved", "human" if p.agent_id else "assistant", p.agent_id, p.team_id, p.intent,
        p.category, p.messages[0].at, p.resolved_at, p.resolved_at, last, customer, customer,
    )  # fmt: skip


def _subject(text: str) -> str:
    """What the first message begins with, cut between words."""
    if len(text) <= _LONGEST_SUBJECT:
        return text
    head = text[:_LONGEST_SUBJECT]
    return (head.rpartition(" ")[0] or head[:-1]) + "…"


def _messages(p: PastConversation) -> list[tuple[Any, ...]]:
    return [(p.id, m.seq, m.author.value, m.agent_id, m.text, p.page and p.page.url, m.at) for m in p.messages]


def _resolution(p: PastConversation) -> tuple[Any, ...]:
    return (
        f"res_{p.id[4:]}", p.id, p.contact_id, p.intent, p.category, p.article_id, p.messages[0].text, p.solution,
        p.resolved_by, p.outcome, p.minutes, p.resolved_at, written(p.vector), p.encoder,
    )  # fmt: skip


def _example(p: PastConversation, source: str) -> tuple[Any, ...]:
    return (
        new_id("exa", p.resolved_at), p.intent, p.messages[0].text, written(p.vector), p.encoder, source, p.contact_id,
        p.id, p.resolved_at,
    )  # fmt: skip


def _assessment(conversation: str, seq: int, turn: Turn, _: datetime) -> tuple[Any, ...]:
    a = turn.assessment
    assert a is not None
    body = as_json(a.without_vectors())
    return conversation, seq, 1, a.intent, a.frustration.value, body, written(a.vector), a.encoder


def _answer(conversation: str, seq: int, turn: Turn, _: datetime) -> tuple[Any, ...]:
    w = turn.answer
    assert w is not None
    return conversation, seq, w.kind.value, w.confidence, w.article_id, list(w.options), as_json(w)


def _decision(conversation: str, seq: int, turn: Turn, at: datetime) -> tuple[Any, ...]:
    d = turn.decision
    reason = d.because[0].reason.value
    return conversation, seq, d.action.value, reason, d.policy_version, int(d.rung), as_json(d), at
