"""What waits for a lead's word: drafted articles, new topics, articles in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from segue.domain.errors import Conflict, Forbidden, NotFound, Refused, SegueError
from segue.domain.people import Agent
from segue.learning.watch import Watch
from segue.store.stale import StaleStore
from segue.texts import _
from segue.web.bounds import takes_long
from segue.web.knowledge_page import DOOR, Words, article_called, intents_of, lines, school_of
from segue.web.lead_page import House, Lead, moment, page
from segue.web.pages import PageRoute, go, plain
from segue.web.policy_page import Typed
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# candidates


@router.get("/knowledge/candidates/{candidate}")
def candidate(house: House, me: Lead, candidate: str) -> Response:
    return _candidate(house, me, candidate)


@router.post("/knowledge/candidates/{candidate}", dependencies=DOOR)
def decide_candidate(request: Request, house: House, me: Lead, candidate: str, typed: Typed) -> Response:
    """Approve, reject, or change its words; a change is tested anew."""
    takes_long(request.scope)
    school, now, note = school_of(house), moment(), plain(typed.get("note", "")).strip()[:300]
    deed, title, body = typed.get("do"), plain(typed.get("title", "")).strip(), plain(typed.get("body", ""))
    try:
        if deed == "reject":
            school.reject(candidate, me.id, now, note)
            return go("/knowledge?show=candidates", _("Rejected. Nothing is drafted from its cases again."))
        found = school.store.candidate(candidate)
        if (title, body.strip(), typed.get("intent") or None) != (
            found["title"], found["body"].strip(), found["intent_id"]
        ):  # fmt: skip
            school.edit(candidate, me.id, now, title or None, body or None, typed.get("intent") or None)
        if deed == "merge":
            into = school.merge(candidate, typed.get("into", ""), me.id, now)
            return go(f"/knowledge/candidates/{into}")
        if deed != "approve":
            return go(f"/knowledge/candidates/{candidate}")
        made = school.approve(candidate, me.id, now, note)
    except (Conflict, Forbidden, NotFound, Refused) as error:
        return _candidate(house, me, candidate, error, typed)
    house.bell.ring("events")
    return go(f"/knowledge/articles/{article_called(house, made).slug}?published=1")


def _candidate(
    house: Rooms, me: Agent, candidate: str, error: SegueError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    school = school_of(house)
    found = school.shown(candidate)
    there = house.library.store.article(found["article_id"]) if found["article_id"] else None
    status = 200 if error is None else {"conflict": 409, "forbidden": 403}.get(error.code, 422)
    return page(
        house, me, "candidate.html", status, found=found, there=there, error=error, typed=typed or {},
        changes=lines(there.body, found["body"]) if there else [],
        catalogue=house.workspace.catalogue(), intents=intents_of(house), others=_others(house, found),
    )  # fmt: skip


def _others(house: Rooms, found: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """What it may go into: open candidates and articles, those of the same matter first; and whether each is a
    candidate."""
    rows = [(c["intent_id"], c["id"], c["title"], True) for c in school_of(house).store.candidates()
            if c["id"] != found["id"]]  # fmt: skip
    rows += [(a.intent, a.id, a.title, False) for a in house.library.store.articles() if a.id != found["article_id"]]
    rows.sort(key=lambda row: (row[0] != found["intent_id"], not row[3], row[2].casefold()))
    return [(id, title, is_candidate) for _intent, id, title, is_candidate in rows]


# new topics


@router.get("/knowledge/topics/{topic}")
def topic(house: House, me: Lead, topic: str) -> Response:
    return _topic(house, me, topic)


@router.post("/knowledge/topics/{topic}", dependencies=DOOR)
def decide_topic(
    request: Request, house: House, me: Lead, topic: str, do: Words = "", name: Words = "", category: Words = ""
) -> Response:
    """Names it into a category, or lets it be."""
    takes_long(request.scope)
    school, now = school_of(house), moment()
    try:
        if do == "dismiss":
            school.dismiss(topic, me.id, now)
            return go("/knowledge?show=gaps", _("Dismissed."))
        if not plain(name).strip():
            raise Refused(_("It has no name yet."), _("Say in a few words what customers want."), "/name")
        intent = school.name(topic, me.id, plain(name).strip(), category, now)
    except (Conflict, Refused) as error:
        return _topic(house, me, topic, error, name, category)
    return go(f"/knowledge/new?intent={intent}")


def _topic(
    house: Rooms, me: Agent, topic: str, error: SegueError | None = None, name: str = "", category: str = ""
) -> Response:
    store = school_of(house).store
    return page(
        house, me, "topic.html", 422 if error else 200, topic=store.topic(topic), said=store.topic_messages(topic, 50),
        catalogue=house.workspace.catalogue(), error=error, name=name, category=category,
    )  # fmt: skip


# articles in doubt


@router.get("/knowledge/doubts/{case}")
def doubt(house: House, me: Lead, case: str) -> Response:
    return _doubt(house, me, case)


@router.post("/knowledge/doubts/{case}", dependencies=DOOR)
def settle(house: House, me: Lead, case: str, do: Words = "") -> Response:
    """The replies are right, and nobody is answered from the article until it is new; or the article is right."""
    if do not in ("stale", "stands"):
        return _doubt(house, me, case, Refused(_("Nothing was decided."), _("Say which of the two is right."), "/do"))
    try:
        Watch(StaleStore(house.db), house.library, house.workspace).decide(case, me.id, do == "stale", moment())
    except Conflict as error:
        return _doubt(house, me, case, error)
    house.bell.ring("events")
    return go("/knowledge?show=stale", _("Settled."))


def _doubt(house: Rooms, me: Agent, case: str, error: SegueError | None = None) -> Response:
    found = StaleStore(house.db).case(case)
    return page(house, me, "doubt.html", 409 if error else 200, found=found, error=error)
