"""The past as it can be decided again: considered messages with what was known then, and how it ended.

The one idea: a decision carries what it was taken from (`earned`, `scores`, its reasons), so who had the conversation,
what the customer was worth and what had been earned then are read back and not guessed from today's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np
import orjson

from segue.domain.assessment import Assessment
from segue.domain.conversation import Author, Channel, Conversation, EarlierTurn, Handler, Message, Status
from segue.domain.decision import Decision
from segue.domain.past import Ending, PastEpisode, PastTurn
from segue.domain.people import Account, Contact
from segue.domain.ports import Vector
from segue.domain.turn import Turn
from segue.store.database import Database, as_json, read, written
from segue.store.records import answer_of, assessment_of, decision_of
from segue.store.sql import statements

SQL = statements("backtest")
_KEEP = """copy replayed_turns (conversation_id, seq, episode, policy_version, assessment, answer, decision, vector, at,
    made_at) from stdin"""
_HAS_IT, _IS_HELD = "conversation.handler", "conversation.assistant_is_held"
"""The rules by which a decision tells who had the conversation: they hold whatever else holds."""


@dataclass(frozen=True, slots=True)
class Places:
    """Messages with what they want and where they stand: `vectors` is float32 [n, DIMENSIONS]."""

    messages: tuple[tuple[str, int], ...]
    intents: tuple[str | None, ...]
    vectors: Vector


class PastStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def episodes(self, since: datetime) -> tuple[list[PastEpisode], int]:
        """Episodes that began at `since` or later, in the order of their beginning, without texts and vectors; and how
        many messages in them were never considered."""
        rows = self.db.all(SQL.turns, {"since": since})
        endings = {(r.conversation_id, r.episode): _ending(r) for r in self.db.all(SQL.endings, {"since": since})}
        found, lost = [], sum(row.assessment is None for row in rows)
        for (conversation, episode), group in groupby(
            (r for r in rows if r.assessment is not None), key=lambda r: (r.conversation_id, r.episode)
        ):
            turns = tuple(_turns(group))
            if turns[0].conversation.latest.at >= since:
                number, ending = turns[0].conversation.number, endings.get((conversation, episode))
                found.append(PastEpisode(conversation, number, turns, ending))
        found.sort(key=lambda e: (e.turns[0].conversation.latest.at, e.conversation_id))
        return found, lost

    def whole(self, conversations: Sequence[str]) -> list[PastEpisode]:
        """Every episode of these, with texts, nearest examples and vectors."""
        rows = self.db.all(SQL.whole_turns, {"ids": list(conversations)})
        ends = self.db.all(SQL.endings, {"since": datetime.min.replace(tzinfo=UTC)})
        endings = {(r.conversation_id, r.episode): _ending(r) for r in ends}
        groups = groupby(rows, key=lambda r: (r.conversation_id, r.episode))
        return [
            PastEpisode(key[0], turns[0].conversation.number, turns, endings.get(key))
            for key, turns in ((key, tuple(_turns(group))) for key, group in groups)
        ]

    def places(self, since: datetime) -> Places:
        rows = self.db.all(SQL.vectors, {"since": since})
        vectors = np.array([orjson.loads(r.vector) for r in rows], np.float32).reshape(len(rows), -1)
        return Places(tuple((r.conversation_id, r.seq) for r in rows), tuple(r.intent_id for r in rows), vectors)

    def words(self, messages: Iterable[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, datetime]]:
        """What these messages say, and when they came."""
        wanted = list(messages)
        params = {"ids": [c for c, _ in wanted], "seqs": [seq for _, seq in wanted]}
        return {(r.conversation_id, r.seq): (r.body, r.at) for r in self.db.all(SQL.words, params)}

    def keep(self, turns: Iterable[tuple[Conversation, Turn, datetime]], made_at: datetime) -> int:
        """Stores turns that were considered afterwards; `datetime` is when each would have been decided."""
        with self.db.transaction() as connection, connection.cursor().copy(_KEEP) as copy:
            rows = [_row(conversation, turn, at, made_at) for conversation, turn, at in turns]
            for row in rows:
                copy.write_row(row)
        return len(rows)

    def forget(self) -> int:
        """Throws away all that was considered afterwards; it is derived and can be made again."""
        return self.db.run(SQL.forget_replayed)


def _turns(rows: Iterable[Any]) -> Iterator[PastTurn]:
    """The turns of one episode, each seeing those before it."""
    before: tuple[EarlierTurn, ...] = ()
    for row in rows:
        turn = _turn(row, before)
        yield turn
        before = (*before, _earlier(turn))


def _turn(row: Any, before: tuple[EarlierTurn, ...]) -> PastTurn:
    vector = read(getattr(row, "vector", None))
    assessment = assessment_of(orjson.loads(row.assessment), vector)
    decision = decision_of(orjson.loads(row.decision))
    answer = answer_of(orjson.loads(row.answer)) if row.answer is not None else None
    now = row.at
    return PastTurn(_conversation(row, assessment, decision, before, now), assessment, answer, decision, now,
                    row.is_replayed)  # fmt: skip


def _conversation(
    row: Any, assessment: Assessment, decision: Decision, before: tuple[EarlierTurn, ...], now: datetime
) -> Conversation:
    """As it stood: tier and vouching from what was noticed, worth and handler from what was decided."""
    rules = {because.rule for because in decision.because}
    is_human = _HAS_IT in rules
    tier, worth = assessment.tier, decision.scores.get("worth", 0.0)
    account = None if tier is None else Account("", "", tier, worth)
    at = now - timedelta(seconds=decision.scores.get("waited", 0.0))
    return Conversation(
        id=row.conversation_id,
        number=row.number,
        channel=Channel(row.channel),
        status=Status.OPEN,
        handler=Handler.HUMAN if is_human else Handler.ASSISTANT,
        opened_at=at,
        contact=Contact(row.contact_id, is_verified=assessment.is_verified),
        account=account,
        messages=(Message(row.seq, Author.CUSTOMER, assessment.text, at),),
        page=assessment.page,
        episode=row.episode,
        turns=before,
        team_id=decision.team if is_human else None,
        assistant_is_held=_IS_HELD in rules,
    )


def _earlier(turn: PastTurn) -> EarlierTurn:
    assessment, answer = turn.assessment, turn.answer
    return EarlierTurn(
        turn.conversation.latest.seq, assessment.intent, assessment.frustration.value, turn.decision.action.value,
        answer.options if answer else (), answer.article_id if answer else None, assessment.vector,
    )  # fmt: skip


def _ending(row: Any) -> Ending:
    return Ending(row.is_by_person, row.intent_id, row.category_id, row.outcome, row.minutes)


def _row(conversation: Conversation, turn: Turn, at: datetime, made_at: datetime) -> tuple[Any, ...]:
    assessment = turn.assessment
    assert assessment is not None
    return (
        conversation.id, conversation.latest.seq, conversation.episode, turn.decision.policy_version,
        as_json(replace(assessment, vector=None)), as_json(turn.answer), as_json(turn.decision),
        written(assessment.vector), at, made_at,
    )  # fmt: skip
