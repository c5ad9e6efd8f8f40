"""Logs: one line an event, on stderr; for people at a terminal, as JSON elsewhere. Customers' words stay out of it.

The one idea: of an error its kind and place are told, never its message (domain/traces.py), whoever tells of it. So
what other people's code logs, and what nobody caught, comes through here, too.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from segue.domain.traces import traced

log = structlog.get_logger()
QUOTE_NOBODY = frozenset(("uvicorn", "asyncio", "psycopg", "concurrent"))
"""Whose sentences are told as they stand in their code, without what was filled in; of others only that they spoke."""


def set_up(level: str) -> None:
    """Raises nothing: an unknown level means info."""
    least = getattr(logging, level.upper(), logging.INFO)
    at_terminal = sys.stderr.isatty()
    shown = structlog.dev.ConsoleRenderer() if at_terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Unheard(sys.stderr))),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traced,
            shown,
        ],
    )
    logging.basicConfig(handlers=[Theirs()], level=logging.WARNING, force=True)
    threading.excepthook = _left_a_thread


class _Unheard(io.TextIOBase):
    """Where the log goes. When nobody reads it any more, as when the supervisor was killed and its processes have not
    noticed yet, what is said is lost; the request or the turn that said it is not."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._out.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._out.flush()


class Theirs(logging.Handler):
    """Passes on that a library said something, and where; not what it said of what it was given."""

    def emit(self, record: logging.LogRecord) -> None:
        is_quoted = record.name.partition(".")[0] in QUOTE_NOBODY and isinstance(record.msg, str)
        said = {"said": record.msg.strip().partition("\n")[0][:200]} if is_quoted else {}
        error = record.exc_info[1] if record.exc_info else None
        where = {"by": record.name, "line": f"{record.filename}:{record.lineno}"}
        tell = log.error if record.levelno >= logging.ERROR else log.warning
        tell("library.said", **where, **said, **(traced(error) if error else {}))


def _traced(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Whoever hands an error over as such still tells no message."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    error = sys.exc_info()[1] if given is True else error
    return {**event, **traced(error)} if error else event


def _left_a_thread(left: threading.ExceptHookArgs) -> None:
    if left.exc_value is not None and left.exc_type is not SystemExit:
        log.error("thread.ended", thread=left.thread.name if left.thread else "", **traced(left.exc_value))
