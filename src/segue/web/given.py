"""What the API gives: named field by field, so that a new column stays inside."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

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
    presses_at: datetime = Field(
        description="Its place in the queue, the earliest first: when it is due, less two hours for each doubling by"
        " what the account is worth, by frustration and by urgency."
    )
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
    tags: list[str]


class ConversationsOut(BaseModel):
    conversations: list[ConversationOut]
    next_cursor: str | None = Field(description="Ask again with `after` set to it; null at the end.")


class FileOut(BaseModel):
    id: str
    name: str
    kind: str = Field(description="What it is by its content.")
    size: int = Field(description="In bytes.")


class SaidOut(BaseModel):
    id: str
    seq: int
    author: Author
    agent_id: str | None
    agent: str | None
    text: str
    page_url: str | None
    answers_seq: int | None = Field(description="The customer message that this answers.")
    voice: str | None = Field(
        description="`key:…` where a key wrote it in the agent's name and does not vouch for them; null else."
    )
    at: datetime
    attachments: list[FileOut] = Field(description="What was sent along; GET /attachments/{attachment} gives it.")


class NoteOut(BaseModel):
    id: str
    agent_id: str | None
    agent: str | None
    text: str
    at: datetime
    attachments: list[FileOut]


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
    merged_into: str | None = Field(description="The conversation it was merged into: go on there.")
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
    is_in_a_file: bool = False
    is_closing: bool
    is_settled: bool = Field(description="It closes and says that it is solved, or thanks; a mere goodbye does not.")
    matters: list[MatterOut] = Field(
        default=[], description="Where the message holds several: each read by itself. Empty where it holds one."
    )
    text: str
    left_out: list[str] = Field(
        default=[], description="What the customer says it is not, in their words; not read for the matter."
    )
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
