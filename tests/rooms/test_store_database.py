"""The road to PostgreSQL: what is told when it breaks."""

from __future__ import annotations

import socket
import threading

import psycopg
import pytest

from segue.domain.errors import DatabaseUnavailable
from segue.store.database import Database, is_out_of_reach


def test_a_line_that_breaks_before_the_answer_means_the_database_is_gone(db: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        break_while_waiting(db)


def test_an_answer_that_never_began_is_told_without_a_code_and_still_understood() -> None:
    assert is_out_of_reach(psycopg.InternalError("got no result from the query"))
    assert is_out_of_reach(psycopg.DatabaseError("server closed the connection unexpectedly"))


def test_a_wrong_statement_is_not_taken_for_a_database_that_is_gone(db: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        db.all("select * from nowhere")


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
