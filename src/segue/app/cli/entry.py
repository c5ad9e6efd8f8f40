"""The entry of `segue`: what goes wrong is one line that says what to do, and an exit code.

Whatever starts a process of the house knows only the words that do. Loading all commands takes a second of processor
time, and a house that was killed would pay it once for each of its processes before the first message is answered.
"""

from __future__ import annotations

import os
import sys

import structlog
import typer

from segue.app.cli import serving
from segue.app.cli.common import HELP, err
from segue.app.log import set_up
from segue.domain.errors import Conflict, NotFound, Refused, SegueError, Unavailable
from segue.domain.traces import traced

_STARTS = {"up", "web", "worker", "encoder", "welcome"}
_CODES: tuple[tuple[type[SegueError], int], ...] = ((Refused, 2), (NotFound, 3), (Conflict, 4), (Unavailable, 5))


def main() -> None:
    """Runs the command that the words ask for, and exits with its code. Logs go to stderr: stdout is for results."""
    set_up(os.environ.get("SEGUE_LOG", "info"))
    try:
        _commands(sys.argv[1:])(prog_name="segue")
    except SegueError as error:
        err.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(next((code for kind, code in _CODES if isinstance(error, kind)), 1))
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # its message may quote a customer, and this may be a process of a house
        structlog.get_logger().critical("process.broken", **traced(error))
        sys.exit(1)


def _commands(words: list[str]) -> typer.Typer:
    if words and words[0] in _STARTS:
        starts = typer.Typer(pretty_exceptions_enable=False, context_settings=HELP)
        serving.add_to(starts)
        return starts
    from segue.app.cli.main import app

    return app
