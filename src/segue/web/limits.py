"""At most so often: a count per key over a moving stretch of time, kept in this process."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable

MOST_KEYS = 10_000


class Limit:
    def __init__(self, times: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._times = times
        self._seconds = seconds
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}
        self._gate = threading.Lock()

    def wait(self, key: str) -> int:
        """Seconds until `key` may try again; 0 where it may now."""
        marks, now = self._seen.get(key), self._clock()
        if marks is None:
            return 0
        while marks and marks[0] <= now - self._seconds:
            marks.popleft()
        return math.ceil(marks[0] + self._seconds - now) if len(marks) >= self._times else 0

    def enter(self, key: str) -> int:
        """Counts a try that is about to be checked; else the seconds as `wait`. In one step: of many who come at once
        no more are let in than one after another."""
        with self._gate:
            if not (seconds := self.wait(key)):
                self.count(key)
            return seconds

    def count(self, key: str) -> None:
        if len(self._seen) >= MOST_KEYS:
            self._forget_idle()
        self._seen.setdefault(key, deque(maxlen=self._times)).append(self._clock())

    def take_back(self, key: str) -> None:
        """The last one counts no more: nothing was checked, or all was well."""
        with self._gate:
            if marks := self._seen.get(key):
                marks.pop()

    def forget(self, key: str) -> None:
        self._seen.pop(key, None)

    def _forget_idle(self) -> None:
        """Drops who has been quiet; where nobody has, everybody: a flood must not fill the memory."""
        oldest = self._clock() - self._seconds
        self._seen = {key: marks for key, marks in self._seen.items() if marks and marks[-1] > oldest}
        if len(self._seen) >= MOST_KEYS:
            self._seen.clear()


NEWCOMERS = Limit(60, 600)
"""Conversations that visitors of one address may open in ten minutes, in the widget and the chat together: an office
behind one address, no flood."""
MESSAGES = Limit(20, 60)
"""What one holder of the widget, or one conversation of the chat, may send in a minute: more than anybody types."""
