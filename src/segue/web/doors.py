"""Who may come in: bearer keys with scopes for machines, sessions for agents, signed links for customers.

Deny by default: a route without one of these dependencies is refused by a test that walks the route table.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from segue.domain.errors import Forbidden, NotFound
from segue.domain.evidence import KEY
from segue.domain.people import LEADS, READS_ONLY, Agent
from segue.store.workspace import Workspace
from segue.texts import _
from segue.web.sight import let_see, refuse_readers
from segue.web.tongue import speak_as

SCOPES = (
    "conversations:write",
    "conversations:read",
    "conversations:handle",
    "contacts:vouch",
    "agents:vouch",
    "knowledge:read",
    "knowledge:write",
    "policy:read",
    "policy:write",
    "events:read",
)
COOKIE = "segue_session"
OVERSEERS = (*LEADS, READS_ONLY)
REMEMBERED = 10.0
"""Seconds for which a key that was looked up is taken without asking the database again."""
MOST_KEYS = 1000
WRITES = 5000.0
"""What one key may write in a second, and per process: far above any use, below what a loop gone wild sends."""
GUESSES = 100.0
"""How many unknown keys one address may try in a second before it has to wait."""


class Bucket:
    """A token bucket that holds one second's worth."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: float) -> None:
        self._rate, self._left, self._at = rate, rate, time.monotonic()

    def takes(self) -> bool:
        """Whether one more fits now."""
        now = time.monotonic()
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is. `name` goes into the record as the author; `owner`, an agent, where a person has to."""

    name: str
    scopes: frozenset[str]
    owner: str | None
    writes: Bucket

    def voice(self, agent: str) -> str:
        """Whose word it is what this key says in the name of `agent`, an id: the key's own, or empty where it is the
        agent's, because the key is theirs or vouches for those it names."""
        return "" if agent == self.owner or "agents:vouch" in self.scopes else f"{KEY}{self.name}"

    def spend(self) -> None:
        """One more write. Raises 429 where they come too fast."""
        if not self.writes.takes():
            raise _too_many(f"This key writes more than {WRITES:,.0f} times a second.")


class KeyRing:
    """Looks keys up, and remembers for a moment what it found."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: dict[str, tuple[float, Caller]] = {}
        self._guesses: dict[str, Bucket] = {}

    async def caller(self, key: str, address: str = "") -> Caller | None:
        """None where the key is unknown or expired. Raises 429 for an `address` that tries many such keys."""
        now = time.monotonic()
        seen = self._seen.get(key)
        if seen and seen[0] > now:
            return seen[1]
        if seen:  # while one request asks again, the others go on
            self._seen[key] = (now + 1, seen[1])
        guesses = self._guesses.get(address)
        if not seen and guesses and not guesses.takes():
            raise _too_many("Too many unknown keys come from your address.")
        found = await run_in_threadpool(self._workspace.key, key, datetime.now(UTC))
        if found is None:
            self._seen.pop(key, None)
            _kept(self._guesses).setdefault(address, Bucket(GUESSES))
            return None
        caller = Caller(*found, seen[1].writes if seen else Bucket(WRITES))
        _kept(self._seen)[key] = (now + REMEMBERED, caller)
        return caller


def needs(*scopes: str) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the request carries a key with all of `scopes`. Gives whose key it is."""

    async def door(request: Request) -> Caller:
        kind, _space, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key.strip():
            raise _unauthorized("Send your key as `Authorization: Bearer …`.")
        address = request.client.host if request.client else ""
        found: Caller | None = await request.app.state.rooms.keys.caller(key.strip(), address)
        if found is None:
            raise _unauthorized("This key is unknown or has expired.", ', error="invalid_token"')
        missing = [s for s in scopes if s not in found.scopes]
        if missing:
            raise Forbidden(f"This key lacks the scope {missing[0]}.", "Use a key that has it.")
        return found

    door.needs = scopes  # type: ignore[attr-defined]
    return door


def _unauthorized(detail: str, why: str = "") -> HTTPException:
    return HTTPException(401, detail, {"WWW-Authenticate": f'Bearer realm="segue"{why}'})


def _too_many(detail: str) -> HTTPException:
    return HTTPException(429, f"{detail} Wait a second.", {"Retry-After": "1"})


def _kept(seen: dict[str, Any]) -> dict[str, Any]:
    """The same, emptied where it has grown too large: forgetting costs a look-up, a flood must not fill the memory."""
    if len(seen) > MOST_KEYS:
        seen.clear()
    return seen


async def signed_in(request: Request) -> Agent:
    """A dependency: the agent whose session this is, who may see what the address names. Pages send strangers to the
    sign-in form."""
    token = request.cookies.get(COOKIE, "")
    workspace: Workspace = request.app.state.rooms.workspace
    agent, sees = await run_in_threadpool(_who, request, workspace, token) if token else (None, True)
    if agent is None:
        raise SignInFirst(request.url.path)
    await speak_as(request, agent)
    if request.method not in ("GET", "HEAD"):
        refuse_foreign_origin(request)
    if not sees:
        await run_in_threadpool(let_see, request, workspace.db, agent.id)  # told in their language
    return agent


def _who(request: Request, workspace: Workspace, token: str) -> tuple[Agent | None, bool]:
    """And whether they may see what the address names: asked together, for every desk asks at every change."""
    with workspace.db.kept():
        agent = workspace.session(token, datetime.now(UTC))
        if agent is None:
            return None, True
        try:
            let_see(request, workspace.db, agent.id)
        except NotFound:
            return agent, False
        return agent, True


async def handling(me: Annotated[Agent, Depends(signed_in)]) -> Agent:
    """A dependency: the agent whose session this is, unless they only read."""
    refuse_readers(me)
    return me


async def leading(me: Annotated[Agent, Depends(signed_in)]) -> Agent:
    """A dependency: the lead or administrator whose session this is."""
    if me.role not in LEADS:
        raise Forbidden(_("%(name)s is no lead.", name=me.name), _("This page is for leads: ask one of them."))
    return me


leading.needs = LEADS  # type: ignore[attr-defined]


async def overseeing(me: Annotated[Agent, Depends(signed_in)]) -> Agent:
    """A dependency: who looks at how the house does, a lead or somebody who only reads."""
    if me.role not in OVERSEERS:
        raise Forbidden(_("%(name)s is no lead.", name=me.name), _("Ask a lead."))
    return me


overseeing.needs = OVERSEERS  # type: ignore[attr-defined]


class SignInFirst(Exception):
    def __init__(self, path: str) -> None:
        self.path = path


def refuse_foreign_origin(request: Request) -> None:
    """An unsafe request from another site's page is not the agent's wish (trust, defence 4)."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden(_("This request comes from another site."), _("Open the page itself and try again."))
        return
    if origin.partition("://")[2] != request.headers.get("host", ""):
        raise Forbidden(_("This request comes from another site."), _("Open the page itself and try again."))


def new_secret(kind: str) -> str:
    return f"{kind}_{secrets.token_urlsafe(32)}"
