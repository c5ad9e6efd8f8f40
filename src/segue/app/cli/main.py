"""`segue`: all words of the command line."""

from __future__ import annotations

import typer

from segue.app.cli import (
    articles,
    benches,
    boundary,
    content,
    drilling,
    erasing,
    explain,
    figures,
    learning,
    mail,
    measures,
    past,
    people,
    policies,
    serving,
    topics,
    trying,
    widget,
    wording,
)
from segue.app.cli.common import HELP

app = typer.Typer(
    help="A support desk in which an assistant and people work as one team.",
    epilog="Exit codes: 0 done; 1 a check did not hold, or something broke; 2 what was asked cannot be; 3 it is not"
    " there; 4 it is taken or has changed; 5 a part that is needed does not answer.", no_args_is_help=True,
    pretty_exceptions_enable=False, context_settings=HELP,
)  # fmt: skip
for group in (serving, trying, content, past, explain, figures, erasing):
    group.add_to(app)
topics.add_to(learning.learn)
app.add_typer(learning.learn, name="learn")
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
