"""Customers at the widget: each message goes out when it is due, whatever became of those before; pages stay open,
listen, and read the conversation again when they hear that something changed, as the widget does."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from segue.app.load.histogram import Histogram
from segue.app.load.plan import Due
from segue.app.load.wire import Wire

Key = Callable[[str], str]
"""The host's signed word on who a customer is."""
LISTENS = 45.0
"""Seconds a customer's page goes on to listen after their first message."""
GATHERS = 0.06
"""Seconds the widget waits before it reads again: what changes together is read together."""
AGAIN = 4.0
"""Seconds after which the widget asks again for what it was refused."""
TOLD = frozenset({"message.sent", "conversation.handed_off"})
"""What a customer sees appear."""


class Customers:
    def __init__(self, wire: Wire, plan: Sequence[Due], key: Key, name: str, most_pages: int) -> None:
        """`name` tells the customers of one run from those of the next. Beyond `most_pages` the oldest one closes."""
        self._wire, self._plan, self._key, self._name, self._most = wire, plan, key, name, most_pages
        self._begin = 0.0
        self._opened: dict[int, asyncio.Future[str]] = {}
        self._pages = deque[asyncio.Task[None]]()
        self.pages = 0
        self.accepted = Histogram()
        """Seconds from when a message was due to its 202."""
        self.refused: list[int] = []
        """Statuses that were no 202."""
        self.reads_refused = 0
        """How often a page was told to come again later."""
        self.promised: dict[str, int] = {}
        """Messages acknowledged, by conversation."""
        self._spoke: dict[str, float] = {}
        """When the house first spoke in a conversation; it may be heard of before the 202."""
        self._asked: dict[str, float] = {}
        self._happened: dict[str, list[float]] = {}
        """By conversation: when words for the customer were written, by the clock on the wall."""
        self._read: dict[str, list[tuple[float, float]]] = {}
        """By conversation: from when to when its page read it again."""

    async def write(self, begin: float) -> None:
        """Returns when every message was answered."""
        self._begin = begin
        sent = []
        for n, due in enumerate(self._plan):
            await asyncio.sleep(max(0.0, begin + due.at - time.monotonic()))
            sent.append(asyncio.create_task(self._send(n, due)))
        await asyncio.gather(*sent)

    async def watch(self) -> None:
        """Follows everything, to see when the replies come."""
        async for event in self._wire.follow("/api/v1/events"):
            if event.get("kind") in TOLD:
                at = datetime.fromisoformat(event["at"]).timestamp()
                self._happened.setdefault(event["conversation"], []).append(at)
            if event.get("kind") == "message.sent":
                self._spoke.setdefault(event["conversation"], time.monotonic())

    def replied(self) -> list[float]:
        """Seconds from when the first message of a conversation was due to its first reply."""
        return [self._spoke[c] - asked for c, asked in self._asked.items() if c in self._spoke]

    def unanswered(self) -> list[str]:
        """Conversations in which nobody has said anything yet."""
        return [conversation for conversation in self._asked if conversation not in self._spoke]

    def screens(self) -> Histogram:
        """Seconds from when words were written to the page that shows them: the first that was read after that."""
        return Histogram.of(
            next(done - at for begun, done in reads if begun >= at)
            for conversation, reads in self._read.items()
            for at in self._happened.get(conversation, ())
            if reads and reads[-1][0] >= at
        )

    async def listen(self, conversations: Sequence[tuple[str, str]]) -> None:
        """Pages that stay open: of conversations, each with its customer's id."""
        for conversation, who in conversations:
            self._open(self._page(conversation, self._key(who)))
            await asyncio.sleep(0.002)

    def leave(self) -> None:
        for page in tuple(self._pages):
            page.cancel()

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
            self.refused.append(answered.status)
            return
        self.accepted.add(took)
        self.promised[conversation] = self.promised.get(conversation, 0) + 1
        if due.begun_by is None:
            self._asked.setdefault(conversation, self._begin + due.at)
            self._open(self._page(conversation, key, LISTENS))

    async def _page(self, conversation: str, key: str, seconds: float | None = None) -> None:
        self.pages += 1
        try:
            async with asyncio.timeout(seconds):
                is_greeted = False  # the stream's first word is a greeting: the page stands as it was just loaded
                async for _ in self._wire.follow(f"/widget/events?conversation={quote(conversation)}", key):
                    if not is_greeted:
                        is_greeted = True
                        continue
                    await asyncio.sleep(GATHERS)
                    await self._look(conversation, key)
        except (OSError, TimeoutError):
            pass
        finally:
            self.pages -= 1

    async def _look(self, conversation: str, key: str) -> None:
        """Reads it again, until it is given."""
        while True:
            begun = time.time()
            answered = await self._wire.ask("GET", f"/widget/conversations/{conversation}", key=key)
            if answered.status == 200:
                self._read.setdefault(conversation, []).append((begun, time.time()))
                return
            self.reads_refused += 1
            await asyncio.sleep(AGAIN)

    def _open(self, page: Coroutine[Any, Any, None]) -> None:
        while self._pages and (len(self._pages) >= self._most or self._pages[0].done()):
            self._pages.popleft().cancel()
        self._pages.append(asyncio.create_task(page))
