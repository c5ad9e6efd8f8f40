"""Reaches the database a command needs: yours, the one that already runs in the data folder, or one started for the
time of the command."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from segue.app.leftovers import own_folder
from segue.app.settings import Settings, thrown_away
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


def place(settings: Settings) -> str:
    """Which workspace is meant, for whoever is about to lose what is in it; no password is told."""
    if not settings.database_url:
        return f"the workspace in {settings.data}"
    try:
        parts = conninfo_to_dict(settings.database_url)
    except psycopg.ProgrammingError:
        return "the database in DATABASE_URL"
    return f"the database {parts.get('dbname', '')} at {parts.get('host', 'this machine')} (DATABASE_URL)"


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
    """An empty workspace with a folder, a database server and no door of its own, gone when the command ends: for
    replays, loads and benchmarks. A house that lives in the folder of `settings` is not touched.

    Where a server of yours is named the database stands there, since that is the one to be measured.
    """
    # on the disk of the data folder where there is one: it is the one to be measured
    with own_folder(stem, settings.data if settings.data.is_dir() else None) as folder, _ends_in_order():
        at = thrown_away(settings, folder)
        if settings.database_url:
            with _database_beside(settings.database_url, f"segue_{stem}_{os.getpid()}") as url:
                yield replace(at, database_url=url)
        else:
            with reached(at) as started:
                yield started


@contextmanager
def _ends_in_order() -> Iterator[None]:
    """Who is told to end (SIGTERM) leaves nothing behind. Only the main thread may listen for that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _database_beside(server: str, name: str) -> Iterator[str]:
    _execute(server, "create database {}", name)
    try:
        url = make_conninfo(server, dbname=name)
        migrate(url)
        yield url
    finally:
        _execute(server, "drop database {} with (force)", name)


def _execute(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
