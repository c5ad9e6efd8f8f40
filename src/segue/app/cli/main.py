"""`segue`: the words of the command line, and errors as one line that says what to do."""

from __future__ import annotations

import os
import sys

import typer

from segue.app.cli import (
    articles,
    benches,
    boundary,
    content,
    drilling,
    explain,
    learning,
    mail,
    measures,
    past,
    people,
    policies,
    serving,
    trying,
    widget,
    wording,
)
from segue.app.cli.common import err
from segue.app.log import set_up
from segue.domain.errors import Conflict, NotFound, Refused, SegueError, Unavailable

app = typer.Typer(
    help="A support desk in which an assistant and people work as one team.",
    epilog="Exit codes: 0 done; 1 a check did not hold, or something broke; 2 what was asked cannot be; 3 it is not"
    " there; 4 it is taken or has changed; 5 a part that is needed does not answer.", no_args_is_help=True,
    pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
for group in (serving, trying, content, learning, past, explain):
    group.add_to(app)
app.add_typer(policies.app, name="policy")
app.add_typer(articles.app, name="article")
app.add_typer(mail.app, name="mail")
app.add_typer(people.agents, name="agent")
app.add_typer(people.teams, name="team")
app.add_typer(people.catalogue, name="catalogue")
app.add_typer(boundary.app, name="boundary")
app.add_typer(boundary.reviews, name="review")
app.add_typer(benches.app, name="bench")
app.command()(benches.load)
app.command()(drilling.drill)
app.add_typer(measures.app, name="measure")
app.add_typer(widget.app, name="widget")
app.add_typer(wording.app, name="texts")

_CODES: tuple[tuple[type[SegueError], int], ...] = ((Refused, 2), (NotFound, 3), (Conflict, 4), (Unavailable, 5))


def main() -> None:
    """Runs the command that the words ask for, and exits with its code. Logs go to stderr: stdout is for results."""
    set_up(os.environ.get("SEGUE_LOG", "info"))
    try:
        app()
    except SegueError as error:
        err.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(next((code for kind, code in _CODES if isinstance(error, kind)), 1))
    except BrokenPipeError:
        sys.exit(0)
