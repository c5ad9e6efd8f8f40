"""How long people took, as they noted it when they resolved."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from segue.store.database import Database
from segue.store.figured import MOST
from segue.store.sql import statements

SQL = statements("timed")


class Length(NamedTuple):
    """So many conversations of a category took a person so many minutes."""

    category: str
    """"unknown" where nobody named one."""
    minutes: float
    several: int


class Timed:
    def __init__(self, db: Database) -> None:
        self.db = db

    def lengths(self, since: datetime) -> list[Length]:
        """How long what people resolved since then took them, by category, shortest first."""
        return [Length(r.category, r.minutes, r.several) for r in self.db.all(SQL.minutes, {"since": since})]

    def behind(
        self, since: datetime, category: str = "", limit: int = MOST, me: str | None = None
    ) -> tuple[list[str], int]:
        """Their conversations, at most `limit`; and how many there are. For an agent `me` none that is closed to them,
        and the newest first; for a machine the oldest."""
        params = {"since": since, "category": category, "limit": limit, "me": me, "newest_first": me is not None}
        rows = self.db.all(SQL.behind, params)
        return [row.id for row in rows], rows[0].several if rows else 0
