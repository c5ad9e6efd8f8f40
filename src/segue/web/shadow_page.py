"""A policy in shadow, as a lead watches it: what it would have decided of the messages that came since it began, each
opening its conversation; then made live, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Form, Query, Response

from segue.domain.decision import Reason
from segue.domain.errors import Conflict, NotFound
from segue.domain.people import Agent
from segue.policy.diff import diff
from segue.policy.lint import Level, lint
from segue.policy.prose import why
from segue.policy.settings import load
from segue.store.records import decision_of
from segue.store.shadows import Compared, Shadows
from segue.texts import _
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, live_policy, moment, page
from segue.web.pages import PageRoute, go, plain, render
from segue.web.policy_words import words_of
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
SHOWN = 30
WHO = ("assistant", "asked", "human")
Note = Annotated[str, Form(max_length=300)]
Run = Annotated[int, Form(ge=1, lt=2**62)]
Chosen = Annotated[int | None, Query(ge=1, lt=2**62)]
Kind = Annotated[str, Query(max_length=40)]


class Shown(NamedTuple):
    """One run of a shadow, ended or not."""

    id: int
    version: int
    began_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    outcome: str | None
    note: str


@router.get("/policy/shadow")
def shadow(house: House, me: Lead, run: Chosen = None, kind: Kind = "", before: datetime | None = None) -> Response:
    """The one that runs; else the one asked for, or the last there was."""
    return _page(house, me, run, kind, before)


@router.get("/policy/shadow/pane", dependencies=DOOR)
def pane(house: House, run: Chosen = None, kind: Kind = "", before: datetime | None = None) -> Response:
    """The comparison as it stands now, for the page that is there."""
    shown, now = _shown(house, run), moment()
    if shown is None:
        raise NotFound(_("No policy ran in shadow yet."), _("Start one on the policy's page."))
    return render("parts/shadow_pane.html", 200, now, **_compared(house, shown, kind, before))


@router.post("/policy/shadow/promote", dependencies=DOOR)
def promote(house: House, me: Lead, run: Run, live: Annotated[int, Form(ge=1, lt=2**31)], note: Note = "") -> Response:
    """Its version becomes the live one. Who published meanwhile is told of, not overwritten."""
    said, shown = plain(note).strip(), _shown(house, run)
    if not said:
        return _page(house, me, run, wrong={"promote": _("Say why: it stands in the history.")}, note=note)
    if shown and (broken := _broken(house, shown.version)):
        return _page(house, me, run, wrong={"promote": _("Not published: %(why)s", why=broken)}, note=note)
    try:
        with house.ladder.publishing(moment()):
            made = Shadows(house.db).promote(run, me.id, said, moment(), replaces=live)
    except Conflict as error:
        return _page(house, me, run, wrong={"promote": str(error)}, note=note, status=409)
    house.bell.ring("events")
    return go(f"/policy?published={made}")


@router.post("/policy/shadow/drop", dependencies=DOOR)
def drop(house: House, me: Lead, run: Run, note: Note = "") -> Response:
    """It decides no more. Its version and what it would have decided stay in the history."""
    said = plain(note).strip()
    if not said:
        return _page(house, me, run, wrong={"drop": _("Say why: it stands in the history.")}, note=note)
    try:
        Shadows(house.db).drop(run, me.id, said, moment())
    except Conflict as error:
        return _page(house, me, run, wrong={"drop": str(error)}, note=note, status=409)
    house.bell.ring("events")
    return go(f"/policy/shadow?run={run}")


def _broken(house: Rooms, version: int) -> str:
    """What became wrong with it since it began: a team that is gone, say."""
    policy = load(house.workspace.policy(version))
    found = lint(policy, house.workspace.catalogue(), house.workspace.teams(), house.workspace.tiers())
    return next((words_of(house, policy).told(f) for f in found if f.level is Level.ERROR), "")


def _page(
    house: Rooms, me: Agent, run: int | None = None, kind: str = "", before: datetime | None = None,
    wrong: Mapping[str, str] | None = None, status: int = 422, note: str = "",
) -> Response:  # fmt: skip
    shown, (number, live) = _shown(house, run), live_policy(house)
    more: dict[str, Any] = {"shown": None}
    if shown is not None:
        old, new = load(live), load(house.workspace.policy(shown.version))
        more = _compared(house, shown, kind, before) | {
            "changes": words_of(house, old, new).changes(diff(old, new)), "starts": new.assistant and not old.assistant,
            "why": next((v.note for v in house.workspace.policies() if v.version == shown.version), ""),
        }  # fmt: skip
    return page(
        house, me, "shadow.html", status if wrong else 200, number=number, wrong=wrong or {}, typed=note, **more
    )


def _shown(house: Rooms, run: int | None) -> Shown | None:
    """Raises NotFound where one was asked for that never ran."""
    runs = [Shown(r.id, r.version, r.began_at, r.ended_at, r.ended_by, r.outcome, r.note)
            for r in Shadows(house.db).runs().values()]  # fmt: skip
    if run is not None and run not in (r.id for r in runs):
        raise NotFound(_("No policy ran in shadow under this number."), _("The list of versions shows those that did."))
    wanted = [r for r in runs if r.id == run] if run else sorted(runs, key=lambda r: (r.ended_at is None, r.id))
    return wanted[-1] if wanted else None


def _compared(house: Rooms, shown: Shown, kind: str, before: datetime | None) -> dict[str, Any]:
    store = Shadows(house.db)
    found = store.compared(shown.id)
    rows = store.differing(shown.id, kind, SHOWN + 1, before)
    teams = {team.id: team.name for team in house.workspace.teams()}
    return {
        "shown": shown, "found": found, "moved": _moved(found), "kind": kind,
        "rows": [(row, _said(row.live_decision, teams), _said(row.decision, teams)) for row in rows[:SHOWN]],
        "next": rows[SHOWN - 1].at.isoformat() if len(rows) > SHOWN else "", "reasons": Reason,
    }  # fmt: skip


def _moved(found: Compared) -> list[tuple[str, list[tuple[str, int]], int]]:
    """Rows who had it, columns who would have had it, each with the name of the move; and the sum of the row."""
    table = []
    for had in WHO:
        row = [(would, found.moves.get((had, would), 0)) for would in WHO]
        table.append((had, row, sum(n for _, n in row)))
    return table


def _said(body: Mapping[str, Any], teams: Mapping[str, str]) -> str:
    decision = decision_of(dict(body))
    team = teams.get(decision.team or "", decision.team)
    return why(decision) + (f" → {team}" if decision.hands_off and team else "")
