"""One walk of a message through the house, and the right to commit it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segue.domain.answer import Answer
from segue.domain.assessment import Assessment
from segue.domain.briefing import Briefing
from segue.domain.conversation import Conversation
from segue.domain.decision import Decision


@dataclass(frozen=True, slots=True)
class Turn:
    """What one customer message came to. `assessment` is None only where considering failed and a person gets it."""

    assessment: Assessment | None
    answer: Answer | None
    decision: Decision
    briefing: Briefing | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a handed-over customer is promised: instants, already reckoned in business hours."""

    first_response: datetime | None
    next_response: datetime | None
    resolution: datetime | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to commit one turn. Whoever takes the conversation over changes the token, and the turn is dropped."""

    conversation: Conversation
    token: int
    attempts: int
    accepted_at: datetime
    hold_until: datetime | None = None
    """Until when a reply to this message is being held; None where none is."""
    held_to: int = 0
    """The last message whose reply goes out then; 0 where none is held."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A considered turn with its lease and the words that go out: exactly what one transaction writes."""

    lease: Lease
    turn: Turn
    says: str = ""
    """What the customer reads: the answer, the question, or who is next and when."""
    promise: Promise | None = None
    moves: int = 0
    """Number of the newest move of the boundary by which it was decided."""
