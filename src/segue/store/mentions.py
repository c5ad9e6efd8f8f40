"""Who was called by name in a note, whether they have looked, and what concerns an agent while they look elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from segue.store.database import Database
from segue.store.events import place
from segue.store.sql import statements

SQL = statements("mentions")
KEPT = timedelta(days=30)
"""How long one that was seen stays in the view."""


class Mentions:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, agent: str, now: datetime, limit: int) -> list[Any]:
        """conversation_id, at, unseen, by; those not looked at since stand first."""
        return self.db.all(SQL.of_agent, {"agent": agent, "since": now - KEPT, "limit": limit})

    def see(self, conversation: str, agent: str, now: datetime) -> bool:
        """They have it before them; returns whether something was new to them."""
        return bool(self.db.run(SQL.seen, {"id": conversation, "agent": agent, "now": now}))

    def told(self, agent: str, cursor: str, limit: int = 5) -> list[Any]:
        """What concerns them after `cursor`, the newest first. Raises Refused for what is no cursor."""
        return self.db.all(SQL.told, {**place(cursor), "agent": agent, "limit": limit})
