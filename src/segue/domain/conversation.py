"""One matter with one customer, as it stands when a turn is taken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from segue.domain.people import Account, Contact
from segue.domain.ports import Vector


class Author(StrEnum):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class Channel(StrEnum):
    CHAT = "chat"
    EMAIL = "email"
    FORM = "form"
    API = "api"


class Status(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"


class Handler(StrEnum):
    ASSISTANT = "assistant"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Page:
    """Where in the customer's product the customer was when writing."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    seq: int
    author: Author
    text: str
    at: datetime
    agent_id: str | None = None
    files: tuple[str, ...] = ()
    """Names of what was sent along; known of the message that is considered."""


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """What triage noticed at an earlier customer message of this episode."""

    seq: int
    intent: str | None
    frustration: float
    action: str
    options: tuple[str, ...] = ()
    """The intents a clarifying question offered at that turn."""
    article_id: str | None = None
    reason: str | None = None
    """What decided it; a value of decision.Reason."""
    vector: Vector | None = field(default=None, repr=False, compare=False)
    encoder: str = ""
    """Which made the vector; empty where nobody says."""


@dataclass(frozen=True, slots=True)
class EarlierConversation:
    """Another conversation of the same contact or account, not long ago."""

    id: str
    number: int
    contact_id: str
    channel: Channel
    opened_at: datetime
    status: Status
    intent: str | None
    subject: str
    outcome: str | None = None
    """How its resolution turned out: confirmed, assumed, reopened; None while unresolved."""
    promised: str = ""
    """The last thing a person promised in it, in their words."""
    vector: Vector | None = field(default=None, repr=False, compare=False)
    encoder: str = ""
    answered_with: str | None = None
    """The article of the assistant's last answer in it."""
    told: str = ""
    """The last thing a person wrote in it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A snapshot: what is known at the moment `latest` is considered. Messages of this episode only, oldest first."""

    id: str
    number: int
    channel: Channel
    status: Status
    handler: Handler
    opened_at: datetime
    contact: Contact
    account: Account | None
    messages: tuple[Message, ...]
    page: Page | None = None
    episode: int = 1
    turns: tuple[EarlierTurn, ...] = ()
    earlier: tuple[EarlierConversation, ...] = ()
    team_id: str | None = None
    assignee_id: str | None = None
    assistant_is_held: bool = False
    is_in_their_name: bool = False
    """Whether the latest message bears a verified customer's name and nobody vouches for it: nothing of theirs is told
    then, but what their tier was promised holds."""

    @property
    def latest(self) -> Message:
        """The customer message being considered; nothing later is in the snapshot."""
        return self.messages[-1]

    @property
    def customer_messages(self) -> tuple[Message, ...]:
        return tuple(m for m in self.messages if m.author is Author.CUSTOMER)

    @property
    def assistant_may_speak(self) -> bool:
        return self.handler is Handler.ASSISTANT and not self.assistant_is_held

    @property
    def is_under_hands(self) -> bool:
        """Whether it is the assistant's while an agent's hands are on the composer: they may write, or go again."""
        return self.handler is Handler.ASSISTANT and self.assistant_is_held

    def seen_by(self, encoder: str) -> Conversation:
        """Without the vectors of earlier turns and conversations that another encoder made: two of different encoders
        say nothing about each other."""
        own = ("", encoder)
        if all(t.encoder in own for t in self.turns) and all(c.encoder in own for c in self.earlier):
            return self
        turns = tuple(t if t.encoder in own else replace(t, vector=None) for t in self.turns)
        earlier = tuple(c if c.encoder in own else replace(c, vector=None) for c in self.earlier)
        return replace(self, turns=turns, earlier=earlier)

    @property
    def tier(self) -> str | None:
        """The account's tier; a visitor's claim to one does not count."""
        counts = self.contact.is_verified or self.is_in_their_name
        return self.account.tier if self.account and counts else None
