"""What agents say of the assistant's work with one key: right to hand over, needless, another matter, wrong answer.

Each is a row. Taking it back is another row, so that the record keeps both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.errors import NotFound
from segue.domain.ids import new_id
from segue.store.database import Database, as_json
from segue.store.sql import statements
from segue.texts import _

SQL = statements("corrections")


@dataclass(frozen=True, slots=True)
class Correction:
    """`body` holds what undoing it needs. `kind`: right_call, needless, intent, wrong or article."""

    id: str
    seq: int
    kind: str
    body: Mapping[str, Any]
    agent_id: str
    agent: str
    at: datetime


class Corrections:
    def __init__(self, db: Database) -> None:
        self.db = db

    def put(
        self, conversation: str, seq: int, kind: str, agent: str, now: datetime, body: Mapping[str, Any] | None = None,
        undoes: str | None = None,
    ) -> str:  # fmt: skip
        """Returns its id. Raises NotFound."""
        made = new_id("cor", now)
        params = {
            "id": conversation, "seq": seq, "kind": kind, "agent": agent, "now": now, "body": as_json(body or {}),
            "undoes": undoes, "correction": made,
        }  # fmt: skip
        if not self.db.run(SQL.put, params):
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        return made

    def name_intent(self, conversation: str, intent: str | None, now: datetime) -> str | None:
        """Says what the conversation is about; returns what it had been taken for."""
        row = self.db.one(SQL.name_intent, {"id": conversation, "intent": intent, "now": now})
        if row is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        return None if row.before is None else str(row.before)

    def standing(self, conversation: str) -> list[Correction]:
        """Newest first, without those that were taken back."""
        rows = self.db.all(SQL.standing, {"id": conversation})
        return [Correction(r.id, r.seq, r.kind, r.body, r.agent_id, r.agent, r.at) for r in rows]

    def named_intent(self, conversation: str) -> str | None:
        row = self.db.one(SQL.named_intent, {"id": conversation})
        return None if row is None else row.intent
