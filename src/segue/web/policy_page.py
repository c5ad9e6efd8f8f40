"""The policy as a lead works on it: form or YAML, what lint and the past say of it, publishing, going back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from starlette.datastructures import FormData

from segue.domain.conversation import Channel
from segue.domain.errors import Conflict, NotFound
from segue.domain.people import LEADS, Agent
from segue.insight.backtesting import Backtester
from segue.policy.backtest import Who
from segue.policy.diff import diff
from segue.policy.settings import STARTERS, fitted, load
from segue.store.backtest import PastStore
from segue.store.shadows import Shadows
from segue.texts import _
from segue.texts.codes import CHANNELS
from segue.web import policy_typed, zone
from segue.web.bounds import takes_long
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, Overseer, live_policy, moment, page
from segue.web.pages import PageRoute, go, plain, render
from segue.web.policy_draft import PERIODS, Draft, Judged, draft_of, drafted, judge, stops
from segue.web.policy_part import based_on
from segue.web.policy_words import words_of
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SHOWN = 200
"""Conversations of a cell that are listed."""
Version = Annotated[int, Path(ge=1, lt=2**31)]


async def form_typed(request: Request) -> dict[str, str]:
    """Every field that was sent, as text."""
    sent: FormData = await request.form(max_fields=2000)
    return {name: str(value) for name, value in sent.items()}


Typed = Annotated[dict[str, str], Depends(form_typed)]


@router.get("/policy")
def policy(
    request: Request, house: House, me: Overseer, version: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    starter: str = "", days: int = 90, published: int = 0,
) -> Response:  # fmt: skip
    """Begins with the live policy, an older version, or a starter. Who only reads sees the live one."""
    number, live = live_policy(house)
    if me.role not in LEADS:
        version, starter = None, ""
    body = house.workspace.policy(version) if version else live
    if starter in STARTERS:
        body = fitted(starter, house.workspace.teams(), live)
    takes_long(request.scope)
    return _shown(house, me, Work(draft_of(house, body), number, live, _days(days)), published=published)


@router.post("/policy", dependencies=[Depends(leading)])
def try_out(request: Request, house: House, me: Lead, typed: Typed) -> Response:
    """The same page with what was typed: judged, as YAML, as a form, or with a cell of its own more."""
    number, live = live_policy(house)
    draft = drafted(house, typed, live)
    if typed.get("do") in ("yaml", "form", "add") and draft.is_readable:
        mode = typed["do"] == "yaml" or (typed["do"] == "add" and draft.is_yaml)
        draft = draft_of(house, draft.body)
        draft.is_yaml = mode
    takes_long(request.scope)
    days, note = _days(typed.get("days", "")), typed.get("note", "")
    return _shown(house, me, Work(draft, based_on(typed, number), live, days, note, typed))


@router.post("/policy/pane", dependencies=[Depends(leading)])
def pane(request: Request, house: House, typed: Typed) -> Response:
    """What is known of what was typed, for the page that is there."""
    number, live = live_policy(house)
    draft, days, now = drafted(house, typed, live), _days(typed.get("days", "")), moment()
    takes_long(request.scope)
    judged = judge(house, draft, live, days, now)
    return render(
        "parts/policy_pane.html", 200, now, draft=draft, judged=judged, days=days, number=number, is_part=True,
        body=draft.body, tiers=_shown_tiers(judged), category_names=_category_names(house),
    )  # fmt: skip


@router.post("/policy/behind", dependencies=[Depends(leading)])
def open_cell(request: Request, house: House, me: Lead, typed: Typed) -> Response:
    """The conversations behind a cell of the table, under what was typed: who had them, and who would have them."""
    draft, days, now = drafted(house, typed, live_policy(house)[1]), _days(typed.get("days", "")), moment()
    was, _blank, would = typed.get("cell", "").partition(" ")
    if not draft.is_readable or not {was, would} <= set(Who):
        raise NotFound(_("There is no such cell."), _("Go back and choose one of the table."))
    takes_long(request.scope)
    tester, since = Backtester(house.workspace, PastStore(house.db)), now - timedelta(days=days)
    found = tester.behind(draft.body, since, Who(was), Who(would))
    return page(
        house, me, "policy_behind.html", 200, now, was=was, would=would, count=len(found), days=days,
        rows=[house.conversations.one(one) for one in found[:SHOWN]],
    )  # fmt: skip


@router.post("/policy/publish", dependencies=[Depends(leading)])
def publish(request: Request, house: House, me: Lead, typed: Typed) -> Response:
    """Makes it the live policy, or lets it run in shadow, with a note. Whoever published meanwhile is told of, not
    overwritten; a shadow overwrites nobody."""
    number, live = live_policy(house)
    draft, note, now = drafted(house, typed, live), plain(typed.get("note", "")).strip()[:300], moment()
    days, begun = _days(typed.get("days", "")), based_on(typed, number)
    takes_long(request.scope)
    judged = judge(house, draft, live, days, now)
    refusal = _refusal(draft, judged, note)
    if not refusal and typed.get("as") == "shadow":
        Shadows(house.db).begin(draft.body, me.id, note, now)
        house.bell.ring("events")
        return go("/policy/shadow")
    if not refusal:
        try:
            with house.ladder.publishing(now):
                made = house.workspace.apply_policy(draft.body, me.id, note, now, replaces=begun)
        except Conflict:
            refusal = {
                "conflict": _(
                    "Version %(number)s was published meanwhile. What you see is compared with it; publish again to "
                    "put yours in its place.", number=number,
                )
            }  # fmt: skip
            begun = number
        else:
            house.bell.ring("events")
            zone.forget(house.workspace)
            return go(f"/policy?published={made}")
    status = 409 if "conflict" in refusal else 422
    return _shown(house, me, Work(draft, begun, live, days, note, typed), status, judged, refusal)


def _refusal(draft: Draft, judged: Judged, note: str) -> dict[str, str]:
    missing = {} if note else {"note": _("Say why: it stands in the history.")}
    if not draft.is_readable or judged.has_errors:
        return {"body": _("Not published: something is wrong, see beside the fields."), **missing}
    if not judged.changes:
        return {"body": _("Not published: it says the same as the live policy."), **missing}
    return missing


# versions


@router.get("/policy/versions")
def versions(house: House, me: Overseer) -> Response:
    runs = Shadows(house.db).runs()
    return page(house, me, "policy_versions.html", versions=house.workspace.policies(), runs=runs)


@router.get("/policy/versions/{version}")
def version(house: House, me: Overseer, version: Version) -> Response:
    return _version(house, me, version)


@router.post("/policy/versions/{version}/restore", dependencies=[Depends(leading)])
def restore(
    house: House, me: Lead, version: Version, note: Annotated[str, Form(max_length=300)] = "",
    to: Annotated[str, Form(alias="as", max_length=10)] = "",
) -> Response:  # fmt: skip
    """The same text, letter by letter, as the newest version: decisions are again as they were under it. Or first in
    shadow."""
    why = plain(note).strip()
    if not why:
        return _version(house, me, version, _("Say why: it stands in the history."))
    number, _body = live_policy(house)
    body = house.workspace.policy(version)
    if to == "shadow":
        Shadows(house.db).begin(body, me.id, f"Version {version} again: {why}", moment())
        house.bell.ring("events")
        return go("/policy/shadow")
    with house.ladder.publishing(moment()):
        made = house.workspace.apply_policy(body, me.id, f"Back to version {version}: {why}", moment(), replaces=number)
    house.bell.ring("events")
    zone.forget(house.workspace)
    return go(f"/policy?published={made}")


def _version(house: Rooms, me: Agent, version: int, error: str = "") -> Response:
    number, live = live_policy(house)
    body = house.workspace.policy(version)
    row = next((v for v in house.workspace.policies() if v.version == version), None)
    if row is None:
        raise NotFound(_("There is no policy version %(version)s.", version=version), _("See the list of versions."))
    old, new = load(live), load(body)
    changes = words_of(house, old, new).changes(diff(old, new))
    return page(
        house, me, "policy_version.html", 422 if error else 200, row=row, body=body, changes=changes, live=number,
        error=error, run=Shadows(house.db).runs().get(version),
    )  # fmt: skip


# what the page needs


@dataclass(frozen=True, slots=True)
class Work:
    """What a lead has before them: a draft beside the live policy, begun on version `number` and tried over `days`."""

    draft: Draft
    number: int
    live: str
    days: int
    note: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


def _shown(
    house: Rooms, me: Agent, work: Work, status: int = 200, judged: Judged | None = None,
    refusal: dict[str, str] | None = None, published: int = 0,
) -> Response:  # fmt: skip
    now, draft = moment(), work.draft
    judged = judged or judge(house, draft, work.live, work.days, now)
    tiers = [t for t in (*load(work.live).sla.targets, *draft.policy.triggers.tiers) if t != "default"]
    if status == 200 and not draft.is_readable:
        status = 422
    return page(
        house, me, "policy.html", status, now, draft=draft, judged=judged, days=work.days, periods=PERIODS,
        number=work.number, note=work.note, typed=work.typed, refusal=refusal or {}, published=published,
        known=policy_typed.plain(draft.policy), body=draft.body,
        places=[("tiers:" + t, t) for t in dict.fromkeys(tiers)] + [("channels:" + c, CHANNELS[c]) for c in Channel],
        categories=house.workspace.catalogue().categories, starters=STARTERS, is_part=False,
        category_names=_category_names(house),
        tiers=_shown_tiers(judged), shadow=Shadows(house.db).running(),
        stops=stops(draft, judged) if "body" in (refusal or {}) else [],
    )  # fmt: skip


def _shown_tiers(judged: Judged) -> list[Any]:
    return [row for row in judged.found.tiers if row.changed] if judged.found else []


def _category_names(house: Rooms) -> dict[str, str]:
    return {c.id: c.name for c in house.workspace.catalogue().categories}


def _days(said: str | int) -> int:
    return int(said) if str(said) in map(str, PERIODS) else 90
