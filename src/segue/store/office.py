"""What a lead looks after: the keys of machines, what people may do, and the record of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from segue.domain.errors import NotFound, Refused
from segue.domain.ids import new_id
from segue.domain.people import Team
from segue.store.database import Database, as_json, hashed
from segue.store.sql import statements
from segue.texts import _

SQL = statements("office")
KINDS = (
    "policy.applied", "policy.shadowed", "policy.shadow_ended",
    "boundary.moved", "offer.made", "offer.approved", "offer.declined", "offer.withdrawn",
    "article.published", "article.retired", "article.questioned", "article.stale", "article.upheld", "intent.opened",
    "candidate.edited", "candidate.approved", "candidate.rejected", "candidate.merged",
    "topic.named", "topic.dismissed", "topic.filed", "topic.filed_again", "head.published", "encoder.changed",
    "catalogue.changed", "evidence.weighed",
    "contact.erased", "key.made", "key.revoked", "agent.placed", "teams.changed", "macro.kept", "macro.removed",
    "agent.deactivated", "agent.reactivated", "agent.renamed", "view.kept", "view.removed",
    "language.chosen", "rate.set",
    "agent.invited", "invite.renewed", "invite.withdrawn", "invite.accepted", "agent.arrived", "agent.linked",
    "agent.password_changed", "session.ended", "second_step.set_up", "second_step.removed", "second_step.reset",
    "second_step.required", "recovery_codes.renewed", "recovery_code.used", "passkey.added", "passkey.removed",
    "provider.changed", "widget.changed", "mail.released", "mail.dropped", "mail.restored",
    "tag.renamed", "tag.merged", "tag.removed",
)  # fmt: skip
"""Events that change what the house is, does or knows."""


class Office:
    def __init__(self, db: Database) -> None:
        self.db = db

    def all_keys(self) -> list[Any]:
        """Newest first; a key itself is kept nowhere, only its hash."""
        return self.db.all(SQL.keys)

    def make_key(
        self, name: str, key: str, scopes: Sequence[str], author: str, now: datetime, expires_at: datetime | None
    ) -> None:
        params = {"id": new_id("key", now), "name": name, "key_hash": hashed(key), "scopes": list(scopes),
                  "author": author, "now": now, "expires_at": expires_at}  # fmt: skip
        self.db.run(SQL.make_key, params)

    def revoke_key(self, key: str, author: str, now: datetime) -> str:
        """Its name. Raises NotFound."""
        row = self.db.one(SQL.revoke_key, {"id": key, "author": author, "now": now})
        if row is None:
            raise NotFound(_("There is no such key."), _("It may be revoked already."))
        return str(row.name)

    def place_agent(self, agent: str, role: str, teams: Sequence[str], author: str, now: datetime) -> None:
        """Gives an agent a role and teams. Raises Refused for the last lead, who must stay one."""
        params = {"id": agent, "role": role, "teams": list(teams), "author": author, "now": now}
        if self.db.one(SQL.place_agent, params) is None:
            raise Refused(
                _("Nobody could change this back: they are the last lead."), _("Make somebody else a lead first.")
            )

    def keep_team(self, team: Team, author: str, now: datetime) -> None:
        """Makes it, or gives it another name, or closes or opens it."""
        params = {"id": team.id, "name": team.name, "is_closed": team.is_closed, "author": author, "now": now}
        self.db.run(SQL.keep_team, params)

    def choose_language(self, language: str, author: str, now: datetime) -> None:
        """What everybody reads who has chosen none of their own; empty for what each browser asks for."""
        self.db.run(SQL.choose_language, {"language": as_json(language), "author": author, "now": now})

    def set_rate(self, rate: tuple[float, str] | None, author: str, now: datetime) -> None:
        """What an hour of a person's work costs, and in which currency; None: nobody says."""
        kept = {"per_hour": rate[0], "currency": rate[1]} if rate else None
        self.db.run(SQL.set_rate, {"rate": as_json(kept), "author": author, "now": now})

    def change_widget(self, part: Mapping[str, object], author: str, now: datetime) -> None:
        """`part`: "origins", the sites that may carry it, or "look", how it looks there."""
        self.db.run(SQL.change_widget, {"part": as_json(part), "author": author, "now": now})

    def rotate_identity(self, secret: str, author: str, now: datetime) -> bool:
        """From now on `secret` signs who a customer is; the one before is believed until `drop_identity`. False, and
        nothing done, where an older one still is: there are never three."""
        params = {"secret": as_json(secret), "author": author, "now": now}
        return self.db.one(SQL.rotate_identity, params) is not None

    def drop_identity(self, author: str, now: datetime) -> bool:
        """The older secret vouches for nobody any more; whether there was one."""
        return self.db.one(SQL.drop_identity, {"author": author, "now": now}) is not None

    def record(self, kinds: Sequence[str] = KINDS, before: int | None = None, limit: int = 100) -> list[Any]:
        """What changed the house itself, newest first; `before` is the number of the last one seen."""
        return self.db.all(SQL.record, {"kinds": list(kinds), "before": before, "limit": limit})
