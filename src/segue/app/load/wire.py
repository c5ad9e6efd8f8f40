"""Requests and streams over plain sockets: a generator that costs little measures the house and not itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

BROKEN = 0
"""The status of an answer that never came."""
PATIENCE = 60.0


class Answered(NamedTuple):
    status: int
    body: Any


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire:
    """Keeps connections and opens as many as are needed at once; nobody waits for a free one."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._key = key
        self._idle: list[Line] = []

    async def ask(self, method: str, path: str, body: object = None, key: str = "", cookie: str = "") -> Answered:
        """`key`: another than our own. Status `BROKEN` where the line broke or nothing came for a minute; what is no
        JSON comes as text."""
        sent = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self._headers(key, cookie)}Content-Length: {len(sent)}\r\n\r\n".encode()
        try:
            line = self._kept() or await asyncio.open_connection("127.0.0.1", self._port)
            line[1].write(head + sent)
            answered = await asyncio.wait_for(_answer(line[0]), PATIENCE)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return Answered(BROKEN, None)
        self._idle.append(line)
        return answered

    def _kept(self) -> Line | None:
        """An idle one that the house has not closed meanwhile, the one used last first."""
        while self._idle:
            line = self._idle.pop()
            if not line[0].at_eof():
                return line
            line[1].close()
        return None

    async def follow(self, path: str, key: str = "", cookie: str = "") -> AsyncIterator[dict[str, Any]]:
        """The data of each event of a stream, until it breaks."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(f"GET {path} HTTP/1.1\r\n{self._headers(key, cookie)}Accept: text/event-stream\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _headers(self, key: str = "", cookie: str = "") -> str:
        extra = f"Cookie: {cookie}\r\n" if cookie else ""
        return (
            f"Host: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {key or self._key}\r\n{extra}"
            "Content-Type: application/json\r\n"
        )

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> Answered:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
    body = await reader.readexactly(length)
    is_json = body and b"content-type: application/json" in head
    return Answered(int(head.split(b" ", 2)[1]), json.loads(body) if is_json else body.decode(errors="replace"))
