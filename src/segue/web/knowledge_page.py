"""What the assistant answers from, for leads: what is there, what is missing, in doubt, proposed, or does harm."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from segue.domain.errors import NotFound, Refused
from segue.domain.knowledge import Article
from segue.domain.people import Agent
from segue.insight.asking_articles import Asked, ask
from segue.insight.hurting import hurting
from segue.insight.trying_articles import ArticleTrier
from segue.learning.personal import strip
from segue.learning.placing import Placing, is_loose
from segue.learning.school import School
from segue.store.backtest import PastStore
from segue.store.coverage import Coverage
from segue.store.issues import IssueStore
from segue.store.stale import StaleStore
from segue.texts import N_, _, forms
from segue.web.bounds import takes_long
from segue.web.done import ToldDone
from segue.web.doors import LEADS, leading
from segue.web.lead_page import House, Lead, Overseer, cases_of, hidden_from, moment, page, patient
from segue.web.pages import PageRoute, go, plain, render
from segue.web.policy_page import Typed
from segue.web.rooms import Rooms
from segue.web.shapes import LONGEST_ARTICLE

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
BACK = timedelta(days=90)
SHOWS = {
    "all": N_("All"),
    "loose": N_("Without a matter"),
    "gaps": N_("Gaps"),
    "stale": N_("Stale"),
    "candidates": N_("Candidates"),
    "hurting": N_("Hurting"),
}
READ = ("all", "gaps", "hurting")
"""What somebody who only reads is shown: nothing that waits for a decision."""
Words = Annotated[str, Form(max_length=300)]
Slug = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An article that could not be put where somebody chose, and why."""

    slug: str
    intent: str
    category: str
    why: str


@router.get("/knowledge", dependencies=[Depends(patient)])
def knowledge(house: House, me: Overseer, done: ToldDone, show: str = "all", placed: Slug = "") -> Response:
    """The list through one of its filters, each with how many there are. `placed`: an article that was just placed, and
    may be placed elsewhere."""
    return _listed(house, me, show, placed, done)


def _listed(
    house: Rooms, me: Agent, show: str, placed: str = "", done: str = "", unplaced: Unplaced | None = None
) -> Response:  # fmt: skip
    now, school = moment(), school_of(house)
    articles, stale_store = house.library.store.articles(), StaleStore(house.db)
    stale_store.answer_old(now)
    doubts = [*stale_store.cases("open"), *stale_store.cases("agreed")]
    by_id = {article.id: article for article in articles}
    overdue = [a for a in articles if a.review_by and a.review_by < now.date()]
    hurt = [h for h in hurting(cases_of(house, now)) if h.article_id in by_id]
    gaps, topics = Coverage(house.db).gaps(now - BACK, now.date()), school.store.topics()
    unfiled = IssueStore(house.db).unfiled()
    candidates = school.store.candidates()
    loose = Placing(school).loose() if show == "loose" else [a for a in articles if is_loose(a)]
    for_leads = len(topics) + len(unfiled) if me.role in LEADS else 0
    counts = {"all": len(articles), "loose": len(loose), "gaps": len(gaps) + for_leads,
              "stale": len(overdue) + len(doubts), "candidates": len(candidates), "hurting": len(hurt)}  # fmt: skip
    shows = SHOWS if me.role in LEADS else {id: SHOWS[id] for id in READ}
    closed = hidden_from(house, me, [g.conversation_id for g in gaps] + [c for h in hurt for c in h.conversations])
    return page(
        house, me, "knowledge.html", 422 if unplaced else 200, now, unplaced=unplaced,
        show=show if show in shows else "all", shows=shows, counts=counts, closed=closed,
        articles=sorted(articles, key=lambda a: a.title.casefold()), by_id=by_id, doubts=doubts, overdue=overdue,
        hurt=hurt, gaps=gaps, topics=topics, candidates=candidates, intents=intents_of(house), done=done, loose=loose,
        unfiled=unfiled,
        placed=next((a for a in articles if a.slug == placed and a.intent), None),
        catalogue=house.workspace.catalogue(),
    )  # fmt: skip


# one article


