"""Who may see which conversation. A closed team's are for its members, for leads and for administrators.

The one idea: what somebody may not see is answered exactly like what is not there.
"""

from __future__ import annotations

from collections.abc import Collection

from segue.domain.errors import NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("sight")


class Sight:
    def __init__(self, db: Database) -> None:
        self.db = db

    def sees(self, agent: str, conversation: str) -> bool:
        """Whether the conversation is there, and not closed to `agent` (an id)."""
        return self.db.one(SQL.seen, {"id": conversation, "agent": agent}) is not None

    def require(self, agent: str, conversation: str) -> None:
        """Raises NotFound, the same for one that is closed to `agent` as for none."""
        if not self.sees(agent, conversation):
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )

    def require_to_type(self, agent: str, conversation: str) -> None:
        """Raises NotFound, but not where something of the agent's is kept already: what they were just typing when it
        closed belongs to that, and is read by nobody else."""
        if self.db.one(SQL.typed, {"id": conversation, "agent": agent}) is None:
            self.require(agent, conversation)

    def require_mail(self, agent: str, mail: str) -> None:
        """Raises NotFound. A mail that belongs to no conversation is every agent's."""
        self._require_behind(SQL.behind_mail, agent, mail, "mail")

    def require_attachment(self, agent: str, attachment: str) -> None:
        """Raises NotFound."""
        self._require_behind(SQL.behind_attachment, agent, attachment, "attachment")

    def _require_behind(self, statement: str, agent: str, name: str, kind: str) -> None:
        row = self.db.one(statement, {"id": name, "agent": agent})
        if row is None or (row.conversation and not self.sees(agent, row.conversation)):
            raise NotFound(_("There is no %(kind)s %(name)s.", kind=kind, name=name), _("Check the id."))

    def hidden(self, agent: str, conversations: Collection[str]) -> set[str]:
        """Which of the conversations are closed to `agent`."""
        params = {"ids": list(conversations), "agent": agent}
        return {row.id for row in self.db.all(SQL.hidden, params)} if conversations else set()

    def is_anything_closed(self) -> bool:
        """Whether any team is; most houses have none, and need not ask further."""
        row = self.db.one(SQL.any_closed)
        assert row is not None
        return bool(row.is_so)
