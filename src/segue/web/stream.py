"""Server-sent events with resume. One reader per process follows the log; every listener gets what it brings.

A listener begins at `Last-Event-ID`, catches up from the log in pages, and then waits for the reader's signal: nothing
is buffered per listener, so a slow one costs nothing and loses nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

import orjson
from fastapi.concurrency import run_in_threadpool

from segue.domain.errors import DatabaseUnavailable
from segue.store.events import Event, EventLog, listen, place

HEARTBEAT = 15.0
SWEEP = 1.0


class Stream:
    """Wakes every listener when something happened."""

    def __init__(self, conninfo: str, log: EventLog) -> None:
        self._conninfo = conninfo
        self._log = log
        self._news = asyncio.Event()
        self._closing = False

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._follow, args=(loop,), daemon=True, name="events").start()

    def close(self) -> None:
        self._closing = True
        self._tell()

    def check(self, cursor: str) -> None:
        """Raises Refused for what is not a cursor, before the stream begins."""
        place(cursor)

    async def after(self, cursor: str | None) -> AsyncIterator[bytes]:
        """Frames from `cursor` on (from now, without one) until the client goes or we close."""
        at = cursor or await run_in_threadpool(self._log.latest)
        yield f"retry: 1000\nid: {at}\ndata: {{}}\nevent: hello\n\n".encode()
        while not self._closing:
            news = self._news
            events = await run_in_threadpool(self._log.after, at)
            for event in events:
                at = event.cursor
                yield _frame(event)
            if not events and not await _rings(news):
                yield b": still here\n\n"

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        seen = ""
        for _ in listen(self._conninfo, "events", SWEEP):
            if self._closing or loop.is_closed():
                return
            with contextlib.suppress(DatabaseUnavailable):
                if (latest := self._log.latest()) != seen:
                    seen = latest
                    loop.call_soon_threadsafe(self._tell)

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
