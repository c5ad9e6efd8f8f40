"""Promotion and demotion that may be looked at after every single case: bets whose fair odds are the error budget.

The one idea: to doubt that the budget is kept is to offer a fair bet on every judged case. Whoever bets that answers
are right starts with 1 and grows rich only if they are right more often than the budget asks. If they are not, the
wealth ever reaches 1/delta with probability at most delta, however often one looks and whenever one stops (Ville 1939).
A test for a fixed number of cases, repeated, promotes falsely in a quarter of all cells where 5 % were promised.
Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", 2023.

What a `weight` may be. It scales the stake of one case and must be known before the case is judged.
- Sampling: if an answer is judged with probability p, its weight is `sampling_weight(p, least)`, least/p. The bet is
  then about the share wrong of *all* answers, judged or not, even where sure answers are judged more rarely (E[(right -
  m) * judged / p] = E[right - m]); this holds if p was fixed before the answer was judged and is never below `least`.
- Trust: a judgement that counts half has weight 0.5. It must not be biased, only weaker.
With equal p all weights are 1: the plain test.

All of it supposes that whether a case is right depends on earlier ones at most as the budget allows: what many ask
alike on one day is one case, and one contact's cases are capped before they come here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]

STAKES: tuple[float, ...] = (0.1, 0.25, 0.45, 0.65, 0.85, 0.98)
"""Shares of the greatest stake that can't ruin. One of 1 - q/budget is the best where the true share wrong is q."""
USUAL = 0.05
"""The budget at which the next two were chosen; for smaller ones both shrink with it."""
BEYOND = 0.17
"""How far beyond its budget a cell is that a bet on failure is made for. At 5 % that is a little more than the drop to
80 % right by which it is measured: such a bet sees the drop as soon, and wins by chance more rarely."""
ALARM = 1_600.0
"""The wealth of a bet on failure that demotes a cell. So fewer than 4 % of cells that are exactly at their budget are
demoted falsely within 1,000 cases, and 0.3 % of those at two thirds of it (docs/measures.md)."""


@dataclass(frozen=True, slots=True)
class Wager:
    """A bet that at most `budget` of a cell's answers are wrong; wealth is evidence for it."""

    budget: float
    logs: tuple[float, ...] = (0.0,) * len(STAKES)
    """Log-wealth by stake."""
    cases: int = 0
    wrong: float = 0.0

    @classmethod
    def over(cls, budget: float, right: ArrayLike, weights: ArrayLike = 1.0) -> Wager:
        """After all these cases at once: right is 1, wrong is 0, or something between; the order doesn't matter."""
        outcomes = np.asarray(right, np.float64)
        logs = np.log1p(gains(outcomes, budget, weights)).sum(0)
        return cls(budget, tuple(map(float, logs)), len(outcomes), float((1.0 - outcomes).sum()))

    def after(self, right: float, weight: float = 1.0) -> Wager:
        """After one more judged case: as `over`, without the arrays, which cost one case ten times as much."""
        surprise, most = (right - (1.0 - self.budget)) * _counts(weight), 1.0 - self.budget
        grown = (math.log1p(surprise * (stake / most)) for stake in STAKES)
        logs = tuple(map(float.__add__, self.logs, grown))
        return Wager(self.budget, logs, self.cases + 1, self.wrong + 1.0 - right)

    @property
    def wealth(self) -> float:
        """The mean over the stakes: an e-value at any time one looks."""
        return sum(math.exp(min(log, 700.0)) for log in self.logs) / len(self.logs)

    def is_proven(self, delta: float) -> bool:
        """Whether the budget is kept, with probability 1 - delta. Once it was proven, later losses do not disprove it:
        remember the first time."""
        return self.wealth >= 1.0 / delta

    def needed(self, delta: float) -> int:
        """How many more cases, all of them right, would prove it; 0 once it is proven."""
        return _first(lambda more: self._if_right(more).is_proven(delta))

    def _if_right(self, more: int) -> Wager:
        grown = np.log1p(gains(np.ones(1), self.budget))[0] * more
        return replace(self, logs=tuple(a + float(b) for a, b in zip(self.logs, grown, strict=True)))


