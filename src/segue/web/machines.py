"""The API for machines: `/api/v1`, bearer keys with scopes, problem+json, keyset cursors, events with resume.

Messages in, conversations out, what people's hands do, what happens. Articles and policy are in `teaching.py`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from segue.desk.guard import flaws
from segue.domain.conversation import Page
from segue.domain.errors import DatabaseUnavailable, Forbidden, NotFound, Refused
from segue.domain.ids import message_id
from segue.store.attachments import Attachments, Stored
from segue.store.conversations import Filter
from segue.store.desk import Solution
from segue.store.inbox import Arrival
from segue.web import (
    attachments_api,
    boundary_api,
    explaining,
    learning_api,
    mail_api,
    merging_api,
    shadow_api,
    tags_api,
    teaching,
)
from segue.web.attachments_api import owner_of, taken_along
from segue.web.doors import Caller, needs
from segue.web.given import (
    AcceptedOut,
    BriefingOut,
    ConversationOut,
    ConversationsOut,
    MessageOut,
    NoteMadeOut,
    ResolvedOut,
    TurnsOut,
    WholeConversationOut,
)
from segue.web.rooms import Rooms, rooms
from segue.web.routes import ExpressRoute, MachineRoute, json
from segue.web.shapes import (
    AssignIn,
    ByAgent,
    ClaimIn,
    ContactIn,
    FrustrationIn,
    ListIn,
    NewConversation,
    NewMessage,
    NoteIn,
    PageIn,
    ReplyIn,
    ResolveIn,
    UrgencyIn,
)
from segue.web.stream import HEARTBEAT

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
express = APIRouter(prefix="/api/v1", route_class=ExpressRoute)

House = Annotated[Rooms, Depends(rooms)]
Writes = Annotated[Caller, Depends(needs("conversations:write"))]
READS = [Depends(needs("conversations:read"))]
HANDLES = [Depends(needs("conversations:handle"))]
Handles = Annotated[Caller, Depends(needs("conversations:handle"))]
may_follow = needs("events:read")

ConversationId = Annotated[str, Path(description="Its id, not its number.")]
MessageCursor = Annotated[int, Query(ge=0, lt=2**31, description="Only messages past this seq.")]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
EXAMPLE = """id: 1042-77
event: message.received
data: {"kind":"message.received","conversation":"cnv_01KB3Q5M2T8Z9V4C7D0E1F2G3H","author":"con_01KB3Q5M2T","seq":1}
"""
FOLLOWED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, each with an `id` to go on from. A comment comes where nothing happens for 15 seconds.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


# writing in


@express.post("/conversations", status_code=202, response_model=AcceptedOut, responses=CONFLICT,
              tags=["conversations"])  # fmt: skip
async def open_conversation(body: NewConversation, caller: Writes, house: House) -> Response:
    """Opens a conversation with its first message. Durable when the 202 arrives; considered right after.

    The same `client_id` again from the same contact is the same conversation; with another text it is refused (409).
    """
    contact = body.contact
    arrival = Arrival(
        text=body.text, channel=body.channel, client_id=body.client_id, subject=body.subject or "",
        page=_page(body.page), external_id=_known_as(contact, body.client_id, caller), name=contact.name or "",
        email=contact.email or "", is_verified=contact.verified,
    )  # fmt: skip
    return await _taken(house, await _with_files(house, caller, arrival, body.attachments))


@express.post("/conversations/{conversation}/messages", status_code=202, response_model=AcceptedOut,
              responses=CONFLICT, tags=["conversations"])  # fmt: skip
async def write_message(
    conversation: ConversationId, body: NewMessage, caller: Writes, house: House,
) -> Response:  # fmt: skip
    """The customer's next message; opens the conversation again where it was resolved.

    The same `client_id` again is the same message; with another text it is refused (409).
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


router.routes.extend(express.routes)
PARTS = (
    shadow_api, teaching, explaining, boundary_api, learning_api, mail_api, attachments_api, tags_api, merging_api,
)  # fmt: skip
for part in PARTS:
    router.routes.extend(part.router.routes)


# reading


