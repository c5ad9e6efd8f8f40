"""Several conversations at once: what a deed would do to those that were selected, doing it, and undoing it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import JSONResponse

from segue.desk.bulk import MOST, Done, Plan
from segue.desk.snoozing import named, typed
from segue.domain.errors import Conflict, Refused
from segue.domain.people import Agent
from segue.store.sight import Sight
from segue.texts import N_, _, _n
from segue.web.desk_page import is_part
from segue.web.doors import handling
from segue.web.hands import Seq, bulk_of
from segue.web.macro_words import who_is_who
from segue.web.pages import PRIVATE, PageRoute, render
from segue.web.queue_view import LONGEST_PLACE
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(handling)]
TOLD = {
    "assign": N_("Each customer hears who is with them now."),
    "hand-back": N_("Each customer hears that the assistant is with them again."),
    "resolve": N_("Of each, the last words a colleague sent count as what solved it."),
}


@router.get("/desk/bulk")
def ask(
    request: Request, house: House, me: Me, row: Annotated[list[str] | None, Query(max_length=MOST + 1)] = None,
    what: Annotated[str, Query(max_length=200)] = "", tag: Annotated[str, Query(max_length=100)] = "",
    own: Annotated[str, Query(max_length=40)] = "", place: Annotated[str, Query(max_length=LONGEST_PLACE)] = "",
) -> Response:  # fmt: skip
    """What it would do to how many, and which are left out and why."""
    what = f"snooze:{own}" if own and what.startswith("snooze:") else what
    deed, value = _read(what, tag)
    try:
        plan = bulk_of(house).plan(_seen(house, me, row), deed, value, _now())
        words = _words(house, plan)
    except Refused as error:
        return _refused(request, me, error, place)
    shown: dict[str, Any] = {"plan": plan, "words": words, "what": what, "told": _(TOLD.get(deed, "")),
                             "unanswered": _unanswered(house, plan)}  # fmt: skip
    if is_part(request):
        return render("parts/bulk_plan.html", place=_clean(place), **shown)
    return render("bulk.html", me=me, refusal="", done=None, place=_clean(place), **shown)


@router.get("/desk/snooze")
def times(_me: Me, when: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The time that is meant by what an agent types, as a choice of the list; none where it is no time."""
    found = [{"value": value, "label": words, "isFound": True} for value, words in typed(when, _now())]
    return JSONResponse(found, headers=PRIVATE)


@router.post("/desk/bulk")
def do(
    request: Request, house: House, me: Me, row: Annotated[list[str] | None, Form()] = None,
    seen: Annotated[list[Seq] | None, Form()] = None,
    what: Annotated[str, Form(max_length=200)] = "", tag: Annotated[str, Form(max_length=100)] = "",
    place: Annotated[str, Form(max_length=LONGEST_PLACE)] = "",
) -> Response:  # fmt: skip
    """`seen`: of each row the newest message that was looked at, in the same order."""
    deed, value = _read(what, tag)
    try:
        looked = dict(zip(row or [], seen or [], strict=False))
        done = bulk_of(house).do(_seen(house, me, row), deed, value, me.id, _now(), looked)
    except Refused as error:
        return _refused(request, me, error, place)
    return _told(request, house, me, done, _did(deed, done.count), place, may_undo=done.count > 0)


@router.post("/desk/bulk/{bulk}/undo")
def undo(
    request: Request, house: House, me: Me, bulk: str, place: Annotated[str, Form(max_length=LONGEST_PLACE)] = ""
) -> Response:
    """All of it that nobody has gone on with since."""
    try:
        done = bulk_of(house).undo(bulk, me.id, _now())
    except Conflict as error:
        return _refused(request, me, error, place)
    return _told(request, house, me, done, _("Undone: %(n)s", n=done.count), place)


def _unanswered(house: Rooms, plan: Plan) -> set[str]:
    """Of those that would be resolved: whose customer's newest message nobody has answered."""
    return house.conversations.unanswered([row["id"] for row in plan.rows]) if plan.deed == "resolve" else set()


def _seen(house: Rooms, me: Agent, rows: list[str] | None) -> list[str]:
    """Without those that are closed to the agent: they are left out as unknown ones are."""
    hidden = Sight(house.db).hidden(me.id, rows or [])
    return [row for row in rows or [] if row not in hidden]


def _read(what: str, tag: str) -> tuple[str, str]:
    """ "assign:agent:agt_tom" is a deed and its value; a tag stands in a field of its own."""
    deed, _colon, value = what.partition(":")
    return deed, tag if deed == "tag" else value


def _words(house: Rooms, plan: Plan) -> str:
    """As a button says it. Raises Refused for somebody who is not there."""
    if plan.deed == "assign":
        if plan.value not in (names := who_is_who(house)):
            raise Refused(_("There is no such agent or team."), _("Choose one of the list."), "/what")
        return _("Assign to %(value)s", value=names[plan.value])
    if plan.deed == "snooze":
        return _("Snooze %(until)s", until=named(plan.value, _now()))
    return {
        "tag": _("Tag %(value)s", value=plan.value),
        "resolve": _("Resolve"),
        "hand-back": _("Hand back to AI"),
    }[plan.deed]


def _did(deed: str, n: int) -> str:
    return {
        "assign": _("%(n)s assigned", n=n), "tag": _("%(n)s tagged", n=n), "snooze": _("%(n)s snoozed", n=n),
        "resolve": _("%(n)s resolved", n=n), "hand-back": _("%(n)s handed back", n=n),
    }[deed]  # fmt: skip


def _told(
    request: Request, house: Rooms, me: Agent, done: Done, said: str, place: str, may_undo: bool = False
) -> Response:
    house.bell.ring("events")
    house.bell.ring("ready")
    said += _n("; %(num)s left as it is", "; %(num)s left as they are", len(done.left)) if done.left else ""
    if is_part(request):
        left = [f"#{number} {why}" for number, why in done.left]
        return JSONResponse({"bulk": done.bulk if may_undo else "", "said": said, "left": left}, headers=PRIVATE)
    return render(
        "bulk.html", me=me, refusal="", plan=None, done=done, said=said, may_undo=may_undo, place=_clean(place)
    )


def _refused(request: Request, me: Agent, error: Refused | Conflict, place: str) -> Response:
    status = 409 if isinstance(error, Conflict) else 422
    if is_part(request):
        return JSONResponse({"said": str(error)}, status, headers=PRIVATE)
    return render("bulk.html", status, me=me, refusal=str(error), plan=None, done=None, place=_clean(place))


def _clean(place: str) -> str:
    """Only what names a list."""
    return urlencode([(name, value) for name, value in parse_qsl(place) if name in ("view", "q")])


def _now() -> datetime:
    return datetime.now(UTC)
