"""Promises with a finite number of cases: at most this share wrong, this sure of it.

The one idea: an order of looking that was fixed beforehand. Thresholds are tried from strict to loose, each with an
exact binomial test, and the first that fails ends it. So looking at many thresholds costs nothing, where picking the
best-looking one breaks the promise about every second time. Learn-then-Test with fixed sequence testing: Angelopoulos,
Bates, Candès, Jordan, Lei, "Learn then Test", 2021.

All of it supposes that coming cases are like the judged ones and each stands for itself; a screen that shows a bound
says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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


def threshold(
    scores: ArrayLike, wrong: ArrayLike, budget: float, sure: float, least: int | None = None,
    ladder: NDArray[np.float64] = LADDER,
) -> Certificate:  # fmt: skip
    """The loosest score from which at most `budget` of the answers are wrong, with probability `sure`.

    `least`: the fewest answers a threshold may rest on; at least as many as a faultless record needs.
    """
    score, is_wrong = np.asarray(scores, np.float64), np.asarray(wrong, bool)
    reach = score[None, :] >= ladder[:, None]
    return descend(reach.sum(1), (reach & is_wrong).sum(1), budget, sure, least, ladder)


def descend(
    cases: Sequence[int] | NDArray[np.int64], wrong: Sequence[int] | NDArray[np.int64], budget: float, sure: float,
    least: int | None = None, ladder: NDArray[np.float64] = LADDER, effects: Sequence[float] | None = None,
) -> Certificate:  # fmt: skip
    """Walks down the ladder: `cases[i]` answers would be given at `ladder[i]`, `wrong[i]` of them wrongly.

    `effects[i]`: how many of these cases weigh as much as one that stands for itself (`design_effect`).
    """
    first = _start(cases, budget, sure, least)
    effects = effects or [1.0] * len(ladder)
    weighed = [(n / e, k / e) for n, k, e in zip(map(int, cases), map(int, wrong), effects, strict=True)]
    reached = first - 1
    while reached + 1 < len(ladder) and tail(*_whole(*weighed[reached + 1]), budget) <= 1.0 - sure:
        reached += 1
    at = max(reached, min(first, len(ladder) - 1))
    n, k = _whole(*weighed[at])
    found = float(ladder[reached]) if reached >= first else None
    needed = 0 if found is not None else math.ceil(_still_needed(n, k, budget, sure) * effects[at])
    return Certificate(found, int(cases[at]), int(wrong[at]), upper_bound(n, k, sure), needed, budget, sure)


def design_effect(wrong: NDArray[np.bool_], matters: NDArray[np.str_]) -> float:
    """How much less a case tells because mistakes about one matter come together; 1 where they don't.

    The variance of the share wrong between matters over the one of independent cases, as for cluster samples: Korn and
    Graubard, "Confidence intervals for proportions with small expected number of positive counts", 1998.
    """
    n, k = len(wrong), int(wrong.sum())
    if k == 0 or k == n:
        return 1.0
    of = np.unique(matters, return_inverse=True)[1]
    sizes, mistakes = np.bincount(of), np.bincount(of, weights=wrong)
    clusters, share = len(sizes), k / n
    if clusters < 2:
        return 1.0
    between = float(((mistakes - share * sizes) ** 2).sum()) * clusters / (clusters - 1)
    return max(between / (n * share * (1.0 - share)), 1.0)


def _whole(cases: float, wrong: float) -> tuple[int, int]:
    """Rounded to the strict side."""
    return math.floor(cases + 1e-9), math.ceil(wrong - 1e-9)


def _start(cases: Sequence[int] | NDArray[np.int64], budget: float, sure: float, least: int | None) -> int:
    """The strictest step with cases enough for a test that bears a few mistakes, or half of all there are."""
    fewest = cases_needed(1.0 - budget, 0, sure)
    most = int(cases[-1]) if len(cases) else 0
    enough = max(fewest, least or 0, min(cases_needed(1.0 - budget, _HUMBLE, sure), most // 2))
    return next((i for i, n in enumerate(cases) if n >= enough), len(cases))


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
    """P(at most `wrong` of `cases`) were each wrong with probability `share`: the p-value against "more than share"."""
    if cases <= 0 or wrong >= cases:
        return 1.0
    if share <= 0.0 or share >= 1.0:
        return 1.0 if share <= 0.0 else 0.0
    k = np.arange(wrong + 1)
    log_choose = math.lgamma(cases + 1) - _lgamma(k + 1) - _lgamma(cases - k + 1)
    logs = log_choose + k * math.log(share) + (cases - k) * math.log1p(-share)
    return float(min(np.exp(logs - logs.max()).sum() * math.exp(logs.max()), 1.0))


def _lgamma(values: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.array([math.lgamma(v) for v in values])


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
