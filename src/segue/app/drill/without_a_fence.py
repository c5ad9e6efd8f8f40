"""A disk that falls ill where this machine has none to spare for it: the database is told so, on the one that is there.

Weaker than a small disk of its own (`behind_the_fence.py`), for only the database feels it, and real all the same: its
writes fail where they are made. By a limit of the kernel's on how large a file may grow, which needs nothing; where
there is strace, its log is also refused the next piece as by a full disk.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg

from segue.app.drill.living import LivingHouse
from segue.app.drill.meanwhile import meanwhile
from segue.app.drill.tracing import strace

TOLD_NO_LOG = "a disk said to have no room for the log"
NARROW = "files that may not grow"
LARGEST = 65_536
"""Bytes: what a house notes of itself fits, and nothing further is written to a table or to the log."""
Limits = Callable[[int, int | None], None]
LIMITER = """
import os, resource, sys
uid, gid = map(int, sys.argv[1:])
if os.geteuid() != uid:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
for line in sys.stdin:
    pid, most = map(int, line.split())
    try:
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if most < 0 else most, hard))
    except ProcessLookupError:
        pass
"""
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
    with _limiter(house) as limits:
        try:
            with meanwhile(partial(_narrows, house, limits)):
                yield
        finally:
            for pid in house.processes_of_database():
                limits(pid, None)


def _narrows(house: LivingHouse, limits: Limits, is_over: threading.Event) -> None:
    while not is_over.wait(0.05):
        for pid in house.processes_of_database():
            limits(pid, LARGEST)


@contextmanager
def _limiter(house: LivingHouse) -> Iterator[Limits]:
    """Says to a process how large its files may grow; None: as large as before. Only the account PostgreSQL runs as
    may say so to it, which root has lent it: a process of our own becomes that one."""
    owner = Path(f"/proc/{house.processes_of_database()[0]}").stat()
    command = [sys.executable, "-c", LIMITER, str(owner.st_uid), str(owner.st_gid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as limiter:
        line = limiter.stdin
        assert line

        def limits(pid: int, most: int | None) -> None:
            line.write(f"{pid} {-1 if most is None else most}\n")
            line.flush()

        yield limits
        line.close()
