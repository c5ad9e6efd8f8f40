"""Whether a cell's answers get better or worse: those judged of the last thirty days beside the thirty before.

The one idea: only answers that were judged without being picked are counted, as for every share that is said of a cell;
and both counts stand beside each other, because of few cases nothing can be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.domain.evidence import CellName, JudgedCase, Verdict
from segue.learning.evidence import inside

SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Trend:
    """How many of the answers that people judged were right, lately and before that."""

    right: int
    of: int
    right_before: int
    of_before: int


def trends(cases: Iterable[JudgedCase], cells: Sequence[CellName], now: datetime) -> dict[CellName, Trend]:
    """Of cells with a judged case in the last sixty days."""
    lately = (case for case in cases if now - 2 * SPAN < case.at <= now and case.is_sampled)
    found = {cell: _trend(own, now) for cell, own in inside(lately, cells).items()}
    return {cell: trend for cell, trend in found.items() if trend.of or trend.of_before}


def _trend(cases: Sequence[JudgedCase], now: datetime) -> Trend:
    new = [case.verdict is Verdict.RIGHT for case in cases if case.at > now - SPAN]
    old = [case.verdict is Verdict.RIGHT for case in cases if case.at <= now - SPAN]
    return Trend(sum(new), len(new), sum(old), len(old))
