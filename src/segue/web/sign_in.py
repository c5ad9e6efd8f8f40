"""How agents come in and go: e-mail and password, with the same answer, in the same time, for an address nobody has as
for a wrong password. Other ways in stand in `second_step.py`, `passkeys.py` and `single_sign_on.py`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from segue.domain.errors import Unavailable
from segue.texts import N_, _
from segue.web.doors import COOKIE, refuse_foreign_origin
from segue.web.entering import address_of, admit, is_gone, is_secure, ours, provider_of
from segue.web.hashing import matches
from segue.web.limits import Limit
from segue.web.pages import PageRoute, go, plain, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
LONGEST = 254
"""Characters of an address."""
WRONG = N_("E-mail and password do not go together. Check both; capitals count in the password.")
_ATTEMPTS = Limit(5, 15 * 60)
"""Of one agent, or of an address that nobody has, from one place."""
_FROM_ONE_PLACE = Limit(60, 10 * 60)
"""Whoever they say they are: each costs a hash of 64 MiB. Who is refused unheard costs none."""


@router.get("/sign-in")
def ask(house: House, next: Annotated[str, Query(max_length=300)] = "", again: str = "") -> Response:
    return page(house, next=next, again=bool(again))


@router.post("/sign-in")
def sign_in(
    request: Request, house: House, email: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Begins a new session; a session the browser brought along ends."""
    refuse_foreign_origin(request)
    email, place = plain(email).strip()[:LONGEST], address_of(request)
    if seconds := _FROM_ONE_PLACE.enter(place):
        return _too_many(house, seconds, next, email)
    agent, kept = house.workspace.agent_by_email(email) or (None, None)
    who = f"{agent or email.lower()} {place}"  # of an account that is there every way to write its address is one
    if seconds := _ATTEMPTS.enter(who):
        _FROM_ONE_PLACE.take_back(place)
        return _too_many(house, seconds, next, email)
    try:
        is_right = matches(password, kept, lambda: is_gone(request))
    except Unavailable as error:
        _ATTEMPTS.take_back(who)
        _FROM_ONE_PLACE.take_back(place)
        answer = page(house, 503, next, email, str(error), "email")
        answer.headers["Retry-After"] = "3"
        return answer
    if agent is None or not is_right:
        return page(house, 422, next, email, _(WRONG), "password")
    _ATTEMPTS.forget(who)
    _FROM_ONE_PLACE.take_back(place)
    return admit(request, house, agent, "password", ours(next))


@router.post("/sign-out")
def sign_out(request: Request, house: House) -> Response:
    refuse_foreign_origin(request)
    if token := request.cookies.get(COOKIE):
        house.workspace.end_session(token)
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=is_secure(request))
    return answer


def page(
    house: Rooms, status: int = 200, next: str = "", email: str = "", error: str = "", field: str = "",
    again: bool = False, refused: str = "",
) -> Response:  # fmt: skip
    """The form. `refused`: what another way in came to."""
    provider = provider_of(house)
    return render(
        "sign_in.html", status, next=ours(next), email=email, error=error, field=field, again=again, refused=refused,
        provider=provider.name if provider else "",
    )  # fmt: skip


def _too_many(house: Rooms, seconds: int, next: str, email: str) -> Response:
    said = _("Too many attempts with this address. Try again in %(seconds)s min.", seconds=max(1, round(seconds / 60)))
    return page(house, 429, next, email, said, "email")
