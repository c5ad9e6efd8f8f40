"""What the API takes: typed, bounded, and closed: a field we do not know is refused, not ignored."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from segue.domain.conversation import Channel

LONGEST_TEXT = 20_000
LONGEST_ARTICLE = 200_000


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("the text holds a NUL character; take it out")
    return text


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty")
    return text


Text = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_no_nul),
    AfterValidator(_says_something),
]  # fmt: skip
Short = Annotated[str, StringConstraints(max_length=300), AfterValidator(_no_nul)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[\w.:@+-]+$")]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_no_nul)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageIn(Shape):
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_no_nul)]
    title: Short = ""


class ContactIn(Shape):
    """Who writes. Only a key with `contacts:vouch` may set `verified`; otherwise it is a claim."""

    external_id: Id | None = None
    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""
    name: Short = ""
    verified: bool = False


class NewConversation(Shape):
    contact: ContactIn
    text: Text
    channel: Channel = Channel.API
    page: PageIn | None = None
    subject: Short = ""
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")


class NewMessage(Shape):
    text: Text
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")
    page: PageIn | None = None


class ConversationOut(BaseModel):
    id: str
    number: int


class MessageOut(BaseModel):
    id: str
    seq: int


class AcceptedOut(BaseModel):
    conversation: ConversationOut
    message: MessageOut


class ClaimIn(Shape):
    agent: Id
    force: bool = Field(False, description="Take it from the agent who has it.")


class ReplyIn(Shape):
    agent: Id
    text: Text
    client_id: ClientId | None = None
    seen_seq: int | None = Field(None, ge=0, description="The newest message you saw; a newer one refuses the send.")


class NoteIn(Shape):
    agent: Id
    text: Text


class ResolveIn(Shape):
    agent: Id
    solution: Annotated[str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(_no_nul)] = ""
    intent: Id | None = None
    article: Id | None = None
    minutes: float | None = Field(None, ge=0, le=100_000)


class ByAgent(Shape):
    agent: Id


class AssignIn(Shape):
    agent: Id = Field(description="Who assigns.")
    to: Id | None = Field(None, description="The agent who gets it.")
    team: Id | None = Field(None, description="The team that gets it.")


class ArticleIn(Shape):
    slug: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z0-9_-]+$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_no_nul)]
    body: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ARTICLE), AfterValidator(_no_nul)]
    audience: Annotated[str, StringConstraints(pattern="^(public|internal)$")] = "public"
    intent: Id | None = None
    review_by: date | None = None
    note: Short = ""


class PolicyIn(Shape):
    body: Annotated[str, StringConstraints(min_length=1, max_length=100_000), AfterValidator(_no_nul)]
    note: Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_no_nul)]


