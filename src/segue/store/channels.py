"""The ways in and out as they do: what came last by each, when it last worked, and why it last did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("channels")
LATELY = timedelta(days=7)
LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class State:
    """`why` is of the last failure, which may be over."""

    ok_at: datetime | None = None
    failed_at: datetime | None = None
    why: str = ""

    @property
    def fails(self) -> bool:
        return self.failed_at is not None and (self.ok_at is None or self.failed_at > self.ok_at)


@dataclass(frozen=True, slots=True)
class Came:
    """Conversations of one channel: when the last began, and how many in the last seven days."""

    last_at: datetime | None = None
    lately: int = 0


class Channels:
    def __init__(self, db: Database) -> None:
        self.db = db

    def worked(self, name: str, now: datetime) -> None:
        self.db.run(SQL.worked, {"name": name, "now": now})

    def failed(self, name: str, why: str, now: datetime) -> None:
        self.db.run(SQL.failed, {"name": name, "why": why[:500], "now": now})

    def states(self) -> Mapping[str, State]:
        """How each channel stands, by its name; one that nobody has used yet is left out."""
        return {row.name: State(row.ok_at, row.failed_at, row.why) for row in self.db.all(SQL.states)}

    def counted(self, name: str, what: str, count: int = 1) -> None:
        """Adds `count` to what a channel has counted since the house began."""
        self.db.run(SQL.counted, {"name": name, "what": what, "count": count})

    def counts(self) -> Mapping[tuple[str, str], int]:
        """By channel and what happened; what never did is not in it."""
        return {(row.name, row.what): row.count for row in self.db.all(SQL.counts)}

    def came(self, channels: Sequence[str], now: datetime) -> Mapping[str, Came]:
        rows = self.db.all(SQL.last, {"channels": list(channels), "since": now - LATELY})
        return {row.channel: Came(row.last_at, row.lately) for row in rows}

    def mail(self) -> Any:
        """When the last came in; how many were set aside, are still to be read, and wait to go out."""
        row = self.db.one(SQL.mail)
        assert row is not None
        return row

    def looked_at(self) -> tuple[int, int]:
        """How many of the newest mails were read, and of how many of them the trusted server said anything."""
        row = self.db.one(SQL.looked_at, {"limit": LOOKED_AT})
        return (row.mails, row.checked) if row else (0, 0)

    def arrived(self) -> datetime | None:
        """When a mail last came by the listener or out of the mailbox; what was brought out of files proves nothing."""
        row = self.db.one(SQL.arrived)
        return row.received_at if row else None

    def last_error(self) -> str:
        """Why a mail that waits has not left; empty where none was refused."""
        row = self.db.one(SQL.last_error)
        return str(row.last_error) if row else ""

    def keys(self, now: datetime) -> Any:
        """How many keys come in, and when one last did."""
        row = self.db.one(SQL.keys, {"now": now})
        assert row is not None
        return row
