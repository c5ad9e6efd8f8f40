"""The past as it can be gone through again: considered messages with all they were decided from, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.domain.conversation import Conversation
from segue.domain.decision import Action, Decision


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One considered message: the conversation as it stood then, what was noticed, answered and decided."""

    conversation: Conversation
    assessment: Assessment
    answer: Answer | None
    decision: Decision
    now: datetime
    """When it was decided."""
    judged: bool | None = None
    """Whether people found this answer right; None where none of them said."""
    drawn: float | None = None
    """With which probability it was drawn for the grade that says so; None where it was not drawn, or not graded."""
    is_marked: bool = False
    """Whether `judged` is the word of somebody who came upon it: such words are about what is wrong."""
    is_replayed: bool = False
    """Nobody decided it then: it was decided afterwards, from what was known then."""

    @property
    def was_given(self) -> bool:
        """Whether a customer got the answer then."""
        return self.decision.action is Action.ANSWER and not self.is_replayed


@dataclass(frozen=True, slots=True)
class Ending:
    """How an episode was resolved, as far as anybody knows."""

    is_by_person: bool
    intent: str | None
    """What the customer wanted, as it turned out; None where nobody said."""
    category: str | None
    outcome: str
    minutes: float | None = None
    """Of people's work."""


@dataclass(frozen=True, slots=True)
class PastEpisode:
    """From opening or reopening to resolution. `ending` is None while unresolved."""

    conversation_id: str
    number: int
    turns: tuple[PastTurn, ...]
    ending: Ending | None = None
