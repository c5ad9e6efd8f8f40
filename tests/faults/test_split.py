"""Web and workers apart, as docs/operate.md says: two web processes and two workers of one database, one of each
told to end under load while the other goes on. Nothing is lost, doubled, disordered or left.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from segue.app.drill.checks import violations
from segue.app.drill.load import Load, under_load
from segue.app.drill.proxy import Proxy
from segue.app.settings import Settings, thrown_away
from segue.app.up import environment
from segue.store.server import Server

pytestmark = pytest.mark.long

ENDS_WITHIN, COMES_WITHIN, DRAINS_WITHIN = 25.0, 90.0, 60.0
EACH = 20
"""Messages that are taken between one thing and the next."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Split:
    """Processes of one house, started one by one with the same settings."""

    def __init__(self, folder: Path, url: str) -> None:
        self._at = thrown_away(Settings(encoder="standin", log="warning"), folder, url)
        self._socket, self.log = folder / "encoder.sock", folder / "log"
        self._env = environment(self._at) | {"SEGUE_ENCODER_SOCKET": str(self._socket)}

    def starts(self, *words: str, port: int = 0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "segue", *words]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env={**os.environ, **self._env, "SEGUE_PORT": str(port)}, stderr=log)

    def encoder(self) -> subprocess.Popen[bytes]:
        return self.starts("encoder", "--socket", str(self._socket))


def takes(port: int) -> bool:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def until(is_so: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def ends(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(ENDS_WITHIN) in (0, -signal.SIGTERM)


@contextmanager
def ended_at_last(processes: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.faults
def test_one_of_two_webs_and_of_two_workers_may_end_while_the_others_go_on(furnished: Path, tmp_path: Path) -> None:
    server, processes = Server(furnished, say=lambda _: None), list[subprocess.Popen[bytes]]()
    with ExitStack() as closes:
        url = server.start()
        closes.callback(server.stop)
        closes.enter_context(ended_at_last(processes))
        split, ports = Split(tmp_path, url), (free_port(), free_port())
        processes += [split.encoder(), split.starts("worker"), split.starts("worker")]
        processes += [split.starts("web", port=port) for port in ports]
        for port in ports:
            until(lambda: takes(port), COMES_WITHIN)  # noqa: B023
        proxy = Proxy(("127.0.0.1", ports[0]))
        closes.callback(proxy.close)
        load = Load(proxy.port, 7)

        with under_load(load, writers=4, agents=1, pause=0.1):
            taken_since(load)
            ends(processes[1])  # a worker; the other one goes on
            proxy.leads_to(("127.0.0.1", ports[1]))
            ends(processes[3])  # a web, from which the proxy has turned away
            taken_since(load)
        until(lambda: not waiting(url), DRAINS_WITHIN)

        for process in (processes[4], processes[2], processes[0]):
            ends(process)

        assert violations(url, [*load.acknowledged, *load.replied]) == [], split.log.read_text()[-3000:]
        assert load.refusals == []


def taken_since(load: Load) -> None:
    had = len(load.acknowledged)
    until(lambda: len(load.acknowledged) >= had + EACH, COMES_WITHIN)


def waiting(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from conversations where ready_at is not null").fetchone()
    assert row is not None
    return int(row[0])
