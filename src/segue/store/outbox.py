"""What must still leave the house. Rows are written with the turn that caused them, and sent by sweep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("outbox")


class Outbox:
    def __init__(self, db: Database) -> None:
        self.db = db

    def due(self, kind: str, now: datetime, limit: int = 20) -> list[Any]:
        """Rows to send now, each ours for a minute."""
        return self.db.all(SQL.due, {"kind": kind, "now": now, "limit": limit})

    def sent(self, row: str, now: datetime) -> None:
        self.db.run(SQL.sent, {"id": row, "now": now})

    def failed(self, row: str, why: str) -> None:
        """It is tried again later, each time after a longer pause; after twelve tries it stays for a person to see."""
        self.db.run(SQL.failed, {"id": row, "why": why[:500]})
