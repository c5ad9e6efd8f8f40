"""Setting a workspace up, for a lead: one page, seven steps, each of them the real thing. It can be left at any moment;
what was done is read off the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from segue.domain.errors import Conflict
from segue.domain.people import Agent, Team
from segue.insight.backtesting import Backtester
from segue.insight.beginning import Beginning, beginnings
from segue.policy.lint import Level, lint
from segue.policy.settings import STARTERS, load
from segue.store.backtest import PastStore
from segue.store.channels import Channels
from segue.store.imports import Imports
from segue.store.office import Office
from segue.store.shadows import Shadows
from segue.texts import N_, _, word
from segue.web.bounds import takes_long
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, live_policy, moment, page
from segue.web.pages import PageRoute, go, plain, render
from segue.web.policy_words import words_of
from segue.web.rooms import Rooms
from segue.web.setup_steps import STEPS, finish, in_shadow, keep, offered, setup_of, why_alike
from segue.web.widget_page import company_of
from segue.web.widget_sites import sites_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DOOR = [Depends(leading)]
BACK = timedelta(days=3650)
WRONG = {"empty": N_("Choose a file first.")}
NOTHING_TYPED = {"chosen": "", "note": "", "origins": ""}
Short = Annotated[str, Form(max_length=300)]


@router.get("/setup")
def setup(
    request: Request, house: House, me: Lead, done: ToldDone, step: str = "", wrong: str = ""
) -> Response:  # fmt: skip
    takes_long(request.scope)
    return _page(house, me, step, {"file": _(WRONG[wrong])} if wrong in WRONG else {}, done=done)


@router.post("/setup/skip", dependencies=DOOR)
def skip(house: House, step: Short = "") -> Response:
    """Not now; it can be done at any time later."""
    if step not in STEPS:
        return go("/setup")
    kept = setup_of(house).kept
    keep(house, skipped=sorted({*kept.get("skipped", []), step}))
    return go("/setup", _("Skipped: %(step)s. Come back to it whenever you like.", step=word(STEPS[step][0])))


@router.post("/setup/finish", dependencies=DOOR)
def end(house: House) -> Response:
    """Leads are not sent here any more."""
    finish(house, moment())
    return go("/autonomy")


@router.post("/setup/category", dependencies=DOOR)
def choose(request: Request, house: House, me: Lead, category: Short = "") -> Response:
    takes_long(request.scope)
    chosen = house.workspace.catalogue().category(category)
    if chosen is None:
        return _page(house, me, "category", {"category": _("Choose the category to begin with.")})
    keep(house, category=category, policy=None)
    return go("/setup", _("The assistant begins in %(category)s; everything else stays with people.",
                          category=chosen.name))  # fmt: skip


@router.post("/setup/policy", dependencies=DOOR)
def choose_policy(request: Request, house: House, me: Lead, policy: Short = "", note: Short = "") -> Response:
    """Keeps it for the last step; until then nothing is decided by it."""
    takes_long(request.scope)
    if not house.workspace.teams():
        house.workspace.put_team(Team("support", "Support"))  # what a policy hands over goes to somebody
    found = offered(house, setup_of(house).kept.get("category"))
    why, wrong = plain(note).strip(), {}
    if policy not in found:
        wrong["policy"] = _("Choose one of them.")
    elif faults := _errors(house, found[policy]):
        wrong["policy"] = _("It would not work here: %(why)s", why=faults)
    if not why:
        wrong["note"] = _("Say why: it stands in the history.")
    if wrong:
        return _page(house, me, "policy", wrong, chosen=policy, note=note)
    keep(house, policy={"name": policy, "body": found[policy], "note": why})
    return go("/setup", _("The policy is kept for the last step. Nothing is decided by it yet."))


@router.post("/setup/widget", dependencies=DOOR)
def allow(house: House, me: Lead, origins: Annotated[str, Form(max_length=4000)] = "") -> Response:
    """The sites that may carry the widget, all of them."""
    sites, told = sites_of(plain(origins))
    if told:
        return _page(house, me, "widget", {"origins": told}, origins=origins)
    Office(house.db).change_widget({"origins": sites}, me.id, moment())
    return go("/setup?step=widget", _("The sites are kept."))


@router.get("/setup/seen", dependencies=DOOR)
def seen(house: House) -> Response:
    """Where the widget was opened and when a mail came, for the page that waits for it."""
    return render("parts/setup_seen.html", **_seen(house))


@router.post("/setup/shadow", dependencies=DOOR)
def begin(request: Request, house: House, me: Lead) -> Response:
    """The chosen policy decides in shadow; live is the same one in which the assistant still says nothing."""
    takes_long(request.scope)
    kept, now = setup_of(house).kept.get("policy"), moment()
    if not kept:
        return _page(house, me, "shadow", {"shadow": _("Choose a policy first: it is the step before the widget.")})
    if faults := _errors(house, kept["body"]):
        return _page(house, me, "shadow", {"shadow": _("It would not work here: %(why)s", why=faults)})
    number, _live = live_policy(house)
    try:
        quiet = f"The assistant is silent and compared: {kept['note']}"[:300]
        house.workspace.apply_policy(in_shadow(kept["body"]), me.id, quiet, now, replaces=number)
    except Conflict as error:
        return _page(house, me, "shadow", {"shadow": str(error)})
    Shadows(house.db).begin(kept["body"], me.id, kept["note"], now)
    house.bell.ring("events")
    return go("/setup?step=shadow")  # says itself what began


def _errors(house: Rooms, body: str) -> str:
    found = lint(policy := load(body), house.workspace.catalogue(), house.workspace.teams(), house.workspace.tiers())
    return next((words_of(house, policy).told(f) for f in found if f.level is Level.ERROR), "")


# what each step shows


def _page(house: Rooms, me: Agent, step: str, wrong: dict[str, str], done: str = "", **typed: Any) -> Response:
    found, now = setup_of(house), moment()
    here = step if step in STEPS else found.here
    shown = {"data": _data, "history": _history, "category": _history, "knowledge": _knowledge, "policy": _policies,
             "widget": _widget, "shadow": _shadow}[here](house, found.kept)  # fmt: skip
    names = {c.id: c.name for c in house.workspace.catalogue().categories}
    return page(
        house, me, "setup.html", 422 if wrong else 200, now, setup=found, step=here, step_name=STEPS[here][0],
        wrong=wrong, typed=NOTHING_TYPED | typed, done=done, category_names=names, **shown,
    )  # fmt: skip


def _data(house: Rooms, _kept: Any) -> dict[str, Any]:
    has_none = not Imports(house.db).house_has().data
    return {"file": Imports(house.db).latest("tickets"), "has_example": has_none and house.entry.example is not None}


def _history(house: Rooms, _kept: Any) -> dict[str, Any]:
    rows = _beginnings(house)
    return {"rows": rows, "tickets": sum(r.tickets for r in rows), "plain": sum(r.plain for r in rows),
            "again": sum(r.again for r in rows), "named": sum(r.tickets for r in rows if r.category),
            "recognised": sum(r.recognised for r in rows)}  # fmt: skip


def _beginnings(house: Rooms) -> list[Beginning]:
    episodes, _more = PastStore(house.db).episodes(moment() - BACK)
    return beginnings(episodes)


def _knowledge(house: Rooms, kept: Any) -> dict[str, Any]:
    catalogue, articles = house.workspace.catalogue(), house.library.store.articles()
    answered = {a.intent for a in articles if a.intent}
    of = [i for i in catalogue.intents if i.category_id == kept.get("category")]
    return {"file": Imports(house.db).latest("articles"), "articles": len(articles), "catalogue": catalogue,
            "has_example": not articles and house.entry.example is not None,
            "lacking": [i for i in of if i.id not in answered]}  # fmt: skip


def _policies(house: Rooms, kept: Any) -> dict[str, Any]:
    """Each tried on the whole past, as it would have decided it."""
    now, found = moment(), offered(house, kept.get("category"))
    tester = Backtester(house.workspace, PastStore(house.db))
    tried = dict(zip(found, tester.try_each(found.values(), now - BACK, now), strict=True))
    return {"tried": tried, "picked": (kept.get("policy") or {}).get("name", ""),
            "alike": why_alike([tried[name] for name in STARTERS], kept.get("category"))}  # fmt: skip


def _widget(house: Rooms, _kept: Any) -> dict[str, Any]:
    allowed = (house.workspace.setting("widget") or {}).get("origins", [])
    return {"allowed": allowed, "company": company_of(house.workspace), "ways": house.mail, **_seen(house)}


def _seen(house: Rooms) -> dict[str, Any]:
    return {"seen": Imports(house.db).seen_on(), "mail_at": Channels(house.db).arrived()}


def _shadow(house: Rooms, kept: Any) -> dict[str, Any]:
    store = Shadows(house.db)
    run = store.running()
    return {"run": run, "found": store.compared(run.id) if run else None, "picked": kept.get("policy")}
