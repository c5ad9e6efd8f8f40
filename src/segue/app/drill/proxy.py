"""A TCP proxy that misbehaves on purpose, before PostgreSQL or anything else that is reached by a socket.

The one idea: the line is healthy or has one sickness at a time, and whoever uses it must not be able to tell a promise
from a guess. *Answer lost* is the cruel one: what was asked is done, and nobody is told.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from segue.app.drill.meanwhile import by_turns, meanwhile

PIECE = 65_536
LATENCY = 0.15
"""Seconds that each piece waits on a slow line."""


class Mood(StrEnum):
    HEALTHY = "healthy"
    SLOW = "slow"
    DROPS = "drops"
    """The connection ends at the next piece, with the asked-for delivered or not."""
    HALF_CLOSES = "half-closes"
    """The asker's side hears the end; what it still says is thrown away."""
    RESETS = "resets"
    LOSES_ANSWERS = "loses answers"
    DOWN = "down"
    """Nobody answers at the address, and open lines are cut."""
    SILENT = "silent"
    """What is said is thrown away, and nobody hears of an end: as where a machine between the two was switched off."""
    STALLED = "stalled"
    """What is said, and whoever comes anew, gets no further until the line is well: as where a cable is pulled and put
    back, and packets are sent again until they arrive."""


SICK = tuple(mood for mood in Mood if mood not in (Mood.HEALTHY, Mood.SILENT, Mood.STALLED))
"""What a database's client must bear by itself; from silence only a clock of its own helps."""
LOOKS_AGAIN = 0.01


class _Answers:
    """How many have passed on one line since its mood turned."""

    def __init__(self) -> None:
        self.passed, self._at = 0, 0.0

    def since(self, turned: float) -> int:
        if self._at != turned:
            self.passed, self._at = 0, turned
        return self.passed


class Proxy:
    """Listens on a free port of this machine and passes on to `upstream`. Use as a context, by `proxied`."""

    def __init__(self, upstream: str | tuple[str, int]) -> None:
        """`upstream` is the path of a socket or an address."""
        self.mood = Mood.HEALTHY
        self.spares = 0
        """Answers that still get through on each line since its mood turned, before it shows."""
        self.changed_at = time.monotonic()
        self.latency = LATENCY
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    def turns(self, mood: Mood, spares: int = 0) -> None:
        self.mood, self.spares, self.changed_at = mood, spares, time.monotonic()
        if mood is Mood.DOWN:
            for line in list(self._open):
                _cut(line)

    def leads_to(self, upstream: str | tuple[str, int]) -> None:
        """From the next line on."""
        self._upstream = upstream

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in list(self._open):
            _cut(line)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._waits()
            if self.mood is Mood.DOWN:
                _reset(near)
                continue
            try:
                far = _reached(self._upstream)
            except OSError:
                _reset(near)
                continue
            self._open |= {near, far}
            answers = _Answers()
            for source, sink, is_answer in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._carry, args=(source, sink, is_answer, answers), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, is_answer: bool, answers: _Answers) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                self._waits()
                mood = self.mood if answers.since(self.changed_at) >= self.spares else Mood.HEALTHY
                if not self._pass_on(piece, source, sink, is_answer, mood):
                    break
                answers.passed += is_answer
        for line in (source, sink):
            self._open.discard(line)
            _cut(line)

    def _waits(self) -> None:
        while self.mood is Mood.STALLED and self._listener.fileno() >= 0:
            time.sleep(LOOKS_AGAIN)

    def _pass_on(self, piece: bytes, source: socket.socket, sink: socket.socket, is_answer: bool, mood: Mood) -> bool:
        """Whether the connection goes on."""
        if mood is Mood.SILENT:
            return True
        if mood is Mood.SLOW:
            time.sleep(self.latency)
        elif mood is Mood.DROPS or (mood is Mood.LOSES_ANSWERS and is_answer):
            return False
        elif mood is Mood.RESETS:
            _reset(sink if is_answer else source)
            return False
        elif mood is Mood.HALF_CLOSES and is_answer:
            sink.sendall(piece[: len(piece) // 2])
            sink.shutdown(socket.SHUT_WR)
            return False
        sink.sendall(piece)
        return True


@contextmanager
def proxied(database_url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the database, and the address that leads through it."""
    parts: dict[str, Any] = dict(conninfo_to_dict(database_url))
    host, port = str(parts.get("host") or "127.0.0.1"), str(parts.get("port") or 5432)
    upstream: str | tuple[str, int] = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, int(port))
    proxy = Proxy(upstream)
    try:
        yield proxy, make_conninfo(database_url, host="127.0.0.1", port=proxy.port)
    finally:
        proxy.close()


@contextmanager
def moody(proxy: Proxy, chance: random.Random, moods: tuple[Mood, ...] = SICK) -> Iterator[None]:
    """Sick and healthy by turns while the block runs; healthy afterwards."""

    def moment() -> float:
        return chance.uniform(0.1, 0.5)

    with meanwhile(
        by_turns(lambda: proxy.turns(chance.choice(moods)), lambda: proxy.turns(Mood.HEALTHY), moment, moment)
    ):
        yield


def _reached(upstream: str | tuple[str, int]) -> socket.socket:
    if isinstance(upstream, tuple):
        return socket.create_connection(upstream, 5)
    line = socket.socket(socket.AF_UNIX)
    line.connect(upstream)
    return line


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def _reset(line: socket.socket) -> None:
    """As a machine that has forgotten the connection says. Whoever is still reading from it must be woken first: until
    then the kernel says nothing to the other side."""
    with suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RD)
    line.close()
