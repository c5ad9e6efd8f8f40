"""Where agents look and what they set aside: snoozing, presence, and how each likes to work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import Conflict
from segue.store.database import Database, as_json
from segue.store.sql import statements
from segue.texts import _

SQL = statements("attention")
GONE = timedelta(seconds=75)
"""Who was not heard of for this long looks at it no more; pages say so every 30 seconds."""


class Attention:
    def __init__(self, db: Database) -> None:
        self.db = db

    def snooze(self, conversation: str, agent: str, until: datetime, now: datetime) -> None:
        """Takes the conversation out of the lists until then, or until the customer writes. Raises Conflict where it is
        resolved."""
        if not self.db.run(SQL.snooze, {"id": conversation, "agent": agent, "until": until, "now": now}):
            raise Conflict(_("A resolved conversation cannot be snoozed."), _("Reopen it first."))

    def wake(self, conversation: str, agent: str, now: datetime) -> None:
        self.db.run(SQL.wake, {"id": conversation, "agent": agent, "now": now})

    def wake_due(self, now: datetime) -> int:
        return len(self.db.all(SQL.wake_due, {"now": now}))

    def look(self, conversation: str, agent: str, now: datetime, tab: str = "") -> bool:
        """Says that `agent` has the conversation before them in that tab; returns whether they have just come."""
        params = {"id": conversation, "agent": agent, "now": now, "gone": now - GONE, "tab": tab}
        return bool(self.db.run(SQL.look, params))

    def leave(self, conversation: str, agent: str, now: datetime, tab: str = "") -> None:
        """Says that the tab shows something else now. With the last tab that showed it the agent has gone, and holds
        nothing here any more."""
        self.db.run(SQL.leave, {"id": conversation, "agent": agent, "now": now, "gone": now - GONE, "tab": tab})

    def before(self, agent: str, now: datetime) -> list[str]:
        """The conversations that `agent` looks at."""
        return [row.conversation_id for row in self.db.all(SQL.before, {"agent": agent, "gone": now - GONE})]

    def present(self, conversations: Sequence[str], now: datetime) -> dict[str, list[tuple[str, str]]]:
        """By conversation: id and name of who looks at it, who came first first."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in self.db.all(SQL.present, {"ids": list(conversations), "gone": now - GONE}):
            found[row.conversation_id].append((row.agent_id, row.name))
        return found

    def preferences(self, agent: str) -> dict[str, Any]:
        row = self.db.one(SQL.preferences, {"agent": agent})
        return dict(row.body) if row else {}

    def prefer(self, agent: str, wishes: dict[str, Any], now: datetime) -> None:
        self.db.run(SQL.prefer, {"agent": agent, "body": as_json(wishes), "now": now})
