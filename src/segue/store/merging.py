"""Merging: a second conversation of the same customer goes into another, and comes back when that was a mistake.

The one idea: no message is moved. The one that goes says where it went, what is written to it lands in the other, and
whoever reads the other reads both. So taking it back is exact, and every message keeps its name. What agents have typed
and not sent does move, because it is still to be sent: to where it can be.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from segue.domain.errors import Conflict, NotFound, Refused
from segue.domain.ids import new_id
from segue.store.database import Database, as_json
from segue.store.sql import statements
from segue.texts import _

SQL = statements("merging")
KEPT = (
    "status", "handler", "assignee_id", "team_id", "ready_at", "snoozed_until", "snoozed_seq", "waiting_since",
    "first_response_due", "next_response_due", "resolution_due", "seq",
)  # fmt: skip
"""What merging changes, or what tells whether something has happened since."""
Connection = psycopg.Connection[Any]


class Merging:
    def __init__(self, db: Database) -> None:
        self.db = db

    def candidates(self, conversation: str, agent: str) -> list[Any]:
        """Open ones of the same customer that `agent` may see: id, number, subject, channel; the oldest first."""
        return self.db.all(SQL.candidates, {"id": conversation, "agent": agent})

    def others(self, conversation: str, agent: str = "") -> list[Any]:
        """Those that were merged into it: id, number, by whom and when, whether a draft of `agent` came along."""
        return self.db.all(SQL.others, {"id": conversation, "agent": agent})

    def standing(self, conversation: str) -> Any | None:
        """Where it went: into_id, number, by whom and when; None where it stands for itself."""
        return self.db.one(SQL.standing, {"id": conversation})

    def merge(self, conversation: str, into: str, agent: str, now: datetime) -> None:
        """Raises NotFound; Refused across customers; Conflict where one is resolved, merged or about to send."""
        with self.db.transaction() as connection:
            gone, stays = _both(connection, conversation, into)
            _refuse(gone, stays)
            lent = sorted(set(gone.tags) - set(stays.tags))
            params = {"id": conversation, "into": into, "agent": agent, "now": now, "tags": lent}
            after = connection.execute(SQL.take_in, params).fetchone()
            assert after is not None
            for statement in (SQL.leave, SQL.release, SQL.lend_tags):
                connection.execute(statement, params)
            if after.assignee_id != stays.assignee_id:
                more = {"claim_id": new_id("clm", now), "assignee": after.assignee_id}
                connection.execute(SQL.claim, params | more)
            carried = connection.execute(SQL.carry, params).fetchone()
            assert carried is not None
            before = {"mine": _kept(gone), "theirs": _kept(stays), "after": _kept(after), "lent": lent,
                      **carried._asdict()}  # fmt: skip
            connection.execute(SQL.keep, params | {"merge_id": new_id("mrg", now), "before": as_json(before)})

    def undo(self, conversation: str, agent: str, now: datetime) -> str:
        """Brings both back as they were, but for what has happened to the other one since; returns its id.

        Raises Conflict where it is not merged, and where another one was merged into the same conversation since: what
        that one brought along stands on top.
        """
        with self.db.transaction() as connection:
            found = connection.execute(SQL.standing, {"id": conversation}).fetchone()
            if found is None:
                raise Conflict(_("This conversation is not merged into another."), _("Load it again."))
            connection.execute(SQL.both, {"ids": [conversation, found.into_id]})
            params = {"id": conversation, "into": found.into_id, "agent": agent, "now": now, "merge_id": found.id,
                      "lent": found.before["lent"]}  # fmt: skip
            if later := connection.execute(SQL.later, params | {"at": found.at}).fetchone():
                raise Conflict(
                    _("#%(number)s was merged into it afterwards.", number=later.number),
                    _("Take #%(number)s back first.", number=later.number),
                )
            params |= {name: as_json(found.before[name]) for name in ("mine", "theirs", "after")}
            params |= {"drafts": as_json(found.before.get("drafts", []))}
            params |= {name: found.before.get(name, []) for name in ("files", "replies")}
            back = connection.execute(SQL.bring_back, params).fetchone()
            if back is None:
                raise Conflict(_("This conversation is not merged into another."), _("Load it again."))
            if back.assignee_id:
                claim = {"claim_id": new_id("clm", now), "assignee": back.assignee_id}
                connection.execute(SQL.reclaim, params | claim)
            other = connection.execute(SQL.let_go, params).fetchone()
            assert other is not None
            if other.assignee_id is None:
                connection.execute(SQL.release, params | {"id": found.into_id})
            for statement in (SQL.return_tags, SQL.give_back, SQL.undone):
                connection.execute(statement, params)
        return str(found.into_id)


def _both(connection: Connection, conversation: str, into: str) -> tuple[Any, Any]:
    if conversation == into:
        raise Refused(_("A conversation cannot be merged into itself."), _("Name another one."), "/into")
    found = {row.id: row for row in connection.execute(SQL.both, {"ids": [conversation, into]})}
    for one in (conversation, into):
        if one not in found:
            raise NotFound(_("There is no conversation %(one)s.", one=one), _("Check the id."))
    return found[conversation], found[into]


def _refuse(gone: Any, stays: Any) -> None:
    """Raises what keeps the two apart."""
    pair = _("#%(one)s and #%(other)s", one=gone.number, other=stays.number)
    if gone.contact_id != stays.contact_id:
        raise Refused(
            _("%(pair)s are of different customers.", pair=pair),
            _("Only conversations of one customer are merged."),
            "/into",
        )
    if not gone.is_verified and (gone.channel, stays.channel) != ("email", "email"):
        raise Refused(
            _("Nobody vouches that %(pair)s are of the same person.", pair=pair),
            _("Answer both: one visitor must not read what another wrote."),
            "/into",
        )
    for one in (gone, stays):
        if one.merged_into:
            raise Conflict(_("#%(number)s is merged into another one already.", number=one.number), _("Load it again."))
        if one.status == "resolved":
            raise Conflict(_("#%(number)s is resolved.", number=one.number), _("Reopen it first."))
    if gone.has_others:
        raise Conflict(
            _("Others are merged into #%(number)s.", number=gone.number),
            _("Merge #%(number)s into #%(number2)s instead.", number=stays.number, number2=gone.number),
        )
    if gone.sends:
        raise Conflict(
            _("A reply is about to go out in #%(number)s.", number=gone.number),
            _("Wait for it, or stop it, then merge."),
        )


def _kept(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in KEPT}
