"""Invitations, for leads: somebody is asked in by their address, with a link that opens once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Form, Request, Response

from segue.domain.errors import Refused, SegueError
from segue.domain.traces import traced
from segue.store.invites import Invites
from segue.store.second_step import SecondSteps
from segue.texts import N_, _, _n
from segue.web.bounds import takes_long
from segue.web.doors import leading, new_secret
from segue.web.entering import moment, person, public
from segue.web.lead_page import House, Lead
from segue.web.managing import ADMIN, may_manage, spare_admins
from segue.web.pages import PageRoute, go, plain
from segue.web.rooms import Rooms
from segue.web.settings_page import ROLES, Asked, Made, people_page

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
_PART = r"[^@\s<>,;:\"()\x00-\x1f\x7f]"
ADDRESS = re.compile(rf"{_PART}{{1,64}}@{_PART}+\.{_PART}{{2,}}")
SUBJECT = N_("You are invited to the support desk")
log = structlog.get_logger()


@router.post("/settings/invites", dependencies=DOOR)
def ask_in(
    request: Request, house: House, me: Lead, email: Annotated[str, Form(max_length=300)] = "",
    role: Annotated[str, Form(max_length=20)] = "agent", team: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Shows the link this once; mails it where mail is set up."""
    asked, known = Asked(plain(email).strip(), role, tuple(team or ())), {t.id for t in house.workspace.teams()}
    wrong = {}
    if not ADDRESS.fullmatch(asked.email) or len(asked.email) > 254:
        wrong["email"] = _("This is no e-mail address. Write it as name@company.example.")
    if role == ADMIN and not may_manage(house, me):
        wrong["role"] = _("Only an administrator gives or takes that role.")
    elif role not in ROLES or not set(asked.teams) <= known:
        wrong["role"] = _("There is no such role or team.")
    if wrong:
        return people_page(house, me, wrong_invite=wrong, asked=asked)
    try:
        made = invite(request, house, asked, me.id, me.name)
    except Refused as error:
        return people_page(house, me, wrong_invite={"email": str(error)}, asked=asked)
    return people_page(house, me, made=made)


@router.post("/settings/invites/{invite}/again", dependencies=DOOR)
def ask_again(request: Request, house: House, me: Lead, invite: str) -> Response:
    """Another link, for as long again; the one before opens nothing any more."""
    spare_admins(house, me, *_role_of(house, invite))
    token, now = new_secret("inv"), moment()
    email = Invites(house.db).renew(invite, token, me.id, now, now + timedelta(days=house.entry.invite_days))
    return people_page(house, me, made=_told(request, house, email, token, me.name))


@router.post("/settings/invites/{invite}/withdraw", dependencies=DOOR)
def withdraw(house: House, me: Lead, invite: str) -> Response:
    spare_admins(house, me, *_role_of(house, invite))
    email = Invites(house.db).withdraw(invite, me.id, moment())
    return go("/settings", _("The invitation of %(email)s is withdrawn; its link opens nothing any more.", email=email))


@router.post("/settings/people/{agent}/reset", dependencies=DOOR)
def reset(house: House, me: Lead, agent: str) -> Response:
    """For somebody who has lost their phone: app, recovery codes and passkeys are gone, and they are signed out."""
    who = person(house, agent)
    spare_admins(house, me, who.role)
    if SecondSteps(house.db).reset(agent, me.id, moment()):
        return go("/settings", _("%(name)s signs in with a password alone next time, and sets up anew.", name=who.name))
    return go("/settings", _("%(name)s has no second step.", name=who.name))


def _role_of(house: Rooms, invite: str) -> list[str]:
    return [one.role for one in Invites(house.db).open() if one.id == invite]


def invite(request: Request, house: Rooms, asked: Asked, by: str, called: str) -> Made:
    """Raises Refused for an address that is here or was invited already."""
    token, now = new_secret("inv"), moment()
    until = now + timedelta(days=house.entry.invite_days)
    Invites(house.db).make(asked.email, asked.role, asked.teams, token, by, now, until)
    return _told(request, house, asked.email, token, called)


def _told(request: Request, house: Rooms, email: str, token: str, called: str) -> Made:
    takes_long(request.scope)
    link, write = f"{public(request, house)}/invite/{token}", house.entry.write
    try:
        sent = bool(write and write(email, _(SUBJECT), letter(link, called, house.entry.invite_days)))
    except SegueError as error:
        log.warning("invite.not_sent", **traced(error))
        return Made(email, link, False, error.what_happened)
    return Made(email, link, sent)


def letter(link: str, called: str, days: int) -> str:
    """In the language of whoever invites: of whoever is invited we know nothing yet."""
    asked = _("%(name)s invites you to the support desk.", name=called)
    how = _n(
        "Open this link to choose a name and a password. It opens once, and within %(num)s day:",
        "Open this link to choose a name and a password. It opens once, and within %(num)s days:", days,
    )  # fmt: skip
    return f"{asked}\n\n{how}\n\n{link}\n\n{_('If you did not expect this, do nothing.')}\n"
