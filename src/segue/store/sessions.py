"""Where somebody is signed in, their password, and ceremonies: what one browser began and ends within minutes, once.

The key of a session or ceremony is a secret of its browser; only the hash of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.entry import Session
from segue.domain.errors import NotFound
from segue.store.database import Database, as_json, hashed
from segue.store.sql import statements
from segue.texts import _

SQL = statements("sessions")
CEREMONY = timedelta(minutes=10)
TWO_STEPS = ("two steps", "passkey", "provider, two steps")
"""Ways of coming in that are more than a password."""


@dataclass(frozen=True, slots=True)
class Ceremony:
    agent: str | None
    body: Mapping[str, Any]


class Sessions:
    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, agent: str, token: str, now: datetime) -> list[Session]:
        """The one of `token` first, then by when they were last seen."""
        rows = self.db.all(SQL.of_agent, {"agent": agent, "mine": hashed(token), "now": now})
        return [Session(r.id, r.created_at, r.seen_at, r.way, r.browser, r.address, r.is_this) for r in rows]

    def begun_at(self, token: str) -> datetime | None:
        row = self.db.one(SQL.begun, {"mine": hashed(token)})
        return row.created_at if row else None

    def end(self, session: str, agent: str, now: datetime) -> None:
        """Raises NotFound, also for one of somebody else."""
        if self.db.one(SQL.end_one, {"id": session, "agent": agent, "now": now}) is None:
            raise NotFound(_("There is no such session."), _("It may have ended meanwhile."))

    def end_others(self, agent: str, token: str, now: datetime) -> int:
        """How many there were."""
        row = self.db.one(SQL.end_others, {"agent": agent, "mine": hashed(token), "now": now})
        return int(row.count) if row else 0

    def password_hash(self, agent: str) -> str | None:
        row = self.db.one(SQL.password, {"agent": agent})
        return row.password_hash if row else None

    def change_password(self, agent: str, password_hash: str, now: datetime, author: str | None = None) -> None:
        """Signs them out everywhere."""
        params = {"agent": agent, "password_hash": password_hash, "author": author, "now": now}
        self.db.run(SQL.change_password, params)

    def require_two_steps(self, roles: Sequence[str], author: str, now: datetime) -> int:
        """From now on, for these roles; how many sessions ended because they had come in by one."""
        told = {"key": "two_steps", "value": as_json(list(roles)), "kind": "second_step.required", "author": author,
                "told": as_json({"roles": list(roles)}), "now": now}  # fmt: skip
        with self.db.transaction() as connection:
            connection.execute(SQL.put_setting, told)
            return connection.execute(SQL.end_of_roles, {"roles": list(roles), "ways": list(TWO_STEPS)}).rowcount

    def put_provider(self, value: Mapping[str, Any] | None, author: str, now: datetime) -> None:
        """Its secret is kept, and never told again, nor in the record."""
        told = {name: said for name, said in (value or {}).items() if name != "secret"}
        params = {"key": "provider", "value": as_json(value), "kind": "provider.changed", "author": author,
                  "told": as_json(told), "now": now}  # fmt: skip
        self.db.run(SQL.put_setting, params)

    # ceremonies

    def begin(self, kind: str, key: str, now: datetime, body: Mapping[str, Any], agent: str | None = None) -> None:
        params = {"key_hash": hashed(key), "kind": kind, "agent": agent, "body": as_json(body), "now": now}
        self.db.run(SQL.begin, {**params, "expires_at": now + CEREMONY})

    def look(self, kind: str, key: str, now: datetime) -> Ceremony | None:
        """Without ending it."""
        row = self.db.one(SQL.look, {"key_hash": hashed(key), "kind": kind, "now": now})
        return Ceremony(row.agent_id, row.body) if row else None

    def take(self, kind: str, key: str, now: datetime) -> Ceremony | None:
        """Ends it: nobody finds it a second time."""
        row = self.db.one(SQL.take, {"key_hash": hashed(key), "kind": kind, "now": now})
        return Ceremony(row.agent_id, row.body) if row else None
