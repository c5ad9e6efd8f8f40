"""Agents at work while the messages come: each looks at the desk, opens what waits, takes it, answers, resolves; and
each one's page hears of every change and reads its list again, as the desk does.

List and conversation are the desk's own pages, with a session; the deeds go through the API.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from random import Random
from typing import Any

from segue.app.load.histogram import Histogram
from segue.app.load.wire import Wire

THINKS = 20.0
"""Seconds between two deeds of one agent, in the mean."""
APART, TIMES, REFUSED = 0.1, 2.0, 4.0
"""As the desk's `main.js`: seconds between two looks at the list, or so many times as long as the last one took; and
seconds to the next try where it was refused."""
QUEUE = "/desk?view=unassigned"
ROW = re.compile(r"/desk/conversations/(cnv_[0-9A-Z]{26})")


class Agents:
    def __init__(self, wire: Wire, ids: list[str], cookies: dict[str, str], several: int, seed: int) -> None:
        """`cookies`: the session of each agent."""
        self._wire, self._cookies = wire, cookies
        self._ids = [ids[n % len(ids)] for n in range(several)]
        self._random = Random(seed)
        self.took: dict[str, Histogram] = defaultdict(Histogram)
        """Seconds by what was done."""
        self.failed = 0
        self.reads_refused = 0
        self.resolved = 0

    async def work(self, until: float) -> None:
        """Until `until` by the monotonic clock."""
        open_desks = [asyncio.create_task(self._stay(agent)) for agent in self._ids]
        try:
            await asyncio.gather(*(self._work(agent, Random(self._random.random()), until) for agent in self._ids))
        finally:
            for desk in open_desks:
                desk.cancel()

    async def _stay(self, agent: str) -> None:
        """The open page: it reads its list again where something changed, once at a time."""
        changed, cookie = asyncio.Event(), self._cookies[agent]

        async def hear() -> None:
            async for _ in self._wire.follow("/desk/events", cookie=cookie):
                changed.set()

        hears = asyncio.create_task(hear())
        try:
            while True:
                await changed.wait()
                changed.clear()
                begin = time.monotonic()
                is_read = await self._do("refresh", "GET", QUEUE, cookie=cookie) is not None
                if not is_read:
                    changed.set()
                await asyncio.sleep(max(APART, TIMES * (time.monotonic() - begin)) if is_read else REFUSED)
        finally:
            hears.cancel()

    async def _work(self, agent: str, random: Random, until: float) -> None:
        await asyncio.sleep(random.random() * THINKS)
        while time.monotonic() < until:
            shown = await self._do("list", "GET", QUEUE, cookie=self._cookies[agent])
            if waiting := list(dict.fromkeys(ROW.findall(str(shown)))):
                await self._handle(agent, random.choice(waiting))
            await asyncio.sleep(random.expovariate(1 / THINKS))

    async def _handle(self, agent: str, conversation: str) -> None:
        """A colleague may be quicker: being refused then is no failure."""
        at, by = f"/api/v1/conversations/{conversation}", {"agent": agent}
        await self._do("open", "GET", f"/desk/conversations/{conversation}", cookie=self._cookies[agent])
        if await self._do("claim", "POST", f"{at}/claim", by) is None:
            return
        await self._do("reply", "POST", f"{at}/reply", {**by, "text": "I have looked into it and put it right."})
        if await self._do("resolve", "POST", f"{at}/resolve", by) is not None:
            self.resolved += 1

    async def _do(self, what: str, method: str, path: str, body: object = None, cookie: str = "") -> Any | None:
        begin = time.monotonic()
        answered = await self._wire.ask(method, path, body, cookie=cookie)
        if answered.status in (404, 409):
            return None
        if method == "GET" and answered.status == 503:
            self.reads_refused += 1
            return None
        if not 200 <= answered.status < 300:
            self.failed += 1
            return None
        self.took[what].add(time.monotonic() - begin)
        return answered.body or {}
