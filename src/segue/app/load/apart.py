"""Who plays customers and who plays agents: each in a process of its own, so that reading three hundred desks never
holds up a message that is due.

Their machines are not this one. So where the system allows it these processes go before the house's: what they need
they get at once, and the house has what is left. It is told whether it was allowed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import uvloop

from segue.app.load.customers import Customers
from segue.app.load.house import many_files
from segue.app.load.lag import Lag
from segue.app.load.people import Agents, Seat
from segue.app.load.plan import Due
from segue.app.load.wire import Wire
from segue.domain.errors import Unavailable

BEFORE_OTHERS = -10
PATIENCE = 120.0
"""Seconds that are waited for a process to say a word it owes."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Customers, as they go to their process."""

    port: int
    key: str
    plan: Sequence[Due]
    keys: dict[str, str]
    """The host's signed word on who a customer is, by their name."""
    name: str
    most_pages: int
    standing: Sequence[tuple[str, str]]
    """Conversations whose pages stand open from the beginning, each with its customer's id."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Agents, as they go to their process."""

    port: int
    key: str
    seats: Sequence[Seat]
    seed: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How a process kept time."""

    lag: Lag
    cpu: float
    """Seconds of processor since it began to play."""
    is_first: bool
    """Whether it went before the house's processes."""


class Player:
    """A process that plays one of the two. Words go to and fro: it is ready; begin then, until then; it has sent all;
    stop; what it heard."""

    def __init__(self, plays: Callable[[Connection, Any], None], what: object) -> None:
        spawn = get_context("spawn")
        self._line, theirs = spawn.Pipe()
        self._process = spawn.Process(target=plays, args=(theirs, what), daemon=True)
        self._process.start()
        theirs.close()

    def say(self, word: object) -> None:
        self._line.send(word)

    def hear(self, patience: float = PATIENCE) -> Any:
        """Raises Unavailable where nothing comes."""
        try:
            if self._line.poll(patience):
                return self._line.recv()
        except EOFError:
            pass
        raise Unavailable("A process of the load generator does not answer.", "See what it printed, and start again.")

    def end(self) -> None:
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def customers(line: Connection, crowd: Crowd) -> None:
    """What the customers' process does."""
    _plays(_customers(line, crowd))


def agents(line: Connection, shift: Shift) -> None:
    """What the agents' process does."""
    _plays(_agents(line, shift))


async def _customers(line: Connection, crowd: Crowd) -> None:
    wire = Wire(crowd.port, crowd.key)
    crew = Customers(wire, crowd.plan, crowd.keys.__getitem__, crowd.name, crowd.most_pages)
    crew.watch()
    await crew.listen(crowd.standing)
    begin, _until = await _ready(line)
    kept = _Keeping()
    await crew.write(begin)
    line.send("sent")
    await _word(line)
    crew.leave()
    wire.close()
    line.send((crew.told, kept.end()))


async def _agents(line: Connection, shift: Shift) -> None:
    wire = Wire(shift.port, shift.key)
    crew = Agents(wire, shift.seats, shift.seed)
    await crew.sit_down()
    begin, until = await _ready(line)
    kept = _Keeping()
    work = asyncio.create_task(crew.work(begin, until))
    await _word(line)
    work.cancel()
    crew.leave()
    wire.close()
    line.send((replace(crew.told, took=dict(crew.told.took)), kept.end()))


class _Keeping:
    def __init__(self) -> None:
        self._lag, self._spent, self._is_first = Lag(), time.process_time(), _goes_first()
        self._measuring = asyncio.create_task(self._lag.measure())

    def end(self) -> Kept:
        self._measuring.cancel()
        return Kept(self._lag, time.process_time() - self._spent, self._is_first)


def _goes_first() -> bool:
    try:
        os.setpriority(os.PRIO_PROCESS, 0, BEFORE_OTHERS)
    except OSError:
        return False
    return True


def _plays(playing: Any) -> None:
    many_files()
    gc.disable()  # a look through everything that is kept would hold up what is due; the process is short-lived
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(playing)


async def _ready(line: Connection) -> tuple[float, float]:
    line.send("ready")
    begin, until = await _word(line)
    return float(begin), float(until)


async def _word(line: Connection) -> Any:
    """The next one from the process above. In a thread: a loop that watched the line would take its patience away."""
    return await asyncio.to_thread(line.recv)
