"""A history many times over: conversations that really happened here, copied in bulk, for measuring at size.

Nothing is made up by this module: every row is a copy of one that the house wrote itself, under another id, customer
and time. Indexes that keep nothing unique are taken off meanwhile and built again at the end, which is how a million
rows come in within minutes; the index of similar cases is built in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from segue.domain.errors import Refused
from segue.domain.ports import Vector
from segue.store.database import Database, copy_rows, written
from segue.store.events import EventLog
from segue.store.sql import statements

SQL, EVENTS = statements("multiplied"), statements("events")
TABLES = (
    "conversations", "subjects", "messages", "assessments", "answers", "decisions", "briefings", "cases", "reviews",
    "judgements", "outcomes", "claims", "resolutions", "lessons", "examples", "events", "outbox",
)  # fmt: skip
"""In the order they are written: what is read by a later one stands before it."""
SLOW = (*TABLES, "contacts", "accounts")
MEMORY = "1800MB"
"""For building indexes: a graph of a million vectors that does not fit takes hours instead of minutes."""


@dataclass(frozen=True, slots=True)
class Original:
    """A conversation that may be copied; `is_lived`: our own house considered it."""

    id: str
    status: str
    handler: str
    is_assigned: bool
    is_asleep: bool
    first_name: str
    is_lived: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """One row of `copies`, its fields in the order of the columns."""

    id: str
    source: str
    contact_id: str
    account_id: str | None
    agent_id: str
    starts: datetime
    number: int
    noise: int
    first_name: str
    gone_name: str


@dataclass(frozen=True, slots=True)
class Company:
    id: str
    external_id: str
    name: str
    tier: str
    value: float
    health: float
    renews_on: date
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    external_id: str
    account_id: str | None
    name: str
    email: str
    is_verified: bool
    created_at: datetime


class Multiplier:
    """Copies over one connection, as an administrator of the database: rows come in without asking their triggers, for
    what those would write is copied too. Raises Refused where the database does not allow that."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def sources(self) -> list[Original]:
        return [
            Original(r.id, r.status, r.handler, r.assignee_id is not None, r.snoozed_until is not None, r.first_name,
                   r.is_lived)
            for r in self.db.all(SQL.sources)
        ]  # fmt: skip

    @contextmanager
    def opened(self, noise: Vector) -> Iterator[psycopg.Connection[Any]]:
        """A connection that copies; `noise`: float32 [n, DIMENSIONS], what copies stand away from their sources."""
        with self.db.connection() as connection:
            try:
                connection.execute("set session_replication_role = replica")
            except psycopg.errors.InsufficientPrivilege as error:
                raise Refused(
                    "This database does not let us bring in rows in bulk.", "Seed an embedded one: --data DIR."
                ) from error
            try:
                connection.execute("set synchronous_commit = off")
                for prepare in (SQL.make_copies, SQL.make_noise, SQL.worded):
                    connection.execute(prepare)
                copy_rows(connection, SQL.copy_noise, ((n, written(row)) for n, row in enumerate(noise)))
                yield connection
            finally:
                connection.execute("reset session_replication_role; reset synchronous_commit")
                connection.execute("drop table if exists copies, noise")

    @contextmanager
    def without_indexes(self) -> Iterator[None]:
        """Takes off what only makes reading fast, and builds it again at the end, whatever happened meanwhile."""
        taken = self.db.all(SQL.slow_indexes, {"tables": list(SLOW)})
        for index in taken:
            self.db.run(f"drop index {index.name}")
        try:
            yield
        finally:
            with self.db.connection() as connection:
                connection.execute(f"set maintenance_work_mem = '{MEMORY}'; set max_parallel_maintenance_workers = 2")
                for index in taken:
                    connection.execute(index.definition)
                connection.execute("reset maintenance_work_mem; reset max_parallel_maintenance_workers")

    def people(self, companies: Iterable[Company], people: Iterable[Person]) -> None:
        with self.db.connection() as connection:
            copy_rows(connection, SQL.copy_accounts, map(astuple, companies))
            copy_rows(connection, SQL.copy_contacts, map(astuple, people))

    def copy(self, connection: psycopg.Connection[Any], copies: Sequence[Copy]) -> None:
        """Writes these, whole or not at all."""
        with connection.transaction():
            connection.execute("truncate copies")
            copy_rows(connection, SQL.copy_copies, map(astuple, copies))
            connection.execute("analyze copies")
            for table in TABLES:
                connection.execute(getattr(SQL, table))

    def settle(self, followers: Sequence[str]) -> None:
        """What was copied has happened: nobody acts on it again. Then the planner gets to know the size."""
        latest = EventLog(self.db).latest()
        for name in followers:
            self.db.run(EVENTS.move_cursor, {"key": f"follower:{name}", "cursor": latest})
        self.db.run("vacuum analyze")

    def sizes(self) -> list[dict[str, Any]]:
        return [dict(row._asdict()) for row in self.db.all(SQL.sizes)]
