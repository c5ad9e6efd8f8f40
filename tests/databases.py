"""Databases for tests: made in a moment, gone afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

SERVER = "SEGUE_TEST_SERVER"
RUN = "SEGUE_TEST_RUN"
"""Names this run, so that none takes what an earlier one left behind."""
_MAKING = 7341999
"""An advisory lock."""


@contextmanager
def fresh_database(name: str = "", like: str = "", encoding: str = "") -> Iterator[str]:
    """The address of a new database, copied from the one at `like` or in another encoding where that is given."""
    server = os.environ[SERVER]
    name = name or f"test_{secrets.token_hex(6)}"
    made = sql.SQL("create database {}").format(sql.Identifier(name))
    if like:
        made += _copied_from(like)
    if encoding:
        made += sql.SQL(" encoding {} locale_provider libc locale 'C' template template0").format(sql.Literal(encoding))
    _execute(server, made)
    try:
        yield make_conninfo(server, dbname=name)
    finally:
        _execute(server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def made_once(name: str, make: Callable[[str], None]) -> str:
    """The address of a database to copy from, costly to make: whoever comes first in this run makes it, others wait."""
    server, name = os.environ[SERVER], f"{name}_{os.environ[RUN]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_MAKING,))
        if connection.execute("select from pg_database where datname = %s", (name,)).fetchone() is None:
            with fresh_database() as url:
                make(url)
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)) + _copied_from(url))
    return make_conninfo(server, dbname=name)


def _copied_from(url: str) -> sql.Composed:
    """File by file: the other way writes every page into the log first, which takes three times as long."""
    return sql.SQL(" template {} strategy file_copy").format(sql.Identifier(conninfo_to_dict(url)["dbname"]))


def drop_what_was_made_once() -> None:
    server = os.environ[SERVER]
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("select datname from pg_database where datname like %s", (f"%\\_{os.environ[RUN]}",))
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _execute(server: str, statement: sql.Composable) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
