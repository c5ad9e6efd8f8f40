"""The gate of a learning workspace: from which score on answers go out, in each category, under one error budget.

The one idea: each category gets the loosest threshold at which its answers would, by what is learnt of it and of all
others (pooling), be wrong in at most a certain part of the budget. How large that part may be is one number for all
categories, and it is that number that is certified, on everything at once. So thin categories borrow strength, and a
category that is harder than the others pays for itself.

- Records are prequential: scored before anything was learnt from them, never after.
- The gate opens by proof: Learn-then-Test along the parts, strict to loose, on cases weighed by how they were sampled.
- An open gate follows its cases: the greatest part whose share wrong stays below the budget in the next AHEAD answers,
  with the certainty asked for, by what was observed beside what was expected. Testing anew at each fit would shut it
  every few days by chance. What shuts it is drift (policy/betting) or `shut` by a person.

All of it supposes that coming cases are like the recent ones, and that cases are judged at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from segue.learning.pooling import Numbers, pool
from segue.policy.betting import share_for_people
from segue.policy.guarantee import Certificate, Tally, descend, tally
from segue.policy.settings.cells import Budget

Flags = NDArray[np.bool_]

PARTS: Numbers = np.exp(np.linspace(np.log(0.1), np.log(1.5), 40))
"""Parts of the budget that are tried, strict to loose; above 1 where scores turn out too modest."""
HALF_LIFE = 3_000.0
"""Age at which a case counts half, in cases of the whole workspace."""
CAUTION = 0.5
"""Standard deviations below what is known of a category's own effect."""
BORROWED = 20.0
"""Cases of the whole that are added to a category's own to tell which scores come to it."""
HOPELESS = 0.25
"""Cases below this score are left out where it is learnt how right a score is: nobody would answer them, and a line
drawn through them too lies too low at the upper end, where the thresholds are."""
FEWEST = 60
SURE, OWN = 0.8, 1.0
"""A category's own mistakes at scores from SURE on count against it, beside OWN mistakes in its favour."""
MODEST = 10.0
"""Mistakes in favour of the scores being as right as they say."""
AHEAD = 800.0
"""Answers over which the budget is to be kept, too: about a thousand messages."""


@dataclass(frozen=True, slots=True)
class Records:
    """Judged cases as columns."""

    categories: NDArray[np.str_]
    """Of the answer given, or that would have been."""
    scores: Numbers
    """The probability of being right, as it was said before the case was judged."""
    right: Flags
    weights: Numbers
    """One by the probability with which it was judged; handed-over cases 1."""
    when: Numbers
    """Its number among all cases of the workspace."""

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True, slots=True)
class Gate:
    """Thresholds with what they rest on. Shut where nothing is proven yet: then every case goes to people."""

    budget: Budget
    certificate: Certificate | None = None
    """What opened it, or what is missing (`needed`); its threshold is the part of the budget. None without cases."""
    part: float | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    default: float | None = None
    """For a category without cases."""
    expected: float | None = None
    """Share wrong of coming answers."""
    bound: float | None = None
    """The share that the next AHEAD answers keep below, as sure as the budget asks."""
    base_error: float | None = None
    """Share wrong if everything were answered."""
    own: Mapping[str, Tally] = field(default_factory=dict)
    """Each category's answers above its threshold."""

    @property
    def is_open(self) -> bool:
        return self.part is not None

    def threshold(self, category: str) -> float | None:
        return self.thresholds.get(category, self.default) if self.is_open else None

    def lets_out(self, category: str, score: float) -> bool:
        threshold = self.threshold(category)
        return threshold is not None and score >= threshold

    @property
    def for_people(self) -> float | None:
        """The least share that must go to people under this budget, however well one chooses."""
        return None if self.base_error is None else share_for_people(self.base_error, self.budget.wrong)


def set_gate(records: Records, budget: Budget, now: float, before: Gate | None = None) -> Gate:
    """From all records of the categories that share this budget. `before`: the gate of the last time; an open one needs
    no new proof."""
    if len(records) < FEWEST:
        return Gate(budget)
    return _Setting(records, budget, now).finish(before)


