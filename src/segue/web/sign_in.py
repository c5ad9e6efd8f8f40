"""How agents come in and go: e-mail and password for a session cookie, with the same answer, in the same time, for an
address nobody has as for a wrong password.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import cache
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from segue.store.workspace import SESSION, Workspace
from segue.texts import N_, _
from segue.web.doors import COOKIE, new_secret, refuse_foreign_origin
from segue.web.limits import Limit
from segue.web.pages import PageRoute, go, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
WRONG = N_("E-mail and password do not go together. Check both; capitals count in the password.")
_ATTEMPTS = Limit(5, 15 * 60)
_PAGES = ("/desk", "/review", "/autonomy", "/policy", "/knowledge", "/quality", "/settings")
_AT_ONCE = threading.BoundedSemaphore(2)
"""Hashing takes 64 MiB each: a flood of sign-ins must queue, not fill the memory."""


@router.get("/sign-in")
def ask(next: Annotated[str, Query(max_length=300)] = "") -> Response:
    return render("sign_in.html", next=_ours(next), email="", error="", field="")


@router.post("/sign-in")
def sign_in(
    request: Request, house: House, email: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Begins a new session; a session the browser brought along ends."""
    refuse_foreign_origin(request)
    email, who = email.strip()[:254], f"{email.strip().lower()[:254]} {_address(request)}"
    if seconds := _ATTEMPTS.wait(who):
        said = _(
            "Too many attempts with this address. Try again in %(seconds)s min.", seconds=max(1, round(seconds / 60))
        )
        return _again(429, next, email, said, "email")
    agent = _checked(house.workspace, email, password)
    if agent is None:
        _ATTEMPTS.count(who)
        return _again(422, next, email, _(WRONG), "password")
    _ATTEMPTS.forget(who)
    return _begun(request, house.workspace, agent, _ours(next) or "/desk")


@router.post("/sign-out")
def sign_out(request: Request, house: House) -> Response:
    refuse_foreign_origin(request)
    if token := request.cookies.get(COOKIE):
        house.workspace.end_session(token)
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_is_secure(request))
    return answer


def _checked(workspace: Workspace, email: str, password: str) -> str | None:
    """The agent's id. An unknown address is checked too, against a hash of nothing, so that it takes as long."""
    found = workspace.agent_by_email(email.replace("\0", ""))
    agent, kept = found or (None, None)
    with _AT_ONCE:
        is_right = _matches(password, kept or _nobodys())
    return agent if is_right and kept else None


def hashed(password: str) -> str:
    """As it is kept."""
    return _hashing().hash(password)


def _matches(password: str, kept: str) -> bool:
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


def _begun(request: Request, workspace: Workspace, agent: str, path: str) -> Response:
    if before := request.cookies.get(COOKIE):
        workspace.end_session(before)
    token = new_secret("ses")
    workspace.begin_session(token, agent, datetime.now(UTC))
    answer = go(path)
    answer.set_cookie(
        COOKIE, token, max_age=int(SESSION.total_seconds()), httponly=True, samesite="lax", secure=_is_secure(request)
    )
    return answer


def _again(status: int, next: str, email: str, error: str, field: str) -> Response:
    return render("sign_in.html", status, next=_ours(next), email=email, error=error, field=field)


def _ours(path: str) -> str:
    """Only a page for agents is returned to: a link must not lead a signed-in agent out of the house."""
    parts = urlsplit(path)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith(_PAGES) and "\\" not in path
    return path if is_ours else ""


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
