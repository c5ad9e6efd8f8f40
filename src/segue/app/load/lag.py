"""Whether the generator itself kept time: figures of one that did not are worth nothing."""

from __future__ import annotations

import asyncio
import time

import numpy as np

TICK = 0.02
ALLOWED = 0.05
"""Seconds that its 99th percentile may be late."""


class Lag:
    def __init__(self) -> None:
        self._late: list[float] = []

    async def measure(self) -> None:
        while True:
            begin = time.monotonic()
            await asyncio.sleep(TICK)
            self._late.append(time.monotonic() - begin - TICK)

    @property
    def p99(self) -> float:
        return float(np.percentile(self._late, 99)) if self._late else 0.0

    @property
    def is_void(self) -> bool:
        return self.p99 > ALLOWED
