"""A disk that falls ill where this machine has none to spare for it: the database is told so, on the one that is there.

Weaker than a small disk of its own (`behind_the_fence.py`), for only the database feels it, and real all the same: its
writes fail where they are made. By a limit of the kernel's on how large a file may grow, which needs nothing; where
there is strace, its log is also refused the next piece as by a full disk.
"""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import psycopg

from segue.app.drill.living import LivingHouse
from segue.app.drill.meanwhile import meanwhile
from segue.app.drill.tracing import strace

TOLD_NO_LOG = "a disk said to have no room for the log"
NARROW = "files that may not grow"
LARGEST = 65_536
"""Bytes: what a house notes of itself fits, and nothing further is written to a table or to the log."""
NO_NEW_PIECE = ("inject=pwritev,pwritev2,fallocate:error=ENOSPC",)
"""How PostgreSQL makes a new piece of its log; one that stands there already is written otherwise."""


@contextmanager
def no_room_for_the_log(house: LivingHouse) -> Iterator[None]:
    """It needs the next piece, without which it cannot even stand."""
    with strace(house.processes_of_database(), *NO_NEW_PIECE):
        asks_for_more_log(house)
        yield


def asks_for_more_log(house: LivingHouse) -> None:
    with suppress(psycopg.Error), psycopg.connect(house.url, autocommit=True, connect_timeout=1) as connection:
        connection.execute("select pg_switch_wal()")


@contextmanager
def may_not_grow(house: LivingHouse) -> Iterator[None]:
    """Nor may those of a database that is started meanwhile."""
    try:
        with meanwhile(partial(_narrows, house)):
            yield
    finally:
        for pid in house.processes_of_database():
            _may_write(pid, None)


def _narrows(house: LivingHouse, is_over: threading.Event) -> None:
    while not is_over.wait(0.05):
        for pid in house.processes_of_database():
            _may_write(pid, LARGEST)


def _may_write(pid: int, most: int | None) -> None:
    """How large that process's files may grow; None: as large as they might before."""
    with suppress(ProcessLookupError, PermissionError):
        _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if most is None else most, hard))
