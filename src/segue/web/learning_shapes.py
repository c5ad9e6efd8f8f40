"""What the learning part of the API takes and gives (see shapes)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from segue.web.shapes import ByOwner, ClientId, Shape, YesNo


class FeedbackIn(Shape):
    solved: YesNo = Field(description="Whether the assistant's answer solved it, as the customer says.")
    seq: Annotated[int, Field(ge=1, lt=2**31, strict=True)] | None = Field(
        None, description="The answer that is judged, by the seq of its message. Without it, the assistant's last one."
        " Name it where a call may come late or twice: a newer answer is not judged by it then."
    )  # fmt: skip
    client_id: ClientId | None = Field(None, description="Yours. Saying the same twice is saying it once anyway.")


class RunIn(Shape):
    agent: ByOwner = None


# what it gives


class RunOut(BaseModel):
    agent: str = Field(description="Who asked for it: the key's owner, or the key.")


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
    named_in: list[str] = Field(
        description="Conversations of others in whose messages their address stands. These are others' own words and"
        " stay: look through them."
    )


class ErasureOut(BaseModel):
    id: str
    author: str
    counts: dict[str, int]
    at: datetime
    refitted_at: datetime | None = Field(description="Null while what was fitted still knows them.")
    contact_hash: str | None = Field(
        description="SHA-256 of the contact's id, in hex: it finds them where a backup brings them back. Null if old."
    )


class ErasuresOut(BaseModel):
    erasures: list[ErasureOut]
