"""Who looks waits for a place, so that what people write never waits behind what others look at.

The one idea: a page can be asked for again, a message may not be lost. So at most `AT_ONCE` reads are worked on, the
others stand in a line, and one that would come too late is refused before it has cost anything, with when to try again.
Whatever writes goes past the line with the page it leads to, and so do streams, which cost next to nothing once they
stand. What somebody pressed a key for is never refused: nobody asks for it again by itself. How one waits among others
stands in `waiting.py`.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segue.texts import N_, speaking, word
from segue.web.pages import failure
from segue.web.tongue import asked_for
from segue.web.waiting import PLAIN, Asker, Ear, LeadsOn, Ranks, asker_of

AT_ONCE = 3
"""Reads that are worked on at the same time: a process has one interpreter, so one more makes none of them quicker."""
LONGEST = 2.5
"""Seconds that anybody stands in the line: with the work itself less than anybody is kept waiting."""
SLOW = 1.0
"""Seconds after which a read that still works gives its place away: it waits for the database, nobody else."""
WEIGHT = 0.05
"""Of the newest in the mean time that a read takes."""
_TOO_MANY = N_("Very many pages are being asked for at this moment. This one is tried again by itself.")
PAST = ("/healthz", "/readyz", "/metrics", "/static/", "/widget.js")


class Line:
    """Those who work, and those who wait."""

    def __init__(self, at_once: int = AT_ONCE, longest: float = LONGEST) -> None:
        self._at_once, self._longest = at_once, longest
        self._working, self._waiting = 0, Ranks()
        self._takes = 0.0
        """Seconds of one read, in the mean."""
        self.refused = 0

    async def enter(self, asker: Asker = PLAIN, gone: asyncio.Future[Any] | None = None) -> None:
        """Returns when the caller has a place; then `leave` is owed, with how long it took. `gone` is done when nobody
        waits for the answer any more.

        Raises HTTPException 503 for who would wait too long, at once where that is known; ClientDisconnect for who has
        gone.
        """
        if self.is_full:
            if not asker.is_pressed and (wait := self.expected(asker)) > self._longest:
                raise self.refusal(wait)
            if await self._comes(asker, [gone] if gone else []):
                return  # whoever left has given us their place
            if gone and gone.done():
                raise ClientDisconnect
            if not asker.is_pressed:
                raise self.refusal(self.expected(asker))
        self._working += 1

    def leave(self, took: float) -> None:
        self._takes += WEIGHT * (took - self._takes)
        self._give_away()

    @property
    def is_full(self) -> bool:
        return self._working >= self._at_once

    def expected(self, asker: Asker = PLAIN) -> float:
        """Seconds that one more would wait."""
        if not self.is_full:
            return 0.0
        return (self._waiting.before(asker) + 1) * self._takes / self._at_once

    async def _comes(self, asker: Asker, ends: Sequence[asyncio.Future[Any]]) -> bool:
        """Whether the caller's turn comes while they wait. Whichever way they go, they no longer stand here."""
        turn = self._waiting.add(asker)
        try:
            await asyncio.wait([turn, *ends], timeout=self._longest, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not self._waiting.remove(asker, turn):
                self._give_away()  # the place had come; somebody else has it
            raise
        return not self._waiting.remove(asker, turn)

    def _give_away(self) -> None:
        self._working -= 1
        if not self.is_full and (turn := self._waiting.next()):
            self._working += 1
            turn.set_result(None)

    def refusal(self, wait: float) -> HTTPException:
        """For who would wait so many seconds; it is counted."""
        self.refused += 1
        return HTTPException(503, _TOO_MANY, {"Retry-After": str(max(1, math.ceil(wait)))})


class InLine:
    """The layer around the application. A place ends where the answer begins: a slow reader keeps nobody."""

    def __init__(self, app: ASGIApp, line: Line) -> None:
        self._app, self._line, self._led = app, line, LeadsOn()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _only_reads(scope):
            await self._app(scope, receive, self._led.noting(send) if scope["type"] == "http" else send)
        elif self._led.led_to(scope):
            await self._app(scope, receive, send)
        else:
            await self._read(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        ear = Ear(receive)
        try:
            if self._line.is_full:
                async with ear as gone:
                    await self._line.enter(asker_of(scope), gone)
            else:
                await self._line.enter(asker_of(scope))
        except HTTPException as refusal:
            await refuse(refusal, scope, ear.receive, send)
            return
        place = _Place(self._line, send)
        try:
            await self._app(scope, ear.receive, place.send)
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


async def refuse(refusal: HTTPException, scope: Scope, receive: Receive, send: Send) -> None:
    """A person's browser gets a page and comes again by itself; what machines and scripts ask for stays a problem."""
    request = Request(scope)
    if "text/html" not in request.headers.get("accept", "") or scope["path"].startswith("/api/"):
        raise refusal
    with speaking(await asked_for(request)):
        answer = failure(HTTPException(503, word(_TOO_MANY)))
    again = str((refusal.headers or {})["Retry-After"])
    answer.headers["Retry-After"] = answer.headers["Refresh"] = again
    await answer(scope, receive, send)
