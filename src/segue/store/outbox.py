"""What must still leave the house. Rows are written with the turn that caused them, and sent by sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import Conflict
from segue.store.database import Database
from segue.store.inbox import DURABLE
from segue.store.sql import statements
from segue.texts import _

SQL = statements("outbox")
MOST_TRIES = 12
"""Over about twenty hours; then a person hears of it."""
HELD = timedelta(minutes=5)
"""Longer than a server that answers each word of ours just in time can take over one mail."""
TOO_OLD = {"automatic": timedelta(days=1), "persons": timedelta(days=7)}
"""Since it should have left: what the house wrote by itself promises hours, what a person wrote is read by the day."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What should have left and has not: how many rows, and since when the oldest of them should. `tried`: mails that
    the server did not take at their first try, and how often they were tried in all."""

    count: int
    oldest: datetime | None
    tried: int
    tries: int


class Outbox:
    def __init__(self, db: Database) -> None:
        self.db = db

    def due(self, kind: str, now: datetime, limit: int = 20) -> list[Any]:
        """Rows to send now, each ours for a minute at least."""
        return self.db.all(SQL.due, {"kind": kind, "now": now, "limit": limit, "most": MOST_TRIES, **TOO_OLD})

    def unsent(self) -> list[Any]:
        """Mails that wait to leave: conversation_id, seq."""
        return self.db.all(SQL.unsent, {})

    def too_old(self, now: datetime, limit: int = 100) -> list[Any]:
        """Mails that are not sent any more, the oldest first: conversation, seq, and when each was due."""
        return self.db.all(SQL.too_old, {"now": now, "limit": limit, **TOO_OLD})

    def may_leave(self, row: str) -> bool:
        """Asked right before it is sent: what was claimed together may take minutes."""
        return self.db.one(SQL.may_leave, {"id": row}) is not None

    def stop(self, now: datetime) -> int:
        """Takes back what the assistant wrote and what has not left, where the assistant was stopped since, though it
        may be on again; people get these conversations. Returns how many mails."""
        return len(self.db.all(SQL.stop, {"now": now, "durable_since": now - DURABLE}))

    def wake(self, now: datetime) -> bool:
        """Answers that are held while the assistant is stopped are considered anew. Returns whether there were any."""
        return bool(self.db.all(SQL.wake, {"now": now}))

    def sent(self, row: str, now: datetime) -> None:
        self.db.run(SQL.sent, {"id": row, "now": now})

    def failed(self, row: str, why: str, now: datetime) -> None:
        """It is tried again later, each time after a longer pause."""
        self.db.run(SQL.failed, {"id": row, "why": why[:500], "now": now})

    def hold(self, claimed: Sequence[Any], now: datetime) -> frozenset[str]:
        """Which of them no other worker has by now, nor has sent; these are ours for `HELD` more."""
        params = {
            "ids": [row.id for row in claimed],
            "attempts": [row.attempts for row in claimed],
            "until": now + HELD,
        }
        return frozenset(row.id for row in self.db.all(SQL.hold, params))

    def take_back(self, conversation: str, seq: int, agent: str, now: datetime) -> None:
        """Raises Conflict where it has left already, or is no person's mail."""
        params = {"id": conversation, "seq": seq, "agent": agent, "now": now}
        with self.db.transaction() as connection:
            connection.execute(SQL.alone, params)  # a colleague's reply of this very moment counts
            is_taken = connection.execute(SQL.cancel, params).fetchone()
        if is_taken is None:
            raise Conflict("This mail cannot be taken back: it has left, or there is none.", "Write again.")

    def deliver_again(self, conversation: str, seq: int, agent: str, now: datetime) -> None:
        """One that was not delivered, under its own message id. Raises Conflict where it is none of those."""
        params = {"id": conversation, "seq": seq, "agent": agent, "now": now}
        if self.db.one(SQL.deliver_again, params) is None:
            raise Conflict(_("This mail is on its way, or has arrived."), _("Load the conversation again."))

    def backlog(self, now: datetime) -> Backlog:
        row = self.db.one(SQL.backlog, {"now": now})
        assert row is not None
        return Backlog(int(row.count), row.oldest, int(row.tried), int(row.tries))

    def undelivered(self, since: datetime) -> int:
        """How many mails were given up since then."""
        row = self.db.one(SQL.undelivered, {"since": since})
        return int(row.count) if row else 0

    def deliveries(self, conversation: str) -> list[dict[str, Any]]:
        """What became of each mail: waiting, sent, taken back, stopped, undelivered. `missed_by`: whose it is, where it
        did not arrive and its author has not let it be."""
        return [dict(r._asdict()) for r in self.db.all(SQL.deliveries, {"id": conversation})]
