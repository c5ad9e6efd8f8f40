"""A PostgreSQL of our own, for a clone that has no other: one cluster in the data folder, one socket, no TCP.

It lives and dies with the process that starts it. Anyone who may enter the cluster's folder (mode 0700) may talk to the
server, and nobody else can.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from segue.domain.errors import Conflict, DatabaseUnavailable, Refused
from segue.store.binaries import SystemUser, major_version, reachable_bin_dir
from segue.store.postmaster import die_with_parent, is_ready, left_behind, postmaster, socket_folder

NAME, PORT = "segue", 5432
LONGEST_SOCKET_FOLDER = 90  # a socket's whole path may have 107 characters
LARGEST_LOG = 8_000_000
LEFT_BEHIND = 2.0
"""Seconds for processes without a postmaster to end: they notice when they next wait for something."""
HERE = "/proc/self/cwd"
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    "max_logical_replication_workers": "0",
    "idle_in_transaction_session_timeout": "60s",
    "log_min_duration_statement": "1s",
    "log_parameter_max_length": "0",  # they are customers' words
    "log_error_verbosity": "terse",  # else a failing row is written out
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def say_on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """A block in which the folder is ours alone, as while our own PostgreSQL runs in it. Raises Conflict where another
    Segue has it, Refused where it cannot be written."""
    lock = _hold(folder.resolve())
    try:
        yield
    finally:
        os.close(lock)


def _hold(folder: Path) -> int:
    """The kernel lets go of it when we end, however we do."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refused(
            f"The data cannot be kept in {folder}: {error.strerror}.", "Name a folder of yours with --data.", "--data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Conflict(
            f"Another Segue already runs on {folder}.", "Stop it first, or name another folder with --data."
        ) from None
    return lock


