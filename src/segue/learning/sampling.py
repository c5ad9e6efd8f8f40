"""Which automatic answers people look at: a random sample that looks more often where a mistake is likelier.

The one idea: a sample tells most about the share wrong when each answer is drawn in proportion to how uncertain it is
(Neyman 1934). Every answer keeps a known chance, never zero; the chance is kept with the judgement, and its inverse is
the judgement's weight. With a tenth of all answers, that tells about twice as much as an even tenth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from segue.learning.pooling import Numbers

LEAST, MOST = 0.07, 0.30
"""Bounds of a single answer's chance where a tenth is drawn; they move with the share."""


@dataclass(frozen=True, slots=True)
class Sampling:
    share: float = 0.10
    """Of automatic answers, on average."""
    scale: float | None = None
    """None: every answer alike."""

    @classmethod
    def over(cls, scores: ArrayLike, share: float = 0.10) -> Sampling:
        """So that answers with scores like these recent ones are drawn in `share` of the cases."""
        doubts = _doubt(np.asarray(scores, np.float64))
        if not len(doubts):
            return cls(share)
        low, high = 0.0, 100.0
        for _ in range(40):
            middle = (low + high) / 2
            is_more = _clipped(middle * doubts, share).mean() > share
            low, high = (low, middle) if is_more else (middle, high)
        return cls(share, high)

    def chance(self, score: float) -> float:
        if self.scale is None:
            return self.share
        return float(_clipped(self.scale * _doubt(np.array([score])), self.share)[0])


def _doubt(scores: Numbers) -> Numbers:
    return np.asarray(np.sqrt(np.clip(scores * (1.0 - scores), 0.0, 0.25)))


def _clipped(chances: Numbers, share: float) -> Numbers:
    return np.clip(chances, LEAST * share / 0.10, min(MOST * share / 0.10, 1.0))
