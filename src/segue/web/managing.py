"""What is an administrator's and not any lead's: who comes in by which door, and who is an administrator.

The one idea: whoever holds one of these could make themselves anybody, so where there are administrators only they do.
Where nobody is one, leads are: a small house needs no second office, and none is ever locked out of its own.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from segue.domain.errors import Forbidden
from segue.domain.people import LEADS, Agent, manages
from segue.texts import _
from segue.web.doors import leading
from segue.web.rooms import Rooms

ADMIN = "admin"


async def managing(request: Request, me: Annotated[Agent, Depends(leading)]) -> Agent:
    """A dependency: the administrator whose session this is; a lead where nobody is one."""
    rooms: Rooms = request.app.state.rooms
    if not await run_in_threadpool(may_manage, rooms, me):
        raise Forbidden(_("%(name)s is no administrator.", name=me.name), _("Ask an administrator."))
    return me


managing.needs = LEADS  # type: ignore[attr-defined]


def may_manage(house: Rooms, me: Agent) -> bool:
    return manages(me, house.workspace.agents())


def spare_admins(house: Rooms, me: Agent, *roles: str) -> None:
    """Raises Forbidden where one of the roles that are touched is an administrator's, and `me` may not touch that."""
    if ADMIN in roles and not may_manage(house, me):
        raise Forbidden(_("That is about an administrator."), _("Ask an administrator."))