class Server:
    """The PostgreSQL of one data folder. Start it from the main thread: it ends when the starting thread does."""

    def __init__(self, folder: Path, say: Callable[[str], None] = say_on_stderr) -> None:
        self.folder = folder.resolve()
        self.cluster = self.folder / "postgres"
        self.log = self.folder / "postgres.log"
        self.say = say
        self._account = SystemUser.choose()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    def start(self) -> str:
        """The server's DATABASE_URL, once it answers; crash recovery takes as long as it takes.

        Raises Conflict when another Segue holds the folder, Refused when it cannot be written, DatabaseUnavailable when
        PostgreSQL cannot start.
        """
        self._lock = _hold(self.folder)
        try:
            self._programs = reachable_bin_dir(self._account)
            self._end_forgotten_server()
            self._check_version() if (self.cluster / "PG_VERSION").exists() else self._create_cluster()
            return self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self, grace: float = 60) -> None:
        """Fast shutdown: sessions end, everything committed is on disk. Harmless when nothing runs."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(grace)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
        self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def revive(self) -> None:
        """Start again a server that died under us; call it every second or so."""
        if self._process and (code := self._process.poll()) is not None:
            self.say(f"PostgreSQL ended (code {code}); starting it again.")
            self._end_forgotten_server()
            self._launch()

    def running(self) -> str | None:
        """The DATABASE_URL of the server that runs on this folder now, whoever started it, or None."""
        if not is_ready(postmaster(self.cluster), self.cluster):
            return None
        told = socket_folder(self.cluster)
        return address(self.cluster if told == HERE else Path(told))

    def _end_forgotten_server(self) -> None:
        """Whoever started it is gone (we hold the folder), so a server still on our cluster is asked to finish."""
        if pid := postmaster(self.cluster):
            self.say(f"Waiting for the PostgreSQL of an earlier start to finish (process {pid}).")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            while postmaster(self.cluster) == pid:
                time.sleep(0.05)
        self._end_left_behind()
        for left in (self.cluster / "postmaster.pid", *self._sockets().glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _end_left_behind(self) -> None:
        """What a killed postmaster left may finish what it does for a moment; then it is in the way of a new one."""
        for how in (0, signal.SIGQUIT, signal.SIGKILL):
            for pid in left_behind(self.cluster):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            end = time.monotonic() + LEFT_BEHIND
            while left_behind(self.cluster) and time.monotonic() < end:
                time.sleep(0.05)

    def _check_version(self) -> None:
        made_by, here = (self.cluster / "PG_VERSION").read_text().strip(), major_version(self._programs)
        if made_by != str(here):
            raise DatabaseUnavailable(
                f"The database in {self.cluster} was made by PostgreSQL {made_by}; the programs at hand are {here}.",
                f"Name the bin folder of a PostgreSQL {made_by} in SEGUE_POSTGRES_BIN.",
            )

    def _create_cluster(self) -> None:
        """initdb next door, then a rename: a cluster exists whole or not at all."""
        self.say("Creating the database (once).")
        for half_made in (self.cluster, *self.folder.glob(".postgres-*")):
            shutil.rmtree(half_made, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=".postgres-", dir=self.folder))
        os.chown(fresh, self._account.uid, self._account.gid)
        command = [str(self._programs / "initdb"), "-D", self._named(fresh), "-U", NAME, "--auth=trust"]
        command += ["--no-instructions", "--encoding=UTF8", "--locale=C", *self._collation()]
        self._run_to_end(command, fresh)
        fresh.rename(self.cluster)

    def _collation(self) -> list[str]:
        """PostgreSQL's own C.UTF-8 does not change with the system's C library, so indexes survive upgrades."""
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return builtin if major_version(self._programs) >= 17 else ["--lc-ctype=C.UTF-8"]

    def _launch(self) -> str:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        sockets = self._sockets()
        heard_at = self._named(sockets) if sockets == self.cluster else str(sockets)
        command = [str(self._programs / "postgres"), "-D", self._named(self.cluster), "-k", heard_at]
        command += [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.cluster, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT), **self._account.identity(),
            )  # fmt: skip
        self._wait_until_ready(self._process)
        return with_database(address(sockets))

    def _named(self, folder: Path) -> str:
        """How the server is told the folder it stands in. A lent account may not walk through a closed home such as
        /root, but where a process already stands it needs no walking."""
        return HERE if self._account.is_lent and Path(HERE).exists() else str(folder)

    def _sockets(self) -> Path:
        """The cluster's own folder, or a short one when that is too deep for a socket's path."""
        if len(os.fsencode(self.cluster)) <= LONGEST_SOCKET_FOLDER:
            return self.cluster
        short = Path(tempfile.gettempdir()) / f"segue-{sha256(os.fsencode(self.cluster)).hexdigest()[:12]}"
        with contextlib.suppress(FileExistsError):
            short.mkdir(mode=0o700)
            os.chown(short, self._account.uid, self._account.gid)
        found = short.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == self._account.uid and not found.st_mode & 0o077:
            return short
        raise DatabaseUnavailable(
            f"{self.cluster} is too deep for a socket, and {short} is not ours.", "Name a shorter folder with --data."
        )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        told = time.monotonic()
        while not is_ready(process.pid, self.cluster):
            if (code := process.poll()) is not None:
                raise self._failed("PostgreSQL", code, self.log.read_text(errors="replace"))
            if time.monotonic() - told > 5:
                told = time.monotonic()
                self.say("PostgreSQL is putting the database in order after an unclean end; this can take a while.")
            time.sleep(0.01)

    def _run_to_end(self, command: list[str], folder: Path) -> None:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            preexec_fn=die_with_parent(signal.SIGKILL), **self._account.identity(),
        )  # fmt: skip
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise self._failed(Path(command[0]).name, done.returncode, done.stdout + done.stderr)

    def _failed(self, what: str, code: int, said: str) -> DatabaseUnavailable:
        last = "\n".join(said.strip().splitlines()[-6:])
        return DatabaseUnavailable(f"{what} did not start (code {code}). It said:\n{last}\n", f"See {self.log}.")


def address(sockets: Path) -> str:
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(sockets), safe='')}&port={PORT}"


def with_database(url: str) -> str:
    """The same address, once the database that it names exists; makes it where it does not."""
    with psycopg.connect(url.replace(f"/{NAME}?", "/postgres?"), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))
    return url