@dataclass(slots=True)
class Draft:
    """An article as somebody writes it; `wrong` by field."""

    article: Article
    questions: str = ""
    note: str = ""
    review_by: str = ""
    version: str = ""
    address: str = ""
    """Of a new one, as it was typed; empty where it is to come from the title."""
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> list[str]:
        return [line.strip() for line in self.questions.splitlines() if line.strip()]


@router.get("/knowledge/new")
def new(house: House, me: Lead, intent: Annotated[str, Query(max_length=80)] = "") -> Response:
    """An empty article, for a matter that has none."""
    known = house.workspace.catalogue().intent(intent)
    article = Article("", "", known.name if known else "", "", "public", known.id if known else None, None)
    return _edited(house, me, _fresh(house, article), is_new=True)


@router.get("/knowledge/articles/{slug}")
def article(
    house: House,
    me: Overseer,
    slug: str,
    version: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    published: int = 0,
) -> Response:
    """To read and change; `version` begins with an older text."""
    found = article_called(house, slug)
    older = next((v for v in Coverage(house.db).versions(found.slug) if v.version == version), None)
    shown = replace(found, body=older.body) if older else found
    draft = _fresh(house, shown, may_quote=me.role in LEADS)
    return _edited(house, me, draft, published=published, older=older)


@router.post("/knowledge/try", dependencies=DOOR)
def try_out(request: Request, house: House, me: Lead, typed: Typed) -> Response:
    """What the text would do: its questions asked again, and the past messages it would have touched."""
    takes_long(request.scope)
    draft, is_new = _typed(house, typed), typed.get("is_new") == "yes"
    trial = None
    if not draft.wrong:
        trier = ArticleTrier(house.workspace, house.library, PastStore(house.db))
        trial = trier.try_article(draft.article, moment() - BACK, moment())
    return _edited(house, me, draft, 422 if draft.wrong else 200, trial=trial, is_new=is_new)


@router.post("/knowledge/live", dependencies=DOOR)
def live(request: Request, house: House, typed: Typed) -> Response:
    """Preview and questions, for the page that is there."""
    takes_long(request.scope)
    draft = _typed(house, typed)
    return render("parts/article_live.html", draft=draft, asked=_asked(house, draft))


@router.post("/knowledge/publish", dependencies=DOOR)
def publish(request: Request, house: House, me: Lead, typed: Typed) -> Response:
    """The next version, or a new article. Whoever published meanwhile is not overwritten unseen."""
    takes_long(request.scope)
    draft, is_new, now = _typed(house, typed), typed.get("is_new") == "yes", moment()
    there = house.library.store.article(draft.article.slug)
    if is_new and there is not None and not draft.wrong:
        draft.wrong["slug"] = _("There is an article under this address already. Choose another one.")
    if not is_new and there is not None and draft.version and draft.version != str(there.version):
        draft.wrong["body"] = _(
            "Version %(version)s was published meanwhile. Yours is kept here; publish again.", version=there.version
        )
        draft.version = str(there.version)
    if draft.wrong:
        return _edited(house, me, draft, 422, is_new=is_new)
    made = school_of(house).publish(draft.article, me.id, now, draft.note)
    Coverage(house.db).put_questions(made.slug, draft.asked, me.id, now)
    house.bell.ring("events")
    return go(f"/knowledge/articles/{made.slug}?published={made.version}")


@router.post("/knowledge/articles/{slug}/retire", dependencies=DOOR)
def retire(house: House, me: Lead, slug: str) -> Response:
    """Out of search and answers; its versions stay."""
    found = article_called(house, slug)
    house.library.store.retire(found.slug, me.id, moment())
    house.bell.ring("events")
    return go("/knowledge", _("%(title)s is retired; publishing it again brings it back.", title=found.title[:80]))


