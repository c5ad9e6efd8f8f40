"""What answering alone saves people, in hours and, where a lead has said what an hour costs, in money.

The one idea: two things are observed, how many of the assistant's answers lasted and how long people take for such a
conversation; their product is modelled, and is called so. It supposes that each would have cost a person the median of
its category. People get the harder ones, so it may have been less.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import Any

from segue.insight.figures import CategoryFigures, Record
from segue.policy.guarantee import tail
from segue.store.database import Database
from segue.store.timed import Length, Timed
from segue.store.workspace import Workspace

RATE = "rate"
"""The setting under which an hour's cost is kept."""
FEWEST = 6
"""Noted lengths below which no interval of a median is 95 % sure."""
EACH_SIDE = 0.025


@dataclass(frozen=True, slots=True)
class Rate:
    """What an hour of a person's work costs."""

    per_hour: float
    currency: str

    def money(self, minutes: float) -> float:
        return minutes / 60.0 * self.per_hour


@dataclass(frozen=True, slots=True)
class Typical:
    """The median minutes of `n` conversations, with a 95 % interval (order statistics, distribution-free)."""

    n: int
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Saved:
    """A category, or all together where `category` is empty. `minutes` with its ends is modelled; None where too few
    people noted how long they took."""

    category: str
    lasting: int
    """Conversations answered alone that had not come back within seven days."""
    typical: Typical | None
    is_borrowed: bool = False
    """Whether too few were noted in this category, so that the median of all is taken."""
    minutes: float | None = None
    low: float | None = None
    high: float | None = None


def saved(db: Database, since: datetime, now: datetime) -> list[Saved]:
    """All together first. Raises Unavailable while the figures are made for the first time."""
    return reckoned(Record(db).standings(since, now), Timed(db).lengths(since))


def rate_of(workspace: Workspace) -> Rate | None:
    """As a lead has set it; None where nobody has."""
    kept: Any = workspace.setting(RATE)
    return Rate(float(kept["per_hour"]), str(kept["currency"])) if kept else None


def reckoned(standings: Iterable[CategoryFigures], lengths: Sequence[Length]) -> list[Saved]:
    """`standings` with all together first; `lengths` shortest first in each category."""
    overall = typical(sorted(lengths, key=lambda one: one.minutes))
    whole, *parts = [Saved(s.category, _lasting(s), None) for s in standings]
    rows = [_reckoned(one, typical([x for x in lengths if x.category == one.category]), overall) for one in parts]
    return [_together(replace(whole, typical=overall), rows), *rows]


def typical(lengths: Sequence[Length]) -> Typical | None:
    """`lengths` shortest first; None for fewer than FEWEST."""
    reached = list(accumulate(one.several for one in lengths))
    n = reached[-1] if reached else 0
    if n < FEWEST:
        return None
    outside = bisect_right(range(n // 2), EACH_SIDE, key=lambda k: tail(n, k, 0.5))

    def at(rank: int) -> float:
        return lengths[bisect_right(reached, rank - 1)].minutes

    return Typical(n, (at((n + 1) // 2) + at(n // 2 + 1)) / 2, at(outside), at(n - outside + 1))


def _reckoned(one: Saved, own: Typical | None, overall: Typical | None) -> Saved:
    each = own or overall
    if each is None:
        return one
    minutes, low, high = (one.lasting * each_one for each_one in (each.median, each.low, each.high))
    return replace(one, typical=each, is_borrowed=own is None, minutes=minutes, low=low, high=high)


def _together(whole: Saved, rows: Sequence[Saved]) -> Saved:
    """From the low ends and from the high ends of all: a little wider than 95 %."""
    if whole.typical is None:
        return whole
    minutes, low, high = (math.fsum(getattr(r, name) or 0.0 for r in rows) for name in ("minutes", "low", "high"))
    return replace(whole, minutes=minutes, low=low, high=high)


def _lasting(standing: CategoryFigures) -> int:
    return next(figure.count for figure in standing.figures if figure.name == "durable")
