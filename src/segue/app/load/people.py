"""Agents at work while the messages come: each has the desk open, opens what waits in its list, takes it, answers,
resolves; and each one's page hears of every change and reads itself again.

A page does what the desk's scripts do (`main.js`, `stage.js`, `composer.js`): it says what it heard of and reads its
list, with what stands open where that is concerned, fetches the next two of its list ahead, and says what its agent
looks at. List and conversation are the desk's own
pages, with a session of their own each; the deeds go through the API.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from segue.app.load.histogram import Histogram
from segue.app.load.screens import Read
from segue.app.load.wire import Answered, Wire
from segue.web.waiting import PASSING

THINKS = 20.0
"""Seconds between two deeds of one agent, in the mean."""
APART, TIMES, REFUSED, BUSY = 0.1, 2.0, 3.0, 0.05
"""As the desk's `main.js`: seconds between two looks at the page, or so many times as long as the last one took; to the
next try where it was refused; and where one is being read still."""
SITS = 60.0
"""Seconds that all pages may take to be shown for the first time."""
FRESH = 90.0
"""As `stage.js`: seconds for which a conversation that was fetched ahead is good."""
AHEAD = 10.0
"""As `main.js`: seconds after which what has changed of the next two is fetched once more."""
LOOKS, SETTLES = 30.0, 0.4
"""As `composer.js`: seconds between two words on who looks at what, and until the first."""
PLACE = "view=unassigned"
ROW = re.compile(rb'<li id="row-(cnv_[0-9A-Z]{26})"')
OPEN = re.compile(rb'<main[^>]* data-id="(cnv_[0-9A-Z]{26})"')
ALONE = re.compile(rb'<main id="main"[^>]*></main>')
"""In an answer without what stands open."""
PART = "X-Part: conversation\r\n"
KEPT = 12


class Seat(NamedTuple):
    """An agent at a desk."""

    agent: str
    cookie: str


@dataclass
class Worked:
    """What agents did and saw, as it goes from the process that plays them to the one that counts."""

    took: dict[str, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    """Seconds by what was done."""
    failed: int = 0
    reads_refused: int = 0
    breaks: int = 0
    resolved: int = 0
    read: list[list[Read]] = field(default_factory=list)
    """What each desk showed, and when."""


class Agents:
    def __init__(self, wire: Wire, seats: Sequence[Seat], seed: int) -> None:
        self._wire, self._random = wire, Random(seed)
        self.told = Worked(took=_Took())
        self._desks = [Desk(wire, seat, self.told, self._random.random()) for seat in seats]

    async def sit_down(self) -> None:
        """Returns when every page has been shown once and each agent has one of their own choice before them, or
        patience ends: a morning's storm is not the day's load, and fifty people do not all look at the same."""
        for desk in self._desks:
            desk.begin()
            await asyncio.sleep(0.01)
        until = time.monotonic() + SITS
        while not all(desk.read for desk in self._desks) and time.monotonic() < until:
            await asyncio.sleep(0.1)
        await asyncio.gather(*(desk.open(self._random.choice(desk.rows)) for desk in self._desks if desk.rows))

    async def work(self, begin: float, until: float) -> None:
        """From `begin` to `until` by the monotonic clock; the desks stay open."""
        await asyncio.gather(*(self._work(desk, Random(self._random.random()), begin, until) for desk in self._desks))

    def leave(self) -> None:
        for desk in self._desks:
            desk.close()

    async def _work(self, desk: Desk, random: Random, begin: float, until: float) -> None:
        await asyncio.sleep(begin - time.monotonic() + random.random() * THINKS)
        while time.monotonic() < until:
            if waiting := [row for row in desk.rows if row != desk.here]:
                await self._handle(desk, random.choice(waiting))
            await asyncio.sleep(random.expovariate(1 / THINKS))

    async def _handle(self, desk: Desk, conversation: str) -> None:
        """A colleague may be quicker: being refused then is no failure."""
        at, by = f"/api/v1/conversations/{conversation}", {"agent": desk.agent}
        await desk.open(conversation)
        if await self._deed("claim", f"{at}/claim", by):
            await self._deed("reply", f"{at}/reply", {**by, "text": "I have looked into it and put it right."})
            self.told.resolved += await self._deed("resolve", f"{at}/resolve", by)
        desk.look_again()

    async def _deed(self, what: str, path: str, body: object) -> bool:
        begin = time.monotonic()
        answered = await self._wire.ask("POST", path, body)
        if 200 <= answered.status < 300:
            self.told.took[what].add(time.monotonic() - begin)
            return True
        self.told.failed += answered.status not in (404, 409)
        return False


class Desk:
    """One open page."""

    def __init__(self, wire: Wire, seat: Seat, told: Worked, begins: float = 0.0) -> None:
        """`begins`: which part of each of its rhythms has gone by, from 0 to 1."""
        self.agent, self._cookie = seat
        self._wire, self._told, self._begins = wire, told, begins
        self.here, self.rows = "", tuple[str, ...]()
        self._ahead: dict[str, float] = {}
        self._due, self._rests, self._is_busy, self._is_opening = float("inf"), 0.0, False, False
        self._named = set[str]()
        self._timer: asyncio.TimerHandle | None = None
        self._doing = set[asyncio.Task[Any]]()
        self.read = list[Read]()
        told.read.append(self.read)

    def begin(self) -> None:
        self._stream = self._wire.follow("/desk/events", self._hear, cookie=self._cookie)
        self._do(self._looks())
        self._do(self._keeps_ahead())

    def close(self) -> None:
        self._stream.close()
        self._told.breaks += self._stream.breaks
        if self._timer:
            self._timer.cancel()
        for task in self._doing:
            task.cancel()

    def look_again(self) -> None:
        self._soon(0.0)

    async def open(self, conversation: str) -> None:
        """As a click does: what was fetched ahead is shown at once."""
        if not self._is_fresh(conversation):
            self._is_opening = True
            await self._fetch(conversation, "open")
            self._is_opening = False
        self._ahead.pop(conversation, None)
        before, self.here = self.here, conversation
        self._note(time.time(), (), True)
        if before:
            await self._say(before, leaves=True)
        self._do(self._settles())

    def _hear(self, data: bytes) -> None:
        changed = orjson.loads(data).get("conversation", "")
        if changed:
            self._ahead.pop(changed.removesuffix(PASSING), None)
        else:
            self._ahead.clear()
        self._soon(max(0.0, self._rests - time.monotonic()), changed)

    def _soon(self, wait: float, name: str = "") -> None:
        self._named.add(name)
        at = time.monotonic() + wait
        if at >= self._due:
            return
        self._due = at
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(wait, self._begin_update)

    def _begin_update(self) -> None:
        self._due = float("inf")
        if self._is_busy or self._is_opening:
            return self._soon(BUSY, next(iter(self._named), ""))
        self._is_busy = True
        self._do(self._update())

    async def _update(self) -> None:
        begin, begun, here = time.monotonic(), time.time(), self.here
        path = f"/desk/conversations/{here}?{PLACE}" if here else f"/desk?{PLACE}"
        named, self._named = self._named, set()
        answered = await self._get("refresh", path, f"X-Changed: {','.join(named)}\r\n")
        self._is_busy = False
        self._rests = time.monotonic() + max(APART, TIMES * (time.monotonic() - begin))
        if answered is None:
            self._named |= named  # refused: all it missed is still that
            self._soon(REFUSED, next(iter(named), ""))
        elif here == self.here:
            self.rows = tuple(row.decode() for row in ROW.findall(answered.raw))
            if not here and (found := OPEN.search(answered.raw)):
                self.here = found[1].decode()
            self._note(begun, self.rows, not ALONE.search(answered.raw))
        else:
            self._soon(0.0)

    async def _onwards(self) -> None:
        """The next two the way one walks."""
        at = self.rows.index(self.here) + 1 if self.here in self.rows else 0
        for one in self.rows[at : at + 2]:
            if not self._is_fresh(one):
                await self._fetch(one, "ahead")

    def _is_fresh(self, conversation: str) -> bool:
        return time.monotonic() - self._ahead.get(conversation, float("-inf")) < FRESH

    async def _fetch(self, conversation: str, what: str) -> None:
        self._ahead[conversation] = time.monotonic()
        if len(self._ahead) > KEPT:
            del self._ahead[next(iter(self._ahead))]
        if await self._get(what, f"/desk/conversations/{conversation}?{PLACE}", PART) is None:
            self._ahead.pop(conversation, None)

    async def _get(self, what: str, path: str, more: str = "") -> Answered | None:
        begin = time.monotonic()
        answered = await self._wire.ask("GET", path, cookie=self._cookie, more=f"{more}{FETCHED}")
        if answered.status == 200:
            what = "list" if ALONE.search(answered.raw) else what
            self._told.took[what].add(time.monotonic() - begin)
            return answered
        self._told.reads_refused += answered.status == 503
        self._told.failed += answered.status not in (404, 409, 503)
        return None

    async def _settles(self) -> None:
        await asyncio.sleep(SETTLES)
        await self._say(self.here)
        await self._onwards()

    async def _keeps_ahead(self) -> None:
        """Desks are opened over a morning, not at one moment: each counts from another one."""
        await asyncio.sleep(self._begins * AHEAD)
        while True:
            await self._onwards()
            await asyncio.sleep(AHEAD)

    async def _looks(self) -> None:
        await asyncio.sleep(self._begins * LOOKS)
        while True:
            if self.here:
                await self._say(self.here)
            await asyncio.sleep(LOOKS)

    async def _say(self, conversation: str, leaves: bool = False) -> None:
        said = urlencode({"tab": "1", **({"leaves": "true"} if leaves else {})}).encode()
        await self._wire.ask("POST", f"/desk/conversations/{conversation}/look", said, cookie=self._cookie)

    def _note(self, begun: float, rows: tuple[str, ...], is_whole: bool) -> None:
        same = self.read[-1].rows if self.read else ()
        self.read.append(Read(begun, time.time(), self.here, same if same == rows else rows, is_whole))

    def _do(self, deed: Any) -> None:
        task = asyncio.get_running_loop().create_task(deed)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)


FETCHED = "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"


class _Took(dict[str, Histogram]):
    def __missing__(self, what: str) -> Histogram:
        return self.setdefault(what, Histogram())
