"""What triage noticed: facts with evidence, no decision."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, TypeVar

from segue.domain.conversation import Page
from segue.domain.ports import Vector

T = TypeVar("T")


class Urgency(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANKS[self]


class Complexity(StrEnum):
    SIMPLE = "simple"
    MODERATE = "moderate"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return _RANKS[self]


# Asked several times for every message of a backtest; going through the members each time was a tenth of its work.
_RANKS = {step: rank for ladder in (Urgency, Complexity) for rank, step in enumerate(ladder)}


@dataclass(frozen=True, slots=True)
class Signal(Generic[T]):
    """One noticed fact: its value, how sure (0-1), the customer's words that moved it, the threshold it was held to."""

    value: T
    sure: float = 1.0
    words: tuple[str, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class IntentGuess:
    intent: str
    category: str
    probability: float
    is_opened: bool = True


@dataclass(frozen=True, slots=True)
class NearExample:
    """A past message close to this one, and what it turned out to want."""

    text: str
    intent: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Matter:
    """One of several matters of a message, read by itself. `words` are the customer's own for it; the other fields are
    those of an Assessment."""

    words: str
    intents: tuple[IntentGuess, ...]
    none_of_these: Signal[bool]
    novelty: Signal[float]
    nearest: tuple[NearExample, ...]
    unopened: Signal[float]
    vector: Vector | None = field(default=None, repr=False, compare=False)

    @property
    def intent(self) -> str | None:
        return None if self.none_of_these.value or not self.intents else self.intents[0].intent

    @property
    def category(self) -> str | None:
        return None if self.none_of_these.value or not self.intents else self.intents[0].category

    @property
    def sure(self) -> float:
        """How sure triage is of the message's intent; where it is none of these, how sure it is of that."""
        if self.none_of_these.value or not self.intents:
            return self.none_of_these.sure
        return self.intents[0].probability


@dataclass(frozen=True, slots=True)
class RepeatContact:
    """Earlier conversations on the same issue that did not end it."""

    conversations: tuple[str, ...]
    numbers: tuple[int, ...]
    likeness: float
    promised: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.conversations)


HARM = "harm"
"""The topic of somebody in distress, who is spoken to in other words."""


@dataclass(frozen=True, slots=True)
class TopicFlag:
    """A topic the policy watches: legal, security, privacy, ... `rule` names the pattern that met the words."""

    topic: str
    rule: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    intents: tuple[IntentGuess, ...]
    """Ranked, best first, from the closed list; probabilities over the whole list, not only those kept."""
    none_of_these: Signal[bool]
    novelty: Signal[float]
    """0 (seen many times) to 1 (like nothing known)."""
    nearest: tuple[NearExample, ...]
    unopened: Signal[float]
    """How near (0-1) to an intent that is known by name but not opened."""
    urgency: Signal[Urgency]
    frustration: Signal[float]
    course: tuple[float, ...]
    """Frustration at each customer turn of the episode, this one last."""
    complexity: Signal[Complexity]
    drivers: tuple[str, ...]
    wish_for_person: Signal[bool]
    language: Signal[str]
    repeat: RepeatContact | None = None
    topics: tuple[TopicFlag, ...] = ()
    tier: str | None = None
    is_verified: bool = False
    page: Page | None = None
    is_greeting: bool = False
    is_closing: bool = False
    """Only thanks or goodbye, nothing asked."""
    is_settled: bool = False
    """It closes and says that it is solved, or thanks: who says "never mind" or "ok, bye" may have given up."""
    is_in_a_file: bool = False
    """Nothing is said but that there is a file: what it is about stands in there."""
    matters: tuple[Matter, ...] = ()
    """Where the message holds several: each read by itself, in the order they were told. Empty where it holds one."""
    text: str = ""
    """What was encoded: the message, joined to the one before where it cannot stand alone."""
    left_out: tuple[str, ...] = ()
    """What of it the customer says it is not, in their own words; that was not read for the matter."""
    encoder: str = ""
    heads: str = ""
    vector: Vector | None = field(default=None, repr=False, compare=False)

    @property
    def intent(self) -> str | None:
        return None if self.none_of_these.value or not self.intents else self.intents[0].intent

    @property
    def category(self) -> str | None:
        return None if self.none_of_these.value or not self.intents else self.intents[0].category

    @property
    def categories(self) -> tuple[str | None, ...]:
        """Of each of its matters, of the message itself where it holds one; None for what is none of these."""
        if not self.matters:
            return (self.category,)
        return tuple(dict.fromkeys(matter.category for matter in self.matters))

    def about(self, matter: Matter) -> Assessment:
        """The same assessment, as if this matter were all that the message holds."""
        return replace(
            self,
            intents=matter.intents,
            none_of_these=matter.none_of_these,
            novelty=matter.novelty,
            nearest=matter.nearest,
            unopened=matter.unopened,
            text=matter.words,
            vector=matter.vector,
            matters=(),
        )

    def without_vectors(self) -> Assessment:
        """As it is stored: its vector stands in a column of its own, those of its matters nowhere."""
        return replace(self, vector=None, matters=tuple(replace(matter, vector=None) for matter in self.matters))
