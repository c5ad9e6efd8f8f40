"""Ways to end or pause processes of a living house, at moments that hurt."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor

import psycopg

from segue.app.drill.living import LivingHouse, send
from segue.app.drill.load import Load

LONGEST_WAIT = 6.0
CATCHES_WITHIN = 20.0
"""Seconds for which a worker is looked for that has a turn in hand."""
CRASH = "postgres -9"
"""Beside `postgres`, which is stopped as it can be told to: at once."""


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
            kind = _drawn(house, order)
            KILLS.get(kind, lambda house, chance, kind=kind: kill_one(house, chance, kind))(house, chance)
            done[kind] += 1
    return done


def _drawn(house: LivingHouse, order: list[str]) -> str:
    """Takes the next kind out of the order that has a process to be killed: one that is just being started again has
    its turn later, so that no blow waits for it while the house stands up in peace."""
    last = next((kind for kind in dict.fromkeys(reversed(order)) if _lives(house, kind)), order[-1])
    order.reverse()
    order.remove(last)
    order.reverse()
    return last


def _lives(house: LivingHouse, kind: str) -> bool:
    """Whether it is at work; the web, where it answers."""
    if kind in ("supervisor", "everything"):
        return True
    return house.is_up() if kind == "web" else bool(house.processes("postgres" if kind == CRASH else kind))


def until_it_has_taken(load: Load, messages: int, patience: float) -> None:
    """Returns after so many more were acknowledged, or when that takes too long: then a house is hit that is down."""
    wanted, end = len(load.acknowledged) + messages, time.monotonic() + patience
    while len(load.acknowledged) < wanted and time.monotonic() < end:
        time.sleep(0.01)


def kill_one(house: LivingHouse, chance: random.Random, kind: str) -> None:
    house.kill(_one_of(house, chance, kind))


def _one_of(house: LivingHouse, chance: random.Random, kind: str, but: Set[int] = frozenset()) -> int:
    """One process of the kind, waited for where the last one is still being started again; none of `but`."""
    end = time.monotonic() + 30
    while not (living := [pid for pid in house.processes(kind) if pid not in but]):
        assert time.monotonic() < end, f"no {kind} is running\n{house.told()}"
        time.sleep(0.05)
    return chance.choice(living)


def stop_database(house: LivingHouse, chance: random.Random) -> None:
    """Its own *immediate* shutdown (`pg_ctl stop -m immediate`): sessions end without a word, nothing is written down,
    and the next start recovers from the log."""
    send(_one_of(house, chance, "postgres"), signal.SIGQUIT)


def crash_database(house: LivingHouse, chance: random.Random) -> None:
    """-9 to the postmaster alone, or to everything of PostgreSQL at once."""
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
    "postgres": stop_database, CRASH: crash_database, "supervisor": kill_supervisor, "everything": kill_everything,
}  # fmt: skip


def until_nothing_waits(house: LivingHouse, patience: float) -> float:
    """Seconds until every customer message had its decision, or `patience` where one has none by then. Who had hands
    on a composer leaves: behind them messages would wait for most of a minute."""
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < patience:
        try:
            with psycopg.connect(house.url, autocommit=True) as connection:
                connection.execute(_LEAVE)
                row = connection.execute(_LEFT).fetchone()
        except psycopg.OperationalError:  # it is still standing up again
            row = None
        if row == (0, 0):
            return passed
        time.sleep(0.1)
    return patience


def pause_some(house: LivingHouse, chance: random.Random, stops: Sequence[float], apart: float) -> int:
    """Stops workers in the middle of a turn, one every `apart` seconds, and lets each go on after its own time as if
    nothing had been. Returns how many had a turn in hand: only they wake with something to commit that is no longer
    their own."""
    asleep, caught = set[int](), 0
    with ThreadPoolExecutor() as clocks:
        for n, seconds in enumerate(stops):
            time.sleep(apart if n else 0)
            pid, has_turn = _caught(house, chance, asleep)
            caught += has_turn
            asleep.add(pid)
            clocks.submit(_goes_on, pid, seconds)
    return caught


def _goes_on(pid: int, after: float) -> None:
    time.sleep(after)
    send(pid, signal.SIGCONT)


def _caught(house: LivingHouse, chance: random.Random, asleep: Set[int]) -> tuple[int, bool]:
    """Another worker that is stopped now, and whether it has a lease. One that has none may go on, and the next is
    tried."""
    end = time.monotonic() + CATCHES_WITHIN
    while True:
        pid = _one_of(house, chance, "worker", asleep)
        send(pid, signal.SIGSTOP)
        if (has_turn := _has_turn(house, pid)) or time.monotonic() > end:
            return pid, has_turn
        send(pid, signal.SIGCONT)
        time.sleep(chance.uniform(0, 0.05))


def _has_turn(house: LivingHouse, pid: int) -> bool:
    try:
        with psycopg.connect(house.url, autocommit=True) as connection:
            row = connection.execute(_IN_HAND, {"worker": f"%:{pid}:%"}).fetchone()
    except psycopg.OperationalError:  # it is still standing up again
        return False
    return row is not None and row[0] > 0


_IN_HAND = "select count(*) from conversations where lease_until is not null and leased_by like %(worker)s"
_LEAVE = """
update conversations set held_by = null, held_until = null, ready_at = least(ready_at, now())
where handler = 'assistant' and held_until > now() and ready_at > now()
"""
_LEFT = """
select (select count(*) from messages m where author = 'customer' and not exists (
    select from decisions d where d.conversation_id = m.conversation_id and d.seq = m.seq)),
    (select count(*) from conversations where ready_at is not null)
"""
