"""Who holds the widget. In somebody else's page a cookie is a third party's and mostly blocked, so the frame sends what
it holds in a header: the host's signed word on who the customer is, or a secret that this browser made up.

The one idea: nothing a browser sends by itself lets anybody in, so another site's page can do nothing in its name. Of a
visitor's secret only the hash is kept: it names them, and marks the conversations they opened.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request
from starlette.exceptions import HTTPException

from segue.store.widget import Owner
from segue.web import limits
from segue.web.claimed import address_in, name_in
from segue.web.doors import refuse_foreign_origin
from segue.web.identity import Identity, IdentityRefused

VISITOR = re.compile(r"wv_[A-Za-z0-9_-]{43}")
LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """`name` and `email` are what the host vouched for; empty for a visitor."""

    owner: Owner
    name: str = ""
    email: str = ""

    @property
    def is_verified(self) -> bool:
        return self.owner.is_verified


async def holder(request: Request) -> Holder:
    """A dependency. Raises 401 without a key, and IdentityRefused (403) for an identity that does not hold."""
    if request.method not in ("GET", "HEAD"):
        refuse_foreign_origin(request)
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not key.strip():
        raise HTTPException(401, "Send the widget's key as `Authorization: Bearer …`.", {"WWW-Authenticate": "Bearer"})
    return held(request.app.state.rooms.identity, key.strip(), datetime.now(UTC))


def held(identity: Identity, key: str, now: datetime) -> Holder:
    """Raises IdentityRefused."""
    if VISITOR.fullmatch(key):
        name = hashlib.sha256(key.encode()).hexdigest()[:40]
        return Holder(Owner(f"visitor:{name}", False, f"w:{name}:"))
    claims = identity.judge(key, now)
    who = claims["sub"]
    is_a_name = isinstance(who, str) and who.isprintable() and len(who) <= LONGEST_ID
    if "cnv" in claims or not is_a_name:  # the key of one conversation is signed, too, but vouches for nobody
        raise IdentityRefused("nameless", "The identity names nobody; `sub` must hold the customer's id.")
    return Holder(Owner(who, True, ""), name_in(claims), address_in(claims))


def too_soon(who: Holder, address: str, is_new: bool) -> int:
    """Seconds to wait before the next message is taken; 0, and counted, where it may come now."""
    counts = [(limits.MESSAGES, who.owner.external_id)]
    if is_new and not who.is_verified:
        counts.append((limits.NEWCOMERS, address))
    seconds = max(limit.wait(key) for limit, key in counts)
    if not seconds:
        for limit, key in counts:
            limit.count(key)
    return seconds