@dataclass(frozen=True, slots=True)
class Drift:
    """A bet that answers fail, begun anew whenever it is lost: CUSUM of e-values. While the budget is kept, alarms are
    on average at least `alarm_at(budget)` cases apart (Shin, Ramdas, Rinaldo, "E-detectors", 2023). After a cell has
    gone down, begin with a new one."""

    budget: float
    log: float = 0.0
    cases: int = 0

    def after(self, right: float, weight: float = 1.0) -> Drift:
        lost = (1.0 - self.budget - right) * _counts(weight) * _stake(self.budget, expected_failure(self.budget))
        return Drift(self.budget, max(self.log, 0.0) + math.log1p(lost), self.cases + 1)

    @property
    def wealth(self) -> float:
        return math.exp(min(self.log, 700.0))

    @property
    def is_alarming(self) -> bool:
        return self.wealth >= alarm_at(self.budget)


def alarm_at(budget: float) -> float:
    """The wealth at which the bet on failure takes a cell down. It grows as the budget shrinks, because each single
    case then tells less."""
    return ALARM * min(budget / USUAL, 1.0)


def expected_failure(budget: float) -> float:
    """The share wrong for which the bet on failure grows fastest."""
    return budget + BEYOND * min(budget / USUAL, 1.0)


def gains(right: Numbers, budget: float, weights: ArrayLike = 1.0) -> Numbers:
    """What each case wins per unit of wealth, [..., STAKES]: never below -1."""
    return _bets(right - (1.0 - budget), np.array(STAKES) / (1.0 - budget), weights)


def losses(right: Numbers, budget: float, weights: ArrayLike = 1.0, failing: float | None = None) -> Numbers:
    """What each case wins for the bet on failure, one number a case, for a budget of at most a half. `failing`: the
    share wrong that the bet is made for, where that is not `expected_failure`."""
    stake = _stake(budget, failing or expected_failure(budget))
    return _bets((1.0 - budget) - right, np.array([stake]), weights)[..., 0]


def _stake(budget: float, failing: float) -> float:
    """Of the bet that `failing` is the share wrong."""
    return (failing - budget) / (budget * (1.0 - budget))


def _bets(surprise: Numbers, stakes: Numbers, weights: ArrayLike) -> Numbers:
    weight = np.asarray(weights, np.float64)
    if weight.size:
        _counts(float(weight.min()))
        _counts(float(weight.max()))
    return np.asarray((surprise * weight)[..., None] * stakes)


def _counts(weight: float) -> float:
    if not 0.0 <= weight <= 1.0:
        raise ValueError("A weight is between 0 and 1; divide by the greatest first.")
    return weight


def sampling_weight(propensity: float, least: float) -> float:
    """How much a case counts that was judged with probability `propensity`, where no case has less than `least`."""
    if not 0.0 < least <= propensity <= 1.0:
        raise ValueError(f"Judged with probability {propensity}, but the least is said to be {least}.")
    return least / propensity


def least_right(right: ArrayLike, delta: float, weights: ArrayLike = 1.0) -> float:
    """A lower bound of the share right that holds with probability 1 - delta however often one looks (a confidence
    sequence, by inverting the bet); 0 without cases."""
    outcomes = np.asarray(right, np.float64)
    low, high = 1e-6, 1.0 - 1e-6  # budgets: the smaller, the harder to prove
    if not Wager.over(high, outcomes, weights).is_proven(delta):
        return 0.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if Wager.over(middle, outcomes, weights).is_proven(delta) else (middle, high)
    return 1.0 - high


def holm(wealths: Sequence[float], delta: float) -> list[bool]:
    """Which of several cells are proven together, so that with probability 1 - delta none of them is proven falsely
    (Holm 1979, on 1/wealth). Each wealth may be the highest so far."""
    order = np.argsort([-w for w in wealths], kind="stable")
    proven = [False] * len(wealths)
    for rank, n in enumerate(order):
        if wealths[n] < (len(wealths) - rank) / delta:
            break
        proven[n] = True
    return proven


def share_for_people(base_error: float, budget: float) -> float:
    """The least share of messages that must go to people, where answering all of them would be wrong in `base_error`.
    Even a perfect choice of which to leave out needs that many."""
    return max(0.0, (base_error - budget) / (1.0 - budget))


def _first(holds: Callable[[int], bool]) -> int:
    """The least number from 0 on for which something monotone holds."""
    if holds(0):
        return 0
    low, high = 0, 1
    while not holds(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
