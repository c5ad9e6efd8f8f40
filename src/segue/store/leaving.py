"""Somebody leaves: their access ends at once, what they had goes back to the queue, and their name stays in history.

The one idea: it is one statement, so that there is no moment in which somebody is gone and still has a conversation, a
session or a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.errors import NotFound, Refused
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("leaving")


@dataclass(frozen=True, slots=True)
class Leave:
    """What ends, or would end, when somebody goes: how many sessions and conversations, and the keys they made."""

    sessions: int
    conversations: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    id: str
    name: str
    email: str
    role: str
    left_at: datetime


class Leaving:
    def __init__(self, db: Database) -> None:
        self.db = db

    def look(self, agent: str) -> Leave:
        """What would end with them. Raises NotFound."""
        return _leave(self._known(agent))

    def gone(self) -> list[Gone]:
        """Whose access was taken away, by name."""
        return [Gone(*row) for row in self.db.all(SQL.gone)]

    def deactivate(self, agent: str, author: str, now: datetime, own: str | None = None) -> Leave:
        """Ends their access; what they had open waits in the queue of its team. Somebody who is gone already stays so.

        `own`: the agent in whose name it is asked. Raises NotFound; Refused for oneself, for the last lead and for the
        last administrator.
        """
        known = self._known(agent)
        if agent == own:
            raise Refused(_("Nobody takes their own access away."), _("Ask another lead."))
        row = self.db.one(SQL.deactivate, {"id": agent, "author": author, "now": now})
        if row is None and self._known(agent).is_active:
            if known.role == "admin":
                raise Refused(
                    _("%(name)s is the last administrator: leads would hold the keys then.", name=known.name),
                    _("Make somebody else an administrator first."),
                )
            raise Refused(
                _("%(name)s is the last lead: nobody could bring them back.", name=known.name),
                _("Make somebody else a lead first."),
            )
        return _leave(row) if row else Leave(0, 0, ())

    def reactivate(self, agent: str, author: str, now: datetime) -> str:
        """Lets them in again as they came in before; gives their name. Raises NotFound."""
        row = self.db.one(SQL.reactivate, {"id": agent, "author": author, "now": now})
        return str(row.name if row else self._known(agent).name)

    def role(self, agent: str) -> str:
        """The role of somebody who is here, or was. Raises NotFound."""
        return str(self._known(agent).role)

    def _known(self, agent: str) -> Any:
        row = self.db.one(SQL.look, {"id": agent})
        if row is None:
            raise NotFound(_("There is no agent %(agent)s.", agent=agent), _("The list shows all of them."))
        return row


def _leave(row: Any) -> Leave:
    return Leave(row.sessions, row.conversations, tuple(row.keys))
