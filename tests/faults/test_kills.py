"""The house is killed forty times while customers write and agents act: nothing is lost, doubled, disordered, left.

`SEGUE_FAULTS_SEED` plays one run again; threads and the machine still bring chances of their own.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from faults.checks import violations
from faults.living import LivingHouse, living_house
from faults.load import Load, under_load

pytestmark = pytest.mark.faults
KINDS = {"web": 9, "worker": 14, "encoder": 8, "postgres": 5, "supervisor": 1, "everything": 3}
DRAIN = 40.0
"""Seconds in which nothing may be left to decide once the killing is over."""
LONGEST_WAIT = 6.0


def test_forty_kills_under_load_lose_and_double_nothing(furnished: Path, tmp_path: Path) -> None:
    seed = int(os.environ.get("SEGUE_FAULTS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"\nseed {seed}")
    with living_house(furnished, tmp_path) as house:
        load = Load(house.port, seed)
        begin = time.monotonic()
        with under_load(load):
            kills = kill_at_random(house, load, random.Random(seed), KINDS)
        print(told(load, kills, time.monotonic() - begin))
        drained = until_nothing_waits(house, DRAIN)
        found = violations(house.url, [*load.acknowledged, *load.replied])
        print(f"drained in {drained:.1f} s; {len(found)} violations; decisions {decisions(house)}")

        assert found == [], f"seed {seed}"
        assert load.refusals == [], f"seed {seed}\n{house.told()}"
        assert sum(kills.values()) == sum(KINDS.values())


def kill_at_random(house: LivingHouse, load: Load, chance: random.Random, kinds: dict[str, int]) -> Counter[str]:
    """As many kills of each kind, in a random order, each in the middle of work: some messages after the one before."""
    order = [kind for kind, times in kinds.items() for _ in range(times)]
    chance.shuffle(order)
    for kind in order:
        until_it_has_taken(load, chance.randint(1, 40), LONGEST_WAIT)
        KILLS.get(kind, lambda house, chance, kind=kind: kill_one(house, chance, kind))(house, chance)
    return Counter(order)


def until_it_has_taken(load: Load, messages: int, patience: float) -> None:
    """Returns after so many more were acknowledged, or when that takes too long: then a house is hit that is down."""
    wanted, end = len(load.acknowledged) + messages, time.monotonic() + patience
    while len(load.acknowledged) < wanted and time.monotonic() < end:
        time.sleep(0.01)


def kill_one(house: LivingHouse, chance: random.Random, kind: str) -> None:
    """One process of the kind, waited for where the last one is still being started again."""
    end = time.monotonic() + 30
    while not (living := house.processes(kind)):
        assert time.monotonic() < end, f"no {kind} is running\n{house.told()}"
        time.sleep(0.05)
    house.kill(chance.choice(living))


def kill_database(house: LivingHouse, chance: random.Random) -> None:
    """The postmaster alone, or everything of PostgreSQL at once."""
    if chance.random() < 0.5:
        kill_one(house, chance, "postgres")
    else:
        house.kill_database()


def kill_supervisor(house: LivingHouse, chance: random.Random) -> None:
    house.kill_supervisor()
    house.start()


def kill_everything(house: LivingHouse, chance: random.Random) -> None:
    house.kill_everything()
    time.sleep(chance.uniform(0, 0.5))
    house.start()


KILLS: dict[str, Callable[[LivingHouse, random.Random], None]] = {
    "postgres": kill_database, "supervisor": kill_supervisor, "everything": kill_everything,
}  # fmt: skip


def until_nothing_waits(house: LivingHouse, patience: float) -> float:
    """Seconds until every customer message had its decision, or `patience` where one has none by then."""
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < patience:
        try:
            with psycopg.connect(house.url, autocommit=True) as connection:
                row = connection.execute(_LEFT).fetchone()
        except psycopg.OperationalError:  # it is still standing up again
            row = None
        if row == (0, 0):
            return passed
        time.sleep(0.1)
    return patience


def decisions(house: LivingHouse) -> dict[str, int]:
    with psycopg.connect(house.url) as connection:
        return dict(connection.execute("select reason, count(*) from decisions group by 1 order by 2 desc").fetchall())


def told(load: Load, kills: Counter[str], seconds: float) -> str:
    return (
        f"{len(load.acknowledged)} messages and {len(load.replied)} agents' replies in {seconds:.0f} s;"
        f" accept p50 {load.percentile(0.5):.3f} s, p99 {load.percentile(0.99):.2f} s, first try to 202\n"
        f"kills {dict(kills)}; retries {dict(load.retries)}\ndeeds {dict(load.deeds)}; refusals {load.refusals[:3]}"
    )


_LEFT = """
select (select count(*) from messages m where author = 'customer' and not exists (
    select from decisions d where d.conversation_id = m.conversation_id and d.seq = m.seq)),
    (select count(*) from conversations where ready_at is not null)
"""
