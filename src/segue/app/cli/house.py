"""What commands that work on a house's record share: the way in, the table, the moment, and who decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from segue.app.cli.common import out, settings
from segue.app.reach import reached

if TYPE_CHECKING:
    from segue.app.door import House

By = Annotated[str, typer.Option("--by", help="Who decides: a lead, by id or e-mail address.")]


@contextmanager
def at_home(data: Any) -> Iterator[House]:
    """The house of `data`, as it stands; nothing is made."""
    from segue.app.door import open_house

    with reached(settings(data), make=False) as at:
        house = open_house(at)
        try:
            yield house
        finally:
            house.db.close()


def now() -> datetime:
    return datetime.now(UTC)


def print_table(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """The first column is never cut: it is what other commands want to be told."""
    table = Table(box=None)
    for n, column in enumerate(columns):
        table.add_column(column, no_wrap=n == 0, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)
