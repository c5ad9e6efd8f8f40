"""What the API takes and gives. What it takes is typed, bounded and closed: a field we do not know is refused, not
ignored; an optional one may be null. What it gives is named here field by field, so that a new column stays inside.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from segue.domain.answer import Answer
from segue.domain.assessment import (
    Complexity,
    IntentGuess,
    NearExample,
    RepeatContact,
    Signal,
    TopicFlag,
    Urgency,
)
from segue.domain.briefing import CustomerCard, EarlierContact, Fact, Line, Moved, NextStep, SimilarCase
from segue.domain.conversation import Author, Channel, Handler, Page, Status
from segue.domain.decision import Decision, Reason
from segue.domain.knowledge import Article
from segue.policy.diff import Change
from segue.policy.lint import Finding

LONGEST_TEXT = 20_000
LONGEST_ARTICLE = 200_000
LONGEST_POLICY = 100_000


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("the text holds a NUL character; take it out")
    return text


def says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty")
    return text


def _no_number(day: Any) -> Any:
    if isinstance(day, int | float):
        raise ValueError("a day is written as 2027-01-31")
    return day


def _as_page(page: Any) -> Any:
    return {"url": page} if isinstance(page, str) else page


NoNul = AfterValidator(_no_nul)
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), NoNul, AfterValidator(says_something)]
Short = Annotated[str, StringConstraints(max_length=300), NoNul]
Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[\w.:@+-]+$")]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=100), NoNul]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+)?$")]
YesNo = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_no_number)]
Minutes = Annotated[
    float, Field(ge=0, le=100_000, allow_inf_nan=False, strict=True), AfterValidator(lambda minutes: round(minutes, 2))
]
"""Rounded, because a column of single precision refuses the very small."""
Place = Annotated[int, Field(ge=0, lt=2**31, strict=True)]
"""The seq of a message, or 0 for none."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageIn(Shape):
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000), NoNul]
    title: Short | None = None


PageOrAddress = Annotated[PageIn | None, BeforeValidator(_as_page, json_schema_input_type=PageIn | str | None)]


class ContactIn(Shape):
    """Who writes; any of it may be left out.

    Only a key with `contacts:vouch` may set `verified`; otherwise all of it is a claim: it tells who to answer, and
    opens nothing.
    """

    id: ExternalId | None = Field(None, description="Another name for `external_id`.")
    external_id: ExternalId | None = Field(None, description="Your id of this person.")
    email: Email | None = None
    name: Short | None = None
    verified: YesNo = Field(False, description="You vouch that this is who they say.")


class NewConversation(Shape):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contact": {"email": "ada@example.com", "name": "Ada"},
                    "channel": "chat",
                    "page": {"url": "https://app.example.com/billing", "title": "Billing"},
                    "text": "Why is my invoice higher this month?",
                    "client_id": "0b8e5e0c-1",
                }
            ]
        }
    )

    contact: ContactIn
    text: Text
    channel: Channel = Channel.API
    page: PageOrAddress = Field(None, description="Where in your product they were. An address alone will do.")
    subject: Short | None = None
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")


class NewMessage(Shape):
    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "It is invoice 4711.", "client_id": "0b8e-2"}]})

    text: Text
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")
    page: PageOrAddress = None


class ClaimIn(Shape):
    agent: Id = Field(description="Id or e-mail address of the agent.", examples=["mira@ledgerly.example"])
    force: YesNo = Field(False, description="Take it from the agent who has it.")


class ReplyIn(Shape):
    agent: Id
    text: Text
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")
    seen_seq: Place | None = Field(None, description="The newest message you saw; a newer one refuses the send.")


class NoteIn(Shape):
    agent: Id
    text: Text


