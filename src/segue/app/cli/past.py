"""`segue backfill`: past conversations considered afterwards, so that there is something to try a policy on."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from segue.app.cli.common import Data, Json, Since, ago, err, out, print_json, settings
from segue.app.reach import reached


def add_to(app: typer.Typer) -> None:
    app.command()(backfill)


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
