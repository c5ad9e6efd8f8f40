"""How people sign in, for administrators: who needs a second step, and the company's own provider of identities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from segue.domain.entry import Provider
from segue.domain.errors import SegueError
from segue.domain.people import Agent
from segue.store.second_step import SecondSteps
from segue.store.sessions import Sessions
from segue.texts import _, _n
from segue.web.bounds import takes_long
from segue.web.company_sign_in import BACK, is_address
from segue.web.done import ToldDone
from segue.web.entering import moment, provider_of, public, two_step_roles
from segue.web.lead_page import House, page
from segue.web.managing import managing
from segue.web.pages import PageRoute, go, plain
from segue.web.provider import discover
from segue.web.rooms import Rooms
from segue.web.settings_page import ROLES

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(managing)]
Admin = Annotated[Agent, Depends(managing)]
HERE = "/settings/sign-in"
LONGEST_NAME = 60
Field = Annotated[str, Form(max_length=500)]
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


@router.get(HERE)
def look(request: Request, house: House, me: Admin, done: ToldDone) -> Response:
    return _page(request, house, me, done=done)


@router.post(HERE + "/second-step", dependencies=DOOR)
def require(house: House, me: Admin, role: Annotated[list[str] | None, Form()] = None) -> Response:
    """Whoever of these roles came in by one step signs in again; that may be oneself."""
    roles = [name for name in ROLES if name in (role or ())]
    ended = Sessions(house.db).require_two_steps(roles, me.id, moment())
    told = _n("Kept. %(num)s session has ended.", "Kept. %(num)s sessions have ended.", ended) if ended else _("Kept.")
    return go(HERE, told)


@router.post(HERE + "/provider", dependencies=DOOR)
def keep_provider(
    request: Request, house: House, me: Admin, name: Field = "", issuer: Field = "", client_id: Field = "",
    secret: Field = "", domains: Annotated[str, Form(max_length=2000)] = "",
    asks_twice: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Asked whether it is there before it is kept. The secret of before stays where none is typed."""
    takes_long(request.scope)
    before = provider_of(house)
    listed = tuple(dict.fromkeys(plain(domains).lower().replace(",", " ").replace("@", "").split()))
    typed = Provider(
        plain(name).strip(), plain(issuer).strip(), plain(client_id).strip(),
        plain(secret).strip() or (before.secret if before else ""), listed, asks_twice,
    )  # fmt: skip
    if wrong := _wrong_with(house, typed):
        return _page(request, house, me, typed, wrong, domains)
    value = {"name": typed.name, "issuer": typed.issuer, "client_id": typed.client_id, "secret": typed.secret,
             "domains": list(typed.domains), "asks_twice": typed.asks_twice}  # fmt: skip
    Sessions(house.db).put_provider(value, me.id, moment())
    return go(HERE, _("%(name)s answers and is kept. Try it in another browser before you sign out.", name=typed.name))


@router.post(HERE + "/provider/remove", dependencies=DOOR)
def remove_provider(house: House, me: Admin) -> Response:
    Sessions(house.db).put_provider(None, me.id, moment())
    return go(HERE, _("The provider is removed. Who came in by it alone needs a password: invite them again."))


def _wrong_with(house: Rooms, typed: Provider) -> dict[str, str]:
    """What to say beside which field. The provider itself is asked last."""
    wrong = {}
    if not typed.name:
        wrong["name"] = _("Name it as people know it: it stands on the button.")
    if len(typed.name) > LONGEST_NAME:
        wrong["name"] = _("At most %(most)s characters.", most=LONGEST_NAME)
    if not typed.client_id:
        wrong["client_id"] = _("The provider gives one to each application.")
    if not typed.secret:
        wrong["secret"] = _("The provider gives one with the client id.")
    if astray := next((d for d in typed.domains if not _DOMAIN.fullmatch(d)), None):
        wrong["domains"] = _("%(domain)s is no domain. Write it as company.example.", domain=astray[:80])
    if not is_address(typed.issuer):
        wrong["issuer"] = _("This is no address of a provider. Write it as https://login.company.example.")
    elif house.entry.calling is None:
        wrong["issuer"] = _("This house calls nobody outside.")
    elif not wrong:
        try:
            discover(house.entry.calling, typed.issuer)
        except SegueError as error:
            wrong["issuer"] = str(error)
    return wrong


def _page(
    request: Request, house: Rooms, me: Agent, typed: Provider | None = None, wrong: Mapping[str, str] | None = None,
    domains: str | None = None, done: str = "",
) -> Response:  # fmt: skip
    kept: Any = provider_of(house)
    shown = typed or kept or Provider("", "", "", "")
    return page(
        house, me, "settings_sign_in.html", 422 if wrong else 200, part="sign-in", roles=ROLES, done=done,
        two_steps=two_step_roles(house), kept=kept is not None, provider=shown,
        domains=", ".join(shown.domains) if domains is None else domains,
        wrong=wrong or {}, back=public(request, house) + BACK, have=len(SecondSteps(house.db).have_one()),
        people=len(house.workspace.agents()),
    )  # fmt: skip
