"""The one road to PostgreSQL: a small pool, autocommit by default, and errors in our own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import psycopg
from psycopg.rows import namedtuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from segue.domain.errors import DatabaseUnavailable
from segue.domain.ports import Vector

Params = Mapping[str, Any]
CONNECT = {"autocommit": True, "row_factory": namedtuple_row, "options": "-c timezone=UTC"}


class Database:
    """Statements in, rows out. Every statement is its own transaction unless inside `transaction()`."""

    def __init__(self, conninfo: str, size: int = 4) -> None:
        self.conninfo = conninfo
        self._pool = ConnectionPool(
            conninfo, min_size=1, max_size=size, kwargs=CONNECT, open=False, timeout=5, reconnect_timeout=30
        )

    def open(self, timeout: float = 30) -> Database:
        with _in_our_words():
            self._pool.open(wait=True, timeout=timeout)
        return self

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        with _in_our_words(), self._pool.connection() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        with self.connection() as connection, connection.transaction():
            yield connection

    def all(self, statement: str, params: Params | None = None) -> list[Any]:
        with self.connection() as connection:
            return connection.execute(statement, params).fetchall()

    def one(self, statement: str, params: Params | None = None) -> Any | None:
        with self.connection() as connection:
            return connection.execute(statement, params).fetchone()

    def run(self, statement: str, params: Params | None = None) -> int:
        """Rows touched."""
        with self.connection() as connection:
            return connection.execute(statement, params).rowcount

    def many(self, statement: str, rows: Sequence[Params]) -> None:
        """The statement once per row, in one transaction and few round trips."""
        with self.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(statement, rows)


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise DatabaseUnavailable(
            f"The database does not answer: {str(error).strip().splitlines()[0]}.", "Nothing was saved; try again."
        ) from error


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def written(vector: Vector | None) -> str | None:
    """A vector as pgvector reads it."""
    if vector is None:
        return None
    return orjson.dumps(np.ascontiguousarray(vector), option=orjson.OPT_SERIALIZE_NUMPY).decode()


def read(vector: str | None) -> Vector | None:
    return None if vector is None else np.asarray(orjson.loads(vector), dtype=np.float32)


def as_json(value: object) -> str:
    """Dataclasses, enums, datetimes and arrays as JSON text."""
    return orjson.dumps(value, default=_plain, option=_JSON).decode()


_JSON = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")
