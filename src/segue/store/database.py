"""The one road to PostgreSQL: a small pool, autocommit by default, and errors in our own words."""

from __future__ import annotations

import hashlib
import select
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np
import orjson
import psycopg
from psycopg.rows import namedtuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from segue.domain.errors import DatabaseUnavailable, Refused
from segue.domain.ports import Vector

Params = Mapping[str, Any]
REACHES_WITHIN = 5
"""Seconds for one try to reach it."""
CONNECT = {
    "autocommit": True, "row_factory": namedtuple_row, "options": "-c timezone=UTC", "connect_timeout": REACHES_WITHIN,
}  # fmt: skip
_CHUNK = 256
"""Rows that come together; older client libraries bring one at a time."""
OF_THE_SERVER = ("53", "57", "58", "08", "28", "3D")
"""Classes of what a server says of itself and of who calls: no room, an administrator's hand, the system, the line, who
comes in, which database."""
TOO_MUCH = "54"
"""The class of what is more than a server can do, however often it is asked."""
WRITE_FILES = ("md.c", "fd.c", "xlog.c")
"""The server's own, by which it tells who met an error: tables, any file, the log."""
RECONNECT = 4.0
"""Seconds of trying before a pool begins anew: its pauses double, so that after a long outage it would sleep on."""


