"""Reads mail in a child process that may take only so much memory, time and disk; whatever a mail does there, the house
goes on.

The one idea: three tries, each asking less. The whole mail in the child; then the child again without HTML, which is
where most bombs hide; then a plain look at the first bytes right here, which cannot fail. So there is always a Mail,
and where it came of the last try it says so by having no sender or text that was made out.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import structlog

from segue.domain.mail import Attachment, Authentication, Fold, Mail, MailAddress, Marks, Undelivered
from segue.integrations.mail.charsets import decode
from segue.integrations.mail.headers import addresses, message_ids, text_of
from segue.integrations.mail.jailed import HEAD, SECONDS

CHILD = "segue.integrations.mail.jailed"
"""The module that is run there."""
READS = 300
"""Mails after which a child is replaced by a new one."""
GLANCE = 50_000
LONGEST_TEXT = 1_000_000
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reading:
    mail: Mail
    is_whole: bool = True
    """False where it could not be read as a mail: what there is was made out at a glance."""


class Reader:
    """A child, started when it is first needed. One mail at a time; threads wait for each other."""

    def __init__(self, server: str = "", seconds: float = SECONDS) -> None:
        self._server, self._seconds = server, seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._read = 0
        self._lock = threading.Lock()

    def read(self, raw: bytes, return_path: str | None = None) -> Reading:
        """Never raises for any bytes, and takes at most about two times `seconds`."""
        with self._lock:
            for is_plain in (False, True):
                try:
                    return Reading(self._asked(raw, return_path, is_plain))
                except (OSError, ValueError, KeyError, TypeError, struct.error, EOFError) as error:
                    child = self._child
                    self.close()
                    by = _ended_by(child, error)
                    log.warning("mail.reader_ended", by=by, is_plain=is_plain)
            return Reading(glance(raw, return_path), is_whole=False)

    def close(self) -> None:
        """Ends the child, whatever it does."""
        child, self._child = self._child, None
        if child:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            child.wait()

    def _asked(self, raw: bytes, return_path: str | None, is_plain: bool) -> Mail:
        child, until = self._ready(), time.monotonic() + self._seconds
        asked = json.dumps({"server": self._server, "return_path": return_path, "is_plain": is_plain}).encode()
        assert child.stdin
        assert child.stdout
        _write(child.stdin, HEAD.pack(len(asked), len(raw)) + asked + raw, until)
        size, rest = HEAD.unpack(_exactly(child.stdout, HEAD.size, until))
        found = json.loads(_exactly(child.stdout, size, until))
        return _mail(found, _exactly(child.stdout, rest, until))

    def _ready(self) -> subprocess.Popen[bytes]:
        self._read += 1
        if self._child and (self._child.poll() is not None or self._read > READS):
            self.close()
        if self._child is None:
            self._read = 1
            command = (sys.executable, "-m", CHILD)
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
                env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", "")}, close_fds=True,
            )  # fmt: skip
            for pipe in (self._child.stdin, self._child.stdout):
                os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
            assert self._child.stdout
            _exactly(self._child.stdout, 1, time.monotonic() + 20)  # it says that it is ready, which is no mail's fault
        return self._child


def _ended_by(child: subprocess.Popen[bytes] | None, error: Exception) -> str:
    """`signal 24` where it computed for too long, `exit 1` where it could not do what it wanted, `the clock` where we
    ended it, for it answered nothing or nothing that could be understood."""
    code = child.returncode if child else None
    if isinstance(error, EOFError | BrokenPipeError) and code not in (None, -signal.SIGKILL):
        return f"signal {-code}" if code < 0 else f"exit {code}"
    return "the clock" if isinstance(error, TimeoutError) else type(error).__name__


def glance(raw: bytes, return_path: str | None = None) -> Mail:
    """What can be made out of bytes that could not be read as a mail: the first of its headers, and all of its text
    as it stands, to be looked at by a person."""
    head, _, body = raw[:LONGEST_TEXT].replace(b"\r\n", b"\n").partition(b"\n\n")

    def field(name: str) -> str:
        found = re.search(
            rb"^" + name.encode() + rb":[ \t]*([^\n]{0,1000})", head[:GLANCE], re.IGNORECASE | re.MULTILINE
        )
        return found[1].decode("ascii", "surrogateescape") if found else ""

    return Mail(
        next(iter(addresses([field("From")])), None), addresses([field("To")]), subject=text_of(field("Subject"))[:500],
        message_id=next(iter(message_ids(field("Message-ID"))), ""), text=decode(body or head).strip()[:LONGEST_TEXT],
        marks=Marks(return_path=return_path),
    )  # fmt: skip


def _write(pipe: IO[bytes], data: bytes, until: float) -> None:
    view = memoryview(data)
    while view:
        if not select.select([], [pipe], [], max(until - time.monotonic(), 0))[1]:
            raise TimeoutError("the reader takes nothing")
        view = view[os.write(pipe.fileno(), view[:65536]) :]


def _exactly(pipe: IO[bytes], size: int, until: float) -> bytes:
    found = bytearray()
    while len(found) < size:
        if not select.select([pipe], [], [], max(until - time.monotonic(), 0))[0]:
            raise TimeoutError("the reader says nothing")
        if not (chunk := os.read(pipe.fileno(), min(size - len(found), 1 << 20))):
            raise EOFError("the reader has ended")
        found += chunk
    return bytes(found)


def _mail(found: dict[str, Any], bodies: bytes) -> Mail:
    """What the child said, taken as what it should be and nothing else."""
    attachments, at = list[Attachment](), 0
    for one in found["attachments"]:
        attachments.append(Attachment(one["name"], one["type"], bodies[at : at + one["size"]], one["content_id"]))
        at += one["size"]

    def people(name: str) -> tuple[MailAddress, ...]:
        return tuple(MailAddress(**one) for one in found[name])

    undelivered, marks = found["undelivered"], found["marks"]
    return Mail(
        sender=MailAddress(**found["sender"]) if found["sender"] else None,
        to=people("to"), cc=people("cc"), reply_to=people("reply_to"), delivered_to=tuple(found["delivered_to"]),
        subject=found["subject"], at=datetime.fromisoformat(found["at"]) if found["at"] else None,
        message_id=found["message_id"], references=tuple(found["references"]), text=found["text"], html=found["html"],
        attachments=tuple(attachments), folds=tuple(Fold(**one) for one in found["folds"]),
        marks=Marks(**{**marks, "loops": tuple(marks["loops"])}),
        undelivered=Undelivered(**{**undelivered, **{n: tuple(undelivered[n]) for n in ("recipients", "message_ids")}})
        if undelivered else None,
        authentication=Authentication(**found["authentication"]), guessed=found["guessed"],
    )  # fmt: skip