@router.get("/conversations", dependencies=READS, tags=["conversations"], response_model=ConversationsOut)
def list_conversations(house: House, narrowed: Annotated[ListIn, Query()]) -> Response:
    """Newest first. Filters are joined by *and*; `team`, `assignee`, `contact`, `category` and `intent` are ids."""
    limit = narrowed.limit
    found = house.conversations.listing(Filter(**narrowed.model_dump(exclude={"limit"})), limit + 1)
    return json({"conversations": [_shown(ConversationOut, row) for row in found[:limit]],
                 "next_cursor": found[limit - 1]["id"] if len(found) > limit else None})  # fmt: skip


@router.get("/conversations/{conversation}", dependencies=READS, tags=["conversations"],
            response_model=WholeConversationOut)  # fmt: skip
def read_conversation(conversation: ConversationId, house: House, after: MessageCursor = 0) -> Response:
    """The conversation with its messages and notes."""
    row, thread = house.conversations.one(conversation), house.conversations.thread(conversation, after)
    files = Attachments(house.db).of_conversation(conversation)
    messages = [
        {"id": message_id(conversation, m["seq"]), **_said(m), "attachments": _named(files.get(f"m{m['seq']}", ()))}
        for m in thread
    ]
    notes = [
        {**_said(note), "attachments": _named(files.get(note["id"], ()))}
        for note in house.conversations.notes(conversation)
    ]
    return json(_shown(WholeConversationOut, {**row, "messages": messages, "notes": notes}))


@router.get("/conversations/{conversation}/turns", dependencies=READS, tags=["conversations"], response_model=TurnsOut)
def read_turns(conversation: ConversationId, house: House) -> Response:
    """Assessment, answer and decision of each customer message, as they were stored."""
    house.conversations.one(conversation)
    turns = [t | {"message": message_id(conversation, t["seq"])} for t in house.conversations.turns(conversation)]
    for turn in turns:
        for noticed in (turn["assessment"] or {}, *(turn["assessment"] or {}).get("matters", ())):
            noticed.pop("vector", None)
    return json({"turns": turns})


@router.get("/conversations/{conversation}/briefing", dependencies=READS, tags=["conversations"],
            response_model=BriefingOut)  # fmt: skip
def read_briefing(conversation: ConversationId, house: House) -> Response:
    """The newest briefing. 404 where the conversation was never handed over."""
    house.conversations.one(conversation)
    briefing = house.conversations.briefing(conversation)
    if briefing is None:
        raise NotFound("This conversation has no briefing: it was never handed over.")
    return json({part: told for part, told in briefing.items() if part != "wording"})


def _shown(shape: type[BaseModel], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in shape.model_fields}


def _named(files: Sequence[Stored]) -> list[dict[str, Any]]:
    return [{"id": one.id, "name": one.name, "kind": one.kind, "size": one.size} for one in files]


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {"text" if name == "body" else name: value for name, value in row.items()}


# people's hands


