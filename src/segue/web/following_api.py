"""What happens, as it happens: events as a stream that can be gone on with from any of them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from segue.domain.errors import DatabaseUnavailable, Forbidden
from segue.web.doors import needs
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute
from segue.web.stream import HEARTBEAT

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
may_follow = needs("events:read")

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


@router.get("/events", dependencies=[Depends(may_follow)], tags=["events"], response_class=StreamingResponse,
            responses=FOLLOWED)  # fmt: skip
async def follow_events(
    house: House,
    request: Request,
    last_event_id: Annotated[str | None, Header(description="The id of the last event you saw.")] = None,
    after: Annotated[str | None, Query(max_length=40, description="As Last-Event-ID")] = None,
) -> StreamingResponse:
    """Server-sent events, from `Last-Event-ID` on; without one, from now on. No event is skipped or told twice.

    To mirror conversations: follow first, then read them, then apply what comes. Where an event names a `conversation`,
    read it again, and drop it where it is not there any more. Where it names none, it may name the `agent`, `team`,
    `contact`, `account` or `tag` that has changed: read again what you keep with it.
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