class ResolveIn(Shape):
    agent: Id
    solution: Annotated[str, StringConstraints(max_length=LONGEST_TEXT), NoNul] | None = Field(
        None, description="What solved it. Without it, the last words that were sent."
    )
    intent: Id | None = Field(None, description="What the customer wanted, as it turned out.")
    article: Id | None = Field(None, description="The article that held the answer, by id or slug.")
    minutes: Minutes | None = Field(None, description="How long it took.")


class ByAgent(Shape):
    agent: Id


class UrgencyIn(Shape):
    agent: Id
    urgency: Urgency = Field(description="How urgent it is, as the agent sees it.")


class FrustrationIn(Shape):
    agent: Id
    seq: Place = Field(description="Of the customer's message.")
    is_frustrated: YesNo = Field(description="Whether the customer sounds frustrated there, as the agent hears it.")


class AssignIn(Shape):
    agent: Id = Field(description="Who assigns.")
    to: Id | None = Field(None, description="The agent who gets it.")
    team: Id | None = Field(None, description="The team that gets it.")


class ArticleIn(Shape):
    slug: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z0-9_-]+$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul, AfterValidator(says_something)]
    body: Annotated[
        str, StringConstraints(min_length=1, max_length=LONGEST_ARTICLE), NoNul, AfterValidator(says_something)
    ] = Field(description="Markdown.")
    audience: Annotated[str, StringConstraints(pattern="^(public|internal)$")] = "public"
    intent: Id | None = Field(None, description="What it answers.")
    review_by: Day | None = Field(None, description="From then on nobody is answered from it until it is reviewed.")
    note: Short | None = None


class PolicyIn(Shape):
    body: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_POLICY), NoNul] = Field(
        description="YAML.", examples=["name: Ours\nassistant: true\n"]
    )
    note: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul] = Field(description="Why.")


class LintIn(Shape):
    body: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_POLICY), NoNul]
    note: Short | None = None


# what it gives


class AcceptedConversation(BaseModel):
    id: str = Field(examples=["cnv_01KB3Q5M2T8Z9V4C7D0E1F2G3H"])
    number: int


class MessageOut(BaseModel):
    id: str = Field(examples=["msg_01KB3Q5M2T8Z9V4C7D0E1F2G3H.1"])
    seq: int = Field(description="Its place in the conversation, from 1.")


class AcceptedOut(BaseModel):
    conversation: AcceptedConversation
    message: MessageOut


class ConversationOut(BaseModel):
    id: str
    number: int
    channel: Channel
    subject: str
    status: Status
    handler: Handler
    team_id: str | None
    assignee_id: str | None
    assignee: str | None
    intent_id: str | None
    category_id: str | None
    reason: Reason | None = Field(description="Why the last decision was made.")
    urgency: Urgency
    frustration: float
    priority: int
    episode: int
    opened_at: datetime
    changed_at: datetime
    handed_off_at: datetime | None
    waiting_since: datetime | None
    first_response_due: datetime | None
    next_response_due: datetime | None
    resolution_due: datetime | None
    breached: list[str] = Field(description="Clocks past their promise.")
    contact_id: str
    contact: str = Field(description="Their name.")
    email: str
    account: str | None
    tier: str | None
    value: float | None


class ConversationsOut(BaseModel):
    conversations: list[ConversationOut]
    next_cursor: str | None = Field(description="Ask again with `after` set to it; null at the end.")


class SaidOut(BaseModel):
    id: str
    seq: int
    author: Author
    agent_id: str | None
    agent: str | None
    text: str
    page_url: str | None
    answers_seq: int | None = Field(description="The customer message that this answers.")
    at: datetime


class NoteOut(BaseModel):
    id: str
    agent_id: str | None
    agent: str | None
    text: str
    at: datetime


class WholeConversationOut(ConversationOut):
    seq: int = Field(description="Of the newest message.")
    customer_seq: int = Field(description="Of the newest message of the customer.")
    considered_seq: int = Field(description="Of the newest message of the customer that has a decision.")
    page_url: str | None
    page_title: str | None
    resolved_at: datetime | None
    first_responded_at: datetime | None
    held_by: str | None = Field(description="The agent whose hands are on the composer, until `held_until`.")
    held_until: datetime | None
    account_id: str | None
    is_verified: bool
    health: float | None
    team: str | None
    messages: list[SaidOut]
    notes: list[NoteOut]


