"""The past as it can be decided again: considered messages with what was known then, and how it ended.

The one idea: a decision carries what it was taken from (`earned`, `scores`, its reasons), so who had the conversation,
what the customer was worth and what had been earned then are read back and not guessed from today's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import orjson

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.domain.conversation import Author, Channel, Conversation, EarlierTurn, Handler, Message, Status
from segue.domain.decision import Action, Decision
from segue.domain.evidence import Source, Verdict, grade, verdict_of
from segue.domain.past import Ending, PastEpisode, PastTurn
from segue.domain.people import Account, Contact
from segue.domain.ports import DIMENSIONS, Vector
from segue.domain.turn import Turn
from segue.store.database import Database, as_json, read, written
from segue.store.evidence import judgement_of
from segue.store.records import answer_of, assessment_of, decision_of
from segue.store.sql import statements

SQL = statements("backtest")
_KEEP = """copy replayed_turns (conversation_id, seq, episode, policy_version, assessment, answer, decision, vector,
    encoder, at, made_at) from stdin"""
_CHANNELS = {channel.value: channel for channel in Channel}


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
        endings = {(r.conversation_id, r.episode): _ending(r) for r in self.db.all(SQL.endings, {"since": since})}
        rows = [_read(row) for row in self.db.each(SQL.turns, {"since": since})]
        judged = {(r.conversation_id, r.seq): _word(r) for r in self.db.all(SQL.judged, {"since": since})}
        found = [e for e in _episodes(filter(None, rows), endings, judged) if _begin(e) >= since]
        found.sort(key=lambda episode: (_begin(episode), episode.conversation_id))
        return found, rows.count(None)

    def whole(self, conversations: Sequence[str]) -> list[PastEpisode]:
        """Every episode of these, with texts, nearest examples and vectors."""
        ids = {"ids": list(conversations)}
        rows, ends = self.db.all(SQL.whole_turns, ids), self.db.all(SQL.endings_of, ids)
        endings = {(r.conversation_id, r.episode): _ending(r) for r in ends}
        return list(_episodes(filter(None, map(_read, rows)), endings))

    def places(self, since: datetime) -> Places:
        rows = self.db.all(SQL.vectors, {"since": since})
        vectors = np.array([orjson.loads(r.vector) for r in rows], np.float32).reshape(len(rows), DIMENSIONS)
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


class Word(NamedTuple):
    """What people said of an answer: see `PastTurn`."""

    judged: bool | None = None
    drawn: float | None = None
    is_marked: bool = False


_SAID_NOTHING = Word()
_NOTHING: Mapping[tuple[str, int], Word] = {}


class _Row(NamedTuple):
    """A stored turn, its JSON read."""

    conversation_id: str
    seq: int
    episode: int
    stored: Any
    assessment: Assessment
    answer: Answer | None
    decision: Decision


def _read(row: Any) -> _Row | None:
    """None for a message that could not be considered."""
    if row.assessment is None:
        return None
    assessment = assessment_of(orjson.loads(row.assessment), read(getattr(row, "vector", None)))
    answer = answer_of(orjson.loads(row.answer)) if row.answer is not None else None
    decision = decision_of(orjson.loads(row.decision))
    return _Row(row.conversation_id, row.seq, row.episode, row, assessment, answer, decision)


def _episodes(
    rows: Iterable[_Row], endings: Mapping[tuple[str, int], Ending], judged: Mapping[tuple[str, int], Word] = _NOTHING
) -> Iterator[PastEpisode]:
    ordered = sorted(rows, key=itemgetter(0, 1))
    for key, group in groupby(ordered, key=itemgetter(0, 2)):
        turns = tuple(_turns(group, judged))
        yield PastEpisode(key[0], turns[0].conversation.number, turns, endings.get(key))


def _begin(episode: PastEpisode) -> datetime:
    return episode.turns[0].conversation.latest.at


def _word(row: Any) -> Word:
    """As it stands: a mark that was taken back is none, and a grade decides."""
    judgements = [judgement_of(said) for said in row.said]
    verdict = verdict_of(judgements)
    if verdict is Verdict.UNKNOWN:
        return _SAID_NOTHING
    drawn = row.drawn if grade(judgements) else None
    unmarked = [j for j in judgements if j.source is not Source.MARKED]
    is_marked = len(unmarked) < len(judgements) and verdict_of(unmarked) is not verdict
    return Word(verdict is Verdict.RIGHT, drawn, is_marked)


def _turns(rows: Iterable[_Row], judged: Mapping[tuple[str, int], Word]) -> Iterator[PastTurn]:
    """The turns of one episode, each seeing those before it."""
    before: tuple[EarlierTurn, ...] = ()
    for row in rows:
        turn = PastTurn(
            _conversation(row, before), row.assessment, row.answer, row.decision, row.stored.at,
            *(judged.get((row.conversation_id, row.seq)) or _SAID_NOTHING), row.stored.is_replayed,
        )  # fmt: skip
        yield turn
        before = (*before, _earlier(turn))


def _conversation(row: _Row, before: tuple[EarlierTurn, ...]) -> Conversation:
    """As it stood: tier and vouching from what was noticed, worth and handler from what was decided."""
    stored, assessment, decision = row.stored, row.assessment, row.decision
    is_human, is_held = _had_it(decision)
    tier, scores = assessment.tier, decision.scores
    at = stored.at - timedelta(seconds=scores.get("waited", 0.0))
    return Conversation(
        id=row.conversation_id,
        number=stored.number,
        channel=_CHANNELS[stored.channel],
        status=Status.OPEN,
        handler=Handler.HUMAN if is_human else Handler.ASSISTANT,
        opened_at=at,
        contact=Contact(stored.contact_id, is_verified=assessment.is_verified),
        account=None if tier is None else Account("", "", tier, scores.get("worth", 0.0)),
        messages=(Message(row.seq, Author.CUSTOMER, assessment.text, at),),
        page=assessment.page,
        episode=row.episode,
        turns=before,
        team_id=decision.team if is_human else None,
        assistant_is_held=is_held,
    )


def _had_it(decision: Decision) -> tuple[bool, bool]:
    """Whether a person had the conversation, and whether one was writing: rules that always say when they hold."""
    rules = [because.rule for because in decision.because]
    return "conversation.handler" in rules, "conversation.assistant_is_held" in rules


def _earlier(turn: PastTurn) -> EarlierTurn:
    assessment, answer = turn.assessment, turn.answer
    return EarlierTurn(
        turn.conversation.latest.seq, assessment.intent, assessment.frustration.value, turn.decision.action.value,
        answer.options if answer and turn.decision.action is Action.ASK else (), answer.article_id if answer else None,
        turn.decision.because[0].reason.value, assessment.vector,
    )  # fmt: skip


def _ending(row: Any) -> Ending:
    return Ending(row.is_by_person, row.intent_id, row.category_id, row.outcome, row.minutes)


def _row(conversation: Conversation, turn: Turn, at: datetime, made_at: datetime) -> tuple[Any, ...]:
    assessment = turn.assessment
    assert assessment is not None
    return (
        conversation.id, conversation.latest.seq, conversation.episode, turn.decision.policy_version,
        as_json(assessment.without_vectors()), as_json(turn.answer), as_json(turn.decision),
        written(assessment.vector), assessment.encoder, at, made_at,
    )  # fmt: skip
