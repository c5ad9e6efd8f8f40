"""Reaches the database a command needs: yours, the one that already runs in the data folder, or one started for the
time of the command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from segue.app.settings import Settings
from segue.domain.errors import NotFound
from segue.store.migrate import migrate
from segue.store.server import Server

SERVED_AT = "run/address"
"""In the data folder."""


def served_at(settings: Settings) -> str:
    """Where `segue up` serves this folder, or last did; else where it would."""
    try:
        return (settings.data / SERVED_AT).read_text("utf8").strip()
    except FileNotFoundError:
        return f"http://{settings.host}:{settings.port}"


@contextmanager
def reached(settings: Settings, make: bool = True) -> Iterator[Settings]:
    """The settings with a database that answers and has every migration.

    Raises NotFound where there is none yet and `make` is False: what only reads must not make an empty one.
    """
    if settings.database_url:
        migrate(settings.database_url)
        yield settings
        return
    server = Server(settings.data)
    if not make and not server.cluster.exists():
        raise NotFound(
            f"There is no workspace in {settings.data}.", "Name its folder with --data, or start Segue once."
        )
    url = server.running()
    begun = url is None
    try:
        url = url or server.start()
        migrate(url)
        yield replace(settings, database_url=url)
    finally:
        if begun:
            server.stop()


@contextmanager
def throwaway(settings: Settings, stem: str) -> Iterator[Settings]:
    """An empty database beside the real one, gone when the command ends: for replays and benchmarks."""
    name = f"segue_{stem}_{os.getpid()}"
    with reached(settings) as at:
        _execute(at.database_url, "create database {}", name)
        try:
            url = make_conninfo(at.database_url, dbname=name)
            migrate(url)
            yield replace(at, database_url=url)
        finally:
            _execute(at.database_url, "drop database {} with (force)", name)


def _execute(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
