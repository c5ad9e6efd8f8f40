"""The drill's scene for issues (R8): a tracker by a sick line, workers that die between, and two that file at once.

The tracker is real HTTP: it keeps what it is told to create, whether its answer arrives or not, as theirs do. Of every
second issue it never tells. And two workers act in step at first, for whether they race may not be left to chance.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from segue.app.drill.proxy import SICK, Mood, Proxy
from segue.app.drill.small import SmallHouse, small_house
from segue.app.drill.tally import Tally
from segue.app.drill.tracker import tracker
from segue.app.filing import Filing
from segue.domain.errors import Conflict
from segue.domain.ports import DIMENSIONS, Tracker
from segue.integrations.outgoing import Outgoing
from segue.integrations.tracker import Repository
from segue.store.candidates import CandidateStore, Unknown
from segue.store.database import Database
from segue.store.issues import IssueStore

SICK_ROUNDS, ROUNDS, LATER = 6, 10, 7 * 3600
"""Fewer than there are tries, the first of them in step, the last in good health; and longer than the longest pause."""
STEP = 2.0
"""Seconds that a worker waits for the other one, who may have died."""


def issues(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Each topic is asked for twice and filed by two workers at once, of whom some die once the issue is created."""
    with small_house(url) as house, tracker(forgets_to_tell=True) as there:
        proxy = Proxy(("127.0.0.1", there.server_port))
        store, topics = IssueStore(house.db), _topics(house, much)
        for topic in topics:
            for _ in range(2):
                with suppress(Conflict):
                    store.ask(topic, f"Something about {topic}", "lena", house.now)
        reached = Repository(Outgoing(["127.0.0.1"]), f"http://127.0.0.1:{proxy.port}/repos/ours/product", "secret")
        _at_once(_in_step(house, reached, chance), house.now)
        for n in range(1, ROUNDS):
            house.time_passes(LATER)
            there.comes_to_rest()
            is_sick = n < SICK_ROUNDS
            proxy.turns(chance.choice(SICK) if is_sick else Mood.HEALTHY, chance.randrange(2))
            seen = [Mortal(reached, random.Random(chance.random()), 0.2 if is_sick else 0.0) for _ in "12"]
            _at_once([Filing(store, CandidateStore(house.db), one) for one in seen], house.now)
        proxy.close()
        tally.add("R8", len(topics), _not_one(topics, there.issues, store))


def _in_step(house: SmallHouse, reached: Tracker, chance: random.Random) -> list[Filing]:
    """Two workers who both know what is due before either acts, and who look at the same moment for what both have."""
    step, turn, hands = threading.Barrier(2), threading.Lock(), [set[str](), set[str]()]
    return [
        Filing(
            InStep(house.db, step, turn, hands[me]),
            CandidateStore(house.db),
            Mortal(reached, random.Random(chance.random()), 0.2, step, hands[1 - me]),
        )
        for me in range(2)
    ]


def _topics(house: SmallHouse, much: int) -> list[str]:
    """Of three messages each."""
    blank = np.zeros(DIMENSIONS, np.float32)
    groups = []
    for n in range(much):
        said = f"The export of {n} rows ends in the middle."
        written = [house.customer_writes(text=said) for _ in range(3)]
        groups.append((["export", str(n)], [Unknown(c, 1, said, blank, "") for c in written], 0))
    return CandidateStore(house.db).put_topics(groups, house.now)


def _at_once(workers: Sequence[Filing], now: datetime) -> None:
    """All of them until nothing is due, or they are dead."""

    def works(worker: Filing) -> None:
        with suppress(Dead):
            while worker.file_due(now):
                pass

    with ThreadPoolExecutor(len(workers)) as pool:
        list(pool.map(works, workers))


def _not_one(topics: Sequence[str], there: Sequence[dict[str, Any]], store: IssueStore) -> list[str]:
    """Topics with no issue or several, and those that we believe to stand elsewhere than they do."""
    keys = Counter(issue["body"].rpartition("Segue ")[2] for issue in there)
    places = {issue["html_url"]: issue["body"].rpartition("Segue ")[2] for issue in there}
    broken = [f"{topic} has {keys[topic]} issues" for topic in topics if keys[topic] != 1]
    known = {row["topic_id"]: row["place"] for row in store.listing()}
    return broken + [f"{topic} is said to stand at {known.get(topic)}" for topic in topics
                     if places.get(str(known.get(topic))) != topic]  # fmt: skip


class Dead(BaseException):
    """The worker is no more: nothing of ours catches that."""


class InStep(IssueStore):
    """Of a worker who waits for the other one before it takes up what is due."""

    def __init__(self, db: Database, step: threading.Barrier, turn: threading.Lock, hand: set[str]) -> None:
        super().__init__(db)
        self._step, self._turn, self._hand = step, turn, hand

    def due(self, now: datetime, limit: int = 10) -> list[Any]:
        with self._turn:
            rows = sorted(super().due(now, limit))
        self._hand.update(row.topic_id for row in rows)
        _both(self._step)
        return rows


@dataclass
class Mortal:
    """A tracker as it is seen by a worker that may die right after an issue was created. `others`: what another worker
    has in hand, who has looked for it too before this one goes on."""

    tracker: Tracker
    chance: random.Random
    dies: float
    step: threading.Barrier | None = None
    others: AbstractSet[str] = frozenset()

    def find(self, key: str, since: datetime) -> list[str]:
        places = self.tracker.find(key, since)
        if self.step and key.rpartition(" ")[2] in self.others:
            _both(self.step)
        return places

    def create(self, title: str, text: str, key: str) -> str:
        place = self.tracker.create(title, text, key)
        if self.chance.random() < self.dies:
            raise Dead
        return place


def _both(step: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):
        step.wait(STEP)
