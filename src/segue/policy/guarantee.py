"""Promises with a finite number of cases: at most this share wrong, this sure of it.

The one idea: an order of looking that was fixed beforehand. Thresholds are tried from strict to loose, each with an
exact binomial test, and the first that fails ends it. So looking at many thresholds costs nothing, where picking the
best-looking one breaks the promise about every second time. Learn-then-Test with fixed sequence testing: Angelopoulos,
Bates, Candès, Jordan, Lei, "Learn then Test", 2021.

All of it supposes that coming cases are like the judged ones; a screen that shows a bound says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

LADDER: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.linspace(6.0, -3.0, 91)))
"""The thresholds that are tried, strict to loose: even steps of log-odds from 0.9975 to 0.05. Fixed, never fitted."""
_HUMBLE = 3
"""Wrong cases a first test should be able to bear, where there are cases enough."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What cases prove about answers from `threshold` on; without one, `needed` more cases may prove something."""

    threshold: float | None
    cases: int
    """Answers at or above the threshold; without one, all that were tried."""
    wrong: int
    bound: float
    """The share wrong that is exceeded only with probability 1 - sure (Clopper-Pearson, one-sided)."""
    needed: int
    budget: float
    sure: float


class Tally(NamedTuple):
    """Answers given and how many of them wrongly; `worth` independent cases tell as much as they do."""

    cases: float
    wrong: float
    worth: float
    size: float = 0.0
    """What they would be worth if none were wrong; 0 where nobody said, as in a walk of before."""


def threshold(
    scores: ArrayLike, wrong: ArrayLike, budget: float, sure: float, least: int | None = None,
    ladder: NDArray[np.float64] = LADDER,
) -> Certificate:  # fmt: skip
    """The loosest score from which at most `budget` of the answers are wrong, with probability `sure`.

    `least`: the fewest answers a threshold may rest on; at least as many as a faultless record needs.
    """
    score, is_wrong = np.asarray(scores, np.float64), np.asarray(wrong, bool)
    passes = score[None, :] >= ladder[:, None]
    tallies = [Tally(n, k, n, n) for n, k in zip(passes.sum(1), (passes & is_wrong).sum(1), strict=True)]
    return descend(tallies, budget, sure, least, ladder)


def descend(
    tallies: Sequence[Tally], budget: float, sure: float, least: int | None = None,
    ladder: NDArray[np.float64] = LADDER,
) -> Certificate:  # fmt: skip
    """Walks down the ladder as far as the promise is proven; `tallies[i]` is what would be answered at `ladder[i]`."""
    plain = [_plain(tally) for tally in tallies]
    first = _start([tally.size or tally.worth for tally in tallies], budget, sure, least)
    failed = next((i for i in range(first, len(plain)) if tail(*plain[i], budget) > 1.0 - sure), len(plain))
    at = min(max(failed - 1, first), len(plain) - 1)
    found = float(ladder[at]) if failed > first else None
    tally, (n, k) = tallies[at], plain[at]
    stretch = tally.cases / tally.worth if tally.worth else 1.0
    needed = 0 if found is not None else math.ceil(_still_needed(n, k, budget, sure) * stretch)
    return Certificate(found, round(tally.cases), round(tally.wrong), upper_bound(n, k, sure), needed, budget, sure)


def tally(wrong: NDArray[np.bool_], matters: NDArray[np.str_], counts: NDArray[np.float64]) -> Tally:
    """How much answers of unequal weight are worth, where those about one matter go wrong together: as many independent
    cases as give the share wrong the same variance, that of a cluster sample (Korn and Graubard, "Confidence intervals
    for proportions with small expected number of positive counts", 1998)."""
    total, bad = float(counts.sum()), float(counts[wrong].sum())
    if not len(wrong):
        return Tally(0.0, 0.0, 0.0)
    most = min(total**2 / float((counts**2).sum()), total)
    share, of = bad / total, np.unique(matters, return_inverse=True)[1]
    clusters = int(of.max()) + 1
    if clusters < 2 or not 0.0 < share < 1.0:
        return Tally(total, bad, most, most)
    between = np.bincount(of, weights=counts * (wrong - share))
    variance = float((between**2).sum()) * clusters / (clusters - 1) / total**2
    return Tally(total, bad, min(share * (1.0 - share) / variance, most), most)


