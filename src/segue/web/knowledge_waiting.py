"""What waits for a lead's word: drafted articles, new topics, articles in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from segue.domain.errors import Conflict, Forbidden, NotFound, Refused, SegueError
from segue.domain.people import Agent
from segue.learning.school import School
from segue.learning.watch import ArticleWatch
from segue.store.issues import IssueStore
from segue.store.stale import StaleStore
from segue.texts import _, forms
from segue.web.article_form import lines
from segue.web.bounds import takes_long
from segue.web.knowledge_page import DOOR, Words, article_called, intents_of, school_of
from segue.web.lead_page import House, Lead, moment, page
from segue.web.pages import PageRoute, go, plain
from segue.web.policy_page import Typed
from segue.web.rooms import Rooms
from segue.web.shapes import LONGEST_ARTICLE

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FIELDS = ("title", "body", "intent", "note")
"""Of a candidate, beside which something can be said."""

# candidates


@router.get("/knowledge/candidates/{candidate}")
def candidate(house: House, me: Lead, candidate: str) -> Response:
    return _candidate(house, me, candidate)


@router.post("/knowledge/candidates/{candidate}", dependencies=DOOR)
def decide_candidate(request: Request, house: House, me: Lead, candidate: str, typed: Typed) -> Response:
    """Approve, reject, merge, or change its words; what was only changed is tested anew."""
    takes_long(request.scope)
    school, now, said = school_of(house), moment(), {name: plain(value) for name, value in typed.items()}
    deed, note, found = said.get("do"), said.get("note", "").strip(), school.store.candidate(candidate)
    if wrong := _faults(found, said):
        return _candidate(house, me, candidate, None, said, wrong)
    try:
        if deed == "reject":
            school.reject(candidate, me.id, now, note)
            return go("/knowledge?show=candidates", _("Rejected. Nothing is drafted from its cases again."))
        _keep(school, found, said, me, tests=deed not in ("approve", "merge"))
        if deed == "merge":
            into = school.merge(candidate, said.get("into", ""), me.id, now)
            return go(f"/knowledge/candidates/{into}")
        if deed != "approve":
            return go(f"/knowledge/candidates/{candidate}")
        made = school.approve(candidate, me.id, now, note)
    except (Conflict, Forbidden, NotFound) as error:
        return _candidate(house, me, candidate, error, said)
    except Refused as error:
        return _candidate(house, me, candidate, error, said, {error.field.strip("/"): str(error)})
    house.bell.ring("events")
    return go(f"/knowledge/articles/{article_called(house, made).slug}?published=1")


def _keep(school: School, found: Mapping[str, Any], said: Mapping[str, str], me: Agent, tests: bool) -> None:
    """What was changed of it."""
    title, body, intent = said.get("title", "").strip(), said.get("body", ""), said.get("intent") or None
    if (title, body.strip(), intent) != (found["title"], found["body"].strip(), found["intent_id"]):
        school.edit(found["id"], me.id, moment(), title or None, body, intent, tests)


def _faults(found: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field. To be rejected it need not be whole; to be published it needs what it answers."""
    wrong = {
        name: _("At most %(most)s characters.", most=forms.number(most))
        for name, most in (("title", 300), ("body", LONGEST_ARTICLE), ("note", 300))
        if len(said.get(name, "")) > most
    }
    is_published = said.get("do") == "approve"
    if said.get("do") != "reject":
        if not said.get("title", "").strip() and (is_published or found["title"]):
            wrong["title"] = _("It needs a title: what customers would ask.")
        if not said.get("body", "").strip():
            wrong["body"] = _("It says nothing yet.")
    if is_published and not said.get("intent"):
        wrong["intent"] = _("Choose what it answers: only then can the assistant answer from it.")
    return wrong


def _candidate(
    house: Rooms, me: Agent, candidate: str, error: SegueError | None = None, typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    school = school_of(house)
    found = school.shown(candidate)
    there = house.library.store.article(found["article_id"]) if found["article_id"] else None
    wrong = {name: told for name, told in (wrong or {}).items() if name in FIELDS}
    status = {"conflict": 409, "forbidden": 403}.get(error.code, 422) if error else 422 if wrong else 200
    return page(
        house, me, "candidate.html", status, found=found, there=there, error=None if wrong else error,
        typed=typed or {}, wrong=wrong, changes=lines(there.body, found["body"]) if there else [],
        catalogue=house.workspace.catalogue(), intents=intents_of(house), others=_others(house, found),
        proposed=school.store.proposed(candidate),
    )  # fmt: skip


def _others(house: Rooms, found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What it may go into: open candidates and articles, those of the same matter first. Two candidates may have one
    title: they were `made_at` different times."""
    here = (found["id"], found["article_id"])
    rows = list[Mapping[str, Any]](school_of(house).store.candidates())
    rows += [
        {"id": one.id, "title": one.title, "intent_id": one.intent, "made_at": None}
        for one in house.library.store.articles()
    ]
    return sorted(
        (row for row in rows if row["id"] not in here),
        key=lambda row: (row["intent_id"] != found["intent_id"], not row["made_at"], row["title"].casefold()),
    )


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


@router.post("/knowledge/topics/{topic}/issue", dependencies=DOOR)
def file_topic(house: House, me: Lead, topic: str, title: Words = "") -> Response:
    """Asks for an issue in the product team's tracker; a worker files it."""
    school, called = school_of(house), plain(title).strip()
    school.store.topic(topic)  # raises where there is none
    try:
        if not house.entry.has_tracker:
            raise Refused(_("No issue tracker is set."), _("Whoever runs Segue sets SEGUE_TRACKER."))
        if not called:
            raise Refused(_("The issue has no title yet."), _("Say in a few words what is missing or broken."))
        school.file(topic, me.id, called, moment())
    except (Conflict, Refused) as error:
        return _topic(house, me, topic, filing_error=error, title=title)
    return go(f"/knowledge/topics/{topic}")


@router.post("/knowledge/topics/{topic}/issue/again", dependencies=DOOR)
def file_topic_again(house: House, me: Lead, topic: str) -> Response:
    """After it failed: the next try is made now."""
    school = school_of(house)
    school.store.topic(topic)  # raises where there is none
    try:
        school.file_again(topic, me.id, moment())
    except Conflict as error:
        return _topic(house, me, topic, filing_error=error)
    return go(f"/knowledge/topics/{topic}")


def _topic(
    house: Rooms, me: Agent, topic: str, error: SegueError | None = None, name: str = "", category: str = "",
    filing_error: SegueError | None = None, title: str = "",
) -> Response:  # fmt: skip
    store, wrong = school_of(house).store, error or filing_error
    status = 200 if wrong is None else 409 if isinstance(wrong, Conflict) else 422
    return page(
        house, me, "topic.html", status, topic=store.topic(topic), said=store.topic_messages(topic, 50),
        catalogue=house.workspace.catalogue(), error=error, name=name, category=category, filing_error=filing_error,
        title=title, issue=IssueStore(house.db).of(topic), has_tracker=house.entry.has_tracker,
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
        ArticleWatch(StaleStore(house.db), house.library, house.workspace).decide(case, me.id, do == "stale", moment())
    except Conflict as error:
        return _doubt(house, me, case, error)
    house.bell.ring("events")
    return go("/knowledge?show=stale", _("Settled."))


def _doubt(house: Rooms, me: Agent, case: str, error: SegueError | None = None) -> Response:
    found = StaleStore(house.db).case(case)
    status = 409 if isinstance(error, Conflict) else 422 if error else 200
    return page(house, me, "doubt.html", status, found=found, error=error)
