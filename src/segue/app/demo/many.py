"""`segue seed --conversations N`: the demo company as it would be after N conversations, for measuring at size.

The one idea: a few hundred conversations are really lived through by this house, the rest are copies of those and of
the demo company's brought-in past, with other customers, agents, names, numbers and times. So every table holds what
the product writes there, in the proportions in which it does. A copy's vector is its source's moved a little; a million
texts are not encoded one by one. Bodies of assessments, answers and briefings are the sources' own, word for word.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.random import Generator

from segue.app.demo import crowd
from segue.app.demo.arrivals import HOURS, WEEK
from segue.app.demo.lived import Life
from segue.app.door import House
from segue.domain.conversation import Handler, Status
from segue.domain.ids import id_of
from segue.domain.ports import DIMENSIONS, Vector
from segue.store.figured import Figured
from segue.store.multiplied import Copy, Multiplier, Original, Person

LIVED, BROKEN_OFF = 360, 120
"""At most; fewer where fewer copies are made of them."""
DAYS = 365
OURS = 0.25
"""The newest share: considered by this house. What is older was brought in from elsewhere."""
OPEN = 0.01
"""The newest share that is not resolved."""
STATES = {"answered": 0.52, "unassigned": 0.08, "assigned": 0.17, "replied": 0.18, "asleep": 0.05}
"""How those stand."""
PAST, OURS_TOO = "past", "ours"
NOISES, MOVED = 997, 0.25
"""How many ways there are to move a vector, and how far, beside its own length of 1."""
AT_ONCE = 20_000
Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Sources:
    brought: tuple[Original, ...]
    lived: tuple[Original, ...]
    unresolved: dict[str, tuple[Original, ...]]
    """By a key of STATES."""


def multiply(house: House, several: int, now: datetime, seed: int, tell: Tell) -> dict[str, Any]:
    """Grows a freshly seeded house to `several` conversations; returns seconds by part, and what it takes on disk.

    Raises Refused where the database allows no bulk.
    """
    clock, random, store = _Clock(), np.random.default_rng(seed), Multiplier(house.db)
    tell("Living through what is to be copied.")
    Life(house, now, seed).live(min(LIVED, several // 50), min(BROKEN_OFF, several // 100))
    sources = _sorted(store.sources())
    agents = crowd.agents(tuple(team.id for team in house.workspace.teams()), random)
    for agent in agents:
        house.workspace.put_agent(agent, now)
    clock.lap("lived_s")
    rest = max(0, several - len(sources.brought) - len(sources.lived) - sum(map(len, sources.unresolved.values())))
    people = _people(store, max(50, several // crowd.PER_CONTACT), now, random)
    with store.without_indexes(), store.opened(_noise(random)) as connection:
        plan = _Plan(sources, people, tuple(agent.id for agent in agents), now, random)
        for done, copies in plan.chunks(rest):
            store.copy(connection, copies)
            tell(f"{done:,} of {rest:,} conversations.")
        clock.lap("copied_s")
        tell("Building the indexes.")
    clock.lap("indexes_s")
    store.settle(("house",))
    Figured(house.db).rebuild()
    clock.lap("settled_s")
    return {**clock.took, **_told(store.sizes())}


def _told(sizes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Conversations and messages, and MB on disk: of all, and of what takes most of it, with its indexes."""
    rows = {one["name"]: one["rows"] for one in sizes}
    mb = {one["name"]: round((one["held"] + one["indexed"]) / 2**20, 1) for one in sizes}
    largest = {name: {"mb": mb[name], "rows": rows[name]} for name in list(mb)[:8]}
    return {
        "conversations": rows["conversations"], "messages": rows["messages"], "mb": round(sum(mb.values())),
        "largest": largest,
    }  # fmt: skip


class _Clock:
    def __init__(self) -> None:
        self._since, self.took = time.monotonic(), dict[str, float]()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.took[name], self._since = round(now - self._since, 1), now


