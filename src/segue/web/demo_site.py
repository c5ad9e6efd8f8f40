"""A few pages of a product that does not exist, with the widget in them as any customer of ours would put it there, so
that a visitor sees both sides at once. Only where the demo company is loaded.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from segue.domain.errors import NotFound
from segue.store.widget import Owner, WidgetStore
from segue.web.pages import PageRoute, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
As = Annotated[str, Query(alias="as", max_length=20)]
PAGES = {"billing": "Billing", "invoices": "Invoices", "members": "Members", "banking": "Banking"}
CAST = {"ada": "Ada, free plan", "grace": "Grace, enterprise", "nadia": "Nadia, team plan"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


@router.get("/demo")
def product(house: House, who: As = "") -> Response:
    return _page(house, "billing", who)


@router.get("/demo/side-by-side")
def side_by_side(house: House, who: As = "") -> Response:
    """The product beside the desk."""
    _company(house)
    demo = house.workspace.setting("demo") or {}
    agent = next((agent.email for agent in house.workspace.agents()), "")
    who = who if who in CAST else ""
    return _strict(render("widget/side.html", who=who, agent=agent, password=demo.get("password", "")))


@router.get("/demo/{page}")
def one_page(page: str, house: House, who: As = "") -> Response:
    if page not in PAGES:
        raise NotFound("There is no such page in the demo.", "Begin at /demo.")
    return _page(house, page, who)


def _page(house: Rooms, page: str, who: str) -> Response:
    company = _company(house)
    identity = _signed(house, f"con_{who}") if who in CAST else ""
    who = who if identity else ""
    answer = render("widget/demo.html", company=company, page=page, pages=PAGES, cast=CAST, who=who, identity=identity)
    return _strict(answer)


def _company(house: Rooms) -> str:
    demo = house.workspace.setting("demo")
    if demo is None:
        raise NotFound("The demo company is not loaded here.", "`segue up` loads it into an empty database.")
    return str(demo["company"])


def _signed(house: Rooms, contact: str) -> str:
    """What the product's own server would sign for whoever is signed in there."""
    known = WidgetStore(house.db).who(Owner(contact, True, ""))
    return house.identity.sign(contact, datetime.now(UTC), name=known.name, email=known.email) if known else ""


def _strict(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