class MatterOut(BaseModel):
    """One of several matters of a message."""

    words: str = Field(description="The customer's own words for it.")
    intents: list[IntentGuess]
    none_of_these: Signal[bool]
    novelty: Signal[float]
    nearest: list[NearExample]
    unopened: Signal[float]


class AssessmentOut(BaseModel):
    """What triage noticed: facts with evidence, no decision."""

    intents: list[IntentGuess]
    none_of_these: Signal[bool]
    novelty: Signal[float]
    nearest: list[NearExample]
    unopened: Signal[float]
    urgency: Signal[Urgency]
    frustration: Signal[float]
    course: list[float]
    complexity: Signal[Complexity]
    drivers: list[str]
    wish_for_person: Signal[bool]
    language: Signal[str]
    repeat: RepeatContact | None
    topics: list[TopicFlag]
    tier: str | None
    is_verified: bool
    page: Page | None
    is_greeting: bool
    is_closing: bool
    matters: list[MatterOut] = Field(
        default=[], description="Where the message holds several: each read by itself. Empty where it holds one."
    )
    text: str
    encoder: str
    heads: str


class TurnOut(BaseModel):
    seq: int = Field(description="Of the customer message that was considered.")
    message: str = Field(description="Its id.")
    decided_at: datetime
    assessment: AssessmentOut | None = Field(description="Null where considering failed, and a person got it.")
    answer: Answer | None
    decision: Decision


class TurnsOut(BaseModel):
    turns: list[TurnOut]


class BriefingOut(BaseModel):
    """What the agent reads first."""

    seq: int = Field(description="Of the customer message at which it was written.")
    why: str
    moved: list[Moved]
    wanted: Line
    matters: list[Line] = Field(default=[], description="Where there are several: the customer's words for each.")
    tried: list[Line]
    facts: list[Fact]
    open_question: Line | None
    next_step: NextStep
    customer: CustomerCard
    similar: list[SimilarCase]
    earlier: list[EarlierContact]
    mood: list[float]
    corrected: list[Line] = Field(description="What the customer said of it, who was shown what was passed on.")


class NoteMadeOut(BaseModel):
    id: str


class ResolvedOut(BaseModel):
    resolution: str


class IntentOut(BaseModel):
    id: str
    name: str
    is_opened: bool = Field(description="Whether the assistant may answer it; otherwise it is known by name only.")


class CategoryOut(BaseModel):
    id: str
    name: str
    needs_account: bool
    intents: list[IntentOut]


class CategoriesOut(BaseModel):
    categories: list[CategoryOut]


class FoundPassage(BaseModel):
    article: str
    slug: str
    title: str
    heading: str
    text: str
    is_stale: bool = Field(description="Past its review date: the assistant does not answer from it.")
    score: float
    by_words: int | None = Field(description="Its rank among those that share words.")
    by_meaning: int | None = Field(description="Its rank among those near in meaning.")


class FoundOut(BaseModel):
    passages: list[FoundPassage]


class ArticlesOut(BaseModel):
    articles: list[Article]
    next_cursor: str | None


class PublishedOut(BaseModel):
    article_id: str
    slug: str
    version: int
    passages: int


class PolicyOut(BaseModel):
    version: int
    body: str = Field(description="YAML.")


class AppliedOut(BaseModel):
    version: int
    findings: list[Finding] = Field(description="What its budgets leave to people; POST /policy/lint says it before.")


class DiffOut(BaseModel):
    changes: list[Change] = Field(description="In the order of the settings; what is gone comes last.")


class FindingsOut(BaseModel):
    findings: list[Finding] = Field(description="Worst first. One at the level `error` would be refused.")
