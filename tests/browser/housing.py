"""Houses for browsers: furnished once a run, copied for whoever needs one, started as anybody starts theirs.

`SEGUE_BROWSER_HOUSE` names another command that starts a house; it must say the same lines as `segue up`.
"""

from __future__ import annotations

import fcntl
import os
import queue
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from browser.cast import LiveHouse

READY_WITHIN = 180
OTHER = "SEGUE_BROWSER_HOUSE"
LAST = "Ctrl-C stops it"
"""What a house says last of how to come in."""
OF_BEFORE = "what the helpdesk before hashed ids with"


@contextmanager
def lived_in(data: Path, *more: str) -> Iterator[LiveHouse]:
    """Over what lies in the folder; `more` is said to the command, as `--no-demo` for a house in which nobody works."""
    port = _free_port()
    command = os.environ.get(OTHER, f"{sys.executable} -m segue up --port {{port}} --data {{data}}")
    process = subprocess.Popen(
        [*shlex.split(command.format(port=port, data=data)), *more], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"SEGUE_ENCODER": "standin", "SEGUE_USER_HASH_SECRET": OF_BEFORE, **os.environ, "PYTHONUNBUFFERED": "1",
             "NO_COLOR": "1"},
    )  # fmt: skip
    try:
        yield _started(process, port, data)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def copy_of_the_furnished(factory: pytest.TempPathFactory, data: Path) -> None:
    subprocess.run(["cp", "-a", _furnished(factory.getbasetemp()), data], check=True)


def _furnished(base: Path) -> Path:
    """A data folder with the demo company and its considered past: whoever of the run comes first makes it."""
    of_the_run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = of_the_run / "furnished"
    with (of_the_run / "furnished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            for words in (("seed", "--lived", "0"), ("backfill",)):
                command = [sys.executable, "-m", "segue", *words, "--data", str(making)]
                subprocess.run(command, env={"SEGUE_ENCODER": "standin", **os.environ}, check=True)
            making.rename(folder)
    return folder


def _started(process: subprocess.Popen[str], port: int, data: Path) -> LiveHouse:
    """Waits for all it says once it is ready, with the identities of the cast where it has one."""
    assert process.stdout
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    guests, said, key = {}, list[str](), ""
    while not said or LAST not in said[-1]:
        try:
            said.append(lines.get(timeout=READY_WITHIN))
        except queue.Empty:
            said.append("")
        if not said[-1]:
            pytest.fail("The house did not start:\n" + "".join(said[-40:]))
        if found := re.search(r"write as (\w+)\s+http://[^/]+(/chat\?identity=\S+)", said[-1]):
            guests[found[1]] = found[2]
        if found := re.search(r"API key\s+(sk_\S+)", said[-1]):
            key = found[1]
    return LiveHouse(f"http://127.0.0.1:{port}", guests, key, data)


def _read(output: IO[str], lines: queue.Queue[str]) -> None:
    """An empty line at the end of everything: a house that ended is not waited for."""
    for line in output:
        lines.put(line)
    lines.put("")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
