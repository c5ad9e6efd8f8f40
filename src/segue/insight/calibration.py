"""Whether the assistant's confidence means what it says: of the answers it was 80 % sure of, were 80 % right?

Only cases that nobody picked may tell: those that were drawn and graded, and those that were not sent anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from segue.domain.evidence import JudgedCase, Verdict
from segue.policy.guarantee import lower_bound, upper_bound

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
EACH_SIDE = 0.975
HALF = 0.1
"""An interval of ±10 points is narrow enough to say something."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Judged cases of nearly one confidence. `low` and `high` hold the true share right with 95 %."""

    begins: float
    ends: float
    confidence: float
    """Their mean."""
    right: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.right / self.of


def calibration(cases: Iterable[JudgedCase]) -> list[Bin]:
    """Least sure first; a bin without cases is left out."""
    judged, found = list(cases), []
    for begins, ends in pairwise(EDGES):
        if own := within(judged, begins, ends):
            right = sum(c.verdict is Verdict.RIGHT for c in own)
            low, high = interval(len(own), right)
            found.append(Bin(begins, ends, sum(c.confidence for c in own) / len(own), right, len(own), low, high))
    return found


def within(cases: Iterable[JudgedCase], begins: float, ends: float) -> list[JudgedCase]:
    """The judged cases of one bin; of answers that were given only those that chance drew and a person graded, for of
    the others we heard because somebody doubted them."""
    judged = (c for c in cases if c.is_sampled)
    return [c for c in judged if begins <= c.confidence < ends or ends == c.confidence == 1.0]


def error(bins: Iterable[Bin]) -> float | None:
    """The expected calibration error: how far said and true are apart in the mean, by cases (Naeini, Cooper and
    Hauskrecht 2015). None without cases."""
    counted = list(bins)
    cases = sum(b.of for b in counted)
    return sum(b.of * abs(b.confidence - b.share) for b in counted) / cases if cases else None


def interval(of: int, count: int) -> tuple[float, float]:
    """95 %, exact (Clopper and Pearson 1934)."""
    return lower_bound(of, count, EACH_SIDE), upper_bound(of, count, EACH_SIDE)


def more_needed(of: int, count: int) -> int:
    """About how many more cases until the share is known within ±10 points with 95 %; 0 where it is.

    The share is taken a little towards one half (Laplace 1814): one of one does not mean always.
    """
    share = (count + 1) / (of + 2)
    return max(0, math.ceil(share * (1 - share) * (1.96 / HALF) ** 2) - of)