def _plain(tally: Tally) -> tuple[int, int]:
    """Whole independent cases and mistakes, rounded to the strict side."""
    share = tally.wrong / tally.cases if tally.cases else 0.0
    return math.floor(tally.worth + 1e-9), math.ceil(share * tally.worth - 1e-9)


def _start(sizes: Sequence[float], budget: float, sure: float, least: int | None) -> int:
    """The strictest step with cases enough for a test that bears a few mistakes, or half of all there are. Nothing that
    depends on which were wrong may choose it: a step that would fail could be passed over by it."""
    fewest = cases_needed(1.0 - budget, 0, sure)
    half = math.floor(max(sizes, default=0.0)) // 2
    enough = max(fewest, least or 0, min(cases_needed(1.0 - budget, _HUMBLE, sure), half))
    return next((i for i, size in enumerate(sizes) if math.floor(size + 1e-9) >= enough), len(sizes))


def _still_needed(cases: int, wrong: int, budget: float, sure: float) -> int:
    """Cases until the promise could hold if no further one were wrong."""
    return max(cases_needed(1.0 - budget, wrong, sure) - cases, 1)


def cases_needed(target: float, errors: int, sure: float) -> int:
    """The fewest cases, `errors` of them wrong, that prove a share of at least `target` right, `sure` of it."""
    low, high = errors, errors + 1
    while tail(high, errors, 1.0 - target) > 1.0 - sure:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if tail(middle, errors, 1.0 - target) > 1.0 - sure:
            low = middle
        else:
            high = middle
    return high


def tail(cases: int, wrong: int, share: float) -> float:
    """The probability of at most `wrong` wrong ones of `cases`, were each wrong with probability `share`: the p-value
    against "more than `share` are wrong"."""
    if cases <= 0 or wrong >= cases:
        return 1.0
    if share <= 0.0 or share >= 1.0:
        return 1.0 if share <= 0.0 else 0.0
    k, logs = np.arange(wrong + 1), _log_factorials(1 << cases.bit_length())
    terms = logs[cases] - logs[k] - logs[cases - k] + k * math.log(share) + (cases - k) * math.log1p(-share)
    return float(min(np.exp(terms - terms.max()).sum() * math.exp(terms.max()), 1.0))


@lru_cache(maxsize=8)
def _log_factorials(most: int) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])


def over_budget(counts: Mapping[str, tuple[int, int]], budget: float, sure: float) -> list[str]:
    """The names that have significantly more wrong answers than their budget allows, the surest first: exact binomial
    tests, corrected so that all of them together hold with probability `sure` (Holm 1979)."""
    chances = sorted((1.0 - tail(n, k - 1, budget) if k else 1.0, name) for name, (n, k) in counts.items() if n)
    marks = [(1.0 - sure) / (len(chances) - rank) for rank in range(len(chances))]
    kept = next((rank for rank, (chance, _) in enumerate(chances) if chance > marks[rank]), len(chances))
    return [name for _, name in chances[:kept]]


def upper_bound(cases: int, wrong: int, sure: float) -> float:
    """Clopper-Pearson, one-sided: the greatest share wrong that these cases leave possible. 1 without cases."""
    return _bisect(cases, wrong, 1.0 - sure) if 0 <= wrong < cases else 1.0


def lower_bound(cases: int, wrong: int, sure: float) -> float:
    """Clopper-Pearson, one-sided: the least share wrong that these cases leave possible."""
    return _bisect(cases, wrong - 1, sure) if 0 < wrong <= cases else 0.0


def _bisect(cases: int, wrong: int, chance: float) -> float:
    """The share at which `tail` is `chance`; `tail` falls as the share grows."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if tail(cases, wrong, middle) > chance:
            low = middle
        else:
            high = middle
    return high
