"""R10: the database goes away for three seconds under load, and comes back. Nobody is told what is not so, and nobody
has to lend a hand. (What the answer looks like, and a full disk, are tested with the API.)
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.checks import violations
from faults.killing import until_nothing_waits
from faults.living import LivingHouse, living_house, same_owners, send_to_all
from faults.load import Load, under_load
from segue.store.postmaster import postmaster
from segue.store.server import Server

pytestmark = pytest.mark.faults
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


@pytest.mark.parametrize("goes_away", [stopped, frozen], ids=lambda f: f.__name__)
def test_a_database_that_goes_away_for_three_seconds_costs_three_seconds(
    goes_away: Callable[[Server], Callable[[], object]], server: Server, tmp_path: Path
) -> None:
    url = server.start()
    with living_house(tmp_path, tmp_path, ("turns_take_a_moment",), url=url) as house:
        before = processes(house)
        load = Load(house.port, 1)
        with under_load(load):
            until_taken(load, 30, 30)
            comes_back = goes_away(server)
            time.sleep(0.3)  # what had been written may still be answered for
            acknowledged = len(load.acknowledged)
            time.sleep(GONE)
            during = len(load.acknowledged) - acknowledged
            comes_back()
            waited = until_taken(load, 30, 30)
        drained = until_nothing_waits(house, 60)
        print(f"\n{len(load.acknowledged)} messages; {during} 202s without a database, messages taken {waited:.1f} s after "
              f"its return, drained {drained:.1f} s later; retries {dict(load.retries)}")  # fmt: skip

        assert during == 0
        assert waited < BACK
        assert drained < BACK
        assert violations(url, [*load.acknowledged, *load.replied]) == []
        assert load.refusals == []
        assert processes(house) == before, "something had to be started again"


def until_taken(load: Load, messages: int, patience: float) -> float:
    """Seconds until the first of so many more was taken; waits for all of them."""
    begin, had, first = time.monotonic(), len(load.acknowledged), patience
    while len(load.acknowledged) < had + messages and time.monotonic() - begin < patience:
        if len(load.acknowledged) > had:
            first = min(first, time.monotonic() - begin)
        time.sleep(0.01)
    return first


def processes(house: LivingHouse) -> dict[str, list[int]]:
    return {kind: sorted(house.processes(kind)) for kind in ("web", "worker", "encoder")}
