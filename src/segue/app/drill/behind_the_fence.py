"""What is played behind the fence: a whole house on a disk that is full, and a database behind a line that is cut.

(`fence.py` says how one gets there. Each returns lines of trust to `[tried, broken…]`.)
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from segue.app.drill.checks import violations
from segue.app.drill.fence import set_line
from segue.app.drill.fence import small_disk as mount_small_disk
from segue.app.drill.killing import until_nothing_waits
from segue.app.drill.lines import cut_now_and_then, written_over
from segue.app.drill.living import LivingHouse, same_owners
from segue.app.drill.load import Load, under_load
from segue.app.drill.meanwhile import meanwhile
from segue.app.drill.proxy import proxied
from segue.app.drill.tally import KINDS
from segue.app.drill.tracing import strace
from segue.app.drill.without_a_fence import (
    NARROW,
    TOLD_NO_LOG,
    asks_for_more_log,
    may_not_grow,
    no_room_for_the_log,
)

ROOM = 150_000_000
"""Bytes of the small disk: an empty database takes some 60 million."""
BACK = 20.0
"""Seconds after which messages must be taken again once there is room."""
DRAIN = 40.0
ILL_FOR = 2.5


def small_disk(furnished: str, folder: str, seed: int, ills: list[str]) -> dict[str, list[Any]]:
    """The same as `ill_disk`, on a small disk of its own, which can be filled."""
    data = Path(folder) / "data"
    data.mkdir()
    mount_small_disk(data, ROOM)
    return ill_disk(furnished, folder, seed, ills)


def ill_disk(furnished: str, folder: str, seed: int, ills: list[str]) -> dict[str, list[Any]]:
    """R10 and R1 to R5: a whole house under load whose disk falls ill, and is well again, one ill after the other."""
    place = Path(folder)
    shutil.copytree(furnished, place / "data", symlinks=True, dirs_exist_ok=True)
    same_owners(Path(furnished), place / "data")
    house = LivingHouse(place, {}, 1, "")
    house.start()
    try:
        load, broken = Load(house.port, seed), list[str]()
        with under_load(load, writers=3, agents=1, pause=0.1):
            _until_taken(load, 10, 30)
            for ill in ills:
                broken += _gets_over(ill, house, load)
        if (drained := until_nothing_waits(house, DRAIN)) >= DRAIN:
            broken.append(f"{drained:.0f} s after the disk was well again, messages still waited")
        found = violations(house.url, [*load.acknowledged, *load.replied])
        return _told(load, [*broken, *load.refusals], found)
    finally:
        house.stop()


def _gets_over(ill: str, house: LivingHouse, load: Load) -> list[str]:
    """What was wrong in it: no message taken again, or an ill that nobody felt."""
    felt = load.retries.total()
    with ILLS[ill](house):
        time.sleep(ILL_FOR)
    broken = [] if _until_taken(load, 10, BACK) < BACK else [f"{BACK:.0f} s after {ill}, no message was taken"]
    return broken if load.retries.total() > felt else [*broken, f"{ill} was felt by nobody"]


@contextmanager
def _full(house: LivingHouse) -> Iterator[None]:
    """Tables cannot grow."""
    ballast = house.data / "ballast"
    try:
        with meanwhile(partial(_fills, ballast)):
            yield
    finally:
        ballast.unlink()


@contextmanager
def _full_and_no_log(house: LivingHouse) -> Iterator[None]:
    """It also needs the next piece of its log, without which it cannot even stand."""
    with _full(house):
        time.sleep(0.5)
        asks_for_more_log(house)
        yield


@contextmanager
def _writes_fail(house: LivingHouse) -> Iterator[None]:
    """Nothing that is to reach the disk does (EIO on every fdatasync of the database that runs now)."""
    with strace(house.processes_of_database(), "inject=fdatasync:error=EIO"):
        yield


FULL, NO_LOG, WRITES_FAIL = "a full disk", "a full disk and no room for the log", "a disk that writes nothing"
ILLS: dict[str, Callable[[LivingHouse], AbstractContextManager[None]]] = {
    FULL: _full, NO_LOG: _full_and_no_log, WRITES_FAIL: _writes_fail,
    TOLD_NO_LOG: no_room_for_the_log, NARROW: may_not_grow,
}  # fmt: skip


def _fills(ballast: Path, is_over: threading.Event) -> None:
    """What the database gives back is taken, too."""
    while not is_over.wait(0.05):
        _fill(ballast)


def _fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        for piece in (bytes(1_000_000), bytes(4096)):
            with suppress(OSError):
                while file.write(piece) == len(piece):
                    pass


def _until_taken(load: Load, messages: int, patience: float) -> float:
    begin, had = time.monotonic(), len(load.acknowledged)
    while (passed := time.monotonic() - begin) < patience and len(load.acknowledged) < had + messages:
        time.sleep(0.02)
    return passed


def _told(load: Load, honest: list[str], found: list[str]) -> dict[str, list[Any]]:
    taken = len(load.acknowledged) + len(load.replied)
    told: dict[str, list[Any]] = {
        "R1": [taken], "R2": [len(load.acknowledged)], "R4": [taken], "R10": [sum(load.retries.values()), *honest]
    }  # fmt: skip
    for sentence in found:
        told.setdefault(KINDS[sentence.partition(":")[0]], [0]).append(sentence)
    return told


def cut_line(url: str, seed: int, much: int) -> dict[str, list[Any]]:
    """The line to the database is cut and mended while customers write: nothing is refused or ends, packets vanish."""
    with proxied(url) as (proxy, through), cut_now_and_then(set_line, random.Random(seed)):
        taken, tries, wrong = written_over(through, proxy, much)
    return {"acknowledged": [list(a) for a in taken], "R10": [tries, *wrong]}
