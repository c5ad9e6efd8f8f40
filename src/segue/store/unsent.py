"""What an agent sent that did not go out: replies that were refused after their pause, mails that failed for good.

The one idea: it stands before its author, wherever they have gone, until they send it again, edit it or drop it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.errors import Conflict
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("unsent")


@dataclass(frozen=True, slots=True)
class Unsent:
    """`place` is where it stands in the thread, by the id of its element; `is_closed`: its author may not look there
    any more, and finds the text under their preferences."""

    conversation_id: str
    number: int
    customer: str
    place: str
    is_mail: bool
    at: datetime
    is_closed: bool


class UnsentStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, agent: str, limit: int = 200) -> list[Unsent]:
        """What of the agent's own did not go out, the oldest first."""
        return [unsent_of(row._asdict()) for row in self.db.all(SQL.of_agent, {"agent": agent, "limit": limit})]

    def drop_reply(self, reply: str, agent: str, now: datetime, back: bool = False) -> None:
        """Its author gives up a reply that was refused; `back` undoes that. Raises Conflict where there is no such one
        of theirs."""
        if self.db.one(SQL.drop_reply, {"reply": reply, "agent": agent, "now": now, "back": back}) is None:
            raise _gone()

    def drop_mail(self, conversation: str, seq: int, agent: str, now: datetime) -> None:
        """Its author gives up a mail that did not arrive; what it said stays in the thread."""
        params = {"id": conversation, "seq": seq, "agent": agent, "now": now}
        if self.db.one(SQL.drop_mail, params) is None:
            raise _gone()

    def pick_up(self, conversation: str, agent: str, now: datetime) -> None:
        """Takes back the agent's newest dropping in that conversation. Raises Conflict where there is none."""
        if self.db.one(SQL.pick_up, {"id": conversation, "agent": agent, "now": now}) is None:
            raise Conflict(_("You have dropped nothing here."), _("Load the conversation again."))


def unsent_of(row: Mapping[str, Any]) -> Unsent:
    at = row["at"] if isinstance(row["at"], datetime) else datetime.fromisoformat(row["at"])
    return Unsent(
        row["conversation_id"], row["number"], row["customer"] or "", row["place"], row["kind"] == "mail", at,
        row["is_closed"],
    )  # fmt: skip


def _gone() -> Conflict:
    return Conflict(_("This reply is not waiting here any more."), _("Load the conversation again."))
