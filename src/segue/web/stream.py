"""Server-sent events with resume. One reader per process follows the log and keeps what it brings for a while.

A listener that is up to date is served from what was kept; one that comes from further back catches up from the log in
pages. Either way it goes on from the last cursor it was given: nothing is buffered per listener, so a slow one costs
nothing and loses nothing, and a thousand quick ones cost one query.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import orjson
import psycopg
from fastapi.concurrency import run_in_threadpool

from segue.domain.errors import DatabaseUnavailable, Refused
from segue.store.events import Event, EventLog, listen, order

HEARTBEAT = 15.0
SWEEP = 1.0
GATHER = 0.02
"""Seconds between two looks at the log: what happens in between comes together."""
KEPT = 4096

Place = tuple[int, int]
Frames = Sequence[tuple[Place, bytes]]


class Stream:
    """Tells every listener what happened, in order, once."""

    def __init__(self, conninfo: str, log: EventLog) -> None:
        self._conninfo = conninfo
        self._log = log
        self._news = asyncio.Event()
        self._closing = False
        self._kept: list[tuple[Place, bytes]] = []
        self._since: Place | None = None
        """Everything after this place that the reader has seen is kept; None until it has begun."""

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._follow, args=(loop,), daemon=True, name="events").start()

    def close(self) -> None:
        """Ends every stream."""
        self._closing = True
        self._tell()

    def check(self, cursor: str) -> None:
        """Raises Refused, before the stream begins, for what is not a cursor or none of ours: a restored database
        counts from further back, and its listener would wait in silence."""
        is_reached = self._log.reaches(cursor)  # asked always: where the database is gone that is said now
        if not is_reached and order(cursor) > (0, 0):
            raise Refused(f"{cursor!r} is past every event.", "Load everything anew and follow without a cursor.")

    async def after(self, cursor: str | None) -> AsyncIterator[bytes]:
        """Frames from `cursor` on (from now, without one) until the client goes or we close. One frame each."""
        at = order(await run_in_threadpool(self._log.latest) if cursor is None else cursor)
        yield b"retry: 1000\nid: %d-%d\ndata: {}\nevent: hello\n\n" % at
        while not self._closing:
            news = self._news
            frames = await self._frames(at)
            for at, frame in frames:  # noqa: B007
                yield frame
            if not frames and not await _rings(news):
                yield b": still here\n\n"

    async def _frames(self, at: Place) -> Frames:
        if self._since is not None and at >= self._since:
            return self._kept[bisect_right(self._kept, at, key=lambda kept: kept[0]) :]
        while not self._closing:
            with contextlib.suppress(DatabaseUnavailable):
                return await run_in_threadpool(self._read, at)
            await asyncio.sleep(1)
        return ()

    def _read(self, at: Place) -> Frames:
        return [(order(event.cursor), _frame(event)) for event in self._log.after(f"{at[0]}-{at[1]}")]

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        """The reader. A database that is gone is waited for; what happened meanwhile comes afterwards."""
        at: Place | None = None
        for _ in listen(self._conninfo, "events", SWEEP):
            if self._closing or loop.is_closed():
                return
            with contextlib.suppress(DatabaseUnavailable, psycopg.Error, RuntimeError):
                if at is None:
                    at = order(self._log.latest())
                    loop.call_soon_threadsafe(self._begin, at)
                at = self._read_on(at, loop)
            time.sleep(GATHER)

    def _read_on(self, at: Place, loop: asyncio.AbstractEventLoop) -> Place:
        """To the end of what is settled; what still waits for an older transaction is waited for."""
        pause = GATHER
        while not self._closing:
            if frames := self._read(at):
                at = frames[-1][0]
                loop.call_soon_threadsafe(self._keep, frames)
            elif self._log.is_held_up(f"{at[0]}-{at[1]}") and pause < SWEEP:
                time.sleep(pause)
                pause *= 2
            else:
                break
        return at

    def _begin(self, at: Place) -> None:
        self._since = at
        self._tell()

    def _keep(self, frames: Frames) -> None:
        self._kept.extend(frames)
        if len(self._kept) > 2 * KEPT:
            self._since = self._kept[-KEPT - 1][0]
            del self._kept[:-KEPT]
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


async def _rings(news: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(news.wait(), HEARTBEAT)
    except TimeoutError:
        return False
    return True


def _frame(event: Event) -> bytes:
    body = {"kind": event.kind, "conversation": event.conversation_id, "author": event.author, "at": event.at,
            **event.body}  # fmt: skip
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event.cursor.encode(), event.kind.encode(), orjson.dumps(body))


@contextlib.contextmanager
def at_signal(then: Callable[[], object]) -> Iterator[None]:
    """Runs `then` as soon as the server is told to end: its own handler first waits for open connections."""
    before: dict[int, Any] = {}

    def handler(number: int, frame: object) -> None:
        then()
        before[number](number, frame)

    if threading.current_thread() is threading.main_thread():
        before |= {n: kept for n in (signal.SIGTERM, signal.SIGINT) if callable(kept := signal.getsignal(n))}
    for number in before:
        signal.signal(number, handler)
    yield
    for number, kept in before.items():
        signal.signal(number, kept)
