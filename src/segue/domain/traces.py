"""What is told of an error in a log, or kept of it beside a row: its kind, its place and a code, never its message.

Messages of libraries quote what they were given: the database the value that it refused, a decoder the whole text, a
dictionary the key. So nobody writes an error into a log by other means than these (tests/rooms/test_log.py).
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from segue.domain.errors import SegueError

HOUSE = Path(__file__).parents[1]
MOST_PLACES = 4
_ENHANCED = re.compile(r"^[245]\.\d{1,3}\.\d{1,3}\b")


def traced(error: BaseException) -> dict[str, str]:
    """For a line of the log: `error` is the kind and those behind it, `at` the last of our own lines it came through,
    outermost first; `code` and `why` only where there is one that holds nobody's words."""
    told = {"error": " < ".join(type(one).__name__ for one in _chain(error)), "at": " > ".join(_places(error))}
    told |= {"code": code} if (code := code_of(error)) else {}
    return told | ({"why": error.plain} if isinstance(error, SegueError) and error.plain else {})


def brief(error: BaseException) -> str:
    """In one line, for a reason that is kept: `DataError 22P02`, or a sentence of ours that is plain."""
    if isinstance(error, SegueError) and error.plain:
        return error.plain
    said = f"{type(error).__name__} {code_of(error)}".strip()
    system = error.strerror if isinstance(error, OSError) and _errno(error) else None
    return f"{said}: {system}" if system else said


def code_of(error: BaseException) -> str:
    """Of the error or the first behind it that has one: the database's, the mail server's, the system's, or ours."""
    for one in _chain(error):
        if code := _own_code(one):
            return code
    return error.code if isinstance(error, SegueError) else ""


def _own_code(error: BaseException) -> str:
    if sqlstate := getattr(error, "sqlstate", None):
        return str(sqlstate)
    if isinstance(status := getattr(error, "smtp_code", None), int):
        return f"{status} {enhanced(getattr(error, 'smtp_error', b''))}".strip()
    return _errno(error) if isinstance(error, OSError) else ""


def _errno(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "")


def enhanced(said: bytes | str) -> str:
    """The status of RFC 3463 that a mail server's answer begins with; what it says after it may name a customer."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
    found = _ENHANCED.match(text)
    return found[0] if found else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it was raised from."""
    seen = set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < MOST_PLACES:
        seen.add(id(current))
        yield current
        current = current.__cause__


def _places(error: BaseException) -> list[str]:
    return [place for place in map(_place, _frames(error.__traceback__)) if place][-MOST_PLACES:]


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _place(frame: TracebackType) -> str:
    file = Path(frame.tb_frame.f_code.co_filename)
    return f"{file.relative_to(HOUSE)}:{frame.tb_lineno}" if file.is_relative_to(HOUSE) else ""
