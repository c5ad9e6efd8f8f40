"""R10: the database goes away for three seconds under load, and comes back. Nobody is told what is not so, and nobody
has to lend a hand. (What the answer looks like, and a full disk, are tested with the API.)
"""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from faults.living import LivingHouse, living_house, same_owners, send_to_all
from segue.app.drill.checks import violations
from segue.app.drill.killing import until_nothing_waits
from segue.app.drill.load import Load, under_load
from segue.app.drill.small import small_house
from segue.domain.errors import DatabaseUnavailable
from segue.store.postmaster import postmaster
from segue.store.server import Server

GONE = 3.0
BACK = 15.0
"""Seconds after which messages must be taken again."""


@pytest.fixture
def server(furnished: Path, tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL that is not the house's own, as `DATABASE_URL` names one."""
    shutil.copytree(furnished, tmp_path / "elsewhere", symlinks=True)
    same_owners(furnished, tmp_path / "elsewhere")
    server = Server(tmp_path / "elsewhere", say=lambda _: None)
    yield server
    server.stop()


def stopped(server: Server) -> Callable[[], object]:
    server.stop()
    return server.start


def frozen(server: Server) -> Callable[[], object]:
    """It takes connections and answers nothing: no error tells anybody."""
    pid = postmaster(server.cluster)
    assert pid
    send_to_all(pid, signal.SIGSTOP)
    return lambda: send_to_all(pid, signal.SIGCONT)


@pytest.mark.faults
def test_a_database_that_goes_away_for_three_seconds_costs_three_seconds(server: Server, tmp_path: Path) -> None:
    """Twice, in one house: it ends, and is started again; and it stands still, and goes on."""
    url = server.start()
    with living_house(tmp_path, tmp_path, ("turns_take_a_moment",), url=url) as house:
        before = processes(house)
        for seed, goes_away in enumerate((stopped, frozen), 1):
            load = Load(house.port, seed, name=goes_away.__name__)
            with under_load(load):
                until_taken(load, 30, 30)
                comes_back = goes_away(server)
                gone = len(load.acknowledged)
                time.sleep(GONE)
                during = load.acknowledged[gone:]
                waited = until_taken(load, 30, 30, comes_back)
            drained = until_nothing_waits(house, 60)
            print(f"\n{goes_away.__name__}: {len(load.acknowledged)} messages, {len(during)} without a database; taken"
                  f" again after {waited:.1f} s, drained in {drained:.1f} s; {dict(load.retries)}")  # fmt: skip

            by_writer = Counter(taken.client_id.rpartition(".")[0] for taken in during)
            assert max(by_writer.values(), default=0) <= 1, "only what was written before may still be answered for"
            assert waited < BACK
            assert drained < BACK
            assert violations(url, [*load.acknowledged, *load.replied]) == []
            assert load.refusals == []
            assert processes(house) == before, "something had to be started again"


def until_taken(load: Load, messages: int, patience: float, comes_back: Callable[[], object] = lambda: None) -> float:
    """Seconds until the first of so many more was taken; waits for all of them."""
    begin, had, first = time.monotonic(), len(load.acknowledged), patience
    comes_back()
    while len(load.acknowledged) < had + messages and time.monotonic() - begin < patience:
        if len(load.acknowledged) > had:
            first = min(first, time.monotonic() - begin)
        time.sleep(0.01)
    return first


def processes(house: LivingHouse) -> dict[str, list[int]]:
    return {kind: sorted(house.processes(kind)) for kind in ("web", "worker", "encoder")}


def test_a_worker_whose_database_went_away_goes_on_at_once_when_it_is_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had claimed must not wait until its lease runs out: half a minute, and then for a person."""
    with small_house(database_url) as house:
        for _ in range(3):
            house.customer_writes()
        worker = house.worker(house.here)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(house.here, "commit", _no_database)
            with pytest.raises(DatabaseUnavailable):
                worker.work_off()

        assert worker.work_off() == 3
        assert house.violations() == []


def test_a_turn_that_cannot_be_written_takes_no_other_with_it(database_url: str) -> None:
    """It is tried again; and the last try, a person's, is written without what could not be."""
    with small_house(database_url) as house:
        house.listening.unwritable_on = "odd"
        for text in ("Something odd", "Why is my invoice higher?", "How do I add a seat?"):
            house.customer_writes(text=text)

        assert house.worker(house.here).work_off() == 2
        house.drain()
        assert house.violations() == []
        row = house.db.one("select count(*) as n from decisions where reason = 'not_considered'")
        assert row is not None
        assert row.n == 1


@pytest.mark.parametrize("beside", ["turns that can be written", "one that cannot, so that each is written alone"])
def test_turns_that_get_in_the_way_of_somebody_else_take_no_other_with_them(database_url: str, beside: str) -> None:
    with small_house(database_url) as house:
        house.listening.unwritable_on = "odd"
        first = "Something odd" if beside.startswith("one") else "How do I add a seat?"
        conversations = [house.customer_writes(text=text) for text in (first, "Why is it higher?", "And the tax?")]
        done = list[int]()
        with psycopg.connect(database_url) as other:
            other.execute("set deadlock_timeout = '20s'")  # it is the worker who is sent away
            other.execute("select from policies for update")
            worker = threading.Thread(target=lambda: done.append(house.worker(house.here).work_off()))
            worker.start()
            waits = "select from pg_locks where pg_backend_pid() = any(pg_blocking_pids(pid)) and not granted"
            while other.execute(waits).fetchone() is None:
                time.sleep(0.01)
            # not the third: the worker may have it before the other comes to it, and is sent away once more
            other.execute("select from conversations where id = any(%s) for update", (conversations[:2],))
            assert worker.is_alive()
        worker.join()

        house.drain()
        assert house.violations() == []
        assert done == [1 if first == "Something odd" else 3], "the rest of the batch went on"


def _no_database(*_: object) -> set[str]:
    raise DatabaseUnavailable("The database does not answer.", "Try again.")
