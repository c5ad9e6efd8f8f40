"""What customers write, by way of machines: a conversation begins or goes on. Durable when the 202 arrives."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from fastapi.concurrency import run_in_threadpool

from segue.domain.conversation import Page
from segue.domain.errors import Forbidden, Refused
from segue.store.inbox import Arrival
from segue.web.attachments_api import owner_of, taken_along
from segue.web.doors import Caller, needs
from segue.web.given import AcceptedOut
from segue.web.rooms import Rooms, rooms
from segue.web.routes import ExpressRoute, json
from segue.web.shapes import ContactIn, NewConversation, NewMessage, PageIn

router = APIRouter(prefix="/api/v1", route_class=ExpressRoute)
House = Annotated[Rooms, Depends(rooms)]
Writes = Annotated[Caller, Depends(needs("conversations:write"))]
ConversationId = Annotated[str, Path(description="Its id, not its number.")]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}


@router.post("/conversations", status_code=202, response_model=AcceptedOut, responses=CONFLICT,
              tags=["conversations"])  # fmt: skip
async def open_conversation(body: NewConversation, caller: Writes, house: House) -> Response:
    """Opens a conversation with its first message. Durable when the 202 arrives; considered right after.

    The same `client_id` again from the same contact is the same conversation; with other words, files,
    subject or channel it is refused (409).
    """
    contact = body.contact
    arrival = Arrival(
        text=body.text, channel=body.channel, client_id=body.client_id, subject=body.subject or "",
        page=_page(body.page), external_id=_known_as(contact, body.client_id, caller), name=contact.name or "",
        email=contact.email or "", is_verified=contact.verified,
    )  # fmt: skip
    return await _taken(house, await _with_files(house, caller, arrival, body.attachments))


@router.post("/conversations/{conversation}/messages", status_code=202, response_model=AcceptedOut,
              responses=CONFLICT, tags=["conversations"])  # fmt: skip
async def write_message(
    conversation: ConversationId, body: NewMessage, caller: Writes, house: House,
) -> Response:  # fmt: skip
    """The customer's next message; opens the conversation again where it was resolved.

    The same `client_id` again is the same message; with other words or files it is refused (409).
    """
    arrival = Arrival(body.text, conversation_id=conversation, client_id=body.client_id, page=_page(body.page))
    return await _taken(house, await _with_files(house, caller, arrival, body.attachments))


def _known_as(contact: ContactIn, client_id: str | None, caller: Caller) -> str | None:
    """The external id to find the contact by. What nobody vouched for has names of its own, and somebody without any
    is known by their first message, so that sending it twice begins one conversation."""
    theirs = contact.external_id or contact.id
    if contact.id and contact.id != theirs:
        raise Refused("`id` and `external_id` are two names of one thing and differ.", "Send one.", "/contact/id")
    if contact.verified:
        if "contacts:vouch" not in caller.scopes:
            raise Forbidden("This key may not vouch for a contact.", "Use a key with the scope contacts:vouch.")
        if not (theirs or contact.email):
            raise Refused("Nobody is named to vouch for.", "Send `external_id` or `email`.", "/contact/verified")
        return theirs
    if theirs:
        return f"claimed:{theirs}"
    return f"visitor:{caller.name}:{client_id}" if client_id and not contact.email else None


async def _with_files(house: Rooms, caller: Caller, arrival: Arrival, ids: list[str] | None) -> Arrival:
    if not ids:
        return arrival
    files = await run_in_threadpool(taken_along, house, caller, ids, arrival.client_id)
    return replace(arrival, files=files, files_of=owner_of(caller))


async def _taken(house: Rooms, arrival: Arrival) -> Response:
    taken = await house.front_door.accept(arrival)
    body = {"conversation": {"id": taken.conversation_id, "number": taken.number},
            "message": {"id": taken.message_id, "seq": taken.seq}}  # fmt: skip
    return json(body, 202)


def _page(page: PageIn | None) -> Page | None:
    return Page(page.url, page.title or "") if page else None
