"""Customers at the widget: each message goes out when it is due, whatever became of those before; pages stay open,
listen, and read the conversation again when they hear that something changed, as the widget does."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson

from segue.app.load.histogram import Histogram
from segue.app.load.plan import Due
from segue.app.load.wire import Wire

Key = Callable[[str], str]
"""The host's signed word on who a customer is."""
LISTENS = 45.0
"""Seconds a customer's page goes on to listen after their first message."""
GATHERS = 0.06
"""Seconds without news that the widget waits for before it reads again: what changes together is read together."""
STAND_WITHIN, LOOKS = 60.0, 1.0
"""Seconds that the pages which stand open are given to be heard, and between two counts of those that are."""
AGAIN = 4.0
"""Seconds after which the widget asks again for what it was refused."""
TOLD = frozenset({"message.sent", "conversation.handed_off"})
"""What a customer sees appear."""


@dataclass
class Heard:
    """What customers were told and saw, as it goes from the process that plays them to the one that counts."""

    accepted: Histogram = field(default_factory=Histogram)
    """Seconds from when a message was due to its 202."""
    refused: list[int] = field(default_factory=list)
    """Statuses that were no 202."""
    reads_refused: int = 0
    """How often a page was told to come again later."""
    breaks: int = 0
    """How often a page's stream broke."""
    stood: list[int] = field(default_factory=list)
    """Of customers, pages that the house held a line for, counted each second while messages came."""
    promised: dict[str, int] = field(default_factory=dict)
    """Messages acknowledged, by conversation."""
    spoke: dict[str, float] = field(default_factory=dict)
    """When the house first spoke in a conversation; it may be heard of before the 202."""
    asked: dict[str, float] = field(default_factory=dict)
    """When the first message of a conversation was due."""
    happened: list[tuple[str, str, float]] = field(default_factory=list)
    """Kind, conversation and when it was written, by the clock on the wall."""
    read: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """By conversation: from when to when its page read it again."""

    def replied(self) -> list[float]:
        """Seconds from when the first message of a conversation was due to its first reply."""
        return [self.spoke[c] - asked for c, asked in self.asked.items() if c in self.spoke]

    def unanswered(self) -> list[str]:
        """Conversations in which nobody has said anything yet."""
        return [conversation for conversation in self.asked if conversation not in self.spoke]

    def screens(self) -> Histogram:
        """Seconds from when words were written to the page that shows them: the first that was read after that."""
        return Histogram.of(self._to_screens())

    def _to_screens(self) -> Iterator[float]:
        for kind, conversation, at in self.happened:
            reads = self.read.get(conversation, ()) if kind in TOLD else ()
            if (done := next((done for begun, done in reads if begun >= at), None)) is not None:
                yield done - at


