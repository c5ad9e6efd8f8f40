"""A disk that falls ill where this machine has none to spare for it: the database is told so, on the one that is there.

Weaker than a small disk of its own (`behind_the_fence.py`), for only the database feels it, and real all the same: its
writes fail where they are made. By a limit of the kernel's on how large a file may grow, which needs nothing; where
there is strace, its log is also refused the next piece as by a full disk; and where there is none, but a C compiler, a
library that stands before the system's says that nothing reached the disk.
"""

from __future__ import annotations

import shutil
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
UNWRITTEN = "a disk that writes nothing, as a library says"
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


MARK = "ill.now"
"""A file: while it stands in the house's folder, nothing reaches the disk."""
LIBRARY = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int fdatasync(int file) {
    const char *mark = getenv("SEGUE_DRILL_ILL");
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
    if (mark && access(mark, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return real(file);
}
"""


def library(folder: Path) -> dict[str, str]:
    """What the house of that folder needs in its environment, so that `writes_nothing` reaches its database; nothing
    where this machine cannot build it."""
    source, built = folder / "ill.c", folder / "ill.so"
    if not (compiler := shutil.which("cc")):
        return {}
    source.write_text(LIBRARY, "utf8")
    command = [compiler, "-shared", "-fPIC", "-o", str(built), str(source), "-ldl"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return {}
    return {"LD_PRELOAD": str(built), "SEGUE_DRILL_ILL": str(folder / MARK)}


@contextmanager
def writes_nothing(house: LivingHouse) -> Iterator[None]:
    """EIO on every fdatasync, of a database that is started meanwhile, too."""
    mark = house.folder / MARK
    mark.touch()
    try:
        yield
    finally:
        mark.unlink()
