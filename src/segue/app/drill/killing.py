"""Ways to end or pause processes of a living house, at moments that hurt."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import psycopg

from segue.app.drill.living import LivingHouse, send
from segue.app.drill.load import Load

LONGEST_WAIT = 6.0


def kill_at_random(
    house: LivingHouse, load: Load, chance: random.Random, kinds: dict[str, int], most: int = 40,
    until: float = float("inf"), at_once: int = 1,
) -> Counter[str]:  # fmt: skip
    """As many kills of each kind, in a random order, each in the middle of work: up to `most` messages after the ones
    before, and up to `at_once` together. Ends early at the monotonic instant `until`. Returns the kills that were
    done."""
    order = [kind for kind, times in kinds.items() for _ in range(times)]
    chance.shuffle(order)
    done = Counter[str]()
    while order and time.monotonic() < until:
        until_it_has_taken(load, chance.randint(1, most), LONGEST_WAIT)
        for _ in range(min(chance.randint(1, at_once), len(order))):
            kind = order.pop()
            KILLS.get(kind, lambda house, chance, kind=kind: kill_one(house, chance, kind))(house, chance)
            done[kind] += 1
    return done


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


def pause_one(house: LivingHouse, kind: str, seconds: float) -> None:
    """Stops one process of the kind in the middle of what it does, and lets it go on later as if nothing had been."""
    living = house.processes(kind)
    if living:
        send(living[0], signal.SIGSTOP)
        time.sleep(seconds)
        send(living[0], signal.SIGCONT)


_LEFT = """
select (select count(*) from messages m where author = 'customer' and not exists (
    select from decisions d where d.conversation_id = m.conversation_id and d.seq = m.seq)),
    (select count(*) from conversations where ready_at is not null)
"""
