"""Who chats, and in which conversation: two signed cookies that only this browser has.

`segue_who` holds what the host product vouched for (the identity token itself). `segue_chat` holds the key of one
conversation, made out to that identity: on a shared computer the next person's identity does not open it. Neither can
stand in for the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from segue.web.claimed import address_in, name_in
from segue.web.identity import Identity

WHO = "segue_who"
CHAT = "segue_chat"


@dataclass(frozen=True, slots=True)
class Guest:
    """`external_id` is empty for a visitor. `conversation` is None before the first message, or with no valid key."""

    external_id: str
    name: str
    email: str
    conversation: str | None
    has_bad_key: bool

    @property
    def is_verified(self) -> bool:
        return bool(self.external_id)


def guest(request: Request, identity: Identity, now: datetime) -> Guest:
    claims = vouched(identity, request.cookies.get(WHO, ""), now) or {}
    who, key = str(claims.get("sub", "")), request.cookies.get(CHAT, "")
    conversation = _conversation(identity, key, who, now)
    return Guest(who, name_in(claims), address_in(claims), conversation, bool(key) and conversation is None)


def vouched(identity: Identity, token: str, now: datetime) -> dict[str, Any] | None:
    """The host's claims. The key of a conversation is signed too, but vouches for nobody."""
    claims = identity.read(token, now) if token else None
    return claims if claims and "cnv" not in claims else None


def remember(response: Response, request: Request, name: str, token: str) -> None:
    response.set_cookie(
        name, token, max_age=int(Identity.LONGEST.total_seconds()), httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def key_to(identity: Identity, conversation: str, guest: Guest, now: datetime) -> str:
    return identity.sign(conversation, now, cnv=conversation, who=guest.external_id)


def _conversation(identity: Identity, key: str, who: str, now: datetime) -> str | None:
    claims = identity.read(key, now) if key else None
    is_mine = claims is not None and claims.get("who") == who and isinstance(claims.get("cnv"), str)
    return claims["cnv"] if claims and is_mine else None
