"""How I come in: my password, my second step, my passkeys, and where I am signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from segue.domain.entry import device, wrong_with_password
from segue.domain.errors import Unavailable
from segue.domain.people import Agent
from segue.store.passkeys import Passkeys
from segue.store.second_step import SecondSteps
from segue.store.sessions import Sessions
from segue.texts import N_, _, _n
from segue.web.done import ToldDone
from segue.web.doors import signed_in
from segue.web.entering import ask_again, begun, moment, must_have_second_step, own_session
from segue.web.hashing import hashed, matches
from segue.web.lead_page import page
from segue.web.limits import Limit
from segue.web.pages import PageRoute, go
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(signed_in)]
ACCESS = "/desk/me/access"
WAYS = {
    "password": N_("with a password"), "two steps": N_("with a second step"), "passkey": N_("with a passkey"),
    "invite": N_("with an invitation"), "provider": N_("through your company"),
    "provider, two steps": N_("through your company"),
}  # fmt: skip
_ATTEMPTS = Limit(5, 15 * 60)


@router.get(ACCESS)
def access(request: Request, house: House, me: Me, done: ToldDone) -> Response:
    return _page(request, house, me, done=done)


@router.post(ACCESS + "/password")
def change_password(
    request: Request, house: House, me: Me, current: Annotated[str, Form()] = "", new: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Ends every session of theirs; this browser begins a new one."""
    sessions = Sessions(house.db)
    kept = sessions.password_hash(me.id)
    if kept is None and (again := ask_again(request, house)):
        return again
    wrong = {"new": said} if (said := wrong_with_password(new, me.email)) else {}
    if seconds := _ATTEMPTS.enter(me.id):
        wrong["current"] = _("Too many attempts. Try again in %(minutes)s min.", minutes=max(1, round(seconds / 60)))
    elif kept is not None and not _is_right(me, current, kept):
        wrong["current"] = _("This is not your password of now.")
    else:
        _ATTEMPTS.forget(me.id)
    if wrong:
        return _page(request, house, me, wrong=wrong)
    way = next((s.way for s in sessions.of(me.id, own_session(request), moment()) if s.is_this), "password")
    sessions.change_password(me.id, hashed(new), moment())
    return begun(
        request, house, me.id, way, go(ACCESS, _("The password is changed; everywhere else you are signed out."))
    )


@router.post(ACCESS + "/sessions/{session}/end")
def end(house: House, me: Me, session: str) -> Response:
    Sessions(house.db).end(session, me.id, moment())
    return go(ACCESS, _("Signed out there."))


@router.post(ACCESS + "/sessions/end-others")
def end_others(request: Request, house: House, me: Me) -> Response:
    count = Sessions(house.db).end_others(me.id, own_session(request), moment())
    return go(ACCESS, _n("Signed out in %(num)s other place.", "Signed out in %(num)s other places.", count))


def _is_right(me: Agent, current: str, kept: str) -> bool:
    try:
        return matches(current, kept)
    except Unavailable:
        _ATTEMPTS.take_back(me.id)  # nothing was tried
        raise


def _page(request: Request, house: Rooms, me: Agent, done: str = "", wrong: dict[str, str] | None = None) -> Response:
    sessions = Sessions(house.db)
    return page(
        house, me, "me_access.html", 422 if wrong else 200, done=done, wrong=wrong or {}, ways=WAYS, device=device,
        sessions=sessions.of(me.id, own_session(request), moment()), app=SecondSteps(house.db).of(me.id),
        has_password=sessions.password_hash(me.id) is not None, passkeys=Passkeys(house.db).of(me.id),
        must=must_have_second_step(house, me.id),
    )  # fmt: skip
