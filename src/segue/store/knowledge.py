"""Articles, passages, resolutions and examples at rest, and the one search over passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from segue.domain.ids import new_id, passage_id
from segue.domain.knowledge import Article, Found, Passage, Resolution
from segue.domain.ports import Vector
from segue.store.database import Database, at_most, vector_of, written
from segue.store.sql import statements

SQL = statements("knowledge")
DEPTH = 20
"""How many passages each of the two searches may bring."""
WORDS = 6
"""Of the question's words the most telling ones, by which passages are looked up; all of them are weighed then."""
WORTH = 0.35
"""What the words count for beside the cosine."""
_PUBLISHING = 7_341_010
"""One at a time: two of them would count the same words in another order, and wait for each other."""


@dataclass(frozen=True, slots=True)
class Example:
    """A past customer message whose intent a person settled."""

    text: str
    intent: str
    vector: Vector
    contact_id: str | None = None


class KnowledgeStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def search(
        self, text: str, vector: Vector, today: date, encoder: str, limit: int = 8, internal: bool = False
    ) -> list[Found]:
        params = {
            "text": text, "encoder": encoder, "vector": written(vector), "today": today, "limit": limit,
            "internal": internal, "depth": DEPTH, "words": WORDS, "worth": WORTH,
        }  # fmt: skip
        return [_found(row) for row in self.db.all(SQL.search, params)]

    def similar(self, vector: Vector, encoder: str, limit: int = 20) -> list[Resolution]:
        """Past resolutions nearest in meaning, nearest first."""
        params = {"vector": written(vector), "encoder": encoder}
        return [_resolution(row) for row in self.db.all(at_most(SQL.resolutions, limit), params)]

    def articles(self, after: str | None = None, limit: int | None = None) -> list[Article]:
        """By slug; `after` is the last slug of the page before."""
        params = {"id": None, "after": after, "limit": limit}
        return [_article(row) for row in self.db.all(SQL.articles, params)]

    def article(self, id_or_slug: str) -> Article | None:
        row = self.db.one(SQL.articles, {"id": id_or_slug, "after": None, "limit": 1})
        return _article(row) if row else None

    def last_of(self, slug: str) -> Article | None:
        """The article of this slug as it stands, or as it stood when it was retired."""
        row = self.db.one(SQL.last_of, {"slug": slug})
        return _article(row) if row else None

    def publish(
        self,
        article: Article,
        passages: Sequence[Passage],
        vectors: Vector,
        author: str,
        now: datetime,
        note: str = "",
        encoder: str = "",
    ) -> tuple[str, int]:
        """Writes the article's new version with its passages; returns its id and version. `encoder`: whose vectors
        those are; without one they are found by words alone, until they are read anew."""
        with self.db.transaction() as connection:
            connection.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING,))
            row = connection.execute(SQL.put_article, _article_params(article, author, note, now)).fetchone()
            rows = [
                _passage_params(p, v, article, row) | {"encoder": encoder}
                for p, v in zip(passages, vectors, strict=True)
            ]
            with connection.cursor() as cursor:
                cursor.executemany(SQL.put_passage, rows)
        assert row is not None
        return row.id, row.version

    def retire(self, id_or_slug: str, author: str, now: datetime) -> bool:
        """Whether there is, or was, such an article."""
        return self.db.one(SQL.retire_article, {"id": id_or_slug, "author": author, "now": now}) is not None

    def add_resolutions(self, rows: Iterable[tuple[Resolution, str | None, Vector]], encoder: str) -> None:
        """Resolutions with the contact they came from and the vector of their problem."""
        self.db.many(SQL.put_resolution, [_resolution_params(r, c, v) | {"encoder": encoder} for r, c, v in rows])

    def examples(self, per_intent: int = 400, per_person: int = 20) -> list[Example]:
        """By intent, the newest. One customer teaches an intent at most `per_person` of them, and one agent as many, or
        half of what is known of it."""
        rows = self.db.all(SQL.examples, {"per_intent": per_intent, "per_person": per_person})
        return [Example(r.body, r.intent_id, vector_of(r.vector), r.contact_id) for r in rows]

    def known_encodings(self, encoder: str, hashes: Sequence[bytes]) -> dict[bytes, Vector]:
        rows = self.db.all(SQL.known_encodings, {"encoder": encoder, "hashes": list(hashes)})
        return {bytes(r.text_hash): vector_of(r.vector) for r in rows}

    def keep_encodings(self, encoder: str, vectors: dict[bytes, Vector]) -> None:
        params = {"encoder": encoder, "hashes": list(vectors), "vectors": [written(v) for v in vectors.values()]}
        self.db.run(SQL.put_encodings, params)


def _found(row: Any) -> Found:
    passage = Passage(row.id, row.article_id, row.version, row.heading, row.body, row.starts, row.ends)
    return Found(
        passage, row.title, row.slug, row.intent_id, row.is_stale, float(row.score), row.cosine, row.lexical_rank,
        row.dense_rank,
    )  # fmt: skip


def _article(row: Any) -> Article:
    return Article(row.id, row.slug, row.title, row.body, row.audience, row.intent_id, row.review_by, row.version)


def _resolution(row: Any) -> Resolution:
    return Resolution(
        row.id, row.problem, row.solution, row.intent_id, row.category_id, row.resolved_by, row.at, row.outcome,
        row.minutes, row.article_id, row.conversation_id, row.number, row.cosine,
    )  # fmt: skip


def _article_params(article: Article, author: str, note: str, now: datetime) -> dict[str, Any]:
    return {
        "id": article.id or new_id("art", now), "slug": article.slug, "title": article.title, "body": article.body,
        "audience": article.audience, "intent": article.intent, "review_by": article.review_by, "author": author,
        "note": note, "now": now,
    }  # fmt: skip


def _passage_params(passage: Passage, vector: Vector, article: Article, row: Any) -> dict[str, Any]:
    return {
        "id": passage_id(row.id, passage.start), "article_id": row.id, "version": row.version,
        "heading": passage.heading, "body": passage.text, "starts": passage.start, "ends": passage.end,
        "title": article.title, "vector": written(vector),
    }  # fmt: skip


def _resolution_params(r: Resolution, contact_id: str | None, vector: Vector) -> dict[str, Any]:
    return {
        "id": r.id, "conversation_id": r.conversation_id, "contact_id": contact_id, "intent": r.intent,
        "category": r.category, "article_id": r.article_id, "problem": r.problem, "solution": r.solution,
        "resolved_by": r.resolved_by, "outcome": r.outcome, "minutes": r.minutes, "at": r.resolved_at,
        "vector": written(vector),
    }  # fmt: skip
