"""Tags for machines: which there are, putting one on and taking it off. `GET /conversations?tag=` narrows a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from segue.desk.tagging import tag_name
from segue.store.tags import Tags
from segue.web.doors import Caller, needs
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)
House = Annotated[Rooms, Depends(rooms)]
Handles = Annotated[Caller, Depends(needs("conversations:handle"))]
ConversationId = Annotated[str, Path(description="Its id, not its number.")]
TagName = Annotated[str, Path(description="One word; capitals are made small.", examples=["refund"])]
HERE = "/conversations/{conversation}/tags/{tag}"


class TagOut(BaseModel):
    name: str
    conversations: int = Field(description="How many have it.")


class TagsOut(BaseModel):
    tags: list[TagOut]


@router.get("/tags", dependencies=[Depends(needs("conversations:read"))], tags=["conversations"],
            response_model=TagsOut)  # fmt: skip
def list_tags(house: House) -> Response:
    """Every tag there is, the most used first."""
    return json({"tags": [tag._asdict() for tag in Tags(house.db).all()]})


@router.put(HERE, status_code=204, tags=["desk"])
def put_tag(conversation: ConversationId, tag: TagName, caller: Handles, house: House) -> None:
    """Puts a tag on; one that is on it already stays. A tag is made by its first use."""
    Tags(house.db).put(conversation, tag_name(tag), f"key:{caller.name}", datetime.now(UTC))
    house.bell.ring("events")


@router.delete(HERE, status_code=204, tags=["desk"])
def take_tag_off(conversation: ConversationId, tag: TagName, caller: Handles, house: House) -> None:
    """Takes a tag off; nothing happens where it is not on it."""
    Tags(house.db).take_off(conversation, tag_name(tag), f"key:{caller.name}", datetime.now(UTC))
    house.bell.ring("events")
