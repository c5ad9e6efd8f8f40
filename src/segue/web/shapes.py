"""What the API takes: typed, bounded and closed. A field we do not know is refused, not ignored; an optional one may be
null. What it gives is in `given.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from segue.domain.assessment import (
    Urgency,
)
from segue.domain.conversation import Channel, Handler, Status
from segue.domain.decision import Reason
from segue.domain.knowledge import Article
from segue.domain.said import says_nothing

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.A)
LONGEST_TEXT = 20_000
LONGEST_ARTICLE = 200_000
LONGEST_POLICY = 100_000


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("the text holds a NUL character; take it out")
    return text


def says_something(text: str) -> str:
    if says_nothing(text):
        raise ValueError("the text is empty")
    return text


def _no_number(day: Any) -> Any:
    if isinstance(day, int | float):
        raise ValueError("a day is written as 2027-01-31")
    return day


def _moment(said: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """A day is where it begins in UTC: a filter reads the same in summer and winter, whatever zone a policy names."""
    if isinstance(said, str) and _DAY.fullmatch(said):
        said += "T00:00:00Z"
    try:
        if isinstance(said, str) and _DAY.match(said):
            return read(said)
    except ValidationError:
        pass
    raise ValueError("a moment is a day as 2027-01-31, or a day and a time with its zone as 2027-01-31T09:00:00+01:00")


def _as_page(page: Any) -> Any:
    return {"url": page} if isinstance(page, str) else page


NoNul = AfterValidator(_no_nul)
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), NoNul, AfterValidator(says_something)]
Short = Annotated[str, StringConstraints(max_length=300), NoNul]
Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[\w.:@+-]+$")]
ByOwner = Annotated[Id | None, Field(description="Not needed: the key says who. Another than its owner is refused.")]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=100), NoNul]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+)?$")]
YesNo = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_no_number)]
Moment = Annotated[
    AwareDatetime, WrapValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]  # fmt: skip
"""A day is its beginning, in UTC."""
Minutes = Annotated[
    float, Field(ge=0, le=100_000, allow_inf_nan=False, strict=True), AfterValidator(lambda minutes: round(minutes, 2))
]
"""Rounded, because a column of single precision refuses the very small."""
_BEGINS = "a day stands for its beginning in UTC"
Place = Annotated[int, Field(ge=0, lt=2**31, strict=True)]
"""The seq of a message, or 0 for none."""
Word = Annotated[str, StringConstraints(max_length=80), NoNul]


class ListIn(BaseModel):
    """What a list of conversations is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(pattern="^cnv_[0-9A-Za-z_-]{1,60}$")] | None = Field(
        None, description="`next_cursor` of the page before."
    )
    status: Status | None = None
    handler: Handler | None = None
    team: Word | None = None
    assignee: Word | None = None
    contact: Word | None = None
    number: Annotated[int, Field(ge=1, lt=2**62)] | None = None
    tag: Annotated[Word, AfterValidator(str.casefold)] | None = None
    channel: Channel | None = None
    category: Word | None = None
    intent: Word | None = None
    reason: Reason | None = Field(None, description="Why people have it.")
    tier: Word | None = None
    breached: bool | None = Field(None, description="Whether one of its clocks ran out.")
    since: Moment | None = Field(None, description=f"Opened then or later; {_BEGINS}.")
    until: Moment | None = Field(None, description=f"Opened before; {_BEGINS}.")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


Files = Annotated[list[Id], Field(max_length=50)] | None
FILES = Field(None, description="Ids of files that `POST /attachments` brought in, which it takes along.")


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
    attachments: Files = FILES
    channel: Channel = Channel.API
    page: PageOrAddress = Field(None, description="Where in your product they were. An address alone will do.")
    subject: Short | None = None
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")


class NewMessage(Shape):
    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "It is invoice 4711.", "client_id": "0b8e-2"}]})

    text: Text
    attachments: Files = FILES
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")
    page: PageOrAddress = None


class MergeIn(Shape):
    agent: Id = Field(description="Id or e-mail address of the agent.", examples=["mira@ledgerly.example"])
    into: Id = Field(description="The conversation that stays.")


class ClaimIn(Shape):
    agent: Id = Field(description="Id or e-mail address of the agent.", examples=["mira@ledgerly.example"])
    force: YesNo = Field(False, description="Take it from the agent who has it.")


class ReplyIn(Shape):
    agent: Id
    text: Text
    attachments: Files = FILES
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")
    seen_seq: Place | None = Field(None, description="The newest message you saw; a newer one refuses the send.")


class NoteIn(Shape):
    agent: Id
    text: Text
    attachments: Files = FILES
    client_id: ClientId | None = Field(None, description="Yours, to make a repeated request harmless.")


class ResolveIn(Shape):
    agent: Id
    solution: Annotated[str, StringConstraints(max_length=LONGEST_TEXT), NoNul] | None = Field(
        None, description="What solved it. Without it, the last words that an agent sent; a key's do not count."
    )
    intent: Id | None = Field(None, description="What the customer wanted, as it turned out.")
    article: Id | None = Field(None, description="The article that held the answer, by id or slug.")
    minutes: Minutes | None = Field(None, description="How long it took.")
    seen_seq: Place | None = Field(
        None, description="The newest message you saw; one that the customer wrote since refuses it."
    )


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


_STAYS = "as it is with the article that is there"


class ArticleIn(Shape):
    slug: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z0-9_-]+$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul, AfterValidator(says_something)]
    body: Annotated[
        str, StringConstraints(min_length=1, max_length=LONGEST_ARTICLE), NoNul, AfterValidator(says_something)
    ] = Field(description="Markdown.")
    audience: Annotated[str, StringConstraints(pattern="^(public|internal)$")] | None = Field(
        None, description=f"Left out, {_STAYS}, and `public` with a new one."
    )
    intent: Id | None = Field(None, description=f"What it answers; null for nothing. Left out, {_STAYS}.")
    review_by: Day | None = Field(
        None,
        description="From then on nobody is answered from it until it is reviewed; null for never."
        f" Left out, {_STAYS}.",
    )
    note: Short | None = None

    def over(self, before: Article | None) -> Article:
        """What is left out is kept of the article that has the slug: what was internal would be public otherwise."""
        new = Article("", self.slug, self.title, self.body, self.audience or "public", self.intent, self.review_by)
        if before is None:
            return new
        left_out = {"intent", "review_by"} - self.model_fields_set
        kept = {name: getattr(before, name) for name in left_out}
        return replace(new, audience=self.audience or before.audience, **kept)


class PolicyIn(Shape):
    body: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_POLICY), NoNul] = Field(
        description="YAML.", examples=["name: Ours\nassistant: true\n"]
    )
    note: Annotated[str, StringConstraints(min_length=1, max_length=300), NoNul] = Field(description="Why.")


class LintIn(Shape):
    body: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_POLICY), NoNul]
    note: Short | None = None


# what it gives
