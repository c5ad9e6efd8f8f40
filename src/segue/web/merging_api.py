"""Merging for machines: a second conversation of one customer goes into another, and comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from segue.web.doors import needs
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute
from segue.web.shapes import ByAgent, MergeIn

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
HANDLES = [Depends(needs("conversations:handle"))]
ConversationId = Annotated[str, Path(description="Its id, not its number.")]
CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}


@router.post("/conversations/{conversation}/merge", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def merge(conversation: ConversationId, body: MergeIn, house: House) -> None:
    """Into another open conversation of the same customer. What is written to it lands there from now on; of each clock
    the one that runs out first goes on. 409 where one is resolved, merged already or about to send."""
    house.hands.merge(conversation, body.into, body.agent, datetime.now(UTC))
    house.bell.ring("events")


@router.post("/conversations/{conversation}/unmerge", status_code=204, dependencies=HANDLES, responses=CONFLICT,
             tags=["desk"])  # fmt: skip
def unmerge(conversation: ConversationId, body: ByAgent, house: House) -> None:
    """Both are as they were, but for what has happened to the other one since. 409 where it is not merged."""
    house.hands.unmerge(conversation, body.agent, datetime.now(UTC))
    house.bell.ring("ready")
    house.bell.ring("events")