class _Setting:
    def __init__(self, records: Records, budget: Budget, now: float) -> None:
        self.records, self.budget = records, budget
        self.names, self.places = np.unique(records.categories, return_inverse=True)
        fresh = 0.5 ** ((now - records.when) / HALF_LIFE)
        self.counts = records.weights * fresh
        near = records.scores >= HOPELESS
        self.pool = pool(records.scores[near], self.places[near], records.right[near], fresh[near], len(self.names))
        self.said = 1.0 - self.pool.chances(records.scores, self.places)
        self.order = np.argsort(-records.scores, kind="stable")
        self.thresholds = np.stack([self._thresholds(place) for place in (*range(len(self.names)), None)], axis=1)

    def finish(self, before: Gate | None) -> Gate:
        base = float((self.counts * ~self.records.right).sum() / self.counts.sum())
        proof = before.certificate if before and before.is_open else self._proof()
        if proof is None or proof.threshold is None:
            return Gate(self.budget, proof, base_error=base)
        at, expected, bound = self._part()
        marks = self.thresholds[at]
        return Gate(
            self.budget, proof, float(PARTS[at]), dict(zip(self.names.tolist(), map(float, marks), strict=False)),
            float(marks[-1]), expected, bound, base, self._own(marks),
        )  # fmt: skip

    def _thresholds(self, place: int | None) -> Numbers:
        """[PARTS]: the loosest score from which answers of the category keep that part of the budget; inf: none."""
        scores, counts = self.records.scores[self.order], self.counts[self.order]
        wrong = 1.0 - self.pool.cautious(scores, place, CAUTION)
        if place is not None:
            wrong = np.minimum(wrong * self._worse(place), 1.0)
            counts = BORROWED * counts / counts.sum() + np.where(self.places[self.order] == place, counts, 0.0)
        share = np.cumsum(wrong * counts) / np.maximum(np.cumsum(counts), 1e-12)
        attained = np.minimum.accumulate(share[::-1])[::-1]
        last = np.searchsorted(attained, PARTS * self.budget.wrong, side="right")
        return np.where(last > 0, scores[np.maximum(last - 1, 0)], np.inf)

    def _worse(self, place: int) -> float:
        """How much more often than said the category's sure answers were wrong; less often buys nothing."""
        sure = (self.places == place) & (self.records.scores >= SURE)
        if not sure.any():
            return 1.0
        worth = float(self.counts[sure].sum() ** 2 / (self.counts[sure] ** 2).sum())
        seen = float(np.average(~self.records.right[sure], weights=self.counts[sure]))
        said = float(np.average(self.said[sure], weights=self.counts[sure]))
        return max(1.0, (OWN + seen * worth) / (OWN + said * worth))

    def _passing(self, at: int) -> Flags:
        return np.asarray(self.records.scores >= self.thresholds[at][self.places])

    def _proof(self) -> Certificate:
        each = np.arange(len(self.records)).astype(str)
        tallies = []
        for at in range(len(PARTS)):
            out = self._passing(at)
            tallies.append(tally(~self.records.right[out], each[out], self.counts[out]))
        return descend(tallies, self.budget.wrong, self.budget.sure, ladder=PARTS)

    def _part(self) -> tuple[int, float, float]:
        """The loosest that keeps the budget; the strictest where none does. With the share expected and its bound."""
        tried = [self._ahead(at) for at in range(len(PARTS))]
        fine = [at for at, (_, bound) in enumerate(tried) if bound <= self.budget.wrong]
        at = fine[-1] if fine else 0
        return at, *tried[at]

    def _ahead(self, at: int) -> tuple[float, float]:
        """Share wrong of coming answers and its bound: gamma-Poisson for how much worse than said the scores are, then
        the chance of AHEAD answers themselves."""
        out = self._passing(at)
        if not out.any():
            return 0.0, 0.0
        counts, right = self.counts[out], self.records.right[out]
        said = float(np.average(1.0 - self.pool.chances(self.records.scores[out], self.places[out]), weights=counts))
        seen, worth = float(np.average(~right, weights=counts)), float(counts.sum() ** 2 / (counts**2).sum())
        mistakes = MODEST + seen * worth
        expected = said * mistakes / (MODEST + said * worth)
        doubt = np.sqrt(expected**2 / mistakes + expected / AHEAD)
        return expected, float(expected + NormalDist().inv_cdf(self.budget.sure) * doubt)

    def _own(self, marks: Numbers) -> dict[str, Tally]:
        out = self.records.scores >= marks[self.places]
        cases = np.bincount(self.places[out], minlength=len(self.names)).astype(float)
        wrong = np.bincount(self.places[out & ~self.records.right], minlength=len(self.names)).astype(float)
        return {name: Tally(n, k, n) for name, n, k in zip(self.names.tolist(), cases, wrong, strict=True)}
