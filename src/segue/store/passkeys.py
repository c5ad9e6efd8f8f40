"""Passkeys, and accounts at a provider that stand for an agent: what proves somebody without a word of ours."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from segue.domain.entry import Passkey
from segue.domain.errors import Conflict, NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("passkeys")


class Passkeys:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, agent: str) -> list[Passkey]:
        return [_passkey(row) for row in self.db.all(SQL.of_agent, {"agent": agent})]

    def one(self, passkey: str) -> Passkey | None:
        """None also for one whose owner has left."""
        row = self.db.one(SQL.one, {"id": passkey})
        return _passkey(row) if row else None

    def add(self, passkey: Passkey) -> None:
        """Raises Conflict for one that is known already."""
        if self.db.one(SQL.add, asdict(passkey)) is None:
            raise Conflict(_("This passkey is here already."), _("Use another device, or remove it first."))

    def remove(self, passkey: str, agent: str, now: datetime) -> str:
        """Its name. Raises NotFound, also for somebody else's."""
        row = self.db.one(SQL.remove, {"id": passkey, "agent": agent, "now": now})
        if row is None:
            raise NotFound(_("There is no such passkey."), _("It may be removed already."))
        return str(row.name)

    def used(self, passkey: str, sign_count: int, is_synced: bool, now: datetime) -> bool:
        """Whether this signature is the first of its count."""
        params = {"id": passkey, "sign_count": sign_count, "is_synced": is_synced, "now": now}
        return self.db.one(SQL.used, params) is not None

    # accounts elsewhere

    def linked(self, issuer: str, subject: str) -> tuple[str, bool] | None:
        """The agent that an account stands for, and whether they still work here."""
        row = self.db.one(SQL.linked, {"issuer": issuer, "subject": subject})
        return (row.agent_id, row.is_active) if row else None

    def link(self, issuer: str, subject: str, agent: str, now: datetime) -> bool:
        """False where the agent has another account there."""
        params = {"issuer": issuer, "subject": subject, "agent": agent, "now": now}
        return self.db.one(SQL.link, params) is not None


def _passkey(row: Any) -> Passkey:
    return Passkey(row.id, row.agent_id, row.name, bytes(row.public_key), row.sign_count, row.is_synced, row.created_at,
                   row.last_used_at)  # fmt: skip
