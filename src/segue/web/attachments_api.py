"""Files for machines: brought in first, then named by the message, reply or note that takes them; given out again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from segue.store.attachments import Attachments
from segue.web.doors import Caller, needs
from segue.web.files import BroughtOne, served
from segue.web.rooms import Rooms, rooms
from segue.web.routes import MachineRoute, json

router = APIRouter(prefix="/api/v1", route_class=MachineRoute)

House = Annotated[Rooms, Depends(rooms)]
Reads = Annotated[Caller, Depends(needs("conversations:read"))]
Writes = Annotated[Caller, Depends(needs("conversations:write"))]
AttachmentId = Annotated[str, Path(description="As the message or the mail names it.", max_length=80,
                                   pattern=r"^[\w-]+$")]  # fmt: skip
MOST_LOOSE = 1000
"""Files that one key may have brought and not sent."""
BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, to be saved.", "content": {"application/octet-stream": BYTES}}
}
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class UploadedOut(BaseModel):
    id: str = Field(description="For `attachments` of the message that takes it.", examples=["att_Zm9vYmFyYmF6cXV4"])
    name: str = Field(description="As it will be shown: without folders and marks that mislead.")
    kind: str = Field(description="What it is by its content, whatever its name and type say.", examples=["image/png"])
    size: int = Field(description="In bytes.")


@router.post("/attachments", status_code=201, tags=["conversations"], response_model=UploadedOut,
             responses={400: {}, 413: {}, 415: {}}, openapi_extra=FORM)  # fmt: skip
async def upload(caller: Writes, house: House, file: BroughtOne) -> Response:
    """Brings a file in, by a multipart form with one field `file`. It is this key's until a message takes it; what none
    takes is thrown away after a day."""
    house.caps.refuse(file.name, file.size)
    kept = Attachments(house.db).keep(file, owner_of(caller), datetime.now(UTC), MOST_LOOSE)
    return json({"id": kept.id, "name": kept.name, "kind": kept.kind, "size": kept.size}, 201)


@router.get("/attachments/{attachment}", tags=["conversations"], responses=FILE, response_class=Response)
def read_attachment(attachment: AttachmentId, caller: Reads, house: House) -> Response:
    """A file of a message, a note or a mail: to be saved. Only plain pictures carry their type."""
    return served(*Attachments(house.db).one(attachment, owner_of(caller)))


def owner_of(caller: Caller) -> str:
    return f"key:{caller.name}"


def taken_along(house: Rooms, caller: Caller, ids: list[str] | None, client_id: str | None = None) -> tuple[str, ...]:
    """Ids of the files that a message takes. Raises FileRefused."""
    found = Attachments(house.db).mine(ids or [], owner_of(caller), client_id)
    house.caps.refuse_together([file.size for file in found])
    return tuple(file.id for file in found)
