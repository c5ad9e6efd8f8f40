"""Whether the generator itself kept time: figures of one that did not are worth nothing."""

from __future__ import annotations

import asyncio
import time

from segue.app.load.histogram import Histogram

TICK = 0.02
ALLOWED = 0.05
"""Seconds that its 99th percentile may be late."""


class Lag:
    def __init__(self) -> None:
        self.late = Histogram()

    async def measure(self) -> None:
        while True:
            begin = time.monotonic()
            await asyncio.sleep(TICK)
            self.late.add(time.monotonic() - begin - TICK)

    @property
    def p99(self) -> float:
        return self.late.at(99)

    @property
    def is_void(self) -> bool:
        return self.p99 > ALLOWED
