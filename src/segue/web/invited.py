"""Whoever holds the link of an invitation says who they are, and is in.

A link that was used, has expired, was withdrawn or never was is answered with one and the same page.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from segue.domain.entry import Invite, wrong_with_password
from segue.store.invites import Invites
from segue.texts import _
from segue.web.doors import refuse_foreign_origin
from segue.web.entering import address_of, admit, moment
from segue.web.hashing import hashed
from segue.web.limits import Limit
from segue.web.pages import PageRoute, plain, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
_TRIES = Limit(60, 10 * 60)
"""Each costs a hash of 64 MiB, so that a holder of one link cannot keep us busy."""


@router.get("/invite/{token}")
def ask(house: House, token: str) -> Response:
    found = Invites(house.db).find(token, moment())
    return render("invite.html", invite=found, name="", wrong={}) if found else dead()


@router.post("/invite/{token}")
def accept(
    request: Request, house: House, token: str, name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """A name and a password make them an agent, signed in."""
    refuse_foreign_origin(request)
    found = Invites(house.db).find(token, moment())
    if found is None or _TRIES.wait(address_of(request)):
        return dead()
    _TRIES.count(address_of(request))
    name = " ".join(plain(name).split())
    if wrong := wrong_with(found, name, password):
        return render("invite.html", 422, invite=found, name=name[:200], wrong=wrong)
    agent = Invites(house.db).accept(found, name, hashed(password), moment())
    if agent is None:
        return dead()
    house.bell.ring("events")
    return admit(request, house, agent, "invite", "/desk")


def wrong_with(invite: Invite, name: str, password: str) -> dict[str, str]:
    """What to say beside which field."""
    wrong = {}
    if not 1 <= len(name) <= 80:
        wrong["name"] = _("Say your name as customers shall read it, in at most 80 characters.")
    if said := wrong_with_password(password, invite.email):
        wrong["password"] = said
    return wrong


def dead() -> Response:
    return render("invite_dead.html", 404)
