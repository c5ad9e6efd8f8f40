"""The house is killed forty times while customers write and agents act: nothing is lost, doubled, disordered, left.

`SEGUE_FAULTS_SEED` plays one run again; threads and the machine still bring chances of their own.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from faults.living import LivingHouse, living_house
from segue.app.drill.checks import violations
from segue.app.drill.killing import CRASH, kill_at_random, until_nothing_waits
from segue.app.drill.load import Load, under_load
from segue.store.database import Database
from segue.store.watch import Watch

pytestmark = pytest.mark.faults
KINDS = {"web": 9, "worker": 14, "encoder": 8, "postgres": 3, CRASH: 2, "supervisor": 1, "everything": 3}
DRAIN = 40.0
"""Seconds in which nothing may be left to decide once the killing is over."""


@pytest.mark.long
def test_forty_kills_under_load_lose_and_double_nothing(furnished: Path, tmp_path: Path) -> None:
    seed = int(os.environ.get("SEGUE_FAULTS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"\nseed {seed}")
    with living_house(furnished, tmp_path, ("turns_take_a_moment",)) as house:
        load = Load(house.port, seed)
        begin = time.monotonic()
        with under_load(load):
            kills = kill_at_random(house, load, random.Random(seed), KINDS)
        print(told(load, kills, time.monotonic() - begin))
        drained = until_nothing_waits(house, DRAIN)
        found = violations(house.url, [*load.acknowledged, *load.replied])
        watched = watched_at(house)
        print(f"drained in {drained:.1f} s; {len(found)} violations; decisions {decisions(house)}")

        assert found == [], f"seed {seed}"
        assert set(watched.values()) == {0}, f"seed {seed}: {watched}"
        assert load.refusals == [], f"seed {seed}\n{house.told()}"
        assert sum(kills.values()) == sum(KINDS.values())


def watched_at(house: LivingHouse) -> dict[str, int]:
    """What a machine that watches would be told of the same minutes."""
    db = Database(house.url).open()
    try:
        return Watch(db).broken(datetime.now(UTC))
    finally:
        db.close()


def decisions(house: LivingHouse) -> dict[str, int]:
    with psycopg.connect(house.url) as connection:
        return dict(connection.execute("select reason, count(*) from decisions group by 1 order by 2 desc").fetchall())


def told(load: Load, kills: Counter[str], seconds: float) -> str:
    return (
        f"{len(load.acknowledged)} messages and {len(load.replied)} agents' replies in {seconds:.0f} s;"
        f" accept p50 {load.percentile(0.5):.3f} s, p99 {load.percentile(0.99):.2f} s, first try to 202\n"
        f"kills {dict(kills)}; retries {dict(load.retries)}\ndeeds {dict(load.deeds)}; refusals {load.refusals[:3]}"
    )
