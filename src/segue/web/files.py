"""Files through every door: read from a form, shown beside what was said, given out so that nothing in them can run.

The one idea: whoever asks, the bytes leave by one function (`served`). Only a plain picture is shown in place; all else
is saved; and either way the answer is sandboxed and never guessed at. Agents are asked for their session each time;
customers' pages carry links that are signed and end within a day.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from segue.domain.errors import NotFound
from segue.domain.files import PICTURES, UNKNOWN, FileCaps, file_name, label_of, name_sent, size_words
from segue.domain.mail import Attachment
from segue.store.attachments import Attachments, Stored
from segue.texts import _
from segue.web.limits import Limit
from segue.web.links import Links
from segue.web.pages import PageRoute
from segue.web.rooms import Rooms, rooms
from segue.web.thread import Enclosed, Entry

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FIELD = "file"
PREVIEWED = 4_000_000
"""Bytes of the largest picture that is shown beside the text."""
MOST_NAMED, LONGEST_ID = 100, 80
PART = 100_000
_FILES, _BYTES = Limit(60, 600), Limit(1000, 600)
"""Files that one address may bring in ten minutes, and a hundred megabytes of them, counted in parts: an office behind
one address, no flood."""


# in


async def brought(request: Request) -> list[Attachment]:
    """A dependency: the files of a form's field `file`, read but not judged; a field left empty brings none."""
    form = await request.form()
    found = [one for one in form.getlist(FIELD) if isinstance(one, UploadFile)]
    return [
        Attachment(file_name(name_sent(one.filename)), one.content_type or UNKNOWN, await one.read())
        for one in found
        if one.filename
    ]


def named(field: str) -> Callable[[Request], Awaitable[list[str]]]:
    """A dependency: what a form says under `field`, as often as it says it."""

    async def values(request: Request) -> list[str]:
        form = await request.form()
        said = [one for one in form.getlist(field)[:MOST_NAMED] if isinstance(one, str)]
        return [one[:LONGEST_ID] for one in said if "\0" not in one]

    return values


Brought = Annotated[list[Attachment], Depends(brought)]


async def brought_one(request: Request) -> Attachment:
    """A dependency: exactly one file. Raises 415 for what is no multipart form, 400 for one that holds no file."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise HTTPException(415, "Send the file as `multipart/form-data`, in a field named `file`.")
    found = await brought(request)
    if len(found) != 1:
        raise HTTPException(400, f"{len(found) or 'No'} files came; send one, in a field named `file`.")
    return found[0]


BroughtOne = Annotated[Attachment, Depends(brought_one)]


def wait_for(request: Request, files: Sequence[Attachment], caps: FileCaps) -> int:
    """Seconds to wait before one address may bring these; 0, and counted as far as they are taken, where it may now."""
    address = request.client.host if request.client else ""
    if files and (seconds := max(limit.wait(address) for limit in (_FILES, _BYTES))):
        return seconds
    for file in (file for file in files if file.size <= caps.largest):
        _FILES.count(address)
        for _part in range(0, file.size, PART):
            _BYTES.count(address)
    return 0


# shown


@dataclass(frozen=True, slots=True)
class Shelf:
    """Lays files beside what was said. `links` signs for a customer; without, the links are an agent's."""

    store: Attachments
    links: Links | None
    now: datetime

    def beside(self, conversation: str, said: Sequence[Entry]) -> list[Entry]:
        files = self.shown(self.store.of_conversation(conversation))
        return [replace(one, files=tuple(files[one.key])) if one.key in files else one for one in said]

    def shown(self, files: Mapping[str, Sequence[Stored]]) -> dict[str, list[Enclosed]]:
        return {key: [enclosed(file, self.links, self.now) for file in those] for key, those in files.items()}


def enclosed(file: Stored, links: Links | None, now: datetime) -> Enclosed:
    path = links.to(file.id, now) if links else f"/desk/attachments/{file.id}"
    is_shown = file.kind in PICTURES and file.size <= PREVIEWED
    return Enclosed(file.id, file.name, f"{label_of(file.kind)}, {size_words(file.size)}", path, is_shown)


def as_json(file: Stored) -> dict[str, Any]:
    """What a page is told of a file it has just brought."""
    return {"id": file.id, "name": file.name, "about": f"{label_of(file.kind)}, {size_words(file.size)}"}


# out


def served(file: Attachment, kind: str) -> Response:
    """`kind`: what it is by content, which alone says whether it may be shown. (`nosniff` is on every answer, see
    bounds.)"""
    is_shown = kind in PICTURES
    how = "inline" if is_shown else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(file_name(file.name), safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    return Response(file.body, media_type=kind if is_shown else UNKNOWN, headers=headers)


@router.get("/files/{attachment}")
def give(
    attachment: str, house: Annotated[Rooms, Depends(rooms)], until: Annotated[int, Query(ge=0, lt=2**40)] = 0,
    key: Annotated[str, Query(max_length=100)] = "",
) -> Response:  # fmt: skip
    """To whoever holds a signed link. One that has ended, was made up, or points at what is gone: the same 404."""
    if not house.links.is_good(attachment, until, key, datetime.now(UTC)):
        raise NotFound(_("This link leads to nothing, or has ended."), _("Load the conversation again."))
    try:
        return served(*Attachments(house.db).said(attachment))
    except NotFound:
        raise NotFound(_("This link leads to nothing, or has ended."), _("Load the conversation again.")) from None
