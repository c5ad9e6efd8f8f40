"""What the demo company is made of: frozen values, joined by their ids.

These are the demo's own words, so that the material can be read, checked and shown without a database. The door turns
them into domain values when it seeds one.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Channel = Literal["chat", "email", "form", "api"]
Author = Literal["customer", "assistant", "agent"]
Handling = Literal["answer", "human"]
Audience = Literal["public", "internal"]
Outcome = Literal["confirmed", "assumed", "reopened"]

ASSISTANT = "assistant"
"""Stands in `resolved_by` where no person was needed."""


@dataclass(frozen=True, slots=True)
class Tier:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Agent:
    id: str
    name: str
    email: str
    role: Literal["agent", "lead"]
    teams: tuple[str, ...]

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Release:
    version: str
    released_on: date
    note: str


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    tier: str
    seats: int
    value: int
    """EUR a month."""
    health: int
    """0 (leaving) to 100 (delighted)."""
    renewal: date
    country: str
    is_churn_risk: bool
    unhappy_about: tuple[str, ...]
    """Intents."""


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    account: str
    name: str
    email: str
    title: str
    is_primary: bool
    is_technical: bool

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: str
    handling: Handling
    team: str
    is_rising: bool


@dataclass(frozen=True, slots=True)
class Phrasing:
    text: str
    is_upset: bool


@dataclass(frozen=True, slots=True)
class Intent:
    id: str
    name: str
    category: str
    is_opened: bool
    team: str
    minutes: int
    """A person's typical effort."""
    weight: int
    """Share of the questions."""
    article: str | None
    pages: tuple[str, ...]
    tiers: tuple[str, ...]
    countries: tuple[str, ...]  # empty: all
    from_release: str | None
    phrasings: tuple[Phrasing, ...]


@dataclass(frozen=True, slots=True)
class Article:
    slug: str
    title: str
    intent: str | None
    audience: Audience
    review_by: date
    tags: tuple[str, ...]
    body: str

    @property
    def first_paragraph(self) -> str:
        return self.body.split("\n\n", 1)[0]

    def is_stale(self, on: date) -> bool:
        return self.review_by < on


@dataclass(frozen=True, slots=True)
class Message:
    author: Author
    agent: str | None
    """Who wrote it, when the author is an agent."""
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    number: int
    contact: str
    channel: Channel
    page: str | None
    """None for e-mail and API: nobody was on a page."""
    intent: str | None
    """None: none of these."""
    opened_at: datetime
    messages: tuple[Message, ...]
    resolved_at: datetime
    resolved_by: str
    """An agent's id, or ASSISTANT."""
    resolution: str
    outcome: Outcome
    reopened_at: datetime | None
    minutes: int
    """Effort of people; 0 where no person was needed."""
    csat: int | None
    frustrated_at: int | None
    """Index of the message where the tone turned."""
    repeat_of: int | None
    """Number of the earlier conversation about the same issue."""


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    product: str
    timezone: str
    tiers: tuple[Tier, ...]
    teams: tuple[Team, ...]
    agents: tuple[Agent, ...]
    pages: tuple[Page, ...]
    releases: tuple[Release, ...]
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    categories: tuple[Category, ...]
    intents: tuple[Intent, ...]
    articles: tuple[Article, ...]
    none_phrasings: tuple[Phrasing, ...]
    """Messages that belong to no intent."""
    conversations: tuple[Conversation, ...]