@router.post("/knowledge/articles/{slug}/place", dependencies=DOOR)
def place(
    request: Request, house: House, me: Lead, slug: str, intent: Words = "", category: Words = "",
    undo: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Under the matter it answers, or under one of its own in `category`, or under none again."""
    takes_long(request.scope)
    placing, found, now = Placing(school_of(house)), article_called(house, slug), moment()
    try:
        if undo:
            placing.take_back(found.slug, me.id, now)
        elif category and not intent:
            placing.place_anew(found.slug, category, me.id, now)
        else:
            placing.place(found.slug, intent, me.id, now)
    except Refused as error:
        return _listed(house, me, "loose", unplaced=Unplaced(found.slug, intent, category, str(error)))
    house.bell.ring("events")
    return go("/knowledge?show=loose" if undo else f"/knowledge?show=loose&placed={found.slug}")


def _edited(
    house: Rooms, me: Agent, draft: Draft, status: int = 200, trial: Any = None, is_new: bool = False,
    published: int = 0, older: Any = None,
) -> Response:  # fmt: skip
    versions = [] if is_new else Coverage(house.db).versions(draft.article.slug)
    live = next((v for v in versions if v.is_live), None)
    return page(
        house, me, "article.html", status, draft=draft, asked=_asked(house, draft), trial=trial, is_new=is_new,
        versions=versions, published=published, older=older, catalogue=house.workspace.catalogue(),
        changes=lines(live.body, draft.article.body) if live else [],
    )  # fmt: skip


def _fresh(house: Rooms, found: Article, may_quote: bool = True) -> Draft:
    """Questions that were written down; without any, what customers asked lately, personal data taken out, where one
    may be quoted from everybody's conversations."""
    coverage = Coverage(house.db)
    asked = coverage.questions(found.slug)
    if not asked and found.intent and may_quote:
        lately = coverage.asked_lately(found.intent)
        asked = [strip(row.problem, (row.name, row.email, row.account)).text for row in lately]
    review = found.review_by.isoformat() if found.review_by else ""
    return Draft(found, "\n".join(" ".join(q.split()) for q in asked), "", review, str(found.version))


def _asked(house: Rooms, draft: Draft) -> list[Asked]:
    if not draft.article.body.strip() or not draft.article.slug:
        return []
    return ask(house.db, house.library, draft.article, draft.asked, moment())


def _typed(house: Rooms, typed: Mapping[str, str]) -> Draft:
    """Keeps every letter; says what is wrong beside its field."""
    said = {name: plain(value) for name, value in typed.items()}
    title, body = said.get("title", "").strip()[:300], said.get("body", "")
    slug = said.get("slug", "").strip() or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80]
    intent = said.get("intent") or None
    review, wrong = _day(said.get("review_by", "").strip())
    if not title:
        wrong["title"] = _("It needs a title: what customers would ask.")
    if not body.strip() or len(body) > LONGEST_ARTICLE:
        wrong["body"] = (
            _("It says nothing yet.")
            if not body.strip()
            else _("At most %(most)s characters.", most=forms.number(LONGEST_ARTICLE))
        )
    if title and not re.fullmatch(r"[a-z0-9_-]{1,80}", slug):
        wrong["slug"] = _("An address has small letters, digits, - and _.")
    if intent and house.workspace.catalogue().intent(intent) is None:
        wrong["intent"] = _("There is no matter %(intent)s.", intent=intent)
    audience = "internal" if said.get("audience") == "internal" else "public"
    article = Article("", slug, title, body, audience, intent, review)
    return Draft(article, said.get("questions", "")[:8000], said.get("note", "").strip()[:300],
                 said.get("review_by", ""), said.get("version", ""), said.get("slug", ""), wrong)  # fmt: skip


def _day(text: str) -> tuple[date | None, dict[str, str]]:
    try:
        return (date.fromisoformat(text) if text else None), {}
    except ValueError:
        return None, {"review_by": _("A day looks like 2026-12-31, not “%(text)s”.", text=text[:40])}


def lines(before: str, after: str) -> list[tuple[str, str]]:
    """A diff by lines: what kind, and the line. Empty where nothing differs."""
    if before == after:
        return []
    kinds = {"+ ": "ins", "- ": "del", "  ": ""}
    told = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(kinds[line[:2]], line[2:]) for line in told if line[:2] in kinds]


def article_called(house: Rooms, slug: str) -> Article:
    found = house.library.store.article(slug)
    if found is None:
        raise NotFound(_("There is no article %(slug)s.", slug=slug), _("The list shows all of them."))
    return found


def intents_of(house: Rooms) -> dict[str, str]:
    return {intent.id: intent.name for intent in house.workspace.catalogue().intents}


def school_of(house: Rooms) -> School:
    return School(house.db, house.library)
