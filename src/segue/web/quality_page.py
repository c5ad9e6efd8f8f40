"""How good the assistant is, honestly: eight figures side by side, each with what it is a share of, how sure it is, and
a way to its conversations; and whether its confidence means what it says."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from segue.domain.errors import NotFound
from segue.insight.calibration import calibration, more_needed
from segue.insight.figures import FIGURES, Record
from segue.texts import _, _p
from segue.web.lead_page import House, Overseer, moment, page, patient, record_of
from segue.web.pages import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PERIODS = (30, 90, 365)
SHOWN = 200
FEW = 10
"""Cases below which a share says next to nothing: it is shown as few, with how many more would do."""


@router.get("/quality", dependencies=[Depends(patient)])
def quality(house: House, me: Overseer, days: int = 90) -> Response:
    now, period = moment(), days if days in PERIODS else 90
    found = Record(house.db).standings(now - timedelta(days=period), now)
    names = {c.id: c.name for c in house.workspace.catalogue().categories}
    more = {(s.category, f.name): more_needed(f.of, f.count) for s in found for f in s.figures}
    return page(
        house, me, "quality.html", 200, now, standings=found, days=period, periods=PERIODS, categories=names, few=FEW,
        more=more, bins=calibration(record_of(house, now).cases), means={n: f[0] for n, f in FIGURES.items()},
        names_of=_names_of(),
    )  # fmt: skip


@router.get("/quality/{figure}", dependencies=[Depends(patient)])
def conversations(
    house: House, me: Overseer, figure: str, days: int = 90, category: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """The conversations that a figure counts."""
    if figure not in FIGURES:
        raise NotFound(
            _("There is no figure %(figure)s.", figure=figure), _("There are %(figures)s.", figures=", ".join(FIGURES))
        )
    now, period = moment(), days if days in PERIODS else 90
    record, since = Record(house.db, me.id), now - timedelta(days=period)
    ids, count = record.behind(figure, since, now, category.replace("\0", ""), SHOWN)
    rows = [house.conversations.one(one) for one in ids]
    names = {c.id: c.name for c in house.workspace.catalogue().categories}
    return page(
        house, me, "quality_behind.html", 200, now, figure=figure, means=FIGURES[figure][0], rows=rows, count=count,
        category=names.get(category, category), days=period, names_of=_names_of(),
    )  # fmt: skip


def _names_of() -> dict[str, str]:
    """What each figure is called."""
    return {
        "offered": _p("a figure", "Offered"), "contained": _p("a figure", "Contained"),
        "confirmed": _p("a figure", "Confirmed"), "assumed": _p("a figure", "Assumed"),
        "durable": _p("a figure", "Durable"), "verified": _p("a figure", "Verified"),
        "reopened": _p("a figure", "Reopened"), "handed_over": _p("a figure", "Handed over"),
    }  # fmt: skip
