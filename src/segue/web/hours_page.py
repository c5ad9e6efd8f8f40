"""When people are there and what is promised, on a page of their own; each change is a new version of the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Query, Response

from segue.desk.notice import moment as said
from segue.domain.errors import NotFound
from segue.domain.people import Agent
from segue.policy.hours import is_open, next_opening
from segue.policy.lint import Level
from segue.policy.settings.week import DAYS, Hours
from segue.texts import _
from segue.web import hours_form
from segue.web.doors import leading
from segue.web.hours_form import NAMES, TIMES, Said, place_of, stretches, tiers
from segue.web.lead_page import House, Lead, live_policy, moment, page
from segue.web.pages import PageRoute, go, plain
from segue.web.policy_form import TIMES as TIME_NAMES
from segue.web.policy_page import Typed
from segue.web.policy_part import LONGEST_NOTE, Part, based_on, part_of, publish
from segue.web.rooms import Rooms
from segue.web.switching import read

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
Version = Annotated[int, Query(ge=0, lt=2**31)]
BESIDE_HOURS = ("timezone", "week", *(f"week.{day}" for day in DAYS), "holidays.country", "holidays.subdiv",
                "holidays.dates")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One of the page's two forms as it is shown: what stands in its fields, what is said beside them, and above."""

    typed: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refused: str = ""
    note: str = ""
    note_wrong: str = ""
    number: int = 0


@router.get("/settings/hours")
def hours(house: House, me: Lead, team: str = "", published: Version = 0) -> Response:
    return _page(house, me, team, published=published)


@router.post("/settings/hours", dependencies=DOOR)
def change_hours(house: House, me: Lead, typed: Typed) -> Response:
    """The workspace's hours, or a team's own; `do=same` lets a team keep the workspace's again."""
    team, live = typed.get("team", ""), live_policy(house)
    known, place = _hours(house, team, live[1]), place_of(team)
    if typed.get("do") == "same" and team:
        found = Said({place: None} if known else {})
    else:
        found = hours_form.read_hours(typed, known, place)
    form, made = _tried(house, me, found, live, typed, place, BESIDE_HOURS)
    return _done(team, made) if made else _page(house, me, team, hours=form)


@router.post("/settings/hours/targets", dependencies=DOOR)
def change_targets(house: House, me: Lead, typed: Typed) -> Response:
    """What each tier is promised."""
    live = live_policy(house)
    policy = read(live[1])
    found = hours_form.read_targets(typed, policy)
    place, added = ("sla", "targets"), " ".join(typed.get("tier", "").split())
    names = [f"{tier}.{name}" for tier in (*tiers(policy), added) for name in TIMES]
    form, made = _tried(house, me, found, live, typed, place, names)
    return _done("", made) if made else _page(house, me, "", targets=form)


def _tried(
    house: Rooms, me: Agent, found: Said, live: tuple[int, str], typed: Mapping[str, str], place: tuple[str, ...],
    names: Iterable[str],
) -> tuple[Form, int]:  # fmt: skip
    """The form with what is wrong beside its fields, and the version that was made, or 0."""
    note, part = plain(typed.get("note", "")).strip()[:LONGEST_NOTE], part_of(house, live, found.said)
    beside = partial(hours_form.field_at, place=place, names=tuple(names))
    wrong, notes = _told(part, found.wrong, beside)
    if found.wrong or wrong:
        part.refused = _("Not published: something is wrong, see beside the fields.")
    else:
        part = publish(house, me, part, based_on(typed, live[0]), note, moment())
    form = Form(typed, {**wrong, **found.wrong}, notes, part.refused, note,
                _("Say why: it stands in the history.") if part.has_no_note else "", part.number)  # fmt: skip
    return form, part.made


def _told(
    part: Part, typed_wrong: Mapping[str, str], beside: Callable[[tuple[str, ...]], str]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """What is wrong, and what lint thinks odd, by the field's name. A week of which a day could not be read may seem
    never to be open: of it as a whole nothing is said then."""
    wrong, notes = dict[str, str](), dict[str, tuple[str, ...]]()
    errors = [(tuple(one.path.split(".")), one.text) for one in part.findings if one.level is Level.ERROR]
    for path, told in (*part.faults, *errors):
        name = beside(path)
        if name and not (name == "week" and typed_wrong):
            wrong.setdefault(name, told)
    for one in part.findings:
        if (name := beside(tuple(one.path.split(".")))) and one.level is not Level.ERROR:
            notes[name] = (*notes.get(name, ()), one.text)
    return wrong, notes


def _done(team: str, made: int) -> Response:
    return go(f"/settings/hours?team={team}&published={made}" if team else f"/settings/hours?published={made}")


def _hours(house: Rooms, team: str, body: str) -> Hours | None:
    """As the policy has them; None where a team has none of its own. Raises NotFound."""
    policy = read(body)
    if not team:
        return policy.sla.hours
    if team not in policy.sla.teams and all(one.id != team for one in house.workspace.teams()):
        raise NotFound(_("There is no team %(team)s.", team=team[:60]), _("The list shows all of them."))
    return policy.sla.teams.get(team)


def _page(
    house: Rooms, me: Agent, team: str, *, hours: Form | None = None, targets: Form | None = None, published: int = 0
) -> Response:  # fmt: skip
    live, now = live_policy(house), moment()
    policy, own = read(live[1]), _hours(house, team, live[1])
    shown = own or policy.sla.hours
    hours = hours or Form(hours_form.filled(shown), number=live[0])
    targets = targets or Form(hours_form.filled_targets(policy), number=live[0])
    status = 422 if hours.refused or targets.refused else 200
    return page(
        house, me, "settings_hours.html", status, now, part="hours", team=team, own=own, hours=hours, targets=targets,
        published=published, teams=house.workspace.teams(), with_own=set(policy.sla.teams), days=NAMES,
        stretches=lambda day: stretches(hours.typed, day), zones=_zones(), tiers=tiers(policy),
        times=TIME_NAMES, new=hours_form.NEW, **_known(shown, now),
    )  # fmt: skip


def _zones() -> list[str]:
    """Those of places: browsers know no `Factory` or `localtime`."""
    return sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def _known(shown: Hours, now: datetime) -> dict[str, Any]:
    """Whether somebody is there now, and the next days on which nobody is although the week says so."""
    today = now.astimezone(shown.zone).date()
    ahead = (today + timedelta(days=n) for n in range(120))
    closed = [day for day in ahead if shown.holidays.include(day) and shown.week.get(DAYS[day.weekday()])]
    opens = said(next_opening(now, shown), now, shown.zone)
    return {"open_now": is_open(now, shown), "opens": opens, "closed": closed[:3]}
