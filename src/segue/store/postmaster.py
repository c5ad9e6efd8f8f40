"""What is known of a running PostgreSQL from outside: its pid file, and whether the process in it is what it says.

A process id in a file proves nothing: after a crash the same number may belong to anybody. It is believed only if that
process is a PostgreSQL that stands in the cluster.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def postmaster(cluster: Path) -> int | None:
    """The process id of the server on this cluster, or None."""
    lines = pid_file(cluster)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    is_ours = _serves(Path(f"/proc/{pid}"), cluster) if Path("/proc/self").exists() else _looks_like_postgres(pid)
    return pid if is_ours else None


def left_behind(cluster: Path) -> list[int]:
    """Processes of a server on this cluster whose postmaster is gone. Most end by themselves at once; one that waits
    for another that has ended already never does, and no new server starts beside it. None are seen without /proc."""
    if postmaster(cluster):
        return []
    return [int(found.name) for found in Path("/proc").glob("[0-9]*") if _serves(found, cluster)]


def is_ready(pid: int | None, cluster: Path) -> bool:
    """The eighth line says what the server is doing; the first, which server wrote it."""
    lines = pid_file(cluster)
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def socket_folder(cluster: Path) -> str:
    """Where the running server listens, in its own words."""
    return pid_file(cluster)[4]


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """What a child does right after the fork, to end when the thread that started it ends.

    libc is loaded here, before the fork: between fork and exec nothing may be loaded. Without prctl (not on Linux) it
    does nothing.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def bind() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it went away in between
            os._exit(1)

    return bind


def _serves(process: Path, cluster: Path) -> bool:
    """Whether a process under /proc is a PostgreSQL that stands in the cluster."""
    try:
        is_postgres = (process / "exe").readlink().name.startswith("postgres")
        return is_postgres and (process / "cwd").samefile(cluster)
    except OSError:
        return False


def _looks_like_postgres(pid: int) -> bool:
    """The second best answer, for systems without /proc."""
    said = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False).stdout
    return "postgres" in said
