"""`segue tickets` and `segue backfill`: past conversations brought in, and considered afterwards, so that there is
something to learn from and to try a policy on."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from segue.app.cli.common import Data, Json, Since, ago, err, out, print_json, settings
from segue.app.reach import reached
from segue.domain.errors import Refused

TOLD = 20
"""Bad rows that are told one by one."""


def add_to(app: typer.Typer) -> None:
    app.command()(tickets)
    app.command()(backfill)


def tickets(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or JSONL, as other desks export it.")],
    group: Annotated[
        bool,
        typer.Option("--group", help="Find matters by likeness where nobody says what a ticket was about."),
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only say what would be read.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring past tickets in, and look at the past anew. A row that cannot be read is named and skipped; exit code 1 if
    any was. Brought again, what is here already is left alone."""
    from segue.app.bringing import take_tickets
    from segue.app.door import open_house
    from segue.knowledge.tickets import decoded, read

    found = read(file.name, decoded(file.read_bytes()))
    if found.rows and not found.tickets:
        if not found.faults:
            raise Refused(f"Nothing in {file.name} was written for a customer.", "Bring what was said to them, too.")
        first = found.faults[0]
        raise Refused(f"{file.name} holds no ticket that can be read: {first.why}.", f"Its columns: {first.text}.")
    told: dict[str, Any] = {"rows": found.rows, "tickets": len(found.tickets), "columns": dict(found.columns)}
    told |= {"ignored": list(found.ignored), "faults": [f"line {f.line}: {f.why}" for f in found.faults]}
    if not check:
        with reached(settings(data)) as at:
            house = open_house(at)
            told |= take_tickets(
                house, found.tickets, group, datetime.now(UTC), lambda step, n: err.print(f"{n} {step}.")
            )
            house.db.close()
    print_json(told) if json else _tell(told)
    if found.faults:
        raise typer.Exit(1)


def _tell(told: dict[str, Any]) -> None:
    read_as = ", ".join(f"{theirs} as {ours}" for ours, theirs in told["columns"].items())
    out.print(f"{told['rows']} rows, {told['tickets']} tickets. Read: {read_as}.", markup=False, highlight=False)
    if told["ignored"]:
        out.print(f"Not read: {', '.join(told['ignored'])}.", markup=False, highlight=False)
    if "taken" in told:
        known = f" {told['known']} were here already." if told["known"] else ""
        out.print(f"{told['taken']} taken in, about {told['matters']} matters.{known}", highlight=False)
    for fault in told["faults"][:TOLD]:
        err.print(f"Not read: {fault}.", markup=False, highlight=False)
    if (more := len(told["faults"]) - TOLD) > 0:
        err.print(f"And {more} more; --json names all of them.", highlight=False)


def backfill(
    since: Since = "365d",
    limit: Annotated[int | None, typer.Option(help="At most this many conversations.", min=1)] = None,
    again: Annotated[bool, typer.Option("--again", help="Throw away what was backfilled before.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Consider imported conversations afterwards, in shadow: what the assistant would have done. Nobody is written to.

    Runs beside everything else at the lowest priority; stopped in the middle, it goes on where it was.
    """
    from segue.app.backfill import backfill as consider
    from segue.app.door import open_house
    from segue.store.backtest import PastStore

    os.nice(10)
    with reached(settings(data), make=False) as at:
        house, now = open_house(at), datetime.now(UTC)
        if again:
            PastStore(house.db).forget()
        done = consider(house, ago(since, now), now, limit, lambda n: err.print(f"{n} conversations considered."))
        house.db.close()
    if json:
        print_json(done)
    else:
        out.print(f"{done['conversations']} conversations considered, {done['messages']} of their messages.")
