"""The house itself, for leads: who works here, the keys of machines, and the record of what was changed by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response

from segue.domain.errors import NotFound, Refused
from segue.domain.people import Agent, Team
from segue.store.invites import Invites
from segue.store.leaving import Leaving
from segue.store.office import Office
from segue.store.second_step import SecondSteps
from segue.texts import N_, _, languages
from segue.web.done import ToldDone
from segue.web.doors import SCOPES, leading, new_secret
from segue.web.lead_page import House, Lead, moment, names, page
from segue.web.managing import ADMIN, managing, may_manage
from segue.web.pages import PageRoute, go, plain
from segue.web.record_choices import CHOICES, kinds_of
from segue.web.recorded import Recorder
from segue.web.rooms import Rooms
from segue.web.tongue import chosen, forget

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
Admin = Annotated[Agent, Depends(managing)]
ROLES = {
    "agent": N_("handles conversations"), "lead": N_("and says how far the assistant may go"),
    "admin": N_("as a lead; also keys, signing in, administrators"), "analyst": N_("reads"),
}  # fmt: skip
LIVES = {"": N_("never"), "30": N_("in 30 days"), "90": N_("in 90 days"), "365": N_("in a year")}
PAGE = 100


@router.get("/settings")
def people(house: House, me: Lead, done: ToldDone) -> Response:
    return people_page(house, me, done=done)


@router.post("/settings/people/{agent}", dependencies=DOOR)
def place(
    house: House, me: Lead, agent: str, role: Annotated[str, Form(max_length=20)] = "",
    team: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Another role, other teams. Whoever gets another role signs in again."""
    who = next((a for a in house.workspace.agents() if a.id == agent), None)
    known = {t.id for t in house.workspace.teams()}
    if who is None:
        raise NotFound(_("There is no agent %(agent)s.", agent=agent), _("The list shows all of them."))
    typed = replace(who, role=role, teams=tuple(team or ()))
    if ADMIN in (who.role, role) and not may_manage(house, me):
        return people_page(house, me, {agent: _("Only an administrator gives or takes that role.")}, typed=typed)
    if role not in ROLES or not set(typed.teams) <= known:
        return people_page(house, me, {agent: _("There is no such role or team.")}, typed=typed)
    try:
        Office(house.db).place_agent(agent, role, sorted(typed.teams), me.id, moment())
    except Refused as error:
        return people_page(house, me, {agent: str(error)}, typed=typed)
    house.bell.ring("events")
    return go("/settings", _("%(name)s is kept.", name=who.name))


@router.post("/settings/language", dependencies=DOOR)
def choose_language(house: House, me: Lead, language: Annotated[str, Form(max_length=10)] = "") -> Response:
    """What customers and colleagues read who have asked for nothing else."""
    Office(house.db).choose_language(language if language in languages() else "", me.id, moment())
    forget(house.workspace)
    house.bell.ring("events")
    return go("/settings", _("The language is kept."))


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation as somebody typed it."""

    email: str = ""
    role: str = "agent"
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation as it is shown this once."""

    email: str
    link: str
    was_sent: bool
    trouble: str = ""
    """Why the mail did not leave, where there is a mail server."""


def people_page(
    house: Rooms, me: Agent, wrong: Mapping[str, str] | None = None, done: str = "", *, asked: Asked | None = None,
    wrong_invite: Mapping[str, str] | None = None, made: Made | None = None,
    wrong_team: Mapping[str, str] | None = None, typed_team: Team | None = None, typed: Agent | None = None,
) -> Response:  # fmt: skip
    """`wrong_team` by the team's id, "" for a new one. `typed` and `typed_team`: what was refused, as it was typed."""
    people = house.workspace.agents()
    return page(
        house, me, "settings_people.html", 422 if wrong or wrong_invite or wrong_team else 200, part="people",
        wrong_team=wrong_team or {}, typed_team=typed_team, typed=typed,
        members=Counter(team for agent in people for team in agent.teams), people=people,
        teams=house.workspace.teams(), roles=_roles_given_by(house, me),
        wrong=wrong or {}, done=done,
        invites=Invites(house.db).open(), gone=Leaving(house.db).gone(), asked=asked or Asked(), made=made,
        wrong_invite=wrong_invite or {}, two_steps=SecondSteps(house.db).have_one(), days=house.entry.invite_days,
        languages=languages(), language=chosen(house.workspace),
    )  # fmt: skip


