"""Where searches get a name: an agent's own views, and those that leads make for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from segue.desk.finding import LONGEST, OPERATORS
from segue.domain.errors import Forbidden, Refused
from segue.domain.ids import new_id
from segue.domain.people import LEADS, Agent
from segue.store.saved_views import SavedView, SavedViews
from segue.texts import _
from segue.web.done import ToldDone
from segue.web.doors import signed_in
from segue.web.lead_page import House, moment, page
from segue.web.pages import PageRoute, go, plain
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Me = Annotated[Agent, Depends(signed_in)]
LONGEST_NAME = 60
NEW = "new"


@router.get("/desk/views")
def views(house: House, me: Me, done: ToldDone) -> Response:
    return _list(house, me, done=done)


@router.post("/desk/views/{view}")
def keep(
    house: House, me: Me, view: str, name: Annotated[str, Form(max_length=1000)] = "",
    q: Annotated[str, Form(max_length=1000)] = "", shared: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Opens it once it is kept. Wrong fields are told of beside them, and what was typed stays."""
    old = None if view == NEW else _mine(house, me, view)
    owner = None if shared and me.role in LEADS else me.id
    made = old.id if old else new_id("sav", moment())
    typed = SavedView(made, " ".join(plain(name).split()), plain(q).strip(), owner)
    if not (wrong := _faults(typed)):
        try:
            SavedViews(house.db).put(typed, me.id, moment())
        except Refused as error:
            wrong = {"name": str(error)}
    if wrong:
        return _list(house, me, {view: wrong}, {view: typed})
    return go(f"/desk?view={typed.id}") if view == NEW else go("/desk/views", _("“%(name)s” is kept.", name=typed.name))


@router.post("/desk/views/{view}/remove")
def remove(house: House, me: Me, view: str) -> Response:
    gone = _mine(house, me, view)
    SavedViews(house.db).remove(gone.id, me.id, moment())
    return go("/desk/views", _("“%(name)s” is removed.", name=gone.name))


def _mine(house: Rooms, me: Agent, view: str) -> SavedView:
    found = SavedViews(house.db).one(view, me.id)
    if found.is_shared and me.role not in LEADS:
        raise Forbidden(_("This view is everybody's."), _("Ask a lead to change it, or make one of your own."))
    return found


def _faults(view: SavedView) -> dict[str, str]:
    found = {
        "name": "" if view.name else _("Name it: the name stands in the rail."),
        "q": "" if view.query else _("Write what it looks for, as is:open tag:refund."),
    }
    if len(view.name) > LONGEST_NAME:
        found["name"] = _("The name is too long. %(longest_name)s characters fit.", longest_name=LONGEST_NAME)
    if len(view.query) > LONGEST:
        found["q"] = _("The search is too long. %(longest)s characters fit.", longest=LONGEST)
    return {field: said for field, said in found.items() if said}


def _list(
    house: Rooms, me: Agent, wrong: dict[str, dict[str, str]] | None = None, typed: dict[str, SavedView] | None = None,
    done: str = "",
) -> Response:  # fmt: skip
    is_lead = me.role in LEADS
    found = [(one, is_lead or not one.is_shared) for one in SavedViews(house.db).for_agent(me.id)]
    return page(
        house, me, "views.html", 422 if wrong else 200, found=found, wrong=wrong or {}, typed=typed or {}, done=done,
        is_lead=is_lead, operators=OPERATORS,
    )  # fmt: skip
