"""Our own processes: started together, started again when one dies, ended together, nothing left behind.

Listening sockets are bound here and inherited by the children, so a port that is taken is said at once, and a client
that knocks while the web process is being started again waits in the backlog instead of being turned away.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from segue.domain.errors import Refused
from segue.knowledge.encoder_service import short_name
from segue.store.postmaster import die_with_parent

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
"""Seconds. One that dies as soon as it is started takes a second or two of a core each time; one that is killed again
and again is missed meanwhile, the web by everybody."""
STEADY_AFTER = 10.0  # seconds; a child that lived so long is started again at once
LOOK_EVERY = 0.05
BACKLOG = 1024


@dataclass(frozen=True)
class Child:
    """What to start: `python -m segue` with `argv`, `count` times, `env` added to ours, `pass_fds` kept open."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    pass_fds: Sequence[int] = ()
    count: int = 1


def listen_on(host: str, port: int) -> socket.socket:
    """The web's socket. Port 0 takes a free one. Raises Refused when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        why, is_taken = getattr(error, "strerror", None) or error, getattr(error, "errno", 0) == errno.EADDRINUSE
        other = f"choose another with --port (for example --port {port + 1 if is_taken else 8800})."
        raise Refused(
            f"Segue cannot listen on {host}:{port}: {why}.",
            f"Something else may run there; {other}" if is_taken else f"Give an address of this machine, or {other}",
            "--port",
        ) from error
    listener.listen(BACKLOG)
    return listener


def free_port() -> int:
    """One that nobody listens on in this moment, for a process that is told its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listen_at(path: Path) -> socket.socket:
    """The encoder's socket, for this account only. A file left by an earlier start is replaced."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        with short_name(path) as name:
            listener.bind(name)
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    return listener


def ending() -> tuple[signal.Signals, ...]:
    """The signals by which a house is told to end. A terminal that is closed tells it too, except under `nohup`: where
    children are not bound to their parent (macOS) they and the database would stay otherwise."""
    stays = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return (signal.SIGINT, signal.SIGTERM) if stays else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs children until it is told to stop, or `stop()` is called. Lives in the main thread."""

    def __init__(
        self, children: Iterable[Child], grace: float = 20, say: Callable[[str], None] | None = None,
        command: Sequence[str] = (sys.executable, "-m", "segue"),
    ) -> None:  # fmt: skip
        self._say = say or _say
        self._grace = grace
        self._told_to_stop = 0
        several = [(child, n) for child in children for n in range(child.count)]
        self._posts = [_Post(child, _name(child, n), command, self._say) for child, n in several]

    def run(self, on_ready: Callable[[], None] = lambda: None, each_second: Callable[[], None] = lambda: None) -> None:
        """Start all in the order given, call `on_ready`, then keep them alive; returns once all have ended.

        The signals in `ending()` end it: children are asked in reverse order, each kind given the grace, then killed; a
        second one means now. `each_second` is for the caller's own upkeep (a database to look after).
        """
        before = {name: signal.signal(name, lambda *_: self.stop()) for name in ending()}
        try:
            for post in self._posts:
                post.start()
            on_ready()
            self._watch(each_second)
        finally:
            self._end_all()
            for name, handler in before.items():
                signal.signal(name, handler)

    def stop(self) -> None:
        self._told_to_stop += 1

    @property
    def is_stopping(self) -> bool:
        return self._told_to_stop > 0

    def kill(self, name: str) -> None:
        """Ends the children of this name without asking; they are started again."""
        for post in self._posts:
            if post.child.name == name:
                post.kill()

    def _watch(self, each_second: Callable[[], None]) -> None:
        upkeep_at = time.monotonic() + 1
        while not self._told_to_stop:
            for post in self._posts:
                post.keep_alive()
            if time.monotonic() >= upkeep_at:
                each_second()
                upkeep_at = time.monotonic() + 1
            time.sleep(LOOK_EVERY)

    def _end_all(self) -> None:
        """The web goes first and finishes its answers; the encoder goes last, because the others still ask it."""
        for name in reversed(list(dict.fromkeys(post.child.name for post in self._posts))):
            group = [post for post in self._posts if post.child.name == name]
            for post in group:
                post.ask_to_end()
            deadline = time.monotonic() + self._grace
            while any(post.is_running() for post in group) and time.monotonic() < deadline and self._told_to_stop < 2:
                time.sleep(LOOK_EVERY / 5)
            for post in group:
                post.end()


class _Post:
    """One place to be filled: the process that fills it now, and when to fill it again."""

    def __init__(self, child: Child, name: str, command: Sequence[str], say: Callable[[str], None]) -> None:
        self.child, self.name = child, name
        self._command = [*command, *child.argv]
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._started = self._start_at = 0.0
        self._pause = FIRST_PAUSE

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env={**os.environ, "PYTHONUNBUFFERED": "1", **self.child.env}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=tuple(self.child.pass_fds),
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        assert self._process.stdout
        self._reader = threading.Thread(target=self._forward, args=[self._process.stdout], daemon=True)
        self._reader.start()
        self._started = time.monotonic()

    def keep_alive(self) -> None:
        """Start again what has died: soon the first time, and more slowly the more often it dies young."""
        if self._process is None:
            if time.monotonic() >= self._start_at:
                self.start()
        elif (code := self._process.poll()) is not None:
            steady = time.monotonic() - self._started >= STEADY_AFTER
            self._pause = FIRST_PAUSE if steady else self._pause
            self.end()
            self._say(f"{self.name} ended ({_how(code)}); starting it again in {self._pause:.1f} s.")
            self._start_at = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def kill(self) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                self._process.kill()

    def ask_to_end(self) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """By force, and with it whatever it started."""
        if not self._process:
            return
        if self.is_running():
            self._say(f"{self.name} did not end in time; ending it by force.")
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._reader:
            self._reader.join(1)
        self._process = None

    def _forward(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self._say(f"{self.name} | {line.decode(errors='replace').rstrip()}")


def _name(child: Child, n: int) -> str:
    return child.name if child.count == 1 else f"{child.name}-{n + 1}"


def _how(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
