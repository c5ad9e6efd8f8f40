"""Taking somebody's access away, by a lead: it is shown first what ends with it, and it can be given back."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from segue.domain.errors import Refused
from segue.store.leaving import Leaving
from segue.texts import _, _n
from segue.web.doors import leading
from segue.web.entering import person
from segue.web.lead_page import House, Lead, moment, page
from segue.web.managing import spare_admins
from segue.web.pages import PageRoute, go
from segue.web.settings_page import people_page

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
HERE = "/settings/people/{agent}"


@router.get(HERE + "/deactivate")
def ask(house: House, me: Lead, agent: str) -> Response:
    """What would end, before it does."""
    who = person(house, agent)
    spare_admins(house, me, who.role)
    return page(house, me, "settings_leaving.html", part="people", who=who, leave=Leaving(house.db).look(agent))


@router.post(HERE + "/deactivate", dependencies=DOOR)
def deactivate(house: House, me: Lead, agent: str) -> Response:
    who = person(house, agent)
    spare_admins(house, me, who.role)
    try:
        leave = Leaving(house.db).deactivate(agent, me.id, moment(), me.id)
    except Refused as error:
        return people_page(house, me, {agent: str(error)})
    house.bell.ring("events")
    said = _n(
        "%(name)s is out. %(num)s conversation went back to the queue.",
        "%(name)s is out. %(num)s conversations went back to the queue.", leave.conversations, name=who.name,
    )  # fmt: skip
    return go("/settings", said)


@router.post(HERE + "/reactivate", dependencies=DOOR)
def reactivate(house: House, me: Lead, agent: str) -> Response:
    spare_admins(house, me, *(one.role for one in Leaving(house.db).gone() if one.id == agent))
    name = Leaving(house.db).reactivate(agent, me.id, moment())
    return go("/settings", _("%(name)s can sign in again, as before. Their API keys stay revoked.", name=name))
