"""What we know: articles, their passages, and how past conversations were resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one version of an article: `start` and `end` are character offsets into its body."""

    id: str
    article_id: str
    version: int
    heading: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """A knowledge-base page. `audience` is public (customers may read it) or internal (agents only)."""

    id: str
    slug: str
    title: str
    body: str
    audience: str = "public"
    intent: str | None = None
    review_by: date | None = None
    version: int = 1

    def is_stale(self, today: date) -> bool:
        return self.review_by is not None and self.review_by < today


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that came up in search, with what made it come up (ranks from 1; None where it did not)."""

    passage: Passage
    title: str
    slug: str
    intent: str | None
    is_stale: bool
    score: float
    cosine: float
    lexical_rank: int | None
    dense_rank: int | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What solved a past conversation, by whom, and how it turned out."""

    id: str
    problem: str
    solution: str
    intent: str | None
    category: str | None
    resolved_by: str
    resolved_at: datetime
    outcome: str
    minutes: float | None = None
    article_id: str | None = None
    conversation_id: str | None = None
    number: int | None = None
    cosine: float = 0.0
