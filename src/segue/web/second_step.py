"""The second step: asked for after a password, set up and taken away by its owner.

A code is taken once, wrong ones are counted for the person, and whoever must have a second step and has none sets one
up on the way in.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response

from segue.domain.people import Agent
from segue.store.passkeys import Passkeys
from segue.store.second_step import SecondSteps
from segue.texts import N_, _
from segue.web import one_time
from segue.web.doors import refuse_foreign_origin, signed_in
from segue.web.entering import ask_again, begin, begun, look, may_set_up, moment, must_have_second_step, person, take
from segue.web.pages import PageRoute, go, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(signed_in)]
Code = Annotated[str, Form(max_length=60)]
ACCESS = "/desk/me/access"
WRONG = N_("This code does not hold. Take the one that your app shows now, or a recovery code that you have not used.")
IS_ON = N_("Your second step is on. Recovery codes are shown once; whoever has not kept them takes new ones here.")
NOT_YET = N_("This is not the code that the app shows now. Check that its clock is right, then type the next one.")


# on the way in


@router.get("/sign-in/second-step")
def ask(request: Request, house: House) -> Response:
    pending = look(request, house, "second step")
    if pending is None or pending.agent is None:
        return go("/sign-in")
    if not may_set_up(house, pending.agent):
        return _asked(house, pending.agent)
    answer = _setting_up(house, pending.agent, secret := one_time.new_app_secret())
    begin(request, answer, house, "second step", {**pending.body, "secret": secret}, pending.agent)
    return answer


@router.post("/sign-in/second-step")
def give(request: Request, house: House, code: Code = "") -> Response:
    """The code of an app, a recovery code, or the first code of an app that is set up here."""
    refuse_foreign_origin(request)
    pending = look(request, house, "second step")
    if pending is None or pending.agent is None:
        return go("/sign-in")
    agent, path = pending.agent, str(pending.body.get("next") or "/desk")
    if may_set_up(house, agent) and (secret := pending.body.get("secret")):
        step = one_time.step_of(secret, code, moment())
        if step is None:
            return _setting_up(house, agent, secret, _(NOT_YET))
        if take(request, house, "second step") is None:
            return go("/sign-in")
        answer = _set_up(house, agent, secret, step, path)
        return begun(request, house, agent, "two steps", answer)
    if seconds := SecondSteps(house.db).enter(agent, moment()):
        said = _("Too many wrong codes. Try again in %(minutes)s min.", minutes=max(1, round(seconds / 60)))
        return _asked(house, agent, 429, said)
    if not _holds(house, agent, code):
        return _asked(house, agent, 422, _(WRONG))
    if take(request, house, "second step") is None:
        return go("/sign-in")
    return begun(request, house, agent, "two steps", go(path))


def _holds(house: Rooms, agent: str, code: str) -> bool:
    steps, app = SecondSteps(house.db), SecondSteps(house.db).of(agent)
    if app is None:
        return False
    step = one_time.step_of(app.secret, code, moment())
    return steps.take_step(agent, step) if step is not None else steps.take_code(agent, code, moment())


def _asked(house: Rooms, agent: str, status: int = 200, error: str = "") -> Response:
    has_app, has_passkey = SecondSteps(house.db).of(agent) is not None, bool(Passkeys(house.db).of(agent))
    return render("second_step.html", status, error=error, has_app=has_app, has_passkey=has_passkey)


# one's own


@router.get(ACCESS + "/app")
def ask_to_set_up(request: Request, house: House, me: Me, another: bool = False) -> Response:
    """A secret that holds once its first code was typed. Asked again, in another tab say, it is the same one. Who has
    an app comes here by loading the page of codes again, unless they ask for `another`."""
    if again := ask_again(request, house):
        return again
    begun = look(request, house, "app")
    if begun is not None and begun.agent == me.id:
        return _setting_up(house, me.id, begun.body["secret"], is_own=True)
    if not another and SecondSteps(house.db).of(me.id) is not None:
        return go(ACCESS, _(IS_ON))
    answer = _setting_up(house, me.id, secret := one_time.new_app_secret(), is_own=True)
    begin(request, answer, house, "app", {"secret": secret}, me.id)
    return answer


@router.post(ACCESS + "/app")
def set_up(request: Request, house: House, me: Me, code: Code = "") -> Response:
    if again := ask_again(request, house):
        return again
    pending = look(request, house, "app")
    if pending is None or pending.agent != me.id:
        return go(f"{ACCESS}/app")
    secret = pending.body["secret"]
    step = one_time.step_of(secret, code, moment())
    if step is None:
        return _setting_up(house, me.id, secret, _(NOT_YET), is_own=True)
    if take(request, house, "app") is None:
        return go(f"{ACCESS}/app")
    return _set_up(house, me.id, secret, step, ACCESS)


@router.post(ACCESS + "/app/remove")
def remove(request: Request, house: House, me: Me) -> Response:
    if again := ask_again(request, house):
        return again
    if must_have_second_step(house, me.id) and not Passkeys(house.db).of(me.id):
        return go(ACCESS, _("Your role needs a second step. Add a passkey first, or set up another app in its place."))
    if SecondSteps(house.db).remove(me.id, me.id, moment()):
        return go(ACCESS, _("The app is taken away; your password alone opens the desk."))
    return go(ACCESS)


@router.post(ACCESS + "/codes")
def renew_codes(request: Request, house: House, me: Me) -> Response:
    """Ten new ones; those before open nothing any more."""
    if again := ask_again(request, house):
        return again
    if SecondSteps(house.db).of(me.id) is None:
        return go(ACCESS, _("Recovery codes come with an app. Set one up first."))
    codes = one_time.new_codes()
    SecondSteps(house.db).renew_codes(me.id, codes, moment())
    return _codes(codes, ACCESS)


def _setting_up(house: Rooms, agent: str, secret: str, error: str = "", is_own: bool = False) -> Response:
    uri = one_time.link(secret, person(house, agent).email)
    return render(
        "second_step_app.html", 422 if error else 200, error=error, picture=one_time.picture(uri), link=uri,
        secret=one_time.grouped(secret), there=f"{ACCESS}/app" if is_own else "/sign-in/second-step", is_own=is_own,
    )  # fmt: skip


def _set_up(house: Rooms, agent: str, secret: str, step: int, path: str) -> Response:
    codes = one_time.new_codes()
    SecondSteps(house.db).set_up(agent, secret, step, codes, moment())
    return _codes(codes, path)


def _codes(codes: list[str], path: str) -> Response:
    """Shown in this answer only."""
    return render("recovery_codes.html", codes=codes, path=path, file=quote(one_time.as_file(codes)))
