"""Everything a database holds that somebody can have written, to look for what must be there byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from psycopg import sql

from segue.store.database import Database

_COLUMNS = """
select c.table_name as there, c.column_name as name
from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
where table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type in ('text', 'jsonb', 'ARRAY')
"""


def kept_texts(db: Database) -> str:
    """All of them, with a NUL between, which none can contain."""
    found = set[str]()
    with db.connection() as connection:
        for column in connection.execute(_COLUMNS).fetchall():
            named = sql.SQL("select distinct {} as said from {}").format(
                sql.Identifier(column.name), sql.Identifier(column.there)
            )
            for row in connection.execute(named).fetchall():
                found.update(_texts(row.said))
    return "\0".join(found)


def written(db: Database) -> dict[str, tuple[int, int]]:
    """To be compared with what it was before: of each table how many rows it has, and the sum of what their words hash
    to. When something was last seen or used is no word."""
    with db.connection() as connection:
        return {row.there: (row.n, row.words) for row in connection.execute(_summed(db)).fetchall()}


@lru_cache(maxsize=1)
def _summed(db: Database) -> sql.Composed:
    columns: dict[str, list[sql.Composable]] = {}
    for column in db.all(_COLUMNS):
        columns.setdefault(column.there, []).append(sql.SQL("{}::text").format(sql.Identifier(column.name)))
    return sql.SQL(" union all ").join(
        sql.SQL("select {} as there, count(*) as n, coalesce(sum(hashtext(concat_ws(',', {}))), 0) as words from {}")
        .format(there, sql.SQL(", ").join(names), sql.Identifier(there)) for there, names in columns.items()
    )  # fmt: skip


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _texts(inner)
