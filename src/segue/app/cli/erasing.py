"""`segue erase`: a customer goes, with all that was learnt from them; `segue erasures`: the list of whom."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from segue.app.cli.common import Data, Json, err, out, print_json, settings
from segue.app.cli.house import at_home, now
from segue.app.reach import place
from segue.domain.errors import Refused


def add_to(app: typer.Typer) -> None:
    app.command()(erase)
    app.command()(erasures)


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
    if erased.named_in:
        out.print(f"Their address stands in what others wrote or were written: {', '.join(erased.named_in)}.")
    out.print("Backups made before still hold them: keep what `segue erasures --json` tells beside the backups.")


def erasures(data: Data = None, json: Json = False) -> None:
    """List who was erased, by a hash of their id: what `segue restore --erasures` takes, to erase them again."""
    with at_home(data) as house:
        found = house.erasures.erasures(limit=None)
    if json:
        print_json({"erasures": found})
        return
    for erasure in found:
        out.print(f"{erasure['at']:%Y-%m-%d %H:%M} by {erasure['author']}: {erasure['contact_hash'] or 'not known'}")


def listed_in(file: Path) -> list[dict[str, Any]]:
    """The erasures in it. Raises Refused where it holds no such list: nothing may be restored that was erased."""
    try:
        found = json.loads(file.read_text("utf8"))["erasures"]
        for erasure in found:
            bytes.fromhex(erasure["contact_hash"] or "")
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"{file} is no list of erasures.", "Name what `segue erasures --json` wrote.") from error
    return list(found)


def repeated(database_url: str, listed: list[dict[str, Any]]) -> int:
    """How many a restore had brought back, and are erased again."""
    from segue.store.database import Database
    from segue.store.erasure import ErasureStore

    db = Database(database_url, 2).open()
    try:
        return ErasureStore(db).repeat("segue", now(), listed)
    finally:
        db.close()
