"""Teams, looked after by a lead: a new one, another name, and whether what it has is for its members only.

The one idea: a team's id is what the policy names it by, so it is made of the first name and never changes again.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from segue.domain.errors import NotFound
from segue.domain.people import Team
from segue.store.office import Office
from segue.texts import _
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, moment
from segue.web.pages import PageRoute, go, plain
from segue.web.settings_page import people_page

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LONGEST = 60
Typed = Annotated[str, Form(max_length=200)]


@router.post("/settings/teams", dependencies=[Depends(leading)])
def make(house: House, me: Lead, name: Typed = "", closed: Typed = "") -> Response:
    name, known = plain(name).strip(), house.workspace.teams()
    id = team_id(name)
    if told := _wrong(name, known, "") or (not id and _("Begin the name with a letter.")) or "":
        return people_page(house, me, wrong_team={"": told}, typed_team=Team("", name, bool(closed)))
    id = next(free for n in range(1, len(known) + 2) if (free := id if n == 1 else f"{id}_{n}") not in _ids(known))
    Office(house.db).keep_team(Team(id, name, bool(closed)), me.id, moment())
    house.bell.ring("events")
    return go("/settings", _("The team %(name)s is there. The policy names it %(id)s.", name=name, id=id))


@router.post("/settings/teams/{team}", dependencies=[Depends(leading)])
def keep(house: House, me: Lead, team: str, name: Typed = "", closed: Typed = "") -> Response:
    name, known = plain(name).strip(), house.workspace.teams()
    if team not in _ids(known):
        raise NotFound(_("There is no team %(team)s.", team=team), _("The list shows all of them."))
    if told := _wrong(name, known, team):
        return people_page(house, me, wrong_team={team: told}, typed_team=Team(team, name, bool(closed)))
    Office(house.db).keep_team(Team(team, name, bool(closed)), me.id, moment())
    house.bell.ring("events")
    return go("/settings", _("%(name)s is kept.", name=name))


def team_id(name: str) -> str:
    """Small letters, digits and _, beginning with a letter; empty where the name has none of them."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_0123456789")[:50]


def _wrong(name: str, known: list[Team], own: str) -> str:
    if not name:
        return _("Name it: customers read who has their question.")
    if len(name) > LONGEST:
        return _("At most %(n)s characters.", n=LONGEST)
    if any(one.name.casefold() == name.casefold() and one.id != own for one in known):
        return _("There is a team of this name already.")
    return ""


def _ids(known: list[Team]) -> set[str]:
    return {team.id for team in known}
