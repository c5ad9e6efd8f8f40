"""Our own processes: kept alive, ended together, nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn

from segue.app import up, welcome
from segue.app.processes import Child, Supervisor, listen_at, listen_on
from segue.app.running import trusting
from segue.app.settings import Settings
from segue.app.welcome import sits_there
from segue.domain.errors import Refused
from segue.knowledge.encoder_service import EncoderClient

LINES = list[str]
SLEEP = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"
)
ANSWER = """
import socket, sys
line, _ = socket.socket(fileno=int(sys.argv[1])).accept()
line.sendall(b"hello")
line.close()
"""
SUPERVISE = """
import sys
from segue.app.processes import Child, Supervisor
Supervisor([Child("sleeper", ["-c", sys.argv[1]], count=2)], command=[sys.executable]).run()
"""


def supervised(*children: Child, grace: float = 5) -> tuple[Supervisor, LINES]:
    lines: LINES = []
    return Supervisor(children, grace=grace, say=lines.append, command=[sys.executable]), lines


def until(question: Callable[[], object], patience: float = 30) -> None:
    end = time.monotonic() + patience
    while not question():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def run_while(supervisor: Supervisor, watch: Callable[[], None]) -> None:
    """Run the supervisor here and `watch` beside it; stop when the watching is over."""
    troubles: list[BaseException] = []

    def beside() -> None:
        try:
            watch()
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            supervisor.stop()

    watcher = threading.Thread(target=beside)
    supervisor.run(on_ready=watcher.start)
    watcher.join()
    if troubles:
        raise troubles[0]


def pids_of(mark: str) -> list[int]:
    listed = subprocess.run(["ps", "-wweo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if mark in line and "ps -wweo" not in line]


def test_every_child_is_started_as_often_as_asked_and_its_lines_are_forwarded() -> None:
    supervisor, lines = supervised(Child("encoder", ["-c", SLEEP]), Child("worker", ["-c", SLEEP], count=2))

    run_while(supervisor, lambda: until(lambda: len(lines) == 3))

    assert sorted(lines) == ["encoder | here", "worker-1 | here", "worker-2 | here"]


def test_an_encoder_that_hangs_is_ended_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "LOOKS_EVERY", 0.05)
    monkeypatch.setattr(up, "SILENT_FOR", 0.1)
    monkeypatch.setattr(up, "LOADS_WITHIN", 0.5)
    supervisor, lines = supervised(Child("encoder", ["-c", SLEEP]), Child("worker", ["-c", SLEEP]))
    with listen_at(tmp_path / "encoder.sock"):  # nobody takes the calls
        watch = (EncoderClient(tmp_path / "encoder.sock"), supervisor)
        threading.Thread(target=up._watch_encoder, args=watch, daemon=True).start()

        run_while(supervisor, lambda: until(lambda: lines.count("encoder | here") == 2))

    assert "encoder ended (SIGKILL); starting it again in 0.2 s." in lines
    assert not any("worker ended" in line for line in lines)


def test_a_dead_child_is_started_again_and_more_slowly_each_time() -> None:
    supervisor, lines = supervised(Child("worker", ["-c", "import sys; sys.exit(3)"]))

    run_while(supervisor, lambda: until(lambda: len(lines) == 3))

    assert lines == [f"worker ended (code 3); starting it again in {pause} s." for pause in (0.2, 0.4, 0.8)]


def test_a_child_that_ignores_the_signal_is_ended_by_force() -> None:
    supervisor, lines = supervised(Child("worker", ["-c", STUBBORN]), grace=0.3)

    run_while(supervisor, lambda: until(lambda: lines))

    assert lines[-1] == "worker did not end in time; ending it by force."


def test_children_end_in_reverse_order() -> None:
    farewell = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye', flush=True)));"
    farewell += "print('here', flush=True); time.sleep(60)"
    supervisor, lines = supervised(Child("encoder", ["-c", farewell]), Child("web", ["-c", farewell]))

    run_while(supervisor, lambda: until(lambda: len(lines) == 2))

    assert lines[2:] == ["web | bye", "encoder | bye"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_the_supervisor_ends(how: signal.Signals, tmp_path: Path) -> None:
    mark = f"{SLEEP} # {tmp_path}"
    with subprocess.Popen([sys.executable, "-c", SUPERVISE, mark], stderr=subprocess.DEVNULL) as supervisor:
        try:
            until(lambda: len(pids_of(mark)) == 3)
            supervisor.send_signal(how)
            supervisor.wait(10)
        finally:
            supervisor.kill()

    until(lambda: not pids_of(mark))


@pytest.mark.parametrize(("before", "ends"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)], ids=["", "nohup"])
def test_a_house_whose_terminal_is_closed_ends_in_order_unless_it_is_to_stay(
    before: signal.Handlers, ends: bool, tmp_path: Path
) -> None:
    mark = f"{SLEEP} # {tmp_path}"
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, mark], preexec_fn=lambda: signal.signal(signal.SIGHUP, before)
    ) as supervisor:
        try:
            until(lambda: len(pids_of(mark)) == 3)
            supervisor.send_signal(signal.SIGHUP)
            if not ends:
                time.sleep(0.3)
                assert supervisor.poll() is None
                supervisor.send_signal(signal.SIGTERM)
            assert supervisor.wait(10) == 0, "it ended by itself, not by the signal"
        finally:
            supervisor.kill()

    until(lambda: not pids_of(mark))


def test_a_client_that_knocks_during_a_restart_is_answered() -> None:
    with listen_on("127.0.0.1", 0) as listener:
        fd, address = listener.fileno(), listener.getsockname()
        supervisor, _ = supervised(Child("web", ["-c", ANSWER, str(fd)], pass_fds=[fd]))
        heard: list[bytes] = []

        def knock_twice() -> None:  # the first answer ends the process, the second one comes from its successor
            for _ in range(2):
                with socket.create_connection(address, timeout=10) as line:
                    heard.append(line.recv(5))

        run_while(supervisor, knock_twice)

    assert heard == [b"hello", b"hello"]


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with listen_on("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(Refused, match=f"cannot listen on 127.0.0.1:{port}.*--port {port + 1}"):
            listen_on("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 99_999), ("127.0.0.1", -1), ("192.0.2.1", 8800)])
def test_an_address_that_is_none_is_said_with_what_to_do(host: str, port: int) -> None:
    with pytest.raises(Refused, match=f"cannot listen on {host}:{port}: .* an address of this machine, .* --port"):
        listen_on(host, port)


def test_a_child_sees_our_environment_and_its_own() -> None:
    supervisor, lines = supervised(
        Child("worker", ["-c", "import os, time; print(os.environ['PATH'] and os.environ['ROLE']); time.sleep(9)"],
              env={"ROLE": "triage"})
    )  # fmt: skip
    assert os.environ["PATH"]

    run_while(supervisor, lambda: until(lambda: lines))

    assert lines == ["worker | triage"]


def test_only_a_named_proxy_is_believed() -> None:
    """uvicorn asks the environment where it is told nothing: that must not be it."""
    nobody = uvicorn.Config(site_of_nothing, **trusting(""))
    proxy = uvicorn.Config(site_of_nothing, **trusting("10.0.0.5"))

    assert not nobody.proxy_headers
    assert proxy.proxy_headers
    assert proxy.forwarded_allow_ips == "10.0.0.5"


async def site_of_nothing(scope: object, receive: object, send: object) -> None: ...


def test_a_browser_opens_only_where_somebody_sits() -> None:
    display = {"DISPLAY": ":0"}

    assert sits_there(True, display, "linux")
    assert sits_there(True, {"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert sits_there(True, {}, "darwin")
    for terminal, env in ((False, display), (True, {}), (True, display | {"CI": "true"}),
                          (True, display | {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"})):  # fmt: skip
        assert not sits_there(terminal, env, "linux")


@pytest.mark.parametrize("company", [{"company": "Ledgerly"}, None])
def test_a_browser_opens_on_both_sides_of_the_demo_company_and_on_no_other_house(
    monkeypatch: pytest.MonkeyPatch, company: dict[str, str] | None
) -> None:
    opened: list[str] = []
    house = SimpleNamespace(
        workspace=SimpleNamespace(setting={"demo": company}.get), db=SimpleNamespace(close=lambda: None)
    )
    monkeypatch.setattr(welcome, "open_house", lambda _at: house)
    monkeypatch.setattr(welcome, "sits_there", lambda _terminal, _env: True)
    monkeypatch.setattr(welcome.webbrowser, "open", lambda address: opened.append(address) or True)

    assert welcome.open_browser(Settings(), "http://127.0.0.1:8800") is bool(company)
    assert opened == (["http://127.0.0.1:8800/demo"] if company else [])
