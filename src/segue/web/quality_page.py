"""How good the assistant is, honestly: eight figures side by side, each with what it is a share of, how sure it is, and
a way to its conversations; whether its confidence means what it says; and what answering alone saves people."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response

from segue.domain.errors import NotFound
from segue.domain.people import LEADS, Agent
from segue.insight.calibration import calibration, error, more_needed, within
from segue.insight.figures import EPISODES, FIGURES, Record
from segue.insight.holdout import effect, tried
from segue.insight.saved import FEWEST, Rate, rate_of, reckoned
from segue.store.holdout import DrawnEpisode
from segue.store.office import Office
from segue.store.timed import Timed
from segue.texts import N_, _, _p, forms
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, Overseer, cases_of, hidden_from, moment, page, patient
from segue.web.pages import PageRoute, go, plain
from segue.web.rooms import Rooms
from segue.web.worth_api import held_back

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PERIODS = (30, 90, 365)
SHOWN = 200
FEW = 10
"""Cases below which a share says next to nothing: it is shown as few, with how many more would do."""
MOST_AN_HOUR = 10_000.0
AMOUNT = re.compile(r"[0-9]{1,5}([.,][0-9]{1,2})?")
"""With no mark between thousands: 1,200 is one thing here and another there."""
MINUTES, JUDGED = "minutes", "judged"
SIDES: Mapping[str, Callable[[DrawnEpisode], bool]] = {
    "alone": lambda one: not one.is_held_out,
    "alone-over": lambda one: not one.is_held_out and one.is_over,
    "alone-back": lambda one: not one.is_held_out and one.is_over and one.came_back,
    "people": lambda one: one.is_held_out,
    "people-over": lambda one: one.is_held_out and one.is_over,
    "people-back": lambda one: one.is_held_out and one.is_over and one.came_back,
}
"""Of what chance divided: each side, what of it has been over for seven days, and what of that came back."""
BESIDES = {
    MINUTES: N_("a person resolved them and noted how long it took"),
    EPISODES: N_("every one in which the assistant considered a message"),
    JUDGED: N_("people judged an answer that chance drew, or that was only suggested"),
    "alone": N_("the assistant could answer, and chance let it"),
    "alone-over": N_("the assistant answered, chance let it, and it ended at least 7 days ago"),
    "alone-back": N_("the assistant answered, chance let it, and the customer came back within 7 days of the end"),
    "people": N_("the assistant could answer, and chance gave it to people"),
    "people-over": N_("chance gave it to people, and it ended at least 7 days ago"),
    "people-back": N_("chance gave it to people, and the customer came back within 7 days of the end"),
}
"""What stands beside the eight figures, and has its conversations too."""
Category = Annotated[str, Query(max_length=80)]


@router.get("/quality", dependencies=[Depends(patient)])
def quality(house: House, me: Overseer, done: ToldDone, days: int = 90) -> Response:
    return _quality(house, me, days, done=done)


@router.post("/quality/rate", dependencies=[Depends(leading), Depends(patient)])
def set_rate(
    house: House, me: Lead, per_hour: Annotated[str, Form(max_length=20)] = "",
    currency: Annotated[str, Form(max_length=20)] = "", days: Annotated[int, Form()] = 90,
) -> Response:  # fmt: skip
    """What an hour of a person's work costs; an empty field takes it back."""
    typed = {"per_hour": plain(per_hour).strip(), "currency": plain(currency).strip()}
    rate, wrong = read_rate(typed)
    if wrong:
        return _quality(house, me, days, wrong, typed)
    Office(house.db).set_rate((rate.per_hour, rate.currency) if rate else None, me.id, moment())
    return go(
        f"/quality?days={days if days in PERIODS else 90}",
        _("What an hour costs is kept.") if rate else _("No cost of an hour is kept: what is saved is told in hours."),
    )


def read_rate(typed: Mapping[str, str]) -> tuple[Rate | None, dict[str, str]]:
    """And what is wrong, by field."""
    said, currency = typed["per_hour"], typed["currency"]
    if not said:
        return None, {}
    amount = float(said.replace(",", ".")) if AMOUNT.fullmatch(said) else 0.0
    wrong = {}
    if not 0 < amount <= MOST_AN_HOUR:
        wrong["per_hour"] = _("An amount above 0, at most 10,000, such as 42.50.")
    if not 0 < len(currency) <= 8:
        wrong["currency"] = _("Name the currency in at most eight characters, such as EUR.")
    return (None if wrong else Rate(amount, currency)), wrong


