"""Figures over months, reckoned once for everybody who looks.

The one idea: what took long to reckon is shown for as much longer, so that looking at figures takes no more than a
twentieth of the database's time, whatever its size. What is reckoned at once, as in a small workspace, is never kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

TIMES = 20.0
AT_ONCE = 0.5
"""Seconds."""
MOST_KEPT = 12


class Reckoned:
    """Keeps results by what was asked; of several who ask at once, one reckons and the others wait for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[object, tuple[float, object, Any]] = {}
        """Until when, of which version, and what."""

    def of(self, asked: object, reckon: Callable[[], Any], version: object = None) -> Any:
        """What was kept of another `version` is shown to nobody any more."""
        with self._lock:
            until, of_version, found = self._kept.get(asked, (0.0, version, None))
            begun = self._clock()
            if begun < until and of_version == version:
                return found
            found = reckon()
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            done = self._clock()
            if done - begun > AT_ONCE:
                self._kept[asked] = (done + TIMES * (done - begun), version, found)
            return found


CASES = Reckoned()
"""Of this process: what the assistant's answers were worth, by database."""
