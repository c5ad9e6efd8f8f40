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
"""Seconds in which a command must have come whole, however slowly its letters come."""
PATIENCE_DATA = 600.0
"""The same of a mail (RFC 5321, 4.5.3.2 wants ten minutes at its end)."""
GRACE = 10.0
MOST_HELD = 200_000_000
"""Bytes of mails on their way in, of all talks together."""
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


class TooMuch(Exception):
    """Together with what others bring at the same time."""


class Listener:
    """Listens until it is closed. `knows` says whether an address is ours; `largest` is in bytes."""

    def __init__(
        self, keep: Keep, knows: Knows, largest: int, count: Count = lambda _said: None, grace: float = GRACE
    ) -> None:
        """`grace`: seconds for which a talk that brings nothing keeps its place in any case."""
        self._keep, self._knows, self._largest, self._count, self._grace = keep, knows, largest, count, grace
        self._talks = dict[_Talk, asyncio.Task[None] | None]()
        """The oldest first."""
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
        talk = _Talk(_Line(reader, writer, self._held), self._keep, self._knows, self._largest, self._count)
        try:
            if len(self._talks) >= MOST_AT_ONCE and not self._end_an_idle_one():
                self._count("later")
                writer.write(b"421 4.3.2 Too many of you at once; come again\r\n")
                return
            self._talks[talk] = asyncio.current_task()
            await talk.go_on()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            pass  # the other side left, fell silent, speaks another language, or kept a place that others need
        finally:
            self._talks.pop(talk, None)
            with suppress(OSError):
                writer.close()

    def _end_an_idle_one(self) -> bool:
        """Where all places are taken, the oldest talk that has brought no mail in a while gives up its own: so nobody
        keeps others out by saying little for long, and a crowd does not throw itself out."""
        since = asyncio.get_running_loop().time() - self._grace
        idle = next((talk for talk in self._talks if not talk.has_brought and talk.began < since), None)
        if idle is not None and (task := self._talks.pop(idle)):
            task.cancel()
        return idle is not None

    def _held(self) -> int:
        return sum(talk.line.held for talk in self._talks)


class _Line:
    """The wire, with what was read ahead."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, all_held: Callable[[], int]) -> None:
        self._reader, self._writer, self._all_held = reader, writer, all_held
        self._ahead, self.held = b"", 0
        """`held`: bytes of the mail that is coming in."""

    async def say(self, text: str) -> None:
        self._writer.write(text.encode("ascii", "replace") + b"\r\n")
        await asyncio.wait_for(self._writer.drain(), PATIENCE)

    async def command(self) -> str:
        async with asyncio.timeout(PATIENCE):
            while b"\n" not in self._ahead:
                if len(self._ahead) > LONGEST_LINE:
                    raise ValueError("a line without an end")
                await self._more()
        line, _, self._ahead = self._ahead.partition(b"\n")
        return line.rstrip(b"\r").decode("utf-8", "replace")

    async def data(self, largest: int) -> bytes:
        """Up to its end, dots taken out. Raises TooLarge or TooMuch once it has come whole, ValueError where it never
        ends, TimeoutError where that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_DATA):
                return await self._data(largest)
        finally:
            self.held = 0

    async def _data(self, largest: int) -> bytes:
        found, total = bytearray(b"\r\n"), 0
        why: type[Exception] | None = None
        while total < 8 * largest:
            seen = max(len(found) - len(_END), 0)
            total += len(self._ahead)
            found += self._ahead
            if (end := found.find(_END, seen)) >= 0:
                self._ahead = bytes(found[end + len(_END) :])
                if why or end > largest:
                    raise why or TooLarge
                return bytes(found[: end + 2]).replace(b"\r\n..", b"\r\n.")[2:]
            self.held = len(found)
            if why or len(found) > largest or self._all_held() > MOST_HELD:
                why, found = why or (TooLarge if len(found) > largest else TooMuch), found[-len(_END) :]
                self.held = 0
            self._ahead = b""
            await self._more()
        raise ValueError("a mail without an end")

    async def _more(self) -> None:
        chunk = await self._reader.read(1 << 16)
        if not chunk:
            raise asyncio.IncompleteReadError(b"", None)
        self._ahead += chunk


class _Talk:
    def __init__(self, line: _Line, keep: Keep, knows: Knows, largest: int, count: Count) -> None:
        self.line, self._keep, self._knows, self._largest, self._count = line, keep, knows, largest, count
        self.has_brought, self.began = False, asyncio.get_running_loop().time()
        self._is_lmtp = False
        self._sender: str | None = None
        self._recipients = list[str]()

    async def go_on(self) -> None:
        await self.line.say("220 segue mail")
        for _ in range(MOST_LINES):
            verb, _, rest = (await self.line.command()).strip().partition(" ")
            if verb.upper() == "QUIT":
                await self.line.say("221 2.0.0 Goodbye")
                return
            await self._answer(verb.upper(), rest.strip())
        await self.line.say("421 4.7.0 Enough for now")

    async def _answer(self, verb: str, rest: str) -> None:
        if verb in ("LHLO", "EHLO", "HELO"):
            self._is_lmtp = verb == "LHLO"
            self._forget()
            more = f"250-segue\r\n250-SIZE {self._largest}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n"
            await self.line.say("250 segue" if verb == "HELO" else more + "250 ENHANCEDSTATUSCODES")
        elif verb == "MAIL":
            await self.line.say(self._counted(self._from(rest)))
        elif verb == "RCPT":
            await self.line.say(self._counted(self._to(rest)))
        elif verb == "DATA":
            await self._take()
        elif verb in ("RSET", "NOOP"):
            self._forget() if verb == "RSET" else None
            await self.line.say("250 2.0.0 Fine")
        elif verb == "VRFY":
            await self.line.say("252 2.0.0 Send it and see")
        else:
            await self.line.say("500 5.5.1 Not a word of ours")

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
            await self.line.say("503 5.5.1 MAIL and RCPT come first")
            return
        await self.line.say("354 Go on; end with a dot")
        told = self._counted(await self._kept())
        self._count("accepted") if told[0] == "2" else None
        for _ in self._recipients if self._is_lmtp else (None,):
            await self.line.say(told)
        self._forget()

    async def _kept(self) -> str:
        try:
            raw = await self.line.data(self._largest)
            assert self._sender is not None
            await self._keep(raw, self._recipients, self._sender)
            self.has_brought = True
        except TooLarge:
            return f"552 5.3.4 More than {self._largest} bytes are not taken"
        except TooMuch:
            return "452 4.3.1 Too much at once; send it again"
        except SegueError:
            return "451 4.3.0 It could not be kept; send it again"
        return "250 2.6.0 Kept"

    def _forget(self) -> None:
        self._sender, self._recipients = None, []
