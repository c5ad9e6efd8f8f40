"""What the learning part of the API takes and gives (see shapes)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from segue.web.shapes import LONGEST_ARTICLE, ByAgent, ClientId, Id, NoNul, Shape, Short, YesNo, says_something

Title = Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul, AfterValidator(says_something)]
Body = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_ARTICLE), NoNul, AfterValidator(says_something)
]


class FeedbackIn(Shape):
    solved: YesNo = Field(description="Whether the assistant's last answer solved it, as the customer says.")
    client_id: ClientId | None = Field(None, description="Yours. Saying the same twice is saying it once anyway.")


class DecideIn(Shape):
    agent: Id = Field(description="Who decides: a lead, by id or e-mail address.")
    note: Short | None = Field(None, description="Why; it stays with it.")


class ChangeCandidateIn(Shape):
    agent: Id = Field(description="Who changes it: a lead, by id or e-mail address.")
    title: Title | None = None
    body: Body | None = Field(None, description="Markdown.")
    intent: Id | None = Field(None, description="The intent it answers.")


class NameTopicIn(Shape):
    agent: Id = Field(description="Who names it: a lead, by id or e-mail address.")
    name: Title = Field(description="What customers want there, in a few words.")
    category: Id = Field(description="The category the intent belongs to.")
    intent: Id | None = Field(None, description="The intent's id; made from the name where it is left out.")


class RunIn(Shape):
    agent: Id = Field(description="Who asks for it.")


# what it gives


class FeedbackOut(BaseModel):
    is_new: bool = Field(description="Whether it was news.")


class LessonOut(BaseModel):
    id: str
    conversation_id: str
    episode: int
    seqs: list[int] = Field(description="The messages it was taken from.")
    agent_id: str
    agent: str
    intent_id: str | None
    article_id: str | None
    problem: str
    solution: str
    reaction: str
    removed: dict[str, int] = Field(description="How often each kind of personal data was taken out.")
    outcome: str
    at: datetime


class LessonsOut(BaseModel):
    lessons: list[LessonOut]
    next_cursor: str | None


class ContestOut(BaseModel):
    """One measure on cases that neither head has seen."""

    measure: str
    cases: int
    old: int = Field(description="Cases the old head got right.")
    new: int = Field(description="Cases the new one did.")
    lost: int
    won: int
    chance: float = Field(description="How likely so many would be lost by chance.")


class RefitOut(BaseModel):
    id: str
    cause: str
    author: str
    examples: int
    fresh: int = Field(description="Examples of lessons that the look before had not seen.")
    head: str | None
    is_published: bool
    why: str
    contests: list[ContestOut]
    at: datetime


class EncoderOut(BaseModel):
    made_with: str | None = Field(description="The encoder whose vectors all that was fitted reads.")
    reads_anew: dict[str, Any] | None = Field(
        description="While everything is read anew for another one: `was`, `encoder`, `done` of `of` vectors, `step`."
    )


class LearningOut(BaseModel):
    lessons_waiting: int
    examples_waiting: int
    candidates: int
    topics: int
    stale: int
    erasures_waiting: int
    head: str | None
    taught: dict[str, dict[str, Any]] = Field(description="What agents' hands teach triage, and whether it is used.")
    marks: list[dict[str, Any]] = Field(
        description="By error budget: from which confidence answers keep it by what was judged, and on which proof."
    )
    encoder: EncoderOut
    refits: list[RefitOut] = Field(description="Newest first.")


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


class MergeCandidateIn(ByAgent):
    into: Short = Field(description="A candidate's id, or an article's id or slug.")


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


class FigureOut(BaseModel):
    name: str
    means: str
    count: int
    of: int
    share: float | None
    low: float = Field(description="Of the 95 % interval.")
    high: float


class StandingOut(BaseModel):
    category: str = Field(description="Empty for all together, `unknown` where nobody knew it.")
    episodes: int
    figures: list[FigureOut]


class FiguresOut(BaseModel):
    days: int
    standings: list[StandingOut]


class BehindOut(BaseModel):
    figure: str
    category: str
    conversations: list[str]


class ErasedOut(BaseModel):
    id: str
    counts: dict[str, int] = Field(description="Rows that went, by table.")
    articles: list[str] = Field(description="Approved articles that lessons of theirs had a part in.")


class ErasureOut(BaseModel):
    id: str
    author: str
    counts: dict[str, int]
    at: datetime
    refitted_at: datetime | None = Field(description="Null while what was fitted still knows them.")


class ErasuresOut(BaseModel):
    erasures: list[ErasureOut]
