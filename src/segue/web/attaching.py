"""Files an agent sends along: they lie with the draft on the server, so that a second tab or a crash loses none.

An agent's own until a reply or a note takes them. What has been sent is shown to whoever may see the conversation, and
asked for anew each time: a conversation that went to a closed team takes its files along.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Response

from segue.domain.files import FileRefused
from segue.domain.mail import Attachment
from segue.domain.people import Agent
from segue.store.attachments import Attachments, Stored
from segue.store.drafts import Kind
from segue.texts import _
from segue.web.desk_page import Refusal, is_part
from segue.web.doors import handling, signed_in
from segue.web.files import Brought, served
from segue.web.hands import HERE, At, Here
from segue.web.pages import PageRoute
from segue.web.problems import problem
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Ids = Annotated[list[str], Form(max_length=100)]


@router.post(HERE + "/attachments", dependencies=[Depends(handling)])
def attach(at: Here, brought: Brought, kind: Annotated[Literal["reply", "note"], Form()] = "reply") -> Response:
    """Keeps them with the draft. A script hears of a refusal as a problem, a page shows it beside the composer."""
    try:
        if not brought:
            raise FileRefused(_("No file came."), _("Choose one."), "/file")
        keep_all(at, kind, brought)
    except FileRefused as error:
        if not is_part(at.request):
            return at.refused(Refusal(file=str(error), is_note=kind == "note"))
        return problem(413 if error.code == "too_large" else 422, str(error), code=error.code)
    return at.done()


@router.post(HERE + "/attachments/{file}/remove", dependencies=[Depends(handling)])
def take_off(at: Here, file: str) -> Response:
    """From the draft, for good; one's own only. One that has been sent stays. (Without scripts a file that is
    unticked is not sent.)"""
    Attachments(at.house.db).remove(file, at.me.id)
    return at.done()


@router.get("/desk/attachments/{attachment}")
def read(
    attachment: str, house: Annotated[Rooms, Depends(rooms)], me: Annotated[Agent, Depends(signed_in)]
) -> Response:
    """A file of a conversation that this agent may see (`sight.let_see`)."""
    return served(*Attachments(house.db).one(attachment, me.id))


def keep_all(at: At, kind: Kind, brought: Sequence[Attachment]) -> list[Stored]:
    """Each with the draft. Raises FileRefused for the first that is not taken; those before it are kept."""
    store, caps, kept = Attachments(at.house.db), at.house.caps, list[Stored]()
    for file in brought:
        caps.refuse(file.name, file.size)
        kept.append(store.keep(file, at.me.id, at.now, caps.most, at.conversation, kind))
    return kept


def goes_along(
    at: At, kind: Kind, ids: Sequence[str], brought: Sequence[Attachment], client_id: str = ""
) -> list[Stored]:
    """What a reply or note takes: what the agent saw beside it, and what came with the form itself. Raises
    FileRefused."""
    named = [*dict.fromkeys(ids), *(one.id for one in keep_all(at, kind, brought))]
    found = Attachments(at.house.db).mine(named, at.me.id, client_id or None, at.conversation, kind)
    at.house.caps.refuse_together([file.size for file in found])
    return found