@router.post("/conversations/{conversation}/claim", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def claim(conversation: ConversationId, body: ClaimIn, house: House) -> None:
    """The agent has it from now on, and the assistant falls silent. 409 where another agent has it."""
    house.hands.take(conversation, body.agent, _now(), body.force)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/assign", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def assign(conversation: ConversationId, body: AssignIn, house: House) -> None:
    """To another agent, or into a team's queue: fill one of `to` and `team`."""
    house.hands.assign(conversation, body.agent, _now(), body.to, body.team)
    house.bell.ring("events")


@router.post("/conversations/{conversation}/reply", status_code=201, response_model=MessageOut, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def reply(conversation: ConversationId, body: ReplyIn, caller: Handles, house: House) -> Response:
    """A person's reply. 409 where the customer wrote after `seen_seq`."""
    for flaw in flaws(body.text):
        raise Refused(flaw.what_happened, flaw.what_to_do, "/text")
    files = taken_along(house, caller, body.attachments, body.client_id)
    seq = house.hands.reply(
        conversation, body.agent, body.text, _now(), body.client_id, body.seen_seq, files, owner_of(caller)
    )
    house.bell.ring("events")
    return json({"id": message_id(conversation, seq), "seq": seq}, 201)


@router.post("/conversations/{conversation}/note", status_code=201, response_model=NoteMadeOut,
             tags=["desk"])  # fmt: skip
def note(conversation: ConversationId, body: NoteIn, caller: Handles, house: House) -> Response:
    """A note that customers never see."""
    files = taken_along(house, caller, body.attachments)
    made = house.hands.note(conversation, body.agent, body.text, _now(), files, owner_of(caller))
    house.bell.ring("events")
    return json({"id": made}, 201)


@router.post("/conversations/{conversation}/resolve", status_code=201, response_model=ResolvedOut, dependencies=HANDLES,
             responses=CONFLICT, tags=["desk"])  # fmt: skip
def resolve(conversation: ConversationId, body: ResolveIn, house: House) -> Response:
    """Closes it with what solved it, which the assistant learns from."""
    solution = Solution(body.solution or "", body.intent, _article_id(house, body.article), minutes=body.minutes)
    made = house.hands.resolve(conversation, body.agent, solution, _now())
    house.bell.ring("events")
    return json({"resolution": made}, 201)


def _article_id(house: Rooms, article: str | None) -> str | None:
    if article is None:
        return None
    if (found := house.library.store.article(article)) is None:
        raise Refused(f"There is no article {article}.", "GET /articles lists them.", "/article")
    return found.id


@router.post("/conversations/{conversation}/urgency", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def judge_urgency(conversation: ConversationId, body: UrgencyIn, house: House) -> None:
    """How urgent an agent finds it: it moves in the queue, and later messages like it are read so, once enough agents
    agree. 409 where it is resolved."""
    house.hands.judge_urgency(conversation, body.agent, body.urgency, _now())
    house.bell.ring("events")


@router.post("/conversations/{conversation}/frustration", status_code=204, dependencies=HANDLES, tags=["desk"])
def judge_frustration(conversation: ConversationId, body: FrustrationIn, house: House) -> None:
    """How a customer's message sounds to an agent: later ones are heard so, once enough was judged and it helps."""
    house.hands.judge_frustration(conversation, body.seq, body.agent, body.is_frustrated, _now())
    house.bell.ring("events")


@router.post("/conversations/{conversation}/reopen", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def reopen(conversation: ConversationId, body: ByAgent, house: House) -> None:
    """A resolved conversation goes on, with the agent. 409 where it is not resolved."""
    house.hands.reopen(conversation, body.agent, _now())
    house.bell.ring("events")


@router.post("/conversations/{conversation}/hand-back", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def hand_back(conversation: ConversationId, body: ByAgent, house: House) -> None:
    """Back to the assistant. 409 where it has the conversation already."""
    house.hands.hand_back(conversation, body.agent, _now())
    house.bell.ring("ready")
    house.bell.ring("events")


# what happens


@router.get("/events", dependencies=[Depends(may_follow)], tags=["events"], response_class=StreamingResponse,
            responses=FOLLOWED)  # fmt: skip
async def follow_events(
    house: House,
    request: Request,
    last_event_id: Annotated[str | None, Header(description="The id of the last event you saw.")] = None,
    after: Annotated[str | None, Query(max_length=40, description="As Last-Event-ID")] = None,
) -> StreamingResponse:
    """Server-sent events, from `Last-Event-ID` on; without one, from now on. No event is skipped or told twice.

    To mirror conversations: follow first, then read them, then apply what comes.
    """
    cursor = last_event_id or after
    if cursor:
        await run_in_threadpool(house.stream.check, cursor)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_followed(house, request, cursor), media_type="text/event-stream", headers=headers)


async def _followed(house: Rooms, request: Request, cursor: str | None) -> AsyncIterator[bytes]:
    """Until the key is no longer good: a stream may outlive it."""
    asked = time.monotonic()
    async for frame in house.stream.after(cursor):
        yield frame
        if time.monotonic() - asked > HEARTBEAT:
            asked = time.monotonic()
            if not await _is_welcome(request):
                return


async def _is_welcome(request: Request) -> bool:
    try:
        await may_follow(request)
    except (HTTPException, Forbidden):
        return False
    except DatabaseUnavailable:
        pass
    return True


def _now() -> datetime:
    return datetime.now(UTC)
