"""Takes mail by LMTP (RFC 2033) or SMTP (RFC 5321), whichever the other side speaks, and keeps it before it says so.

The one idea: 250 is a promise. It is said when the mail is durable, and 451 where it could not be kept, so that the
other side keeps it and comes again. A mail ends at CR LF . CR LF and nowhere else (other endings let one mail hide in
another). Our own few lines instead of a library: what is needed is small, and a run-time dependency less to trust.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

from segue.domain.errors import Refused, SegueError

PATIENCE = 120.0
"""Seconds that the other side may be silent."""
MOST_LINES = 1_000
MOST_RECIPIENTS = 100
MOST_AT_ONCE = 50
LONGEST_LINE = 4_000
_END = b"\r\n.\r\n"
_PATH = re.compile(r"^(?:FROM|TO):\s*<([^<>\s]{0,320})>(.*)$", re.IGNORECASE)

Keep = Callable[[bytes, list[str], str], Awaitable[None]]
"""Makes a mail durable for its recipients; the last is its return path. Raises SegueError where it cannot."""
Knows = Callable[[str], bool]
Count = Callable[[str], None]
"""Hears of each mail what was said to it: accepted, refused, or later."""


class TooLarge(Exception):
    pass


class Listener:
    """Listens until it is closed. `knows` says whether an address is ours; `largest` is in bytes."""

    def __init__(self, keep: Keep, knows: Knows, largest: int, count: Count = lambda _said: None) -> None:
        self._keep, self._knows, self._largest, self._count = keep, knows, largest, count
        self._talking = 0
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """The port it listens on. Raises Refused where the address cannot be had."""
        try:
            self._server = await asyncio.start_server(self._meet, host, port, limit=1 << 17)
        except OSError as error:
            raise Refused(f"Segue cannot take mail on {host}:{port}: {error.strerror or error}.",
                          "Name another address in SEGUE_MAIL_LISTEN.") from error  # fmt: skip
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server:
            self._server.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 2)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talking += 1
        try:
            if self._talking > MOST_AT_ONCE:
                self._count("later")
                writer.write(b"421 4.3.2 Too many of you at once; come again\r\n")
                return
            await _Talk(_Line(reader, writer), self._keep, self._knows, self._largest, self._count).go_on()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            pass  # the other side left, fell silent, or speaks another language
        finally:
            self._talking -= 1
            with suppress(OSError):
                writer.close()


class _Line:
    """The wire, with what was read ahead."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._ahead = b""

    async def say(self, text: str) -> None:
        self._writer.write(text.encode("ascii", "replace") + b"\r\n")
        await asyncio.wait_for(self._writer.drain(), PATIENCE)

    async def command(self) -> str:
        while b"\n" not in self._ahead:
            if len(self._ahead) > LONGEST_LINE:
                raise ValueError("a line without an end")
            await self._more()
        line, _, self._ahead = self._ahead.partition(b"\n")
        return line.rstrip(b"\r").decode("utf-8", "replace")

    async def data(self, largest: int) -> bytes:
        """Up to its end, dots taken out. Raises TooLarge once it has come whole, ValueError where it never ends."""
        found, is_large, total = bytearray(b"\r\n"), False, 0
        while total < 8 * largest:
            seen = max(len(found) - len(_END), 0)
            total += len(self._ahead)
            found += self._ahead
            if (end := found.find(_END, seen)) >= 0:
                self._ahead = bytes(found[end + len(_END) :])
                if is_large or end > largest:
                    raise TooLarge
                return bytes(found[: end + 2]).replace(b"\r\n..", b"\r\n.")[2:]
            if len(found) > largest:
                is_large, found = True, found[-len(_END) :]
            self._ahead = b""
            await self._more()
        raise ValueError("a mail without an end")

    async def _more(self) -> None:
        chunk = await asyncio.wait_for(self._reader.read(1 << 16), PATIENCE)
        if not chunk:
            raise asyncio.IncompleteReadError(b"", None)
        self._ahead += chunk


class _Talk:
    def __init__(self, line: _Line, keep: Keep, knows: Knows, largest: int, count: Count) -> None:
        self._line, self._keep, self._knows, self._largest, self._count = line, keep, knows, largest, count
        self._is_lmtp = False
        self._sender: str | None = None
        self._recipients = list[str]()

    async def go_on(self) -> None:
        await self._line.say("220 segue mail")
        for _ in range(MOST_LINES):
            verb, _, rest = (await self._line.command()).strip().partition(" ")
            if verb.upper() == "QUIT":
                await self._line.say("221 2.0.0 Goodbye")
                return
            await self._answer(verb.upper(), rest.strip())
        await self._line.say("421 4.7.0 Enough for now")

    async def _answer(self, verb: str, rest: str) -> None:
        if verb in ("LHLO", "EHLO", "HELO"):
            self._is_lmtp = verb == "LHLO"
            self._forget()
            more = f"250-segue\r\n250-SIZE {self._largest}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n"
            await self._line.say("250 segue" if verb == "HELO" else more + "250 ENHANCEDSTATUSCODES")
        elif verb == "MAIL":
            await self._line.say(self._counted(self._from(rest)))
        elif verb == "RCPT":
            await self._line.say(self._counted(self._to(rest)))
        elif verb == "DATA":
            await self._take()
        elif verb in ("RSET", "NOOP"):
            self._forget() if verb == "RSET" else None
            await self._line.say("250 2.0.0 Fine")
        elif verb == "VRFY":
            await self._line.say("252 2.0.0 Send it and see")
        else:
            await self._line.say("500 5.5.1 Not a word of ours")

    def _counted(self, told: str) -> str:
        """Counts what is not taken, be it for its sender, its recipient or its size."""
        if told[0] != "2":
            self._count("later" if told[0] == "4" else "refused")
        return told

    def _from(self, rest: str) -> str:
        found = _PATH.match(rest)
        if not found:
            return "501 5.5.4 Write MAIL FROM:<address>"
        size = re.search(r"\bSIZE=(\d{1,15})\b", found[2], re.IGNORECASE)
        if size and int(size[1]) > self._largest:
            return f"552 5.3.4 More than {self._largest} bytes are not taken"
        self._forget()
        self._sender = found[1]
        return "250 2.1.0 Fine"

    def _to(self, rest: str) -> str:
        found = _PATH.match(rest)
        if self._sender is None:
            return "503 5.5.1 MAIL comes first"
        if not found or "@" not in found[1]:
            return "501 5.5.4 Write RCPT TO:<address>"
        if len(self._recipients) >= MOST_RECIPIENTS:
            return "452 4.5.3 Enough recipients for one mail"
        if not self._knows(found[1].lower()):
            return "550 5.1.1 Nobody of that name here"
        self._recipients.append(found[1])
        return "250 2.1.5 Fine"

    async def _take(self) -> None:
        if self._sender is None or not self._recipients:
            await self._line.say("503 5.5.1 MAIL and RCPT come first")
            return
        await self._line.say("354 Go on; end with a dot")
        told = self._counted(await self._kept())
        self._count("accepted") if told[0] == "2" else None
        for _ in self._recipients if self._is_lmtp else (None,):
            await self._line.say(told)
        self._forget()

    async def _kept(self) -> str:
        try:
            raw = await self._line.data(self._largest)
            assert self._sender is not None
            await self._keep(raw, self._recipients, self._sender)
        except TooLarge:
            return f"552 5.3.4 More than {self._largest} bytes are not taken"
        except SegueError:
            return "451 4.3.0 It could not be kept; send it again"
        return "250 2.6.0 Kept"

    def _forget(self) -> None:
        self._sender, self._recipients = None, []
