"""What the agent reads first. Every line carries the message it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

SAYS_SOMETHING = 0.2
"""Less than this a confidence is said to an agent as what it is: no answer that the assistant is sure of."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a briefing; `seq` is the message it rests on, None where it rests on the record."""

    text: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the customer already told us: an amount, an id, a date, a version. Never to be asked again."""

    kind: str
    value: str
    seq: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A signal that moved: its name, where it stood before and now."""

    signal: str
    before: str
    now: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextStep:
    text: str
    confidence: float | None
    threshold: float | None
    solved_so: int
    """How many of the `of` similar resolved conversations were solved this way."""
    of: int
    article_id: str | None = None
    reply: str = ""
    """A suggestion the agent may send, grounded; empty where the assistant abstained."""


@dataclass(frozen=True, slots=True)
class CustomerCard:
    name: str
    email: str
    account: str | None
    tier: str | None
    value: float | None
    health: float | None
    is_verified: bool
    page: str | None
    language: str
    renews_on: date | None = None


@dataclass(frozen=True, slots=True)
class SimilarCase:
    number: int | None
    conversation_id: str | None
    problem: str
    solution: str
    outcome: str
    likeness: float


@dataclass(frozen=True, slots=True)
class EarlierContact:
    number: int
    conversation_id: str
    channel: str
    at: datetime
    subject: str
    status: str
    is_same_issue: bool
    promised: str = ""
    answered_with: str = ""
    """What the article is called with which the assistant answered last there."""
    told: str = ""
    """What a colleague wrote last there, in a few words. It stands here and not among what was tried: the customer is
    shown that, and not everybody may read every conversation."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """In reading order: why, wanted and tried, next step, customer, then similar, earlier, mood."""

    why: str
    moved: tuple[Moved, ...]
    wanted: Line
    tried: tuple[Line, ...]
    facts: tuple[Fact, ...]
    open_question: Line | None
    next_step: NextStep
    customer: CustomerCard
    similar: tuple[SimilarCase, ...]
    earlier: tuple[EarlierContact, ...]
    mood: tuple[float, ...]
    matters: tuple[Line, ...] = ()
    """Where the latest message holds several: what it wants and the customer's words for it, each."""
    wording: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """How our own sentences in it were worded, by their English."""
