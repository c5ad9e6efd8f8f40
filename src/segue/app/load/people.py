"""Agents at work while the messages come: each looks at the queue, opens what waits, takes it, answers, resolves."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from random import Random
from typing import Any

from segue.app.load.wire import Wire

THINKS = 20.0
"""Seconds between two deeds of one agent, in the mean."""
QUEUE = "/api/v1/conversations?handler=human&status=open&limit=50"


class Agents:
    def __init__(self, wire: Wire, ids: list[str], several: int, seed: int) -> None:
        self._wire = wire
        self._ids = [ids[n % len(ids)] for n in range(several)]
        self._random = Random(seed)
        self.took: dict[str, list[float]] = defaultdict(list)
        """Seconds by what was done."""
        self.failed = 0
        self.resolved = 0

    async def work(self, until: float) -> None:
        """Until `until` by the monotonic clock."""
        await asyncio.gather(*(self._work(agent, Random(self._random.random()), until) for agent in self._ids))

    async def _work(self, agent: str, random: Random, until: float) -> None:
        await asyncio.sleep(random.random() * THINKS)
        while time.monotonic() < until:
            waiting = await self._do("list", "GET", QUEUE)
            free = [row["id"] for row in (waiting or {}).get("conversations", ()) if not row["assignee_id"]]
            if free:
                await self._handle(agent, random.choice(free))
            await asyncio.sleep(random.expovariate(1 / THINKS))

    async def _handle(self, agent: str, conversation: str) -> None:
        """A colleague may be quicker: being refused then is no failure."""
        at, by = f"/api/v1/conversations/{conversation}", {"agent": agent}
        await self._do("open", "GET", at)
        await self._do("briefing", "GET", f"{at}/briefing")
        if await self._do("claim", "POST", f"{at}/claim", by) is None:
            return
        await self._do("reply", "POST", f"{at}/reply", {**by, "text": "I have looked into it and put it right."})
        if await self._do("resolve", "POST", f"{at}/resolve", by) is not None:
            self.resolved += 1

    async def _do(self, what: str, method: str, path: str, body: object = None) -> Any | None:
        begin = time.monotonic()
        answered = await self._wire.ask(method, path, body)
        if answered.status in (404, 409):
            return None
        if not 200 <= answered.status < 300:
            self.failed += 1
            return None
        self.took[what].append(time.monotonic() - begin)
        return answered.body or {}
