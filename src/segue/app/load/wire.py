"""Requests and streams over plain sockets: a generator that costs little measures the house and not itself.

The one idea: nothing is done with what comes that nobody asks for. An answer stays bytes until somebody reads it, a
stream calls back and has no task of its own, and five thousand of them wait without costing anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

BROKEN = 0
"""The status of an answer that never came."""
PATIENCE = 60.0
AGAIN = 1.0
"""Seconds after which a stream that broke is taken up again, as browsers do."""
ENDS = b"\r\n\r\n"


class Answered(NamedTuple):
    status: int
    raw: bytes = b""
    is_json: bool = False

    @property
    def body(self) -> Any:
        """What is no JSON comes as text; None where nothing came."""
        if not self.raw:
            return None
        return orjson.loads(self.raw) if self.is_json else self.raw.decode(errors="replace")


class Wire:
    """Keeps connections and opens as many as are needed at once; nobody waits for a free one."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._idle: list[_Line] = []

    async def ask(
        self, method: str, path: str, body: object = None, key: str = "", cookie: str = "", more: str = ""
    ) -> Answered:
        """`key`: another than our own; `more`: further headers. Status `BROKEN` where the line broke or nothing came
        for a minute. A `body` of bytes is sent as a form."""
        sent = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        kind = "application/x-www-form-urlencoded" if isinstance(body, bytes) else "application/json"
        head = (
            f"{self._head(method, path, key, cookie)}{more}Content-Type: {kind}\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        try:
            line = self._kept() or await self._opened(_Line)
        except OSError:
            return Answered(BROKEN)
        answered = await line.ask(head.encode() + sent)
        if line.is_open:
            self._idle.append(line)
        return answered

    def follow(self, path: str, heard: Callable[[bytes], object], key: str = "", cookie: str = "") -> Stream:
        """Calls `heard` with the data of each event of a stream, but not of beats, until it is closed. A stream that
        breaks is taken up again."""
        head = f"{self._head('GET', path, key, cookie)}Accept: text/event-stream\r\n\r\n"
        return Stream(self._port, head.encode(), heard)

    def _kept(self) -> _Line | None:
        """An idle one that the house has not closed meanwhile, the one used last first."""
        while self._idle:
            if (line := self._idle.pop()).is_open:
                return line
        return None

    async def _opened(self, kind: type[_Line]) -> _Line:
        return (await asyncio.get_running_loop().create_connection(kind, "127.0.0.1", self._port))[1]

    def _head(self, method: str, path: str, key: str, cookie: str) -> str:
        extra = f"Cookie: {cookie}\r\n" if cookie else f"Authorization: Bearer {key or self._key}\r\n"
        return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{extra}"

    def close(self) -> None:
        for line in self._idle:
            line.close()


class _Line(asyncio.Protocol):
    """One request after the other."""

    def __init__(self) -> None:
        self.is_open = True
        self._got = bytearray()
        self._whole = 0
        self._wanted: asyncio.Future[Answered] | None = None

    async def ask(self, request: bytes) -> Answered:
        loop = asyncio.get_running_loop()
        self._wanted = loop.create_future()
        self._got, self._whole = bytearray(), 0
        given_up = loop.call_later(PATIENCE, self.close)
        self._transport.write(request)
        try:
            return await self._wanted
        finally:
            given_up.cancel()

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._whole and (end := self._got.find(ENDS)) >= 0:
            self._head = bytes(self._got[:end]).lower()
            self._begins = end + len(ENDS)
            self._whole = self._begins + _length(self._head)
        if self._whole and len(self._got) >= self._whole:
            is_json = b"content-type: application/json" in self._head
            self._answer(Answered(int(self._head[9:12]), bytes(self._got[self._begins : self._whole]), is_json))

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_open = False
        self._answer(Answered(BROKEN))

    def _answer(self, answered: Answered) -> None:
        if self._wanted and not self._wanted.done():
            self._wanted.set_result(answered)


class Stream(asyncio.Protocol):
    """Server-sent events. Begins by itself."""

    def __init__(self, port: int, request: bytes, heard: Callable[[bytes], object]) -> None:
        self._port, self._request, self._heard = port, request, heard
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._rest, self._is_beat, self._is_over = b"", False, False
        self.breaks = 0
        """How often it broke, or could not begin."""
        self.is_heard = False
        """Whether the house has answered that it may listen, and the line stands."""
        self._opening = self._loop.create_task(self._open())

    def close(self) -> None:
        self._is_over = True
        self._opening.cancel()
        if self._transport:
            self._transport.close()

    async def _open(self) -> None:
        while not self._is_over:
            try:
                await self._loop.create_connection(lambda: self, "127.0.0.1", self._port)
                return
            except OSError:
                self.breaks += 1
                await asyncio.sleep(AGAIN)

    def connection_made(self, transport: Any) -> None:
        self._transport, self._rest = transport, b""
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if lines and lines[0].startswith(b"HTTP/1.1 "):
            self.is_heard = lines[0][9:12] == b"200"
            if not self.is_heard:
                self._transport.close()
                return
        for line in lines:
            if line.startswith(b"data: ") and not self._is_beat:
                self._heard(line[6:])
            elif line.startswith(b"event: "):
                self._is_beat = line == b"event: beat"
            elif not line:
                self._is_beat = False

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_heard = False
        if not self._is_over:
            self.breaks += 1
            self._loop.call_later(AGAIN, self._anew)

    def _anew(self) -> None:
        if not self._is_over:
            self._opening = self._loop.create_task(self._open())


def _length(head: bytes) -> int:
    _before, found, after = head.partition(b"content-length:")
    return int(after.split(b"\r\n", 1)[0]) if found else 0