class Customers:
    def __init__(self, wire: Wire, plan: Sequence[Due], key: Key, name: str, most_pages: int) -> None:
        """`name` tells the customers of one run from those of the next. Beyond `most_pages` of those who write, the
        oldest one closes; those that stand open stay."""
        self._wire, self._plan, self._key, self._name, self._most = wire, plan, key, name, most_pages
        self._begin = 0.0
        self._opened: dict[int, asyncio.Future[str]] = {}
        self._standing, self._pages = list[_Page](), deque[_Page]()
        self.told = Heard()

    async def write(self, begin: float) -> None:
        """Returns when every message was answered."""
        self._begin = begin
        sent, counting = [], asyncio.create_task(self._count())
        for n, due in enumerate(self._plan):
            if (wait := begin + due.at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            sent.append(asyncio.create_task(self._send(n, due)))
        await asyncio.gather(*sent)
        counting.cancel()

    async def _count(self) -> None:
        while True:
            self.told.stood.append(sum(page.is_heard for page in (*self._standing, *self._pages)))
            await asyncio.sleep(LOOKS)

    def watch(self) -> None:
        """Follows everything, to see when the replies come."""
        self._watching = self._wire.follow("/api/v1/events", self._hear)

    def _hear(self, data: bytes) -> None:
        event = orjson.loads(data)
        kind, conversation = event.get("kind"), event.get("conversation")
        if kind == "message.received" or kind in TOLD:
            self.told.happened.append((kind, conversation, datetime.fromisoformat(event["at"]).timestamp()))
        if kind == "message.sent":
            self.told.spoke.setdefault(conversation, time.monotonic())

    async def listen(self, conversations: Sequence[tuple[str, str]]) -> None:
        """Pages that stay open: of conversations, each with its customer's id. Returns when the house hears them all,
        or has had time enough to."""
        for conversation, who in conversations:
            self._standing.append(_Page(self._wire, conversation, self._key(who), self.told, None))
            await asyncio.sleep(0.002)
        end = time.monotonic() + STAND_WITHIN
        while not all(page.is_heard for page in self._standing) and time.monotonic() < end:
            await asyncio.sleep(0.1)

    def leave(self) -> None:
        for page in (*self._standing, *self._pages):
            page.close()
        if hasattr(self, "_watching"):
            self._watching.close()

    async def _send(self, n: int, due: Due) -> None:
        opener = n if due.begun_by is None else due.begun_by
        body: dict[str, Any] = {"text": due.text, "client_id": f"{self._name}-{n}"}
        if due.begun_by is None:
            self._opened[n] = asyncio.get_running_loop().create_future()
        elif conversation := await self._opened[due.begun_by]:
            body["conversation"] = conversation
        else:
            return
        key = self._key(f"{self._name}-{opener}")
        answered = await self._wire.ask("POST", "/widget/messages", body, key)
        took = time.monotonic() - self._begin - due.at
        conversation = answered.body["conversation"] if answered.status == 202 else ""
        if due.begun_by is None:
            self._opened[n].set_result(conversation)
        if not conversation:
            self.told.refused.append(answered.status)
            return
        self.told.accepted.add(took)
        self.told.promised[conversation] = self.told.promised.get(conversation, 0) + 1
        if due.begun_by is None:
            self.told.asked.setdefault(conversation, self._begin + due.at)
            self._open(conversation, key, LISTENS)

    def _open(self, conversation: str, key: str, seconds: float) -> None:
        while self._pages and (len(self._pages) >= self._most or not self._pages[0].is_open):
            self._pages.popleft().close()
        self._pages.append(_Page(self._wire, conversation, key, self.told, seconds))


class _Page:
    """Reads the conversation again when it hears that something changed, once at a time, until it is given."""

    __slots__ = ("_conversation", "_ends", "_is_reading", "_is_stale", "_key", "_loop", "_next", "_stream", "_told",
                 "_wire", "is_open")  # fmt: skip

    def __init__(self, wire: Wire, conversation: str, key: str, told: Heard, seconds: float | None) -> None:
        self._wire, self._conversation, self._key, self._told = wire, conversation, key, told
        self._loop = asyncio.get_running_loop()
        self._next: asyncio.TimerHandle | None = None
        self._is_reading = self._is_stale = False
        self.is_open = True
        self._stream = wire.follow(f"/widget/events?conversation={quote(conversation)}", self._hear, key)
        self._ends = self._loop.call_later(seconds, self.close) if seconds else None

    @property
    def is_heard(self) -> bool:
        return self.is_open and self._stream.is_heard

    def close(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self._stream.close()
        self._told.breaks += self._stream.breaks
        for timer in (self._next, self._ends):
            if timer:
                timer.cancel()

    def _hear(self, data: bytes) -> None:
        """The stream's first word is a greeting without a name: the page stands as it was just loaded."""
        if data == b"{}":
            return
        if self._next:
            self._next.cancel()
        self._next = self._loop.call_later(GATHERS, self._look)

    def _look(self) -> None:
        self._next = None
        if self._is_reading:
            self._is_stale = True
        elif self.is_open:
            self._is_reading = True
            self._loop.create_task(self._read())

    async def _read(self) -> None:
        begun = time.time()
        answered = await self._wire.ask("GET", f"/widget/conversations/{self._conversation}", key=self._key)
        self._is_reading = False
        if answered.status == 200:
            self._told.read.setdefault(self._conversation, []).append((begun, time.time()))
        elif self.is_open:
            self._told.reads_refused += 1
            self._next = self._next or self._loop.call_later(AGAIN, self._look)
        if self._is_stale:
            self._is_stale = False
            self._look()
