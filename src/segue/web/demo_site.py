"""Both sides at once: a product that does not exist, with the widget in it as any customer of ours would put it there,
beside the desk. Only where the demo company is loaded; nowhere else is a page of ours framed by another.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from segue.domain.errors import NotFound
from segue.store.widget import Owner, WidgetStore
from segue.web.demo_product import CAST, VISITOR
from segue.web.pages import PageRoute, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
As = Annotated[str, Query(alias="as", max_length=20)]
PAGES = {"billing": "Billing", "invoices": "Invoices", "members": "Members", "banking": "Banking", "contact": "Contact"}
_REST = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
PRODUCT, BOTH = _REST + "'self'", _REST + "'none'"
"""The view of both sides may be framed by nobody: a click in it is a click at the desk."""


@router.get("/demo")
def both_sides(house: House, who: As = "") -> Response:
    """The product beside the desk. The demo company's people come in by a button: their password is no secret."""
    _company(house)
    demo, agents = house.workspace.setting("demo") or {}, house.workspace.agents()
    product = f"/demo/billing?as={who}" if who in CAST else "/demo/billing"
    return _strict(render("widget/side.html", product=product, agents=agents, password=demo.get("password", "")), BOTH)


@router.get("/demo/{page}")
def one_page(page: str, house: House, who: As = "") -> Response:
    if page not in PAGES:
        raise NotFound("There is no such page in the demo.", "Begin at /demo.")
    company = _company(house)
    identity = _signed(house, f"con_{who}") if who in CAST else ""
    who = who if identity else ""
    return _strict(
        render(
            "widget/demo.html", company=company, page=page, pages=PAGES, cast=CAST, who=who, identity=identity,
            seen=CAST.get(who, VISITOR),
        ),
        PRODUCT,
    )  # fmt: skip


def _company(house: Rooms) -> str:
    demo = house.workspace.setting("demo")
    if demo is None:
        raise NotFound("The demo company is not loaded here.", "`segue up` loads it into an empty database.")
    return str(demo["company"])


def _signed(house: Rooms, contact: str) -> str:
    """What the product's own server would sign for whoever is signed in there."""
    known = WidgetStore(house.db).who(Owner(contact, True, ""))
    return house.identity.sign(contact, datetime.now(UTC), name=known.name, email=known.email) if known else ""


def _strict(answer: Response, policy: str) -> Response:
    answer.headers["Content-Security-Policy"] = policy
    return answer