def _quality(
    house: Rooms, me: Agent, days: int, wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None,
    done: str = "",
) -> Response:  # fmt: skip
    now, period = moment(), days if days in PERIODS else 90
    since = now - timedelta(days=period)
    found = Record(house.db).standings(since, now)
    names = {c.id: c.name for c in house.workspace.catalogue().categories}
    more = {(s.category, f.name): more_needed(f.of, f.count) for s in found for f in s.figures}
    bins = calibration(house.ladder.counting(now, cases_of(house, now)))
    return page(
        house, me, "quality.html", 422 if wrong else 200, now, standings=found, days=period, periods=PERIODS,
        categories=names, few=FEW, more=more, bins=bins, ece=error(bins), judged=sum(b.of for b in bins),
        held_back=held_back(house), effect=effect(house.db, since, now),
        holdout=house.ladder.policy().evidence.holdout, means=_meanings(),
        names_of=_names_of(), done=done, fewest=FEWEST, saved=reckoned(found, Timed(house.db).lengths(since)),
        **_rate(house, me, wrong, typed),
    )  # fmt: skip


def _rate(
    house: Rooms, me: Agent, wrong: Mapping[str, str] | None, typed: Mapping[str, str] | None
) -> dict[str, object]:
    """What an hour costs, and the fields in which a lead says so."""
    rate = rate_of(house.workspace)
    shown = {"per_hour": f"{rate.per_hour:g}" if rate else "", "currency": rate.currency if rate else ""}
    return {"rate": rate, "may_set": me.role in LEADS, "wrong": wrong or {}, "typed": typed or shown}


@router.get("/quality/{figure}", dependencies=[Depends(patient)])
def conversations(
    house: House, me: Overseer, figure: str, days: int = 90, category: Category = "", begins: float = 0.0,
    ends: float = 1.0,
) -> Response:  # fmt: skip
    """The conversations behind a number: of a figure and category, of a confidence that `begins` and `ends` somewhere,
    of one side of what chance divided, or those of which people noted how long they took."""
    means = {**_meanings(), **BESIDES}
    if figure not in means:
        raise NotFound(
            _("There is no figure %(figure)s.", figure=figure), _("There are %(figures)s.", figures=", ".join(means))
        )
    now, period, category = moment(), days if days in PERIODS else 90, category.replace("\0", "")
    since = now - timedelta(days=period)
    if figure == MINUTES:
        found = Timed(house.db).behind(since, category, SHOWN, me.id)
    elif figure == JUDGED:
        found = _seen(house, me, [case.conversation_id for case in within(cases_of(house, now), begins, ends)])
        category = _("%(from)s to %(to)s", **{"from": forms.share(begins), "to": forms.share(ends)})
    elif figure in SIDES:
        both = tried(house.db, since, now)
        found = _seen(house, me, [one.conversation for one in both if SIDES[figure](one)])
    else:
        found = Record(house.db, me.id).behind(figure, since, now, category, SHOWN)
    return _behind(house, me, figure, means[figure], found, period, category)


def _seen(house: Rooms, me: Agent, behind: Sequence[str]) -> tuple[list[str], int]:
    """Of conversations with the oldest first: each once, the newest first, without those that are closed to the reader;
    and how many."""
    hidden = hidden_from(house, me, behind)
    shown = [one for one in dict.fromkeys(reversed(behind)) if one not in hidden]
    return shown[:SHOWN], len(shown)


def _behind(
    house: Rooms, me: Agent, figure: str, means: str, found: tuple[list[str], int], days: int, category: str
) -> Response:
    ids, count = found
    names = {c.id: c.name for c in house.workspace.catalogue().categories} | {"unknown": _("No known matter")}
    return page(
        house, me, "quality_behind.html", 200, moment(), figure=figure, means=means, count=count, days=days,
        rows=[house.conversations.one(one) for one in ids], category=names.get(category, category),
        names_of=_names_of(), is_of_period=figure != JUDGED, is_told=figure in FIGURES,
    )  # fmt: skip


def _meanings() -> dict[str, str]:
    return {name: figure[0] for name, figure in FIGURES.items()}


def _names_of() -> dict[str, str]:
    """What each figure is called."""
    return {
        "offered": _p("a figure", "Offered"), "contained": _p("a figure", "Contained"),
        "confirmed": _p("a figure", "Confirmed"), "assumed": _p("a figure", "Assumed"),
        "durable": _p("a figure", "Durable"), "verified": _p("a figure", "Verified"),
        "reopened": _p("a figure", "Reopened"), "handed_over": _p("a figure", "Handed over"),
        "minutes": _p("a figure", "Time noted"), "episodes": _p("a figure", "All"),
        "judged": _p("a figure", "Judged, said"), "alone": _p("a figure", "Answered by the assistant"),
        "alone-over": _p("a figure", "Answered by the assistant, over for 7 days"),
        "alone-back": _p("a figure", "Answered by the assistant, came back"),
        "people": _p("a figure", "Answered by people, by chance"),
        "people-over": _p("a figure", "Answered by people, by chance, over for 7 days"),
        "people-back": _p("a figure", "Answered by people, by chance, came back"),
    }  # fmt: skip