class Database:
    """Statements in, rows out. Every statement is its own transaction unless inside `transaction()`."""

    def __init__(self, conninfo: str, size: int = 8, patience: float = 5) -> None:
        """`patience`: seconds that a statement waits for a line."""
        self.conninfo = conninfo
        self._own = threading.local()
        self._pool = ConnectionPool(
            conninfo, min_size=1, max_size=size, kwargs=CONNECT, open=False, timeout=patience,
            reconnect_timeout=RECONNECT, reconnect_failed=lambda pool: pool.check(),
        )  # fmt: skip

    def open(self, timeout: float = 30) -> Database:
        """Raises DatabaseUnavailable, with what keeps it away, where none answers within `timeout` seconds."""
        try:
            self._pool.open(wait=True, timeout=timeout)
        except (psycopg.Error, PoolTimeout) as error:
            self._pool.close()
            _raise_ours(self._what_keeps_it_away() or error)
            raise
        return self

    def _what_keeps_it_away(self) -> psycopg.Error | None:
        """The pool says only how long it has tried."""
        try:
            psycopg.connect(self.conninfo, connect_timeout=REACHES_WITHIN).close()
        except psycopg.Error as error:
            return error
        return None

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Inside the block this thread has one connection to itself: what it prepared stays prepared there. A block
        inside another has the same one."""
        before = getattr(self._own, "connection", None)
        with self.connection() as connection:
            self._own.connection = connection
            try:
                yield
            finally:
                self._own.connection = before

    def connection(self) -> _Borrowed:
        """One that works as far as we can tell: those cut while they lay in the pool are thrown away."""
        return _Borrowed(self._pool, getattr(self._own, "connection", None))

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        with self.connection() as connection, connection.transaction():
            yield connection

    def all(self, statement: str, params: Params | None = None) -> list[Any]:
        with self.connection() as connection:
            return connection.execute(statement, params).fetchall()

    def planned(self, statement: str, params: Params) -> list[Any]:
        """As `all`, planned for these very values: for statements in which most conditions may be empty, where a plan
        that suits all values suits none."""
        with self.connection() as connection:
            return connection.execute(statement, params, prepare=False).fetchall()

    def each(self, statement: str, params: Params | None = None) -> Iterator[Any]:
        """Rows as they come, so that we work on the first while the server still makes the last. To be gone through to
        the end, by nobody who asks for something else on the way."""
        with self.connection() as connection, connection.cursor() as cursor:
            yield from cursor.stream(statement, params, size=_CHUNK if psycopg.pq.version() >= 170000 else 1)

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


class _Borrowed:
    """A connection for the time of a block: one's own, or the pool's. The pool's own way of lending ends with a commit,
    which costs as much as a small statement and commits nothing where every statement is its own transaction."""

    __slots__ = ("_connection", "_own", "_pool")

    def __init__(self, pool: ConnectionPool, own: psycopg.Connection[Any] | None) -> None:
        self._pool, self._own, self._connection = pool, own, own

    def __enter__(self) -> psycopg.Connection[Any]:
        if self._own is not None:
            return self._own
        try:
            while is_cut(connection := self._pool.getconn()):
                connection.close()
                self._pool.putconn(connection)
        except (psycopg.Error, PoolTimeout) as error:
            _raise_ours(error)
            raise
        self._connection = connection
        return connection

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._own is None and self._connection is not None:
            self._pool.putconn(self._connection)
        if isinstance(error, psycopg.Error | PoolTimeout):
            _raise_ours(error)


def _raise_ours(error: Exception) -> None:
    """Raises our own error where the database is out of reach."""
    if is_out_of_reach(error):
        told = f"The database does not answer: {said_by(error)}."
        raise DatabaseUnavailable(told, "Nothing was saved; try again.") from error


def said_by(error: Exception) -> str:
    """Why the database is out of reach. What a server says of a statement may quote what was in it, such as a word that
    is too long to look for: of that only the kind and the code are told."""
    if (code := getattr(error, "sqlstate", None)) and not code.startswith(OF_THE_SERVER):
        return f"{type(error).__name__} {code}"
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def sqlstate_of(error: BaseException) -> str:
    """What a server said, also where we say in our own words that it does not answer; empty where it said nothing."""
    return next((str(code) for one in (error, error.__cause__) if (code := getattr(one, "sqlstate", None))), "")


def is_of_a_statement(error: psycopg.Error | DatabaseUnavailable) -> bool:
    """Whether a server that answers would not do one statement, and may do the next: it was wrong, or too much, or in
    the way of another."""
    if isinstance(error, psycopg.Error):
        return True
    code = sqlstate_of(error)
    return bool(code) and not code.startswith(OF_THE_SERVER)


def unstorable(error: psycopg.DataError) -> Refused | None:
    """What to say where somebody sent what no text or number of the database can hold; None for our own mistakes."""
    if isinstance(error, psycopg.errors.NumericValueOutOfRange):
        return Refused("A number that was sent is too large.", "Send a smaller one.")
    return (
        Refused("A NUL byte was sent, which no text may contain.", "Send it without.") if "NUL" in str(error) else None
    )


def is_out_of_reach(error: Exception) -> bool:
    """Whether the database is gone, not the statement wrong. A line that breaks in the middle of an answer is told as
    a DatabaseError or InternalError of no kind, without the code that everything said by a server carries; a disk that
    takes no more, but is not full (a quota, a limit on files), as an internal error of whoever writes files.
    """
    if isinstance(error, psycopg.OperationalError | PoolTimeout):
        return True
    if isinstance(error, psycopg.errors.InternalError_):
        return (error.diag.source_file or "").rpartition("/")[2] in WRITE_FILES
    return type(error) in (psycopg.DatabaseError, psycopg.InternalError) and not getattr(error, "sqlstate", None)


def is_cut(connection: psycopg.BaseConnection[Any]) -> bool:
    """Whether an idle connection was ended from the other side. A server that has something to say to an idle
    connection says that it ends."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@cache
def at_most(statement: str, limit: int) -> str:
    """The statement with the number in place of `%(limit)s`. A plan that suits every limit suits none, so the server
    would make one anew each time; for statements that are run with each message, and few numbers."""
    return statement.replace("%(limit)s", str(int(limit)))


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def written(vector: Vector | None) -> str | None:
    """A vector as pgvector reads it."""
    if vector is None:
        return None
    return orjson.dumps(np.ascontiguousarray(vector), option=orjson.OPT_SERIALIZE_NUMPY).decode()


def read(vector: str | None) -> Vector | None:
    return None if vector is None else vector_of(vector)


def copy_rows(connection: psycopg.Connection[Any], statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Writes many rows by COPY."""
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def vector_of(text: str) -> Vector:
    """The vector in a column that is never empty."""
    return np.asarray(orjson.loads(text), dtype=np.float32)


def hashed(secret: str) -> bytes:
    """The hash under which a secret is kept. Secrets are long and random, so one round is enough."""
    return hashlib.sha256(secret.encode()).digest()


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
