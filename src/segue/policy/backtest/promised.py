"""The thresholds that another error budget would have had, by what was rehearsed at the time.

The one idea: a fit keeps its whole walk, what would have been answered and how much of it wrongly at every step of the
ladder, and not only where it stopped for the budget of then. So the same test (Learn-then-Test) can be taken again for
another budget. The threshold kept with a decision is moved by as much, in log-odds, as the proven step moves: exact
where it stood as rehearsed, modelled where judged cases had made it stricter. Rungs stay those of then.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from segue.domain.decision import Earned
from segue.domain.past import PastTurn
from segue.policy.guarantee import Tally, descend
from segue.policy.settings import Policy
from segue.policy.settings.cells import Budget


@dataclass(frozen=True, slots=True)
class Walk:
    """One fit of the past: since when it held, and its tallies along the ladder, strict to loose."""

    since: datetime
    tallies: tuple[Tally, ...]

    def threshold(self, budget: Budget) -> float | None:
        return descend(self.tallies, budget.wrong, budget.sure).threshold


@dataclass(slots=True)
class Promised:
    """What was earned, as it would have been under the budgets of `after` instead of those of `before`."""

    walks: Sequence[Walk]
    """Oldest first. Before the first one that one is taken: it is the past it was fitted on."""
    before: Policy
    after: Policy
    _found: dict[tuple[int, tuple[Earned, ...]], tuple[Earned, ...]] = field(default_factory=dict)

    def moves(self) -> bool:
        """Whether another budget is promised anywhere, and any fit tells what that means."""
        named = {*self.before.categories, *self.after.categories}
        named |= {
            c for policy in (self.before, self.after) for group in policy.groups.values() for c in group.categories
        }
        return bool(self.walks) and any(self._is_other(name) for name in (None, *named))

    def earned(self, turn: PastTurn) -> tuple[Earned, ...]:
        earned, at = turn.decision.earned, max(bisect_right(self.walks, turn.now, key=lambda w: w.since) - 1, 0)
        found = self._found.get((at, earned))
        if found is None:
            found = self._found[at, earned] = tuple(self._moved(one, self.walks[at]) for one in earned)
        return found

    def _is_other(self, category: str | None) -> bool:
        return self.before.budget_of(category) != self.after.budget_of(category)

    def _moved(self, earned: Earned, walk: Walk) -> Earned:
        if earned.threshold is None or not self._is_other(earned.category):
            return earned
        was, now = (walk.threshold(policy.budget_of(earned.category)) for policy in (self.before, self.after))
        if now is None or was is None:
            return replace(earned, threshold=earned.threshold if now is not None else None)
        return replace(earned, threshold=_shifted(earned.threshold, _odds(now) - _odds(was)))


def _odds(chance: float) -> float:
    return math.log(chance / (1.0 - chance))


def _shifted(chance: float, by: float) -> float:
    """A threshold of 0 or 1 says always or never; no budget changes that."""
    return 1.0 / (1.0 + math.exp(-(_odds(chance) + by))) if 0.0 < chance < 1.0 else chance