def _roles_given_by(house: Rooms, me: Agent) -> dict[str, str]:
    return {role: what for role, what in ROLES.items() if role != ADMIN or may_manage(house, me)}


@router.get("/settings/keys")
def keys(house: House, me: Admin, done: ToldDone) -> Response:
    return _keys(house, me, done=done)


MAY = dict(zip(SCOPES, (
    N_("Write in for customers, and bring past conversations"),
    N_("Read every conversation and its customer"),
    N_("Work as agents do: reply, assign, tag, resolve, correct an address"),
    N_("Vouch for customers without proof, and say which account they are on, its tier and its worth"),
    N_("Give what it judges in an agent’s name the weight of that agent’s own word"),
    N_("Read articles, drafts too"),
    N_("Write, publish and retire articles"),
    N_("Read the policy, the figures and who is here"),
    N_("Change the policy, people and teams, and erase customers: as much as a lead"),
    N_("Follow all that happens, as it happens"),
), strict=True))  # fmt: skip
"""What each of `SCOPES` opens, for whoever hands it out."""


@router.post("/settings/keys", dependencies=[Depends(managing)])
def make_key(
    house: House, me: Admin, name: Annotated[str, Form(max_length=80)] = "",
    scope: Annotated[list[str] | None, Form()] = None, lives: Annotated[str, Form(max_length=10)] = "",
) -> Response:  # fmt: skip
    """Shown once, in this answer, and never again: only its hash is kept."""
    name, scopes, wrong = plain(name).strip(), scope or [], {}
    if not name:
        wrong["name"] = _("Name it after what uses it: it stands in the record.")
    elif any(key.name == name for key in Office(house.db).all_keys()):
        wrong["name"] = _(
            "There is a key of this name already. Choose another one, so that the record tells them apart."
        )
    if not scopes or not set(scopes) <= set(SCOPES):
        wrong["scope"] = _("Choose at least one thing it may do.")
    if wrong:
        return _keys(house, me, wrong, name, scopes, lives)
    secret, now = new_secret("sk"), moment()
    Office(house.db).make_key(name, secret, scopes, me.id, now, _end(lives, now))
    return _keys(house, me, made=(name, secret))


@router.post("/settings/keys/{key}/revoke", dependencies=[Depends(managing)])
def revoke(house: House, me: Admin, key: str) -> Response:
    """Gone at once from the database; a process that has just seen it forgets it within ten seconds."""
    name = Office(house.db).revoke_key(key, me.id, moment())
    return go("/settings/keys", _("%(name)s is revoked; within ten seconds nobody is let in with it.", name=name))


def _end(lives: str, now: datetime) -> datetime | None:
    return now + timedelta(days=int(lives)) if lives in LIVES and lives else None


def _keys(
    house: Rooms, me: Agent, wrong: Mapping[str, str] | None = None, name: str = "", scopes: list[str] | None = None,
    lives: str = "", made: tuple[str, str] | None = None, done: str = "",
) -> Response:  # fmt: skip
    return page(
        house, me, "settings_keys.html", 422 if wrong else 200, part="keys", found=Office(house.db).all_keys(),
        scopes=MAY, chosen=scopes or [], name=name, lives=lives, ends=LIVES, made=made, wrong=wrong or {}, done=done,
    )  # fmt: skip


@router.get("/settings/record")
def record(
    house: House, me: Lead, kind: str = "", before: Annotated[int | None, Query(ge=1, lt=2**62)] = None
) -> Response:
    """What changed the house, by whom, newest first."""
    found, says = Office(house.db).record(kinds_of(kind), before, PAGE + 1), Recorder(house, names(house)).says
    return page(
        house, me, "settings_record.html", part="record",
        rows=[(row, says(row.kind, row.author, row.body)) for row in found[:PAGE]],
        choices={id: called for id, (called, _kinds) in CHOICES.items()}, kind=kind if kind in CHOICES else "",
        next=found[PAGE - 1].id if len(found) > PAGE else None,
    )  # fmt: skip
