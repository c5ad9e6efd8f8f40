"""Who may come in: bearer keys with scopes for machines, sessions for agents, signed links for customers.

Deny by default: a route without one of these dependencies is refused by a test that walks the route table.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.exceptions import HTTPException

from segue.domain.errors import Forbidden
from segue.domain.people import Agent
from segue.store.workspace import Workspace

SCOPES = (
    "conversations:write",
    "conversations:read",
    "conversations:handle",
    "contacts:vouch",
    "knowledge:read",
    "knowledge:write",
    "policy:read",
    "policy:write",
    "events:read",
)
COOKIE = "segue_session"
REMEMBERED = 10.0
"""Seconds for which a key that was looked up is taken without asking the database again."""


class KeyRing:
    """Looks keys up, and remembers for a moment what it found."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: dict[str, tuple[float, frozenset[str]]] = {}

    async def scopes(self, key: str) -> frozenset[str] | None:
        seen = self._seen.get(key)
        if seen and seen[0] > time.monotonic():
            return seen[1]
        found = await run_in_threadpool(self._workspace.key, key, datetime.now(UTC))
        if found is None:
            return None
        if len(self._seen) > 1000:
            self._seen.clear()
        self._seen[key] = (time.monotonic() + REMEMBERED, found[1])
        return found[1]


def needs(*scopes: str) -> Callable[[Request], Awaitable[frozenset[str]]]:
    """A dependency: the request carries a key with all of `scopes`. Gives the key's scopes."""

    async def door(request: Request) -> frozenset[str]:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key:
            raise HTTPException(401, "Send your key as `Authorization: Bearer …`.", {"WWW-Authenticate": "Bearer"})
        found = await request.app.state.rooms.keys.scopes(key.strip())
        if found is None:
            raise HTTPException(401, "This key is unknown or has expired.", {"WWW-Authenticate": "Bearer"})
        missing = [s for s in scopes if s not in found]
        if missing:
            raise Forbidden(f"This key lacks the scope {missing[0]}.", "Use a key that has it.")
        return found

    door.needs = scopes  # type: ignore[attr-defined]
    return door


async def signed_in(request: Request) -> Agent:
    """A dependency: the agent whose session this is. Pages send strangers to the sign-in form."""
    token = request.cookies.get(COOKIE, "")
    workspace: Workspace = request.app.state.rooms.workspace
    agent = await run_in_threadpool(workspace.session, token, datetime.now(UTC)) if token else None
    if agent is None:
        raise SignInFirst(request.url.path)
    if request.method not in ("GET", "HEAD"):
        refuse_foreign_origin(request)
    return agent


class SignInFirst(Exception):
    def __init__(self, path: str) -> None:
        self.path = path


def refuse_foreign_origin(request: Request) -> None:
    """An unsafe request from another site's page is not the agent's wish (trust, defence 4)."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden("This request comes from another site.", "Open the page itself and try again.")
        return
    if origin.partition("://")[2] != request.headers.get("host", ""):
        raise Forbidden("This request comes from another site.", "Open the page itself and try again.")


def new_secret(kind: str) -> str:
    return f"{kind}_{secrets.token_urlsafe(32)}"


class Identity:
    """Signed words about who a customer is: a JWT with `sub`, `aud` and an `exp` at most a day away (defence 5)."""

    LONGEST = timedelta(hours=24)

    def __init__(self, secret: str) -> None:
        self._key = OctKey.import_key(secret)

    def sign(self, contact: str, now: datetime, **claims: Any) -> str:
        body = {"sub": contact, "aud": "segue", "iat": int(now.timestamp()),
                "exp": int((now + self.LONGEST).timestamp()), **claims}  # fmt: skip
        return jwt.encode({"alg": "HS256"}, body, self._key)

    def read(self, token: str, now: datetime) -> dict[str, Any] | None:
        """The claims, or None for anything forged, expired, or living longer than a day."""
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
        except (JoseError, ValueError):
            return None
        expires, issued = claims.get("exp"), now.timestamp()
        if claims.get("aud") != "segue" or not isinstance(expires, int | float) or not claims.get("sub"):
            return None
        is_fresh = issued < expires <= issued + self.LONGEST.total_seconds() + 60
        return claims if is_fresh else None
