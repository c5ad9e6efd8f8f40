"""Brings a database to this version: numbered `.sql` files, each once, each in its own transaction."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import NamedTuple

import psycopg

from segue.domain.errors import DatabaseUnavailable, Refused
from segue.store.database import said_by

OLDEST = 15
"""Of PostgreSQL."""
RIGHTS = (
    "The role in DATABASE_URL has to own the database. An administrator may first have to create in it what it may not:"
    " `create extension vector; create extension pg_trgm;`."
)
NOT_ALLOWED = (
    psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InvalidSchemaName,
)  # fmt: skip
_LOCK = 7_341_001
_LEDGER = """
create table if not exists migrations (
    number   integer primary key,
    name     text not null,
    checksum text not null,
    at       timestamptz not null default now()
)
"""


class Migration(NamedTuple):
    number: int
    name: str
    body: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()


def migrations() -> list[Migration]:
    folder = files("segue.store").joinpath("migrations")
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".sql"))
    return [Migration(int(name[:4]), name, folder.joinpath(name).read_text("utf8")) for name in names]


def migrate(conninfo: str) -> list[str]:
    """Applies what is missing and returns its names. Several processes may call it at once.

    Raises DatabaseUnavailable where it does not answer, Refused where it is none that we can live in.
    """
    try:
        return _migrate(conninfo)
    except psycopg.errors.FeatureNotSupported as error:
        raise Refused(f"The database lacks something: {_primary(error)}.", "Install it on the server.") from error
    except NOT_ALLOWED as error:
        raise Refused(f"The database does not let us: {_primary(error)}.", RIGHTS) from error
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        if error.sqlstate and not isinstance(error, psycopg.OperationalError):
            raise
        raise DatabaseUnavailable(
            f"The database cannot be reached: {said_by(error)}.", "Check DATABASE_URL."
        ) from error


def _primary(error: psycopg.Error) -> str:
    """What the server says first; of a right or a feature that names only what is asked for."""
    return error.diag.message_primary or type(error).__name__


def _refuse_unfit(server: psycopg.ConnectionInfo) -> None:
    if server.server_version < OLDEST * 10_000:
        raise Refused(
            f"The database is PostgreSQL {server.server_version // 10_000}; Segue needs {OLDEST} or newer.",
            "Name a newer server in DATABASE_URL, or unset it.",
        )
    if (written := server.parameter_status("server_encoding")) != "UTF8":
        raise Refused(
            f"The database is written in {written}, which does not hold every language.",
            "Create one with `encoding 'UTF8' template template0`.",
        )


def _migrate(conninfo: str) -> list[str]:
    with psycopg.connect(conninfo, autocommit=True, options="-c client_min_messages=warning") as connection:
        _refuse_unfit(connection.info)
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        connection.execute(_LEDGER)
        done = done_in(connection)
        missing = [m for m in migrations() if m.number not in done]
        for migration in missing:
            _apply(connection, migration)
        return [m.name for m in missing]


def done_in(connection: psycopg.Connection) -> dict[int, str]:
    """The checksums of what has run, by number. Raises Refused where that is not of this version or an older one."""
    done: dict[int, str] = dict(connection.execute("select number, checksum from public.migrations").fetchall())
    known = {m.number: m for m in migrations()}
    for number, checksum in done.items():
        if number not in known:
            raise Refused(
                f"The database is newer than this Segue: it has migration {number}.", "Start the newer version."
            )
        if known[number].checksum != checksum:
            raise Refused(
                f"Migration {known[number].name} was changed after it had run.",
                "Put the file back as it was and write a new migration.",
            )
    return done


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.body)
        connection.execute(
            "insert into migrations (number, name, checksum) values (%s, %s, %s)",
            (migration.number, migration.name, migration.checksum),
        )
