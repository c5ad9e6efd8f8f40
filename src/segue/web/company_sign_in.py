"""Signing in where one's company signs in: to the provider, and back with its word.

An account there becomes an agent here by an address that the provider vouches for: one that is here or was invited, or
one of a domain that the leads let in. From then on the account itself counts, whatever its address becomes.
"""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from segue.domain.entry import Provider
from segue.domain.errors import NotFound, SegueError
from segue.domain.ports import Calling
from segue.domain.traces import traced
from segue.store.invites import Invites
from segue.store.passkeys import Passkeys
from segue.texts import _
from segue.web.bounds import takes_long
from segue.web.entering import address_of, admit, begin, moment, ours, provider_of, public, take
from segue.web.limits import Limit
from segue.web.pages import PRIVATE, PageRoute
from segue.web.provider import DoesNotHold, Vouched, answered, discover, question
from segue.web.rooms import Rooms, rooms
from segue.web.sign_in import page

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
BACK = "/sign-in/provider/back"
_WAYS = Limit(60, 10 * 60)
log = structlog.get_logger()


@router.get("/sign-in/provider")
def go_there(request: Request, house: House, next: Annotated[str, Query(max_length=300)] = "") -> Response:
    takes_long(request.scope)
    provider, calling = _there(house)
    if _WAYS.wait(address_of(request)):
        return page(house, 429, next, refused=_("Too many attempts. Wait ten minutes."))
    _WAYS.count(address_of(request))
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    back = public(request, house) + BACK
    try:
        where = question(discover(calling, provider.issuer), provider, back, state, nonce, verifier)
    except SegueError as error:
        log.warning("provider.unreachable", **traced(error))
        return page(
            house,
            503,
            next,
            refused=_("%(name)s cannot be reached now. Try again, or use your password.", name=provider.name),
        )
    answer = RedirectResponse(where, 303, headers=PRIVATE)
    asked = {"state": state, "nonce": nonce, "verifier": verifier, "back": back, "issuer": provider.issuer}
    begin(request, answer, house, "provider", {**asked, "next": ours(next)})
    return answer


@router.get(BACK)
def come_back(request: Request, house: House) -> Response:
    """With a code that is worth something once, in the browser that asked."""
    takes_long(request.scope)
    provider, calling = _there(house)
    pending = take(request, house, "provider")
    if pending is None:
        return page(house, 422, refused=_("This took too long, or was begun in another browser. Begin again."))
    path = str(pending.body["next"])
    try:
        whom = answered(calling, provider, dict(request.query_params), pending.body, moment())
        agent = _stands_for(house, provider, whom)
    except SegueError as error:
        log.warning("provider.refused", **traced(error))
        return page(house, 422, path, refused=str(error))
    way = "provider, two steps" if provider.asks_twice else "provider"
    return admit(request, house, agent, way, path, is_whole=provider.asks_twice)


def _stands_for(house: Rooms, provider: Provider, whom: Vouched) -> str:
    """The agent. Raises DoesNotHold for somebody who has no place here."""
    keys, now = Passkeys(house.db), moment()
    if known := keys.linked(provider.issuer, whom.subject):
        if not known[1]:
            raise _nobody(whom)
        return known[0]
    agent = _by_address(house, provider, whom)
    if agent is None or not keys.link(provider.issuer, whom.subject, agent, now):
        raise _nobody(whom)
    return agent


def _by_address(house: Rooms, provider: Provider, whom: Vouched) -> str | None:
    invites, now = Invites(house.db), moment()
    if here := house.workspace.agent_by_email(whom.email):
        return here[0]
    if invite := invites.find_by_email(whom.email, now):
        return invites.accept(invite, whom.name, None, now)
    if provider.lets_in(whom.email):
        return invites.arrive(whom.email, whom.name, "agent", now)
    return None


def _nobody(whom: Vouched) -> DoesNotHold:
    return DoesNotHold(_("%(email)s has no place at this desk.", email=whom.email), _("Ask a lead for an invitation."))


def _there(house: Rooms) -> tuple[Provider, Calling]:
    """Raises NotFound where none is set up."""
    provider, calling = provider_of(house), house.entry.calling
    if provider is None or calling is None:
        raise NotFound(_("There is no provider to sign in with."), _("Sign in with your password."))
    return provider, calling


def is_address(text: str) -> bool:
    """Whether it can be an issuer's: no query, no fragment (OpenID Connect Discovery 1.0, section 3)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.query and not parts.fragment
