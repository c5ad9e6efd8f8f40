"""What the API takes and gives about what learning proposes to a lead: candidate articles, new topics, doubts about an
article (see learning_shapes)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from segue.web.shapes import LONGEST_ARTICLE, ByOwner, Id, NoNul, Shape, Short, says_something

Title = Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul, AfterValidator(says_something)]
Body = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_ARTICLE), NoNul, AfterValidator(says_something)
]


class DecideIn(Shape):
    agent: ByOwner = None
    note: Short | None = Field(None, description="Why; it stays with it.")


class ChangeCandidateIn(Shape):
    agent: ByOwner = None
    title: Title | None = None
    body: Body | None = Field(None, description="Markdown.")
    intent: Id | None = Field(None, description="The intent it answers.")


class NameTopicIn(Shape):
    agent: ByOwner = None
    name: Title = Field(description="What customers want there, in a few words.")
    category: Id = Field(description="The category the intent belongs to.")
    intent: Id | None = Field(None, description="The intent's id; made from the name where it is left out.")


class MergeCandidateIn(Shape):
    agent: ByOwner = None
    into: Short = Field(description="A candidate's id, or an article's id or slug.")


class EffectCaseOut(BaseModel):
    conversation: str
    number: int
    change: str = Field(description="`answers` where nothing was answered before, else `changes`.")
    before: str | None = Field(description="The article that was answered from.")
    after: str | None
    is_right: bool | None = Field(description="By what people settled; null where they did not.")
    was_right: bool | None
    is_source: bool = Field(description="The candidate was drafted from this case.")


class EffectOut(BaseModel):
    """What the article changes in past cases, by the real search and choice."""

    tried: int
    answers: int
    right: int
    wrong: int
    unsettled: int
    drafted_from: int
    changes: int
    harms: int = Field(description="Changes of an answer that had been right.")
    cases: list[EffectCaseOut] = Field(description="The most harmful first.")


class CandidateOut(BaseModel):
    id: str
    kind: str = Field(description="`article`, or `edit` of one that is there.")
    status: str
    intent_id: str | None
    article_id: str | None
    title: str
    body: str
    effect: EffectOut | None = Field(description="Null where it answers no intent yet.")
    edited_by: str | None
    closed_by: str | None
    note: str
    lessons: int
    made_at: datetime
    closed_at: datetime | None


class CandidatesOut(BaseModel):
    candidates: list[CandidateOut]


class SourceOut(BaseModel):
    id: str
    conversation_id: str
    agent_id: str
    agent: str
    problem: str
    solution: str
    reaction: str
    at: datetime


class RestsOnOut(BaseModel):
    cases: int
    customers: int
    agents: int
    solved_so: int = Field(description="Cases whose solution is about the same as the draft's.")


class WholeCandidateOut(CandidateOut):
    sources: list[SourceOut]
    rests_on: RestsOnOut


class ApprovedOut(BaseModel):
    article_id: str


class TopicOut(BaseModel):
    id: str
    status: str
    terms: list[str]
    intent_id: str | None
    messages: int
    contacts: int
    closed_by: str | None
    made_at: datetime
    closed_at: datetime | None


class TopicsOut(BaseModel):
    topics: list[TopicOut]


class TopicMessageOut(BaseModel):
    conversation_id: str
    number: int
    seq: int
    text: str
    is_medoid: bool = Field(description="The one that stands for the others.")


class WholeTopicOut(TopicOut):
    said: list[TopicMessageOut]


class NamedOut(BaseModel):
    intent: str


class StaleOut(BaseModel):
    id: str
    article_id: str
    slug: str
    title: str
    version: int
    kind: str
    article_says: str
    status: str
    replies: int
    closed_by: str | None
    opened_at: datetime
    closed_at: datetime | None


class StaleCasesOut(BaseModel):
    stale_cases: list[StaleOut]


class DoubtingOut(BaseModel):
    conversation_id: str
    number: int
    seq: int
    agent_id: str
    agent: str
    says: str
    at: datetime


class WholeStaleOut(StaleOut):
    said_by: list[DoubtingOut]
