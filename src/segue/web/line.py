"""Who looks waits for a place, so that what people write never waits behind what others look at.

The one idea: a page can be asked for again, a message may not be lost. So at most `AT_ONCE` reads are worked on, the
others stand in a line, and one that would come too late is refused before it has cost anything, with when to try again.
Whatever writes goes past the line, and so do streams, which cost next to nothing once they stand. Lists, which every
open desk reads again at every change, stand behind those who wait for one conversation.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segue.texts import N_, speaking, word
from segue.web.pages import failure
from segue.web.tongue import asked_for

AT_ONCE = 3
"""Reads that are worked on at the same time: a process has one interpreter, so one more makes none of them quicker."""
LONGEST = 2.5
"""Seconds in the line after which a read is refused: with the work itself less than anybody is kept waiting."""
SLOW = 1.0
"""Seconds after which a read that still works gives its place away: it waits for the database, nobody else."""
WEIGHT = 0.05
"""Of the newest in the mean time that a read takes."""
_TOO_MANY = N_("Very many pages are being asked for at this moment. This one is tried again by itself.")
LISTS = ("/desk", "/desk/")
PAST = ("/healthz", "/readyz", "/metrics", "/static/")


Waiting = deque[tuple[float, asyncio.Future[None]]]


class Line:
    """First come, first served. Raises HTTPException 503 for who would wait too long, at once where that is known."""

    def __init__(self, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._clock = at_once, clock
        self._working = 0
        self._waiting: tuple[Waiting, Waiting] = (deque(), deque())
        """Those who go first, and those who go when none of them waits."""
        self._takes = 0.0
        """Seconds of one read, in the mean."""
        self.refused = 0

    async def enter(self, is_list: bool = False) -> None:
        """Returns when the caller has a place; then `leave` is owed, with how long it took."""
        if self._working < self._at_once:
            self._working += 1
            return
        if (wait := self.expected(is_list)) > LONGEST:
            raise self._refusal(wait)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[is_list].append((self._clock(), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled() and mine.exception() is None:
                self._next()  # the place had come; somebody else has it
            raise

    def leave(self, took: float) -> None:
        self._takes += WEIGHT * (took - self._takes)
        self._next()

    def expected(self, is_list: bool = True) -> float:
        """Seconds that one more would wait."""
        if self._working < self._at_once:
            return 0.0
        before = len(self._waiting[0]) + (len(self._waiting[1]) if is_list else 0)
        return (before + 1) * self._takes / self._at_once

    def _next(self) -> None:
        """The place goes on to the first who still waits, and has not waited too long."""
        while waiting := self._waiting[0] or self._waiting[1]:
            since, first = waiting.popleft()
            if first.done():
                continue
            if self._clock() - since > LONGEST:
                first.set_exception(self._refusal(self.expected()))
                continue
            first.set_result(None)
            return
        self._working -= 1

    def _refusal(self, wait: float) -> HTTPException:
        self.refused += 1
        return HTTPException(503, _TOO_MANY, {"Retry-After": str(max(1, math.ceil(wait)))})


class InLine:
    """The layer around the application. A place ends where the answer begins: a slow reader keeps nobody."""

    def __init__(self, app: ASGIApp, line: Line) -> None:
        self._app, self._line = app, line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _only_reads(scope):
            await self._app(scope, receive, send)
            return
        try:
            await self._line.enter(scope["path"] in LISTS)
        except HTTPException as refusal:
            await _refuse(refusal, scope, receive, send)
            return
        place = _Place(self._line, send)
        try:
            await self._app(scope, receive, place.send)
        finally:
            place.end()


class _Place:
    __slots__ = ("_begun", "_is_over", "_line", "_send", "_slow")

    def __init__(self, line: Line, send: Send) -> None:
        self._line, self._send, self._begun, self._is_over = line, send, time.monotonic(), False
        self._slow = asyncio.get_running_loop().call_later(SLOW, self.end)

    async def send(self, message: Message) -> None:
        self.end()
        await self._send(message)

    def end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._slow.cancel()
            self._line.leave(time.monotonic() - self._begun)


def _only_reads(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path: str = scope["path"]
    return not path.startswith(PAST) and not path.endswith("/events")


async def _refuse(refusal: HTTPException, scope: Scope, receive: Receive, send: Send) -> None:
    """A person's browser gets a page and comes again by itself; what machines and scripts ask for stays a problem."""
    request = Request(scope)
    if "text/html" not in request.headers.get("accept", "") or scope["path"].startswith("/api/"):
        raise refusal
    with speaking(await asked_for(request)):
        answer = failure(HTTPException(503, word(_TOO_MANY)))
    again = str((refusal.headers or {})["Retry-After"])
    answer.headers["Retry-After"] = answer.headers["Refresh"] = again
    await answer(scope, receive, send)
