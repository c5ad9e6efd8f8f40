"""Invitations: a link that opens once, until it expires or is withdrawn. Only the hash of its secret is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from segue.domain.entry import Invite
from segue.domain.errors import NotFound, Refused
from segue.domain.ids import new_id
from segue.store.database import Database, hashed
from segue.store.sql import statements
from segue.texts import _

SQL = statements("invites")
_LOCK = 7341028


class Invites:
    def __init__(self, db: Database) -> None:
        self.db = db

    def open(self) -> list[Invite]:
        """Those that nobody has accepted or withdrawn, expired ones too, newest first."""
        return [_invite(row) for row in self.db.all(SQL.open)]

    def make(
        self, email: str, role: str, teams: Sequence[str], token: str, author: str, now: datetime, expires_at: datetime
    ) -> str:
        """Its id. Raises Refused for an address that is here already, or was invited and can still come."""
        params = {"id": new_id("inv", now), "email": email, "role": role, "teams": list(teams), "author": author,
                  "token_hash": hashed(token), "now": now, "expires_at": expires_at}  # fmt: skip
        with self.db.transaction() as connection:
            if connection.execute(SQL.is_here, params).fetchone() is not None:
                raise Refused(
                    _("%(email)s is here already.", email=email), _("Change their role in the list."), "email"
                )
            connection.execute(SQL.make, params)
            if connection.execute(SQL.put, params).fetchone() is None:
                raise Refused(
                    _("%(email)s was invited already.", email=email), _("Send it again, or withdraw it first."), "email"
                )
        return str(params["id"])

    def renew(self, invite: str, token: str, author: str, now: datetime, expires_at: datetime) -> str:
        """Another link in place of the one before; gives the address. Raises NotFound."""
        params = {"token_hash": hashed(token), "expires_at": expires_at}
        return self._change(SQL.renew, {"id": invite, "author": author, "now": now, **params})

    def withdraw(self, invite: str, author: str, now: datetime) -> str:
        """The address it was for. Raises NotFound."""
        return self._change(SQL.withdraw, {"id": invite, "author": author, "now": now})

    def _change(self, statement: str, params: dict[str, Any]) -> str:
        row = self.db.one(statement, params)
        if row is None:
            raise NotFound(_("There is no such invitation."), _("It may have been accepted or withdrawn meanwhile."))
        return str(row.email)

    def find(self, token: str, now: datetime) -> Invite | None:
        """None for a link that is wrong, used, withdrawn or expired: nobody is told which."""
        row = self.db.one(SQL.find, {"token_hash": hashed(token), "now": now})
        return _invite(row) if row else None

    def find_by_email(self, email: str, now: datetime) -> Invite | None:
        """One that still opens, for somebody whose address a provider vouches for."""
        row = self.db.one(SQL.find_by_email, {"email": email, "now": now})
        return _invite(row) if row else None

    def accept(self, invite: Invite, name: str, password_hash: str | None, now: datetime) -> str | None:
        """The id of the new agent; None where the invitation was used or ended meanwhile, or the address is here."""
        with self.db.transaction() as connection:
            connection.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
            if connection.execute(SQL.is_here, {"email": invite.email}).fetchone() is not None:
                return None
            row = connection.execute(SQL.take, {"id": invite.id, "now": now}).fetchone()
            if row is None:
                return None
            found = _arrive(connection, row.email, name, row.role, row.teams, password_hash, now)
            told = {"id": found, "invite": invite.id, "email": row.email, "role": row.role, "now": now}
            connection.execute(SQL.arrived, {"kind": "invite.accepted", **told})
        return found

    def arrive(self, email: str, name: str, role: str, now: datetime) -> str | None:
        """Somebody new whose company lets its people in. None where the address is known, also of somebody who left."""
        with self.db.transaction() as connection:
            connection.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
            if connection.execute(SQL.known, {"email": email}).fetchone():
                return None
            found = _arrive(connection, email, name, role, [], None, now)
            told = {"id": found, "invite": None, "email": email, "role": role, "now": now}
            connection.execute(SQL.arrived, {"kind": "agent.arrived", **told})
        return found


def _arrive(
    connection: psycopg.Connection[Any], email: str, name: str, role: str, teams: Sequence[str],
    password_hash: str | None, now: datetime,
) -> str:  # fmt: skip
    """Who worked here once keeps the id, and nothing that opened the house then."""
    known = connection.execute(SQL.known, {"email": email}).fetchone()
    agent = str(known.id) if known else free_id(connection, email)
    params = {"id": agent, "name": name, "email": email, "role": role, "password_hash": password_hash, "now": now}
    connection.execute(SQL.forget_keys, params)
    connection.execute(SQL.arrive, params)
    connection.execute(SQL.join, {"id": agent, "teams": list(teams)})
    return agent


def free_id(connection: psycopg.Connection[Any], email: str) -> str:
    """An id from the address that nobody has."""
    stem = "agt_" + (re.sub(r"[^a-z0-9]+", "_", email.partition("@")[0].lower()).strip("_") or "agent")
    pattern = stem.replace("_", r"\_") + r"\_%"
    taken = {row.id for row in connection.execute(SQL.taken_ids, {"stem": stem, "pattern": pattern}).fetchall()}
    return next(one for one in (stem, *(f"{stem}_{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _invite(row: Any) -> Invite:
    return Invite(row.id, row.email, row.role, tuple(row.teams), row.invited_by, row.created_at, row.expires_at)
