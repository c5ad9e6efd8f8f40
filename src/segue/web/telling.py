"""What concerns an agent while they don't see the desk: given to them, mentioned, a customer of theirs
wrote, something of their own did not go out.

The one idea: a notification may lie on a locked screen, so it names people and numbers and never holds anybody's words.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from segue.domain.people import Agent
from segue.store.events import EventLog
from segue.store.mentions import Mentions
from segue.store.sight import Sight
from segue.texts import _
from segue.web.doors import signed_in
from segue.web.pages import PRIVATE, PageRoute
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/desk/told")
def told(
    house: Annotated[Rooms, Depends(rooms)], me: Annotated[Agent, Depends(signed_in)],
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:  # fmt: skip
    """What happened after the cursor, the oldest first; without one, where to begin."""
    newest = EventLog(house.db).latest()
    found = Mentions(house.db).told(me.id, after) if after else []
    hidden = Sight(house.db).hidden(me.id, {one.conversation_id for one in found})
    found = [one for one in found if one.conversation_id not in hidden]
    return JSONResponse({"after": newest, "told": [_said(one) for one in reversed(found)]}, headers=PRIVATE)


def _said(one: Any) -> dict[str, str]:
    by, number = one.by or _("Somebody"), f"#{one.number}"
    title = {
        "conversation.claimed": _("%(by)s gave you %(number)s", by=by, number=number),
        "agent.mentioned": _("%(by)s mentioned you in %(number)s", by=by, number=number),
        "message.received": _("%(customer)s wrote in %(number)s", customer=one.customer, number=number),
        "reply.refused": _("Your reply in %(number)s was not sent", number=number),
        "message.undelivered": _("Your mail in %(number)s did not arrive", number=number),
    }[one.kind]
    return {
        "id": f"{one.kind}-{one.conversation_id}",
        "title": title,
        "path": f"/desk/conversations/{one.conversation_id}",
    }
