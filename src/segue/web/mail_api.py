"""Mail for machines: what was set aside, and why; the mails behind a conversation, with all of their text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from segue.domain.ids import message_id
from segue.domain.mail import Cause, Fold
from segue.intake.mail import release
from segue.store.mail import MailStore
from segue.store.mails_behind import MailsBehind
from segue.store.outbox import Outbox
from segue.web.doors import Caller, needs
from segue.web.given import AcceptedOut
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json, not_listed

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
READS = [Depends(needs("conversations:read"))]
Handles = Annotated[Caller, Depends(needs("conversations:handle"))]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
MailCursor = Annotated[str | None, Query(pattern="^mal_[0-9A-Z]{1,60}$", description="`next_cursor`")]
MailId = Annotated[str, Path(description="Of a mail, like mal_01ABC….", max_length=80, pattern=r"^[\w-]+$")]
ConversationId = Annotated[str, Path(description="Its id, not its number.", max_length=80, pattern=r"^[\w-]+$")]


class SuspendedOut(BaseModel):
    id: str
    cause: Cause
    why: str = Field(description="The cause as people say it.")
    sender: str
    sender_name: str
    subject: str
    said: str = Field(description="The beginning of what it says.")
    recipient: str
    size: int = Field(description="In bytes.")
    linked_to: str | None = Field(description="The conversation that it names.")
    received_at: datetime


class SuspendedPageOut(BaseModel):
    mails: list[SuspendedOut]
    next_cursor: str | None


class AttachmentOut(BaseModel):
    id: str
    name: str
    type: str
    size: int
    content_id: str


class MailOut(BaseModel):
    id: str
    seq: int = Field(description="The message it became.")
    sender: str
    sender_name: str
    subject: str
    text: str = Field(description="All of it.")
    html: str = Field(description="Made safe; empty where there was none.")
    folds: list[Fold] = Field(description="Quotations and signatures, by their place in `text`.")
    vouched: bool = Field(description="Whether our mail server found the sender's domain behind it.")
    attachments: list[AttachmentOut]
    received_at: datetime


class DeliveryOut(BaseModel):
    seq: int
    state: str = Field(
        description="waiting, sent, taken back, stopped (the assistant was, before it left) or undelivered."
    )
    why: str
    at: datetime


class MailsOut(BaseModel):
    mails: list[MailOut]
    deliveries: list[DeliveryOut] = Field(description="What became of the mails that went out.")


@router.get("/mail/suspended", dependencies=READS, tags=["conversations"], response_model=SuspendedPageOut,
            responses={400: {}})  # fmt: skip
def list_suspended_mails(
    house: House, after: MailCursor = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """Mails that became no message, newest first, each with its cause."""
    store = MailStore(house.db)
    if after and not store.is_there(after):
        raise not_listed(after)
    found = store.suspended(after, limit + 1)
    mails = [{**mail, "why": Cause(mail["cause"]).sentence} for mail in found[:limit]]
    return json({"mails": mails, "next_cursor": mails[-1]["id"] if len(found) > limit else None})


@router.post("/mail/suspended/{mail}/release", tags=["conversations"], response_model=AcceptedOut, responses=CONFLICT)
def release_suspended_mail(mail: MailId, caller: Handles, house: House) -> Response:
    """Lets it in as a message. People answer it: it may come from a machine. 409 where it is not suspended any more."""
    taken = release(MailStore(house.db), mail, f"key:{caller.name}", _now())
    house.bell.ring("ready")
    house.bell.ring("events")
    place = {"id": message_id(taken.conversation_id, taken.seq), "seq": taken.seq}
    return json({"conversation": {"id": taken.conversation_id, "number": taken.number}, "message": place})


@router.post("/mail/suspended/{mail}/drop", status_code=204, tags=["conversations"], responses=CONFLICT)
def drop_suspended_mail(mail: MailId, caller: Handles, house: House) -> None:
    """Puts it away. It is kept, but listed no more. 409 where it is not suspended any more."""
    MailStore(house.db).drop(mail, f"key:{caller.name}", _now())


@router.get("/conversations/{conversation}/mails", dependencies=READS, tags=["conversations"], response_model=MailsOut)
def list_mails(conversation: ConversationId, house: House) -> Response:
    """The mails behind its messages, whole, and what became of those that went out."""
    house.conversations.one(conversation)
    told = Outbox(house.db).deliveries(conversation)
    deliveries = [{name: one[name] for name in DeliveryOut.model_fields} for one in told]
    return json({"mails": MailsBehind(house.db).of(conversation), "deliveries": deliveries})


@router.post("/conversations/{conversation}/messages/{seq}/take-back", status_code=204, tags=["conversations"],
             responses=CONFLICT)  # fmt: skip
def take_back(
    conversation: ConversationId, seq: Annotated[int, Path(ge=1, lt=2**31)], caller: Handles, house: House
) -> None:
    """Takes an agent's mail back before it leaves, which it does after ten seconds. 409 where it has left."""
    house.conversations.one(conversation)
    Outbox(house.db).take_back(conversation, seq, f"key:{caller.name}", _now())
    house.bell.ring("events")


def _now() -> datetime:
    return datetime.now(UTC)
