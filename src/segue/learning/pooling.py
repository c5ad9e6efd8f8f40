"""How right a score is in each category, where most categories have few cases: empirical Bayes.

The one idea: categories differ from the whole by an amount that is itself learnt from all of them. One with three
cases is taken for the whole, one with three hundred for itself, and the rest lie between. Logistic regression of being
right on the score's log-odds with a normal effect per category (Robbins 1956; Morris, "Parametric empirical Bayes
inference", 1983), by Newton's method; the spread of the effects by expectation-maximisation.

Cases are weighed by age only, not by how they were sampled: given score and category, which cases were judged says
nothing about how they ended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

STEPS, ENOUGH = 25, 1e-4
BEGIN, LEAST = 0.3, 0.02
"""Variance of the effects: where the search begins, and the least there is."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Log-odds of being right: level + slope * log-odds of the score + the category's effect."""

    level: float
    slope: float
    effects: Numbers
    doubts: Numbers
    """Standard deviation of each effect."""
    spread: float
    """Standard deviation between categories: the doubt about one that has no case yet."""

    def chances(self, scores: Numbers, places: Places) -> Numbers:
        return chance(self.level + self.slope * log_odds(scores) + self.effects[places])

    def cautious(self, scores: Numbers, place: int | None, caution: float) -> Numbers:
        """The same for one category (None: one without cases), `caution` standard deviations below its effect."""
        effect = -caution * self.spread
        if place is not None:
            effect = float(self.effects[place] - caution * self.doubts[place])
        return chance(self.level + self.slope * log_odds(scores) + effect)


def pool(scores: Numbers, places: Places, right: NDArray[np.bool_], counts: Numbers, categories: int) -> Pool:
    """`places`: each case's category as a number below `categories`; `counts`: what a case counts for by its age."""
    rows = np.stack([np.ones_like(scores), log_odds(scores)])
    shared, effects, variance = np.array([0.0, 1.0]), np.zeros(categories), BEGIN
    seen = np.bincount(places, minlength=categories) > 0
    doubts = np.full(categories, variance)
    for _ in range(STEPS):
        chances = chance(shared @ rows + effects[places])
        off, curve = counts * (right - chances), counts * np.maximum(chances * (1.0 - chances), 1e-6)
        step, own = _newton(rows, places, off, curve, shared, effects, variance)
        doubts = 1.0 / (np.bincount(places, curve, categories) + 1.0 / variance)
        short = min(1.0, 3.0 / max(float(np.abs(step).max()), float(np.abs(own).max()), 1e-9))
        shared, effects = shared + short * step, effects + short * own
        variance = max(LEAST, float(np.mean((effects**2 + doubts)[seen]))) if seen.any() else BEGIN
        if max(float(np.abs(step).max()), float(np.abs(own).max())) < ENOUGH:
            break
    return Pool(float(shared[0]), float(shared[1]), effects, np.sqrt(doubts), float(np.sqrt(variance)))


def _newton(
    rows: Numbers, places: Places, off: Numbers, curve: Numbers, shared: Numbers, effects: Numbers, variance: float
) -> tuple[Numbers, Numbers]:
    """One step for level and slope (drawn weakly to 0 and 1) and for all effects; the block of effects is diagonal."""
    many = len(effects)
    inner = (rows * curve) @ rows.T + np.diag([1e-3, 1.0])
    between = np.stack([np.bincount(places, curve * row, many) for row in rows])
    diagonal = np.bincount(places, curve, many) + 1.0 / variance
    slope = rows @ off - np.array([0.0, shared[1] - 1.0])
    own = np.bincount(places, off, many) - effects / variance
    step = np.linalg.solve(inner - (between / diagonal) @ between.T, slope - (between / diagonal) @ own)
    return step, (own - between.T @ step) / diagonal


def log_odds(chances: Numbers) -> Numbers:
    kept = np.clip(chances, 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log(kept / (1.0 - kept)))


def chance(odds: Numbers) -> Numbers:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0))))
