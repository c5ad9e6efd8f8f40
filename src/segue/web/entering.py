"""Letting somebody in, whichever way they came: who needs a second step is asked for it, everybody else has a session.

What was begun in a browser (a second step, a passkey's question, the way to a provider) is found again by a cookie of
that browser alone, and ends with its first good answer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from anyio import from_thread
from fastapi import Request, Response

from segue.domain.entry import Provider
from segue.domain.errors import NotFound
from segue.domain.people import LEADS, Agent
from segue.store.imports import Imports
from segue.store.passkeys import Passkeys
from segue.store.second_step import SecondSteps
from segue.store.sessions import CEREMONY, Ceremony, Sessions
from segue.store.workspace import SESSION
from segue.texts import _
from segue.web.doors import COOKIE, new_secret
from segue.web.pages import go
from segue.web.rooms import Rooms
from segue.web.setup_steps import wants_setup

FRESH = timedelta(minutes=15)
"""How long ago somebody may have signed in who changes how they sign in."""
_PAGES = ("/desk", "/review", "/autonomy", "/policy", "/knowledge", "/quality", "/settings", "/setup")


def admit(request: Request, house: Rooms, agent: str, way: str, path: str, is_whole: bool = False) -> Response:
    """A session, or the way to the second step. `is_whole`: they came by something that stands for two steps."""
    if not is_whole and needs_second_step(house, agent):
        answer = go("/sign-in/second-step")
        begin(request, answer, house, "second step", {"next": path, "way": way}, agent)
        return answer
    return begun(request, house, agent, way, go(path or _first_page(house, agent)))


def _first_page(house: Rooms, agent: str) -> str:
    """The desk; a lead of a house in which nothing ever happened begins with setting it up."""
    is_lead = person(house, agent).role in LEADS
    return "/setup" if is_lead and wants_setup(house) and not Imports(house.db).house_has().data else "/desk"


def needs_second_step(house: Rooms, agent: str) -> bool:
    """Whoever has set one up, and whose role must have one."""
    return SecondSteps(house.db).of(agent) is not None or must_have_second_step(house, agent)


def must_have_second_step(house: Rooms, agent: str) -> bool:
    return person(house, agent).role in two_step_roles(house)


def may_set_up(house: Rooms, agent: str) -> bool:
    """Whether somebody who must have a second step has none yet, so that the password alone may set one up."""
    return SecondSteps(house.db).of(agent) is None and not Passkeys(house.db).of(agent)


def two_step_roles(house: Rooms) -> tuple[str, ...]:
    return tuple(house.workspace.setting("two_steps") or ())


def provider_of(house: Rooms) -> Provider | None:
    kept = house.workspace.setting("provider")
    return Provider(**{**kept, "domains": tuple(kept["domains"])}) if kept else None


def begun(request: Request, house: Rooms, agent: str, way: str, answer: Response) -> Response:
    """`answer` with a new session; one that the browser brought along ends."""
    if before := request.cookies.get(COOKIE):
        house.workspace.end_session(before)
    token = new_secret("ses")
    browser = request.headers.get("user-agent", "").replace("\0", "")
    house.workspace.begin_session(token, agent, moment(), way, browser, address_of(request))
    _set(request, answer, COOKIE, token, SESSION)
    return answer


# ceremonies


def begin(
    request: Request, answer: Response, house: Rooms, kind: str, body: dict[str, Any], agent: str | None = None
) -> None:
    """Keeps `body` for this browser's next step of this kind."""
    key = new_secret("cer")
    Sessions(house.db).begin(kind, key, moment(), body, agent)
    _set(request, answer, _cookie(kind), key, CEREMONY)


def look(request: Request, house: Rooms, kind: str) -> Ceremony | None:
    return Sessions(house.db).look(kind, request.cookies.get(_cookie(kind), ""), moment())


def take(request: Request, house: Rooms, kind: str) -> Ceremony | None:
    """Ends it."""
    return Sessions(house.db).take(kind, request.cookies.get(_cookie(kind), ""), moment())


def _cookie(kind: str) -> str:
    return "segue_" + kind.replace(" ", "_")


# what a request says of itself


def own_session(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def ask_again(request: Request, house: Rooms, back: str = "/desk/me/access") -> Response | None:
    """Somebody who signed in a while ago confirms that it is still them before they change how they sign in."""
    begun_at = Sessions(house.db).begun_at(own_session(request))
    is_fresh = begun_at is not None and begun_at > moment() - FRESH
    return None if is_fresh else go(f"/sign-in?again=yes&next={back}")


def public(request: Request, house: Rooms) -> str:
    """Where people reach the house: scheme, host and port."""
    return house.entry.address.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"


def ours(path: str) -> str:
    """Only a page for agents is returned to: a link must not lead a signed-in agent out of the house."""
    parts = urlsplit(path)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith(_PAGES) and "\\" not in path
    return path if is_ours else ""


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def is_gone(request: Request) -> bool:
    """Whether nobody waits for the answer any more. For a route that runs in a thread."""
    return from_thread.run(request.is_disconnected)


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def person(house: Rooms, agent: str) -> Agent:
    """Raises NotFound for somebody who has left."""
    found = next((a for a in house.workspace.agents() if a.id == agent), None)
    if found is None:
        raise NotFound(_("Nobody of this name works here."), _("Ask a lead."))
    return found


def moment() -> datetime:
    return datetime.now(UTC)


def _set(request: Request, answer: Response, name: str, value: str, lives: timedelta) -> None:
    answer.set_cookie(
        name, value, max_age=int(lives.total_seconds()), httponly=True, samesite="lax", secure=is_secure(request)
    )
