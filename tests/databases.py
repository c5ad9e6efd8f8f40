"""Databases for tests: made in a moment, gone afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

SERVER = "SEGUE_TEST_SERVER"


@contextmanager
def fresh_database(name: str = "", like: str = "") -> Iterator[str]:
    """The address of a new database, copied from the one at `like` where that is given."""
    server = os.environ[SERVER]
    name = name or f"test_{secrets.token_hex(6)}"
    made = sql.SQL("create database {}").format(sql.Identifier(name))
    if like:
        made += sql.SQL(" template {}").format(sql.Identifier(conninfo_to_dict(like)["dbname"]))
    _execute(server, made)
    try:
        yield make_conninfo(server, dbname=name)
    finally:
        _execute(server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _execute(server: str, statement: sql.Composable) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
