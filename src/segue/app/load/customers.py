"""Customers: each message goes out when it is due, whatever became of those before; pages stay open and listen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from segue.app.load.plan import Due
from segue.app.load.wire import Wire
from segue.web.news import FOR_CUSTOMERS

Key = Callable[[str], str]
"""The cookie that opens the chat of a conversation."""
LISTENS = 45.0
"""Seconds a customer's page goes on to listen after their first message."""


class Customers:
    def __init__(self, wire: Wire, plan: Sequence[Due], key: Key, name: str) -> None:
        """`name` tells the customers of one run from those of the next."""
        self._wire, self._plan, self._key, self._name = wire, plan, key, name
        self._begin = 0.0
        self._opened: dict[int, asyncio.Future[str]] = {}
        self._listening = set[asyncio.Task[None]]()
        self.pages = 0
        self.accepted: list[float] = []
        """Seconds from when a message was due to its 202."""
        self.refused: list[int] = []
        """Statuses that were no 202."""
        self.told: list[float] = []
        """Seconds from a commit to the line of somebody who follows, for what a page shows."""
        self.promised: dict[str, int] = {}
        """Messages acknowledged, by conversation."""
        self._spoke: dict[str, float] = {}
        """When the house first spoke in a conversation; it may be heard of before the 202."""
        self._asked: dict[str, float] = {}

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
            if event.get("kind") in FOR_CUSTOMERS:
                happened = datetime.fromisoformat(event["at"])
                self.told.append((datetime.now(UTC) - happened).total_seconds())
            if event.get("kind") == "message.sent":
                self._spoke.setdefault(event["conversation"], time.monotonic())

    def replied(self) -> list[float]:
        """Seconds from when the first message of a conversation was due to its first reply."""
        return [self._spoke[c] - asked for c, asked in self._asked.items() if c in self._spoke]

    def unanswered(self) -> list[str]:
        """Conversations in which nobody has said anything yet."""
        return [conversation for conversation in self._asked if conversation not in self._spoke]

    async def listen(self, conversations: Sequence[str], pages: int) -> None:
        """Pages that stay open to the end."""
        for n in range(pages):
            self._go(self._page(conversations[n % len(conversations)]))
            await asyncio.sleep(0.002)

    def leave(self) -> None:
        for page in tuple(self._listening):
            page.cancel()

    async def _send(self, n: int, due: Due) -> None:
        body: dict[str, Any] = {"text": due.text, "client_id": f"{self._name}-{n}"}
        path = "/api/v1/conversations"
        if due.begun_by is None:
            self._opened[n] = asyncio.get_running_loop().create_future()
            body |= {"channel": "chat", "contact": {"external_id": f"{self._name}-{n}", "verified": True}}
        else:
            conversation = await self._opened[due.begun_by]
            if not conversation:
                return
            path += f"/{conversation}/messages"
        answered = await self._wire.ask("POST", path, body)
        took = time.monotonic() - self._begin - due.at
        conversation = answered.body["conversation"]["id"] if answered.status == 202 else ""
        if due.begun_by is None:
            self._opened[n].set_result(conversation)
        if not conversation:
            self.refused.append(answered.status)
            return
        self.accepted.append(took)
        self.promised[conversation] = self.promised.get(conversation, 0) + 1
        if due.begun_by is None:
            self._asked.setdefault(conversation, self._begin + due.at)
            self._go(self._page(conversation, LISTENS))

    async def _page(self, conversation: str, seconds: float | None = None) -> None:
        self.pages += 1
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(seconds):
                async for _ in self._wire.follow("/chat/events", self._key(conversation)):
                    pass
        self.pages -= 1

    def _go(self, page: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(page)
        self._listening.add(task)
        task.add_done_callback(self._listening.discard)
