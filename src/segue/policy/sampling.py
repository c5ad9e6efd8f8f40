"""Which automatic answers people look at: a random sample that looks more often where a mistake is likelier.

The one idea: a sample tells most about the share wrong when each answer is drawn in proportion to how uncertain it is
(Neyman 1934). Every answer keeps a known chance, never zero, that is fixed before anybody looks; it is kept with the
case, and judgements are weighed by its inverse. Where one answer in fifty is wrong, as many looks see half as many
mistakes again, and a cell is proven after fewer answers; where none is, after up to 1/LEAST times as many
(docs/decisions/0006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]

LEAST, MOST = 0.7, 3.0
"""Bounds of a single answer's chance, as multiples of the share that is drawn."""


@dataclass(frozen=True, slots=True)
class Sampling:
    scale: float | None = None
    """Of doubt, so that the multiple is 1 on average. None: every answer alike."""

    @classmethod
    def over(cls, scores: ArrayLike, counts: ArrayLike | None = None) -> Sampling:
        """So that of answers with scores like these just the share asked for is drawn. `counts`: what each counts
        for."""
        doubts = _doubt(np.asarray(scores, np.float64))
        weights = np.ones_like(doubts) if counts is None else np.asarray(counts, np.float64)
        if not len(doubts) or weights.sum() <= 0.0:
            return cls()
        low, high = 0.0, 1_000.0
        for _ in range(50):
            middle = (low + high) / 2
            is_more = np.average(np.clip(middle * doubts, LEAST, MOST), weights=weights) > 1.0
            low, high = (low, middle) if is_more else (middle, high)
        return cls(high)

    def chance(self, score: float, share: float) -> float:
        """The probability that an answer of this score is drawn, where `share` of all answers are."""
        if self.scale is None:
            return share
        doubt = math.sqrt(max(score * (1.0 - score), 0.0))
        multiple = min(max(self.scale * doubt, LEAST), MOST)
        return min(share * _narrowed(multiple, share), 1.0)

    def least(self, share: float) -> float:
        """The smallest chance that any answer has."""
        return share if self.scale is None else share * _narrowed(LEAST, share)


EVEN = Sampling()


def _doubt(scores: Numbers) -> Numbers:
    return np.asarray(np.sqrt(np.clip(scores * (1.0 - scores), 0.0, 0.25)))


def _narrowed(multiple: float, share: float) -> float:
    """Towards 1, evenly, so far that MOST of the share is no more than all; the mean stays."""
    room = 1.0 if share * MOST <= 1.0 else (1.0 / share - 1.0) / (MOST - 1.0)
    return 1.0 + (multiple - 1.0) * room
