"""The real house in processes of its own, started as people start it, and the means to end any of them by force.

Only processes below the one supervisor that was started here are ever signalled.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from segue.app.processes import free_port
from segue.app.settings import Settings, thrown_away
from segue.app.up import environment as _environment_of
from segue.domain.errors import Unavailable
from segue.domain.people import Agent
from segue.store.database import Database
from segue.store.migrate import migrate
from segue.store.server import Server
from segue.store.workspace import Workspace
from segue.web.doors import SCOPES

KEY, SESSION = "sk_faults", "a-session-of-mira"
AGENTS = ("agt_mira", "agt_tom")
PATIENCE = 60.0


def furnish(folder: Path) -> Path:
    """A data folder with an empty workspace: two agents, an API key and a session. Made once and copied.

    No team, as after `segue up --no-demo`: the starter policy names one that is not there, and that may stop nothing.
    """
    server = Server(folder, say=lambda _: None)
    url = server.start()
    try:
        migrate(url)
        db, now = Database(url).open(), datetime.now(UTC)
        workspace = Workspace(db)
        for agent in AGENTS:
            workspace.put_agent(Agent(agent, agent[4:].capitalize(), f"{agent[4:]}@ledgerly.example"), now)
        workspace.put_key("faults", KEY, SCOPES, now)
        workspace.begin_session(SESSION, "agt_mira", now)
        db.close()
    finally:
        server.stop()
    return folder


@contextmanager
def living_house(
    furnished: Path, folder: Path, environment: Mapping[str, str] | None = None, workers: int = 2, url: str = "",
    webs: int = 1,
) -> Iterator[LivingHouse]:  # fmt: skip
    """A house on a copy of `furnished` (or on the database at `url`), stopped and ended at the end. `environment` is
    added to that of its processes."""
    if not url:
        shutil.copytree(furnished, folder / "data", symlinks=True)
        same_owners(furnished, folder / "data")
    house = LivingHouse(folder, environment or {}, workers, url, webs)
    try:
        house.start()
        yield house
    finally:
        house.stop()
        shutil.rmtree(house.data, ignore_errors=True)


class LivingHouse:
    def __init__(self, folder: Path, environment: Mapping[str, str], workers: int, url: str, webs: int = 1) -> None:
        self.folder, self.data, self.port = folder, folder / "data", free_port()
        self.log = folder / "house.log"
        self._url = url
        self._supervisor: subprocess.Popen[bytes] | None = None
        like = Settings(encoder="standin", workers=workers, webs=webs, log="warning")  # whatever is set around us
        self._environment = {**_environment_of(thrown_away(like, self.data, url)), **environment}

    @property
    def url(self) -> str:
        """Of the database, which must be running."""
        end = time.monotonic() + PATIENCE
        while not (found := self._url or Server(self.data, say=lambda _: None).running()):
            self._patient_until(end)
            time.sleep(0.05)
        return found

    def start(self) -> None:
        """Returns once it answers. Starts it again where what is just ending still holds the port or the folder."""
        end = time.monotonic() + PATIENCE
        while True:
            self._patient_until(end)
            if self._supervisor is None or self._supervisor.poll() is not None:
                self._supervisor = self._launch()
            if self.processes("web") and self.is_up():
                return
            time.sleep(0.1)

    def _patient_until(self, end: float) -> None:
        if time.monotonic() >= end:
            raise Unavailable(
                f"The house did not come up within {PATIENCE:g} s. It said:\n{self.told()}",
                "Start it where less else runs.",
            )

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "segue", "up", "--no-demo", "--port", str(self.port)]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, env=self._environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def is_up(self) -> bool:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=0.5) as answer:
            return bool(answer.status == 200)
        return False

    def told(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:]) if self.log.exists() else "nothing"

    def stop(self) -> None:
        """As Ctrl-C does; by force where that takes too long."""
        if self._supervisor is None:
            return
        with suppress(ProcessLookupError):
            self._supervisor.send_signal(signal.SIGTERM)
        try:
            self._supervisor.wait(30)
        except subprocess.TimeoutExpired:
            self.kill_everything()
        self._supervisor = None

    # by force

    def processes(self, kind: str) -> list[int]:
        """Those of one kind that the supervisor has now. Of PostgreSQL only the postmaster."""
        if self._supervisor is None:
            return []
        children = _children_of(_parents(), self._supervisor.pid)
        return [pid for pid in children if _kind(pid) == kind]

    def processes_of_database(self) -> list[int]:
        """The postmaster and all below it."""
        parents = _parents()
        return [pid for one in self.processes("postgres") for pid in (one, *_all_below(parents, one))]

    def kill(self, pid: int) -> None:
        """-9, to one process of this house."""
        _end(pid)

    def kill_supervisor(self) -> None:
        """-9 to the supervisor alone: what it started must end by itself. Call `start` afterwards."""
        assert self._supervisor
        self._supervisor.kill()
        self._supervisor.wait()

    def kill_everything(self) -> None:
        """-9 to the supervisor and to all below it, in one stroke."""
        assert self._supervisor
        doomed = _all_below(_parents(), self._supervisor.pid)
        self._supervisor.kill()
        for pid in doomed:
            _end(pid)
        self._supervisor.wait()

    def kill_database(self) -> None:
        """-9 to all of PostgreSQL in one stroke: nothing that is only in its memory survives."""
        parents = _parents()
        for postmaster in self.processes("postgres"):
            helpers = _all_below(parents, postmaster)
            for pid in (postmaster, *helpers):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            for pid in (postmaster, *helpers):
                _end(pid)


def send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def send_to_all(pid: int, what: signal.Signals) -> None:
    """To a process that was started here, and to all below it."""
    for one in (pid, *_all_below(_parents(), pid)):
        send(one, what)


def _end(pid: int) -> None:
    send(pid, signal.SIGKILL)


def _parents() -> dict[int, int]:
    """Each process's parent, as the kernel tells it now."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return found


def _children_of(parents: dict[int, int], pid: int) -> list[int]:
    return [child for child, parent in parents.items() if parent == pid]


def _all_below(parents: dict[int, int], pid: int) -> list[int]:
    return [x for child in _children_of(parents, pid) for x in (child, *_all_below(parents, child))]


def _kind(pid: int) -> str:
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        if Path(words[0]).name == "postgres":
            return "postgres"
        return words[3] if words[1:3] == ["-m", "segue"] else ""
    return ""


def same_owners(one: Path, other: Path) -> None:
    """Where root lends PostgreSQL another account, a copy must belong to it too."""
    if os.geteuid() == 0:
        for path in (one, *one.rglob("*")):
            owner = path.lstat()
            os.chown(other / path.relative_to(one), owner.st_uid, owner.st_gid, follow_symlinks=False)
