"""What lessons and unknown messages propose, at rest: candidate articles and topics, open until a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from segue.domain.errors import Conflict, NotFound
from segue.domain.ids import new_id
from segue.domain.ports import Vector
from segue.store.database import Database, as_json, vector_of, written
from segue.store.sql import statements
from segue.texts import _

SQL = statements("candidates")


@dataclass(frozen=True, slots=True)
class LessonTold:
    """A lesson as candidates are drafted from it."""

    id: str
    intent: str | None
    contact_id: str
    agent_id: str
    problem: str
    solution: str
    vector: Vector = field(repr=False, compare=False)
    """Of the problem."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed article, or an addition to the one with `article_id`."""

    kind: str
    intent: str | None
    article_id: str | None
    title: str
    body: str
    lessons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A candidate that is open or was rejected, with the sum of its problems' vectors."""

    candidate: str
    intent: str | None
    total: Vector = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PastCase:
    """A past conversation's first message, and how people settled it."""

    conversation_id: str
    number: int
    text: str
    vector: Vector = field(repr=False, compare=False)
    intent: str | None
    article_id: str | None
    resolved_by: str
    outcome: str
    at: datetime
    is_source: bool
    """The candidate was drafted from it, so that it proves little."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that was none of the known matters."""

    conversation_id: str
    seq: int
    text: str
    vector: Vector = field(repr=False, compare=False)
    contact_id: str


class CandidateStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    # candidate articles

    def sources(self) -> list[LessonTold]:
        """Lessons that nothing was drafted from yet, oldest first."""
        return [
            LessonTold(r.id, r.intent_id, r.contact_id, r.agent_id, r.problem, r.solution, vector_of(r.vector))
            for r in self.db.all(SQL.unused_lessons)
        ]

    def homes(self) -> list[Home]:
        return [Home(r.id, r.intent_id, vector_of(r.total)) for r in self.db.all(SQL.homes)]

    def attach(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Adds lessons to candidates; each pair is a candidate and a lesson."""
        self.db.many(SQL.attach, [{"candidate": c, "lesson": lesson} for c, lesson in pairs])

    def put(self, draft: Draft, effect: Mapping[str, Any] | None, now: datetime) -> str:
        made = new_id("cnd", now)
        params = {
            "id": made, "kind": draft.kind, "intent": draft.intent, "article": draft.article_id, "title": draft.title,
            "body": draft.body, "effect": as_json(effect), "lessons": list(draft.lessons), "now": now,
        }  # fmt: skip
        self.db.run(SQL.put_candidate, params)
        return made

    def candidates(self, status: str | None = "open", limit: int = 200) -> list[dict[str, Any]]:
        """Newest first."""
        rows = self.db.all(SQL.candidates, {"status": status, "id": None, "limit": limit})
        return [dict(row._asdict()) for row in rows]

    def candidate(self, candidate: str) -> dict[str, Any]:
        """With the lessons it was drafted from. Raises NotFound."""
        row = self.db.one(SQL.candidates, {"status": None, "id": candidate, "limit": 1})
        if row is None:
            raise NotFound(
                _("There is no candidate %(candidate)s.", candidate=candidate),
                _("They stand on the page Knowledge."),
            )
        lessons = [dict(r._asdict()) for r in self.db.all(SQL.lessons_of, {"id": candidate})]
        return {**row._asdict(), "sources": lessons}

    def proposed(self, candidate: str) -> dict[str, Any] | None:
        """The reply that an agent made it of: `conversation_id`, `number`, `seq`, who that agent is, and when. None of
        one that was drafted from lessons."""
        row = self.db.one(SQL.proposed, {"id": candidate})
        return None if row is None else dict(row._asdict())

    def edit(
        self, candidate: str, author: str, now: datetime, title: str | None = None, body: str | None = None,
        intent: str | None = None,
    ) -> None:  # fmt: skip
        """Changes what is given. Its tested effect is forgotten with it. Raises Conflict where it is closed."""
        params = {"id": candidate, "title": title, "body": body, "intent": intent, "author": author, "now": now}
        if self.db.one(SQL.edit, params) is None:
            self._refused(candidate)

    def merge(self, candidate: str, into: str, body: str, intent: str | None, author: str, now: datetime) -> None:
        """`into` says `body` from now on and rests on the lessons of both. Raises Conflict where one of them is closed
        meanwhile."""
        params = {"id": candidate, "into": into, "body": body, "intent": intent, "author": author, "now": now}
        if self.db.one(SQL.merge, params) is None:
            raise Conflict(_("One of the two candidates is decided meanwhile."), _("Look at the others."))

    def add_to_article(
        self, candidate: str, article: str, title: str, body: str, intent: str | None, author: str, now: datetime
    ) -> None:
        """Makes it an addition to an article. Raises Conflict where it is closed."""
        params = {"id": candidate, "article": article, "title": title, "body": body, "intent": intent,
                  "author": author, "now": now}  # fmt: skip
        if self.db.one(SQL.add_to_article, params) is None:
            self._refused(candidate)

    def put_effect(self, candidate: str, effect: Mapping[str, Any]) -> None:
        self.db.run(SQL.put_effect, {"id": candidate, "effect": as_json(effect)})

    def close(
        self, candidate: str, status: str, author: str, note: str, now: datetime, article: str | None = None
    ) -> None:
        """Approved or rejected, once. Raises Conflict where it is closed already."""
        params = {"id": candidate, "status": status, "author": author, "note": note, "article": article, "now": now}
        if self.db.one(SQL.close, params) is None:
            self._refused(candidate)

    def open_intent(self, intent: str, author: str, now: datetime) -> None:
        """From now on the assistant may answer it; harmless where it may already."""
        self.db.run(SQL.open_intent, {"intent": intent, "author": author, "now": now})

    def past_cases(self, candidate: str, vector: Vector, near: int, recent: int) -> list[PastCase]:
        """The `near` nearest to what is proposed, and the `recent` newest."""
        params = {"candidate": candidate, "vector": written(vector), "near": near, "recent": recent}
        return [
            PastCase(
                r.conversation_id,
                r.number,
                r.problem,
                vector_of(r.written),
                r.intent_id,
                r.article_id,
                r.resolved_by,
                r.outcome,
                r.at,
                r.is_source,
            )
            for r in self.db.all(SQL.past_cases, params)
        ]

    def taught_by(self, conversations: Sequence[str]) -> dict[str, frozenset[str]]:
        """By conversation, the texts that heads learn from it."""
        found: dict[str, frozenset[str]] = {}
        for row in self.db.all(SQL.taught_by, {"ids": list(conversations)}):
            found[row.conversation_id] = found.get(row.conversation_id, frozenset()) | {row.body}
        return found

    @contextmanager
    def undone(self) -> Iterator[None]:
        """A block in which what is written is seen inside, and undone at its end."""
        with self.db.kept(), self.db.connection() as connection, connection.transaction(force_rollback=True):
            yield

    @contextmanager
    def together(self) -> Iterator[None]:
        """A block in which all that is written becomes one transaction."""
        with self.db.kept(), self.db.transaction():
            yield

    def _refused(self, candidate: str) -> None:
        found = self.candidate(candidate)
        raise Conflict(
            _("The candidate is %(status)s, by %(closed_by)s.", status=found["status"], closed_by=found["closed_by"]),
            _("Nothing is left to decide."),
        )

    # topics

    def unknown(self, since: datetime, novelty: float, limit: int) -> list[Unknown]:
        """Unanswered messages that were none of the known matters, or as strange as `novelty` says; newest first."""
        rows = self.db.all(SQL.unknown_messages, {"since": since, "novelty": novelty, "limit": limit})
        return [Unknown(r.conversation_id, r.seq, r.text or "", vector_of(r.vector), r.contact_id) for r in rows]

    def put_topics(self, topics: Sequence[tuple[Sequence[str], Sequence[Unknown], int]], now: datetime) -> list[str]:
        """Replaces the open topics. Each is its terms, its messages, and the place of the most typical one (the medoid)
        among them."""
        made = []
        with self.db.transaction() as connection:
            connection.execute(SQL.forget_open_topics)
            for terms, messages, medoid in topics:
                made.append(new_id("top", now))
                rows = [{"conversation_id": m.conversation_id, "seq": m.seq, "is_medoid": n == medoid}
                        for n, m in enumerate(messages)]  # fmt: skip
                params = {"id": made[-1], "terms": list(terms), "messages": as_json(rows), "now": now}
                connection.execute(SQL.put_topic, params)
        return made

    def topics(self, status: str | None = "open") -> list[dict[str, Any]]:
        """The largest first."""
        return [dict(row._asdict()) for row in self.db.all(SQL.topics, {"status": status, "id": None})]

    def topic(self, topic: str) -> dict[str, Any]:
        row = self.db.one(SQL.topics, {"status": None, "id": topic})
        if row is None:
            raise NotFound(_("There is no topic %(topic)s.", topic=topic), _("They stand on the page Knowledge."))
        return dict(row._asdict())

    def topic_messages(self, topic: str, limit: int = 500) -> list[Any]:
        """The messages of a topic, the most typical one first, each with the fields by which we know its customer."""
        return self.db.all(SQL.topic_messages, {"id": topic, "limit": limit})

    def name_topic(
        self, topic: str, intent: str, name: str, category: str, examples: Sequence[Mapping[str, Any]], author: str,
        now: datetime,
    ) -> None:  # fmt: skip
        """Makes it an intent with the messages as its examples. Raises Conflict where it is closed."""
        params = {"id": topic, "intent": intent, "name": name, "category": category, "author": author, "now": now}
        with self.db.transaction() as connection:
            if connection.execute(SQL.name_topic, params).rowcount == 0:
                raise Conflict(
                    _("The topic is %(status)s already.", status=self.topic(topic)["status"]), _("Look at the others.")
                )
            rows = [{**x, "id": new_id("exa", now), "intent": intent, "now": now} for x in examples]
            with connection.cursor() as cursor:
                cursor.executemany(SQL.put_topic_example, rows)

    def dismiss_topic(self, topic: str, author: str, now: datetime, note: str = "") -> None:
        if self.db.one(SQL.dismiss_topic, {"id": topic, "author": author, "now": now, "note": note}) is None:
            raise Conflict(
                _("The topic is %(status)s already.", status=self.topic(topic)["status"]), _("Look at the others.")
            )
