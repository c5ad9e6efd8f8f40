"""The whole house as it is started anywhere, in processes of its own, and what it costs."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from segue.app.leftovers import own_folder
from segue.app.processes import free_port
from segue.app.settings import Settings, thrown_away
from segue.app.up import environment, is_whole
from segue.domain.errors import Unavailable
from segue.store.postmaster import die_with_parent

STARTS_WITHIN = 120.0
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Running:
    port: int
    pid: int

    def cost(self) -> tuple[dict[str, float], dict[str, float]]:
        """CPU seconds so far and MB of memory, by part (without a database that is not its child)."""
        cpu, rss = defaultdict[str, float](float), defaultdict[str, float](float)
        for pid in _family(self.pid):
            with suppress(OSError, IndexError):
                part = _part(pid)
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                cpu[part] += (int(fields[11]) + int(fields[12])) / TICKS
                rss[part] += int(fields[21]) * PAGE / 2**20
        return dict(cpu), dict(rss)


@contextmanager
def running(at: Settings, mail_listen: str = "") -> Iterator[Running]:
    """`segue up` over the database of `at`, in a folder of its own and behind closed doors, until the block ends; mail
    comes in only where a place on this machine is named. Raises Unavailable where it does not come up."""
    many_files()
    port = free_port()
    with own_folder("house") as folder:  # its sockets and its address
        chosen = replace(thrown_away(at, folder, at.database_url), port=port, log="error", mail_listen=mail_listen)
        process = subprocess.Popen(
            [sys.executable, "-m", "segue", "up", "--no-demo"], env=environment(chosen), stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        try:
            _wait_for(port)
            yield Running(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def many_files() -> None:
    """Thousands of open pages are as many sockets, here and in the web process, which inherits the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _wait_for(port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if is_whole(f"http://127.0.0.1:{port}"):
            return
        time.sleep(0.1)
    raise Unavailable("The house did not come up.", "Start it with `segue up` and see what it says.")


def _part(pid: int) -> str:
    """The command a process of ours was started with: web, worker, encoder; `up` for the one above them."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return words[words.index("segue") + 1] if "segue" in words else "other"


def _family(pid: int) -> list[int]:
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(one for child in children for one in _family(int(child)))]
    return [pid]
