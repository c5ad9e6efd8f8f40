"""What was done to many conversations at once, and what each of them was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from segue.domain.errors import Conflict
from segue.domain.ids import new_id
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("bulks")


class Bulks:
    def __init__(self, db: Database) -> None:
        self.db = db

    def begin(self, agent: str, deed: str, value: str, now: datetime) -> str:
        made = new_id("blk", now)
        self.db.run(SQL.begin, {"id": made, "agent": agent, "deed": deed, "value": value, "now": now})
        return made

    def remember(self, bulk: str, conversation: str) -> None:
        """Keeps how the conversation stands before it is touched, so that the way back is known whatever breaks
        then."""
        self.db.run(SQL.remember, {"id": bulk, "conversation": conversation})

    def forget(self, bulk: str, conversation: str) -> None:
        """Says that the conversation was not touched after all."""
        self.db.run(SQL.forget, {"id": bulk, "conversation": conversation})

    def done(self, bulk: str, agent: str, now: datetime) -> None:
        self.db.run(SQL.done, {"id": bulk, "agent": agent, "now": now})

    def newest(self, conversation: str, agent: str) -> str:
        """The agent's newest assigning or handing back of it alone that stands; empty where there is none."""
        row = self.db.one(SQL.newest, {"conversation": conversation, "agent": agent})
        return str(row.id) if row else ""

    def take_back(self, bulk: str, agent: str, now: datetime) -> tuple[str, str, list[Any]]:
        """Deed, value, and what was touched and is not closed to the agent by now: conversation_id, number, before, and
        whether the last word on it since is somebody's (is_theirs). Raises Conflict the second time."""
        row = self.db.one(SQL.take_back, {"id": bulk, "agent": agent, "now": now})
        if row is None:
            raise Conflict(_("This was taken back already, or somebody else did it."), _("Load the list again."))
        return row.deed, row.value, self.db.all(SQL.touched, {"id": bulk})
