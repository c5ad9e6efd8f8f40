"""For machines that watch the house: whether its promises hold in what happened lately, and how fast it answers.

The drill breaks things and compares with what was promised to the outside; this reads the rows of a house at work,
where each count is 0 as long as nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from segue.store.database import Database
from segue.store.issues import MOST_TRIES
from segue.store.sql import statements

SQL = statements("watch")
LATELY = timedelta(minutes=15)
LATE = timedelta(seconds=60)
"""What is due is done within this."""
MOST = 2_000
"""Turns that one look reads, so that looking costs a large house no more than a small one."""
QUANTILES = (0.5, 0.95, 0.99)


class Watch:
    def __init__(self, db: Database) -> None:
        self._db = db

    def broken(self, now: datetime) -> dict[str, int]:
        """How often each line of trust (R1, R2 …) was broken lately."""
        params = {"since": now - LATELY, "late": now - LATE, "most": MOST}
        return {row.line: row.count for row in self._db.all(SQL.broken, params)}

    def not_there(self, acknowledged: Collection[tuple[str, int]], now: datetime) -> int:
        """How many of the messages that were acknowledged lately, by conversation and number, are not stored (R10)."""
        conversations, seqs = [c for c, _ in acknowledged], [seq for _, seq in acknowledged]
        row = self._db.one(SQL.not_there, {"conversations": conversations, "seqs": seqs, "since": now - LATELY})
        return int(row.count) if row else 0

    def backlogs(self, now: datetime) -> dict[str, tuple[int, datetime | None]]:
        """By queue how much should have been done by itself by now, and since when the oldest of it should."""
        rows = self._db.all(SQL.backlogs, {"now": now, "tries": MOST_TRIES, "most": MOST})
        return {row.queue: (row.count, row.oldest) for row in rows}

    def backed_up(self) -> datetime | None:
        """When the last whole backup was taken; without one, when the house began."""
        row = self._db.one(SQL.backed_up)
        return row.at if row else None

    def began(self) -> datetime | None:
        row = self._db.one(SQL.began)
        return row.at if row else None

    def turns(self, now: datetime) -> dict[str, int]:
        """How many messages were decided lately, by what was decided."""
        return {row.action: row.count for row in self._db.all(SQL.turns, {"since": now - LATELY})}

    def waits(self, now: datetime) -> dict[float, float]:
        """By quantile the seconds from a message to its decision; empty where nobody wrote lately."""
        row = self._db.one(SQL.waits, {"since": now - LATELY, "most": MOST})
        return dict(zip(QUANTILES, row.seconds, strict=True)) if row and row.seconds else {}

    def given_up(self, now: datetime) -> int:
        """Messages that went to people unconsidered lately, after several tries."""
        row = self._db.one(SQL.given_up, {"since": now - LATELY})
        return int(row.count) if row else 0
