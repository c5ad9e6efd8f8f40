"""Latencies by the million in a few kilobytes, exact to one part in a thousand: the layout of HdrHistogram (Tene 2015).

A value falls into a range that doubles with each step, and every range is cut into as many equal parts. So both a
millisecond and a minute are kept to three figures, and two histograms are joined by adding their counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

PARTS_LOG = 11
PARTS = 1 << PARTS_LOG
"""Cuts of the lowest range, of which the upper half is every further range: 1/1024 is the worst error."""
UNIT = 1e-6
"""Seconds that a count of 1 stands for."""
RANGES = 22
"""Up to 2 ** 32 units: more than an hour."""
SHOWN = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0)


class Histogram:
    __slots__ = ("_counts", "total")

    def __init__(self) -> None:
        self._counts = np.zeros(PARTS + RANGES * PARTS // 2, np.int64)
        self.total = 0

    def add(self, seconds: float) -> None:
        """What is less than nothing counts as nothing, what is longer than an hour as the longest."""
        self._counts[min(_index(max(0, round(seconds / UNIT))), len(self._counts) - 1)] += 1
        self.total += 1

    @classmethod
    def of(cls, several: Iterable[float]) -> Histogram:
        made = cls()
        for seconds in several:
            made.add(seconds)
        return made

    def join(self, other: Histogram) -> None:
        self._counts += other._counts
        self.total += other.total

    def at(self, percentile: float) -> float:
        """Seconds within which that share of all stayed: the highest value of the cut it ends in; 0.0 of nothing."""
        if not self.total:
            return 0.0
        wanted = max(1, int(np.ceil(self.total * percentile / 100 - 1e-9)))
        return _highest(int(np.searchsorted(np.cumsum(self._counts), wanted))) * UNIT

    def told(self, percentiles: Sequence[float] = SHOWN) -> dict[str, float]:
        """Milliseconds by percentile, with how many there were."""
        return {"n": self.total} | {f"p{p:g}": round(self.at(p) * 1e3, 2) for p in percentiles}


def _index(value: int) -> int:
    step = max(0, value.bit_length() - PARTS_LOG)
    return step * PARTS // 2 + (value >> step)


def _highest(index: int) -> int:
    if index < PARTS:
        return index
    step = index // (PARTS // 2) - 1
    part = index - step * PARTS // 2
    return ((part + 1) << step) - 1
