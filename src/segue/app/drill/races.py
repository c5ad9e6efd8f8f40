"""Races for R5: an agent's deed and the assistant's commit set out at one moment, on connections of their own.

Many conversations are raced at once. Each racer waits at one gate until the turn is considered and only its statement
is left. In most heats they are let go together, either of them a moment ahead, so that either may come first. In the
others a third connection holds the rows until the database says that every racer waits for one: then the statements
overlap for certain, and what one of them read before it waited is old when it goes on.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from segue.app.drill.scenes import DEEDS
from segue.app.drill.small import SmallHouse, small_house
from segue.app.drill.tally import Tally
from segue.store.database import Database

AT_ONCE = 8
"""Conversations in one heat; of each an agent and, alone or with others, a worker's commit."""
LEAD = 0.008
"""Seconds by which one side of a race may set out before the other; a commit takes two to ten among so many. The
assistant's is half of it at most: its statement is the longer one, and would seldom be first."""
HELD = 0.4
"""The share of heats in which rows are held until all wait for them."""
PATIENCE = 20.0
RUN, AGENT, ASSISTANT, OVERLAPPED = "run", "an agent was first", "the assistant was first", "overlapped"


@dataclass
class Racer:
    """One side of a race, or of a few: a worker commits several turns in one statement."""

    conversations: Sequence[str]
    deed: Callable[[], object]
    lead: float
    began: float = 0.0
    ended: float = 0.0


@dataclass
class Track:
    """A small house whose every thread has a connection of its own."""

    house: SmallHouse
    lines: Database
    chance: random.Random
    threads: ThreadPoolExecutor
    deeds: dict[str, str] = field(default_factory=dict)
    """What the agent does in each conversation of this heat."""

    def heat(self, much: int) -> list[Racer]:
        """The next racers, ready to be let go."""
        racing = SmallHouse(self.house.url, self.lines, self.house.now)
        own = [self.house.customer_writes() for _ in range(much)]
        self.deeds = {conversation: self.chance.choice(list(DEEDS)) for conversation in own}
        turns = [
            racing.receiver.ready(x, racing.receiver.consider(x.conversation, racing.now), racing.now)
            for x in self.house.claims(self.house.here, much)
        ]
        racers = [Racer([c], partial(DEEDS[self.deeds[c]], racing, c), self._lead(LEAD)) for c in own]
        while turns:
            some, turns = turns[: (n := self.chance.choice((1, 1, 3)))], turns[n:]
            commits = partial(racing.here.commit, some, racing.now)
            racers.append(Racer([turn.lease.conversation.id for turn in some], commits, self._lead(LEAD / 2)))
        return racers

    def _lead(self, most: float) -> float:
        return self.chance.uniform(0, most)

    def run(self, racers: Sequence[Racer]) -> None:
        """Lets them go, and returns when all are through."""
        is_held = self.chance.random() < HELD
        gate = threading.Barrier(len(racers) + 1)
        with self._holding(list(self.deeds), len(racers)) if is_held else nullcontext():
            through = [self.threads.submit(self._race, racer, gate) for racer in racers]
            gate.wait(PATIENCE)
        for one in through:
            one.result(PATIENCE)

    def _race(self, racer: Racer, gate: threading.Barrier) -> None:
        with self.lines.kept():
            self.lines.one("select 1")
            gate.wait(PATIENCE)
            time.sleep(racer.lead)
            racer.began = time.monotonic()
            racer.deed()
            racer.ended = time.monotonic()

    @contextmanager
    def _holding(self, conversations: Sequence[str], racers: int) -> Iterator[None]:
        """Holds their rows until so many statements wait for them."""
        with self.house.db.transaction() as held:
            held.execute("select from conversations where id = any(%(ids)s) for update", {"ids": list(conversations)})
            yield
            end = time.monotonic() + PATIENCE
            while (row := self.house.db.one(_WAITING)) and row.n < racers:
                if time.monotonic() > end:
                    raise TimeoutError(f"{row.n} of {racers} statements came to wait for their row")


def races(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Tells R5 of `much` races, and the tally how often either side won."""
    with small_house(url) as house, _lines(url) as lines, ThreadPoolExecutor(2 * AT_ONCE) as threads:
        track = Track(house, lines, chance, threads)
        while (left := much - tally.races[RUN]) > 0:
            racers = track.heat(min(AT_ONCE, left))
            track.run(racers)
            tally.add("R5", len(track.deeds), _judged(track, racers, tally))
            house.time_passes(60)
            while waiting := house.claims(house.there, 2 * AT_ONCE):  # what lost and is the assistant's still
                house.commits(house.there, waiting)
        tally.add_violations(house.violations())
    if unseen := [way for way in (AGENT, ASSISTANT, OVERLAPPED) if not tally.races[way]]:
        tally.skip("races", f"of {much} none where {', none where '.join(unseen)}")


@contextmanager
def _lines(url: str) -> Iterator[Database]:
    db = Database(url, 2 * AT_ONCE).open()
    try:
        yield db
    finally:
        db.close()


def _judged(track: Track, racers: Sequence[Racer], tally: Tally) -> Iterator[str]:
    """Counts who came first in each race, as the numbers of its events tell, and whether both were at it at once."""
    told: dict[str, list[Any]] = {conversation: [] for conversation in track.deeds}
    for event in track.house.db.all(_TOLD, {"ids": list(told)}):
        told[event.conversation_id].append(event)
    for conversation, events in told.items():
        deed = next(e.id for e in events if e.author == "agt_mira")
        said = [e.id for e in events if e.author == "assistant"]
        one, other = (racer for racer in racers if conversation in racer.conversations)
        tally.races[RUN] += 1
        tally.races[ASSISTANT if said and said[0] < deed else AGENT] += 1
        tally.races[OVERLAPPED] += one.began < other.ended and other.began < one.ended
        if said and said[-1] > deed:
            yield f"the assistant spoke after an agent {track.deeds[conversation]}: {conversation}"


_TOLD = """
select id, conversation_id, author from events
where conversation_id = any(%(ids)s) and (author = 'agt_mira' or (author = 'assistant' and kind = 'message.sent'))
order by id
"""
_WAITING = """
select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""
