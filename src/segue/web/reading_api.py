"""Conversations for machines: lists, one whole, its turns and its briefing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from segue.domain.errors import NotFound
from segue.domain.ids import message_id
from segue.store.attachments import Attachments, Stored
from segue.store.conversations import Filter
from segue.web.doors import needs
from segue.web.given import BriefingOut, ConversationOut, ConversationsOut, TurnsOut, WholeConversationOut
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json, not_listed, shown
from segue.web.shapes import ListIn

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
READS = [Depends(needs("conversations:read"))]
ConversationId = Annotated[str, Path(description="Its id, not its number.")]
STOPPED: dict[str, None] = dict.fromkeys(("first_response_due", "next_response_due", "resolution_due"))
"""Clocks of one that is resolved: kept for the customer who comes back soon, and shown by no list."""
MessageCursor = Annotated[int, Query(ge=0, lt=2**31, description="Only messages past this seq.")]


@router.get("/conversations", dependencies=READS, tags=["conversations"], response_model=ConversationsOut,
            responses={400: {}})  # fmt: skip
def list_conversations(house: House, narrowed: Annotated[ListIn, Query()]) -> Response:
    """Newest first. Listed is what fits all filters; `team`, `assignee`, `contact`, `category` and `intent` are ids."""
    limit = narrowed.limit
    if narrowed.after and not house.conversations.is_there(narrowed.after):
        raise not_listed(narrowed.after)
    found = house.conversations.listing(Filter(**narrowed.model_dump(exclude={"limit"})), limit + 1)
    return json({"conversations": [shown(ConversationOut, row) for row in found[:limit]],
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
    stopped = STOPPED if row["status"] == "resolved" else {}
    return json(shown(WholeConversationOut, {**row, **stopped, "messages": messages, "notes": notes}))


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


def _named(files: Sequence[Stored]) -> list[dict[str, Any]]:
    return [{"id": one.id, "name": one.name, "kind": one.kind, "size": one.size} for one in files]


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {"text" if name == "body" else name: value for name, value in row.items()}
