"""`segue explain`: why one message was answered, asked about or handed over."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segue.app.cli.common import Data, Json, out, print_json, settings
from segue.app.reach import reached
from segue.insight.explaining import Explainer, Explanation

SHOWN = 6
"""Lines of a list on the card; `--json` has them all."""


def add_to(app: typer.Typer) -> None:
    app.command()(explain)


def explain(
    message: Annotated[str, typer.Argument(help="The id of a customer's message, like msg_01ABC….1.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Say why a message was decided as it was: the why-card; with --json the full trace."""
    from segue.store.database import Database
    from segue.store.trace import Traces
    from segue.store.workspace import Workspace

    with reached(settings(data), make=False) as at:
        db = Database(at.database_url).open()
        card, record = Explainer(Workspace(db), Traces(db)).explain(message)
        db.close()
    print_json({"explanation": card, "trace": record}) if json else show(card, out)


def show(card: Explanation, out: Console) -> None:
    said = " ".join(card.text.split())
    out.print(f"#{card.number}, {card.written_at:%Y-%m-%d %H:%M}: {said[:200]}", style="bold", markup=False)
    out.print(card.why, markup=False, highlight=False)
    if card.otherwise:
        out.print(card.otherwise, markup=False, highlight=False)
    if not card.was_decided_then:
        out.print("It was imported and considered afterwards; nobody was written to.", style="dim")
    out.print(_signals(card))
    for title, lines in _parts(card):
        out.print(title, style="bold")
        for line in lines:
            out.print(f"  {line}", markup=False, highlight=False)


def _signals(card: Explanation) -> Table:
    table = Table("noticed", "value", "sure", "held to", "in these words", box=None, pad_edge=False)
    for signal in card.signals:
        name = f"[bold]{signal.signal}[/]" if signal.met else signal.signal
        words = ", ".join(f"“{word}”" for word in signal.words)
        told = (signal.value, f"{signal.sure:.2f}", signal.threshold or "", words)
        table.add_row(name, *map(escape, told))
    return table


def _parts(card: Explanation) -> list[tuple[str, list[str]]]:
    sure, rule = card.sureness, card.rule
    figure = "none" if sure.confidence is None else f"{sure.confidence:.4f}"
    mark = "no threshold yet" if sure.threshold is None else f"needs {sure.threshold:.4f}"
    needed = f", {sure.still_needed} more needed" if sure.still_needed else ""
    setting = "" if rule.setting is None else f" ({rule.setting})"
    note = f": {rule.note}" if rule.note else ""
    by = f"set in version {rule.set_in} by {rule.applied_by}, {rule.applied_at:%Y-%m-%d}{note}" if rule.set_in else ""
    return [
        ("Confidence", [f"{figure}, {mark}; rung {sure.rung}; {sure.cases} past cases{needed}"]),
        ("Rule", [f"{rule.path}{setting}, decided under policy version {rule.policy_version}", *filter(None, [by])]),
        ("Also held", list(card.also_held) or ["nothing else"]),
        ("Set aside", [f"{other.what}: {other.why}" for other in card.set_aside[:SHOWN]] or ["nothing"]),
        ("Nearest past messages", [f"{n.likeness:.2f} {n.wanted}: {' '.join(n.text.split())[:100]}"
                                   for n in card.nearest[:SHOWN]] or ["none"]),
        ("Afterwards", [f"{h.at:%m-%d %H:%M} {h.says}" for h in card.afterwards] or ["nothing yet"]),
    ]  # fmt: skip
