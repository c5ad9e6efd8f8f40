"""How agents come in and go: e-mail and password, with the same answer, in the same time, for an address nobody has as
for a wrong password. Other ways in stand in `second_step.py`, `passkeys.py` and `single_sign_on.py`.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from segue.domain.entry import MOST_PASSWORD
from segue.store.workspace import Workspace
from segue.texts import N_, _
from segue.web.doors import COOKIE, new_secret, refuse_foreign_origin
from segue.web.entering import address_of, admit, is_secure, ours, provider_of
from segue.web.limits import Limit
from segue.web.pages import PageRoute, go, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
WRONG = N_("E-mail and password do not go together. Check both; capitals count in the password.")
_ATTEMPTS = Limit(5, 15 * 60)
_AT_ONCE = threading.BoundedSemaphore(2)
"""Hashing takes 64 MiB each: a flood of sign-ins must queue, not fill the memory."""


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
    email, who = email.strip()[:254], f"{email.strip().lower()[:254]} {address_of(request)}"
    if seconds := _ATTEMPTS.enter(who):
        said = _(
            "Too many attempts with this address. Try again in %(seconds)s min.", seconds=max(1, round(seconds / 60))
        )
        return page(house, 429, next, email, said, "email")
    agent = _checked(house.workspace, email, password)
    if agent is None:
        return page(house, 422, next, email, _(WRONG), "password")
    _ATTEMPTS.forget(who)
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


def _checked(workspace: Workspace, email: str, password: str) -> str | None:
    """The agent's id. An unknown address is checked too, against a hash of nothing, so that it takes as long."""
    found = workspace.agent_by_email(email.replace("\0", ""))
    agent, kept = found or (None, None)
    is_right = matches(password, kept or _nobodys())
    return agent if is_right and kept else None


def hashed(password: str) -> str:
    """As it is kept."""
    with _AT_ONCE:
        return _hashing().hash(password)


def matches(password: str, kept: str) -> bool:
    if len(password) > MOST_PASSWORD:
        password = ""
    with _AT_ONCE:
        try:
            return _hashing().verify(password, kept)
        except PwdlibError:
            return False


@cache
def _hashing() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys() -> str:
    return _hashing().hash(new_secret("none"))