class _Plan:
    """Which copy is made of what, oldest first."""

    def __init__(
        self, sources: Sources, people: Sequence[Person], agents: Sequence[str], now: datetime, random: Generator
    ) -> None:
        self._sources, self._people, self._agents = sources, people, agents
        self._now, self._random = now, random

    def chunks(self, several: int) -> Iterator[tuple[int, list[Copy]]]:
        """With how many are done after each."""
        times, kinds = self._times(several), self._kinds(several)
        who = crowd.writers(several, len(self._people), self._random)
        for begin in range(0, several, AT_ONCE):
            end = min(several, begin + AT_ONCE)
            yield end, [self._copy(n, times[n], kinds[n], self._people[who[n]]) for n in range(begin, end)]

    def _times(self, several: int) -> list[datetime]:
        """In order; by the demo company's weeks and days, the unresolved within the last three."""
        days = [self._now - timedelta(days=back) for back in range(DAYS, 0, -1)]
        weights = np.array([WEEK[day.weekday()] for day in days])
        hours = np.array(HOURS, float)
        fresh = int(several * OPEN)
        day = self._random.choice(DAYS, several - fresh, p=weights / weights.sum())
        hour = self._random.choice(24, several - fresh, p=hours / hours.sum()) + self._random.random(several - fresh)
        begun = self._now - timedelta(days=DAYS + 3)
        old = np.sort(day + hour / 24)
        new = np.sort(DAYS + 3 * self._random.random(fresh))
        return [begun + timedelta(days=float(at)) for at in np.concatenate([old, new])]

    def _kinds(self, several: int) -> list[str]:
        """Past, ours, or the state of one that is not resolved."""
        fresh, ours = int(several * OPEN), int(several * OURS)
        shares = np.array([STATES[key] for key in self._sources.unresolved])
        states = self._random.choice(list(self._sources.unresolved), fresh, p=shares / shares.sum())
        return [PAST] * (several - ours) + [OURS_TOO] * (ours - fresh) + [str(state) for state in states]

    def _copy(self, n: int, at: datetime, kind: str, person: Person) -> Copy:
        random, pools = self._random, self._sources
        pool = pools.brought if kind == PAST else pools.lived if kind == OURS_TOO else pools.unresolved[kind]
        source = pool[int(random.integers(len(pool)))]
        return Copy(
            id_of("cnv", at, random.bytes(10)), source.id, person.id, person.account_id,
            self._agents[int(random.integers(len(self._agents)))], at, 30_000 + n, int(random.integers(NOISES)),
            person.name.split()[0], source.first_name,
        )  # fmt: skip


def _sorted(found: Sequence[Original]) -> Sources:
    resolved = [one for one in found if one.status == Status.RESOLVED]
    states: dict[str, list[Original]] = {}
    for one in found:
        if one.status != Status.RESOLVED:
            states.setdefault(_state(one), []).append(one)
    return Sources(
        tuple(one for one in resolved if not one.is_lived), tuple(one for one in resolved if one.is_lived),
        {state: tuple(ones) for state, ones in states.items() if state in STATES},
    )  # fmt: skip


def _state(one: Original) -> str:
    if one.is_asleep:
        return "asleep"
    if one.handler == Handler.ASSISTANT:
        return "answered"
    return "replied" if one.status == Status.WAITING else "assigned" if one.is_assigned else "unassigned"


def _people(store: Multiplier, several: int, now: datetime, random: Generator) -> list[Person]:
    accounts = max(10, several // crowd.MEMBERS)
    people = list(crowd.people(several, accounts, now, random))
    store.people(crowd.companies(accounts, now, random), people)
    return people


def _noise(random: Generator) -> Vector:
    moved = random.normal(0, MOVED / np.sqrt(DIMENSIONS), (NOISES, DIMENSIONS))
    return np.asarray(moved, np.float32)
