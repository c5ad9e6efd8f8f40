"""How likely a cell that keeps its budget falls all the same, reckoned and not played.

The one idea: the bet that demotes remembers one number, its wealth (CUSUM). So the chances of all its values after each
case follow from those before (Brook and Evans, "An approach to the probability distribution of CUSUM run length",
1972), and a share of some four per cent needs no luck of ten thousand cells, which is out by a fifth of a point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segue.policy.betting import alarm_at, losses

Numbers = NDArray[np.float64]
Moves = tuple[NDArray[np.int64], Numbers, Numbers]
STEP = 0.004
"""Between neighbouring values of log-wealth; what falls between two is shared among them, so that the mean is kept."""


def chance_of_fall(budget: float, share: float, cases: int) -> float:
    """That an alarm is raised within so many cases, of which each is wrong with probability `share`."""
    right, wrong = (float(np.log1p(losses(np.array([outcome]), budget))[0]) for outcome in (1.0, 0.0))
    mark = float(np.log(alarm_at(budget)))
    places: Numbers = np.arange(int(np.ceil(mark / STEP)), dtype=np.float64) * STEP
    up, down = _moves(places + wrong, mark), _moves(places + right, mark)
    chances, fallen = np.zeros(len(places)), 0.0
    chances[0] = 1.0
    for _ in range(cases):
        chances = share * _after(chances, up) + (1.0 - share) * _after(chances, down)
        fallen = 1.0 - float(chances.sum())
    return fallen


def _moves(to: Numbers, mark: float) -> Moves:
    """For each place the lower of the two it goes to, and how much of it goes to either; nothing stays beyond the mark.
    Below nothing the bet begins anew."""
    at = np.maximum(to, 0.0) / STEP
    low = at.astype(np.int64)
    stays = (to < mark).astype(np.float64)
    return np.where(to < mark, low, 0), stays * (1.0 - (at - low)), stays * (at - low)


def _after(chances: Numbers, moves: Moves) -> Numbers:
    low, lower, upper = moves
    n = len(chances)
    found = np.bincount(low, chances * lower, n + 1) + np.bincount(low + 1, chances * upper, n + 1)
    return np.asarray(found[:n])
