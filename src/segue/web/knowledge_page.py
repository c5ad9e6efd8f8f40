"""What the assistant answers from, for leads: what is there, what is missing, in doubt, proposed, or does harm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from segue.domain.errors import NotFound, Refused
from segue.domain.knowledge import Article
from segue.domain.people import LEADS, Agent
from segue.insight.hurting import hurting
from segue.insight.trying_articles import ArticleTrier
from segue.learning.placing import Placing, is_loose
from segue.learning.school import School
from segue.store.backtest import PastStore
from segue.store.coverage import Coverage
from segue.store.issues import IssueStore
from segue.store.stale import StaleStore
from segue.texts import N_, _
from segue.web.article_form import Draft, asked_again, fresh_draft, lines, typed_draft
from segue.web.bounds import takes_long
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, Overseer, cases_of, hidden_from, moment, page, patient
from segue.web.pages import PageRoute, go, plain, render
from segue.web.policy_page import Typed
from segue.web.rooms import Rooms
from segue.web.searched import searched

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
BACK = timedelta(days=90)
LONGEST = 200
"""Characters of a search."""
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
def knowledge(
    house: House, me: Overseer, done: ToldDone, show: str = "all", placed: Slug = "", q: str = ""
) -> Response:  # fmt: skip
    """The list through one of its filters, each with how many there are. `placed`: an article that was just placed, and
    may be placed elsewhere. `q`: words that an article or its matter has, in the list of all."""
    return _listed(house, me, show, placed, done, q=q)


def _listed(
    house: Rooms, me: Agent, show: str, placed: str = "", done: str = "", unplaced: Unplaced | None = None, q: str = ""
) -> Response:  # fmt: skip
    now, school = moment(), school_of(house)
    words, too_long = searched(plain(q), LONGEST)
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
    intents = intents_of(house)
    harmed = [c for h in hurt for c in h.conversations]
    closed = hidden_from(house, me, [g.conversation_id for g in gaps] + harmed)
    return page(
        house, me, "knowledge.html", 422 if unplaced else 200, now, unplaced=unplaced,
        show=show if show in shows else "all", shows=shows, counts=counts, closed=closed,
        articles=sorted(with_words(words, articles, intents), key=lambda a: a.title.casefold()), by_id=by_id,
        q=words, too_long=too_long, doubts=doubts, overdue=overdue,
        hurt=hurt, numbers=house.conversations.numbers(harmed), gaps=gaps, topics=topics, candidates=candidates,
        intents=intents, done=done, loose=loose,
        unfiled=unfiled, filled_by=filled_by(overdue, candidates),
        placed=next((a for a in articles if a.slug == placed and a.intent), None),
        catalogue=house.workspace.catalogue(),
    )  # fmt: skip


def with_words(q: str, articles: Iterable[Article], intents: Mapping[str, str]) -> list[Article]:
    """Those that have each of the words: in their title, address or text, or in what their matter is called."""
    words = q.casefold().split()
    said = ((a, f"{a.title} {a.slug} {intents.get(a.intent or '', '')} {a.body}".casefold()) for a in articles)
    return [article for article, text in said if all(word in text for word in words)]


def filled_by(overdue: Iterable[Article], candidates: Iterable[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """What would fill the gap of a matter, so that nobody writes it twice: the article that is past its review, else a
    draft; where it stands, and what to do with it."""
    drafts = {c["intent_id"]: (f"/knowledge/candidates/{c['id']}", N_("Read the draft")) for c in candidates}
    old = {
        a.intent: (f"/knowledge/articles/{a.slug}", N_("Review the article"))
        for a in overdue
        if a.intent and a.audience == "public"
    }
    return {matter: there for matter, there in (drafts | old).items() if matter}


# one article


@router.get("/knowledge/new")
def new(house: House, me: Lead, intent: Annotated[str, Query(max_length=80)] = "") -> Response:
    """An empty article, for a matter that has none."""
    known = house.workspace.catalogue().intent(intent)
    article = Article("", "", known.name if known else "", "", "public", known.id if known else None, None)
    return _edited(house, me, fresh_draft(house, article), is_new=True)


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
    draft = fresh_draft(house, shown, may_quote=me.role in LEADS)
    return _edited(house, me, draft, published=published, older=older)


@router.post("/knowledge/try", dependencies=DOOR)
def try_out(request: Request, house: House, me: Lead, typed: Typed) -> Response:
    """What the text would do: its questions asked again, and the past messages it would have touched."""
    takes_long(request.scope)
    draft, is_new = typed_draft(house, typed), typed.get("is_new") == "yes"
    trial = None
    if not draft.wrong:
        trier = ArticleTrier(house.workspace, house.library, PastStore(house.db))
        trial = trier.try_article(draft.article, moment() - BACK, moment())
    return _edited(house, me, draft, 422 if draft.wrong else 200, trial=trial, is_new=is_new)


@router.post("/knowledge/live", dependencies=DOOR)
def live(request: Request, house: House, typed: Typed) -> Response:
    """Preview and questions, for the page that is there."""
    takes_long(request.scope)
    draft = typed_draft(house, typed)
    return render("parts/article_live.html", draft=draft, asked=asked_again(house, draft))


@router.post("/knowledge/publish", dependencies=DOOR)
def publish(request: Request, house: House, me: Lead, typed: Typed) -> Response:
    """The next version, or a new article. Whoever published meanwhile is not overwritten unseen."""
    takes_long(request.scope)
    draft, is_new, now = typed_draft(house, typed), typed.get("is_new") == "yes", moment()
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
        house, me, "article.html", status, draft=draft, asked=asked_again(house, draft), trial=trial, is_new=is_new,
        versions=versions, published=published, older=older, catalogue=house.workspace.catalogue(),
        changes=lines(live.body, draft.article.body) if live else [],
    )  # fmt: skip


def article_called(house: Rooms, slug: str) -> Article:
    found = house.library.store.article(slug)
    if found is None:
        raise NotFound(_("There is no article %(slug)s.", slug=slug), _("The list shows all of them."))
    return found


def intents_of(house: Rooms) -> dict[str, str]:
    return {intent.id: intent.name for intent in house.workspace.catalogue().intents}


def school_of(house: Rooms) -> School:
    return School(house.db, house.library)
