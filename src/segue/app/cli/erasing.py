"""`segue erase`: a customer goes, with all that was learnt from them."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from segue.app.cli.common import Data, Json, err, out, print_json, settings
from segue.app.cli.house import at_home, now
from segue.app.reach import place


def add_to(app: typer.Typer) -> None:
    app.command()(erase)


def erase(
    contact: Annotated[str, typer.Argument(help="Id, external id or e-mail address.")],
    by: Annotated[str, typer.Option("--by", help="Who erases; it stays in the record.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None, json: Json = False,
) -> None:  # fmt: skip
    """Erase a customer with all that was learnt from them, and fit anew without them. It cannot be undone."""
    from segue.app.learning import unlearn_erased

    err.print(f"This is about {place(settings(data))}.", markup=False, highlight=False)
    if not yes:
        typer.confirm(f"Erase {contact}, their conversations and what was learnt from them, for good?", abort=True)
    with at_home(data) as house:
        erased = house.erasures.erase(contact, by, now())
        err.print("Fitting anew without them.")
        is_refitted = unlearn_erased(house, now()) > 0
    if json:
        print_json({**dataclasses.asdict(erased), "is_refitted": is_refitted})
        return
    out.print(f"Erased, with {', '.join(f'{n} {table}' for table, n in erased.counts.items())}.")
    if not is_refitted:
        out.print("A refit is going on; a worker fits anew without them right after it.")
    if erased.articles:
        out.print(f"Look through these articles, drafted with lessons of theirs: {', '.join(erased.articles)}.")
    out.print("Backups made before still hold them.")
