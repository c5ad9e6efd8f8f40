"""The road to PostgreSQL: what is told when it breaks."""

from __future__ import annotations

import socket
import threading

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from databases import fresh_database
from segue.domain.errors import DatabaseUnavailable, Refused
from segue.store import migrate as migrating
from segue.store.database import Database, is_out_of_reach
from segue.store.migrate import Migration, migrate


def test_a_line_that_breaks_before_the_answer_means_the_database_is_gone(db: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        break_while_waiting(db)


def test_an_answer_that_never_began_is_told_without_a_code_and_still_understood() -> None:
    assert is_out_of_reach(psycopg.InternalError("got no result from the query"))
    assert is_out_of_reach(psycopg.DatabaseError("server closed the connection unexpectedly"))


def test_a_wrong_statement_is_not_taken_for_a_database_that_is_gone(db: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        db.all("select * from nowhere")


def test_a_database_we_cannot_live_in_is_told_with_what_it_needs(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that may not create, one that may not make an extension, an extension that is not there, another script,
    and a server of long ago."""
    with fresh_database() as url:
        db.run("create role segue_guest login")
        try:
            guest = make_conninfo(url, user="segue_guest")
            refused(guest, r"does not let us: permission denied for schema public\..* own the database")
            with psycopg.connect(url) as admin:
                admin.execute("alter schema public owner to segue_guest")
            refused(guest, "does not let us: permission denied to create extension .*create extension vector")
        finally:
            with psycopg.connect(url) as admin:
                admin.execute("alter schema public owner to current_user; drop owned by segue_guest cascade")
            db.run("drop role segue_guest")
        monkeypatch.setattr(migrating, "migrations", lambda: [Migration(1, "0001.sql", "create extension nowhere")])
        refused(url, 'lacks something: extension "nowhere" is not available')
        monkeypatch.setattr(migrating, "OLDEST", 99)
        refused(url, "is PostgreSQL [0-9]+; Segue needs 99 or newer")
    with fresh_database(encoding="LATIN1") as url:
        monkeypatch.setattr(migrating, "OLDEST", 15)
        refused(url, "is written in LATIN1.*encoding 'UTF8'")


def refused(url: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        migrate(url)


def break_while_waiting(db: Database) -> None:
    with db.connection() as connection:
        line = socket.socket(fileno=connection.fileno())
        breaking = threading.Timer(0.1, line.shutdown, (socket.SHUT_RDWR,))
        breaking.start()
        try:
            connection.execute("select pg_sleep(5)").fetchone()
        finally:
            breaking.join()
            line.detach()
