"""The encoder as a process of its own, behind a Unix socket: CPU work stays out of the web process.

The conversation: on connecting, the server says its version; then, for every request (a JSON list of texts), one row of
raw float32 per text, each as soon as it is made. One thread serves everybody a text at a time in turn, so a bulk job
delays a waiting customer by one text and not by thousands.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np

from segue.domain.errors import EncoderUnavailable
from segue.domain.ports import DIMENSIONS, Encoder, Vector
from segue.knowledge.encoder import readable

LARGEST_REQUEST = 8_000_000
TEXTS_PER_REQUEST = 64
LONGEST_SOCKET_PATH = 100
ROW = DIMENSIONS * 4
SILENT = 5.0
_LENGTH = struct.Struct("<I")


def serve(listener: socket.socket, encoder: Encoder) -> None:
    """Serve until SIGTERM or SIGINT. The listener stays the caller's: clients wait in its backlog over a restart."""
    asyncio.run(_serve(listener, encoder))


async def _serve(listener: socket.socket, encoder: Encoder) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(reader, writer, encoder)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, does not speak our language, or we are told to stop: the line is closed
        finally:
            writer.close()

    loop, told_to_stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told_to_stop.set)
    await asyncio.start_server(meet, sock=listener)  # start_unix_server would remove the socket's file at the end
    await told_to_stop.wait()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, encoder: Encoder) -> None:
    writer.write(_framed(encoder.version.encode()))
    while True:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > LARGEST_REQUEST:
            raise ValueError("a request larger than any honest client sends")
        for text in map(str, json.loads(await reader.readexactly(length))):
            if writer.is_closing() or reader.at_eof():
                return
            writer.write(encoder.encode([text]).tobytes())
            await writer.drain()
            await asyncio.sleep(0)  # the others' turn


@contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for this socket that fits into the 107 characters a socket's path may have, however deep it lies."""
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH or not sys.platform.startswith("linux"):
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def is_heard(path: Path) -> bool:
    """Whether somebody listens there, quick or not."""
    with socket.socket(socket.AF_UNIX) as line, short_name(path) as name:
        return line.connect_ex(name) == 0


class EncoderClient:
    """An Encoder that asks the encoder process. Safe to share between threads; keeps one connection.

    `timeout` is how long it waits for the next row, in seconds. A lost connection is made again once, silently; after
    that, and after the timeout, EncoderUnavailable is raised. Who asks within `SILENT` seconds of a timeout hears so at
    once: else a queue would wait out one timeout each.
    """

    def __init__(self, path: Path | str, timeout: float = 10) -> None:
        self._path, self._timeout = Path(path), timeout
        self._line: socket.socket | None = None
        self._apart: list[socket.socket] = []
        """Lines on which nobody waits for a text that was begun."""
        self._version = ""
        self._turn = threading.Lock()
        self._silent_until = 0.0

    def answers(self, within: float) -> bool:
        """Whether the process greets a newcomer within so many seconds; one that hangs does not."""
        newcomer = EncoderClient(self._path, within)
        try:
            newcomer._call().close()
        except OSError:
            return False
        if self._line is None:
            self._version = newcomer._version
        return True

    @property
    def version(self) -> str:
        with self._turn:
            if not self._version:
                self._ask([])
            return self._version

    @property
    def known_version(self) -> str | None:
        """What it said of itself last; None before it was ever asked. Never waits."""
        return self._version or None

    def encode(self, texts: Sequence[str]) -> Vector:
        rows = np.empty((len(texts), DIMENSIONS), np.float32)
        with self._turn:
            for at in range(0, len(texts), TEXTS_PER_REQUEST):
                part = [readable(text) for text in texts[at : at + TEXTS_PER_REQUEST]]
                answer = self._ask(part)
                rows[at : at + len(part)] = np.frombuffer(answer, np.float32).reshape(-1, DIMENSIONS)
        return rows

    def begin(self, text: str) -> Callable[[], Vector]:
        """Has one text read and does not wait: what is returned waits for its row, float32 [1, DIMENSIONS], and raises
        as `encode` does. It has a line to itself, so that nobody waits behind who has yet to fetch theirs."""
        if time.monotonic() < self._silent_until:
            return partial(self.encode, [text])
        try:
            line = self._apart.pop() if self._apart else self._call()
        except OSError as error:
            self._note_silence(error)
            return partial(self.encode, [text])
        with suppress(OSError):  # what could not be sent is not answered
            line.sendall(_framed(json.dumps([readable(text)]).encode()))
        return partial(self._fetched, line, text)

    def _fetched(self, line: socket.socket, text: str) -> Vector:
        """A line that was lost is made again once, as by `encode`."""
        try:
            row = _receive(line, ROW)
        except OSError as error:
            line.close()
            self._note_silence(error)
            return self.encode([text])
        self._apart.append(line)
        return np.frombuffer(row, np.float32).reshape(1, DIMENSIONS)

    def close(self) -> None:
        while self._apart:
            self._apart.pop().close()
        if self._line:
            self._line.close()
            self._line = None

    def _ask(self, texts: list[str]) -> bytes:
        if time.monotonic() < self._silent_until:
            raise _unavailable(TimeoutError("it was silent a moment ago"))
        try:
            return self._ask_once(texts)
        except TimeoutError as error:
            self._note_silence(error)
            raise _unavailable(error) from error
        except OSError:  # it was started again, say
            pass
        try:
            return self._ask_once(texts)
        except OSError as error:
            raise _unavailable(error) from error

    def _note_silence(self, error: OSError) -> None:
        if isinstance(error, TimeoutError):
            self._silent_until = time.monotonic() + SILENT

    def _ask_once(self, texts: list[str]) -> bytes:
        line = self._line = self._line or self._call()
        try:
            line.sendall(_framed(json.dumps(texts).encode()))
            return _receive(line, ROW * len(texts))
        except BaseException:
            self.close()  # half an answer may be on its way, and must not be taken for the next one
            raise

    def _call(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(self._timeout)
            with short_name(self._path) as name:
                line.connect(name)
            (length,) = _LENGTH.unpack(_receive(line, _LENGTH.size))
            self._version = _receive(line, length).decode()
        except BaseException:
            line.close()
            raise
        return line


def version_known(encoder: Encoder) -> str | None:
    """Which encoder it is, without waiting for one that loads or hangs: then None."""
    return encoder.known_version if isinstance(encoder, EncoderClient) else encoder.version


def _unavailable(error: OSError) -> EncoderUnavailable:
    return EncoderUnavailable(
        f"The encoder process does not answer ({str(error) or type(error).__name__}).",
        "Segue starts it again by itself; try again in a moment.",
    )


def _framed(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


def _receive(line: socket.socket, size: int) -> bytes:
    """Exactly so many bytes. Raises ConnectionError when the other side hangs up, TimeoutError when it is silent."""
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise ConnectionError("it hung up")
        parts += part
    return bytes(parts)
