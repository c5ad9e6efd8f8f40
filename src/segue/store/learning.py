"""Lessons at rest, the examples that come of them, and the record of every look at a newer head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from segue.domain.ids import new_id
from segue.domain.ports import Vector
from segue.store.database import Database, as_json, read, written
from segue.store.knowledge import Example
from segue.store.sql import statements

SQL = statements("learning")
_ONE_REFIT = 7_341_006
"""The advisory lock under which heads are looked at: two at once would each compare with what the other replaces."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was asked, what solved it and how the customer took it, without personal data."""

    id: str
    resolution_id: str
    conversation_id: str
    contact_id: str
    episode: int
    seqs: tuple[int, ...]
    agent_id: str
    problem: str
    solution: str
    vector: Vector = field(repr=False, compare=False)
    """Of the problem."""
    at: datetime
    encoder: str
    """Which made the vector."""
    intent: str | None = None
    article_id: str | None = None
    reaction: str = ""
    removed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refit:
    """One look at a newer head, and what came of it."""

    cause: str
    author: str
    examples: int
    taught: int
    fresh: int
    """Of the `taught` examples of lessons, those that are new since the last look."""
    head: str | None
    is_published: bool
    why: str
    report: Mapping[str, Any]


class LearningStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    # lessons

    def resolved(self, conversation: str) -> list[Any]:
        """What people resolved in it and is no lesson yet."""
        return self.db.all(SQL.resolved_by_people, {"conversation": conversation})

    def said(self, conversation: str, begins: int, until: datetime) -> list[Any]:
        return self.db.all(SQL.said, {"conversation": conversation, "begins": begins, "until": until})

    def keep(self, lesson: Lesson, teaches: bool) -> int | None:
        """Keeps it, once; returns how many examples came of it, None where it was kept before."""
        row = self.db.one(SQL.keep_lesson, _lesson_params(lesson) | {"teaches": teaches})
        return int(row.taught) if row else None

    def lessons(self, after: str | None = None, limit: int = 100, lesson: str | None = None) -> list[dict[str, Any]]:
        """Newest first, by keyset; `vector` is that of the problem."""
        rows = self.db.all(SQL.lessons, {"after": after, "limit": limit, "id": lesson})
        return [{**row._asdict(), "vector": read(row.written)} for row in rows]

    # suggestions and what was sent

    def suggestion(self, conversation: str, seq: int) -> Any | None:
        """What a person who wrote `seq` had before them as a suggestion, with their reply; None where nothing."""
        return self.db.one(SQL.suggestion_before, {"conversation": conversation, "seq": seq})

    def keep_edit(
        self, conversation: str, seq: int, suggestion: Any, distance: int, share: float, voice: str = ""
    ) -> None:  # fmt: skip
        """`voice`: the key that sent it, where it does not vouch for the agent."""
        params = {"conversation": conversation, "seq": seq, "answers": suggestion.seq, "agent": suggestion.agent_id,
                  "distance": distance, "share": share, "voice": voice, "at": suggestion.at}  # fmt: skip
        self.db.run(SQL.keep_edit, params)

    def approved_by_sending(self, conversation: str, seqs: Sequence[int], share: float) -> Any | None:
        """Intent and article of a suggestion that was sent with at most `share` of its words changed."""
        return self.db.one(SQL.approved_by_sending, {"conversation": conversation, "seqs": list(seqs), "share": share})

    # looks at a newer head

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else is at it; while the block lasts, nobody is."""
        with self.db.connection() as connection:
            row = connection.execute("select pg_try_advisory_lock(%s) as mine", (_ONE_REFIT,)).fetchone()
            try:
                yield bool(row and row.mine)
            finally:
                if row and row.mine:
                    connection.execute("select pg_advisory_unlock(%s)", (_ONE_REFIT,))

    def waiting(self) -> int:
        """Lessons since a head was last published."""
        row = self.db.one(SQL.waiting)
        assert row is not None
        return int(row.lessons)

    def taught(self) -> tuple[int, int]:
        """Examples that came of lessons, and how many of them nobody has looked at."""
        row = self.db.one(SQL.taught)
        assert row is not None
        return row.taught, row.fresh

    def recent(self, limit: int, most: int) -> list[Example]:
        """The newest settled cases, at most `most` of one customer."""
        rows = self.db.all(SQL.recent, {"limit": limit, "most": most})
        return [Example(r.body, r.intent_id, _vector(r.vector), r.contact_id) for r in rows]

    def keep_refit(self, refit: Refit, now: datetime) -> str:
        made = new_id("rft", now)
        params = {
            "id": made, "cause": refit.cause, "author": refit.author, "examples": refit.examples,
            "taught": refit.taught, "fresh": refit.fresh, "head": refit.head, "is_published": refit.is_published,
            "why": refit.why, "report": as_json(refit.report), "at": now,
        }  # fmt: skip
        self.db.run(SQL.keep_refit, params)
        return made

    def refits(self, limit: int = 20) -> list[dict[str, Any]]:
        """Newest first."""
        return [dict(row._asdict()) for row in self.db.all(SQL.refits, {"limit": limit})]

    def is_carried(self) -> bool:
        """Whether the calibration in use was carried over from an earlier head."""
        row = self.db.one(SQL.is_carried)
        return bool(row and row.yes)

    def claim_night(self, day: date) -> bool:
        """Whether nobody has done this day's learning yet; from now on somebody has."""
        return self.db.run(SQL.claim_night, {"day": day.isoformat()}) == 1

    def ask(self, by: str) -> None:
        """Wishes for a run; a worker takes it up within seconds."""
        self.db.run(SQL.ask, {"by": by})

    def take_asked(self) -> str | None:
        """Who wished for a run, once; None where nobody did."""
        row = self.db.one(SQL.take_asked)
        return row.by if row else None

    def forget_old_heads(self) -> int:
        """Those that are not in use; returns how many."""
        return self.db.run(SQL.forget_old_heads)

    def forget_heads(self) -> int:
        """Intent head and confidence, live ones too: where nothing is left to fit from."""
        return self.db.run(SQL.forget_heads)


def _lesson_params(lesson: Lesson) -> dict[str, Any]:
    return {
        "id": lesson.id, "resolution": lesson.resolution_id, "conversation": lesson.conversation_id,
        "contact": lesson.contact_id, "episode": lesson.episode, "seqs": list(lesson.seqs), "agent": lesson.agent_id,
        "intent": lesson.intent, "article": lesson.article_id, "problem": lesson.problem, "solution": lesson.solution,
        "reaction": lesson.reaction, "removed": as_json(lesson.removed), "vector": written(lesson.vector),
        "encoder": lesson.encoder,
        "at": lesson.at,
    }  # fmt: skip


def _vector(text: str) -> Vector:
    vector = read(text)
    assert vector is not None
    return vector
