"""The widget at rest: whose conversations a browser may see, how long people let others wait, and what customers say of
what was passed on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("widget")
ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")
"""A site that may frame the widget: what is none of these gets neither into the setting nor into a header."""
_TYPED = re.compile(r"(https?://[^/\s]*)/*", re.IGNORECASE)
MOST_SHOWN = 20
LOOKED_BACK = timedelta(days=14)
MOST_WAITS = 200


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever holds a browser. `mark` begins the client_id of every conversation that an unknown one opens."""

    external_id: str
    is_verified: bool
    mark: str


class WidgetStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def mine(self, owner: Owner, limit: int = MOST_SHOWN) -> list[dict[str, Any]]:
        """Newest first."""
        return [dict(row._asdict()) for row in self.db.all(SQL.mine, _params(owner, None, limit))]

    def one(self, owner: Owner, conversation: str) -> dict[str, Any]:
        """Raises NotFound, the same for a foreign one as for none."""
        return the_one(self.db.one(*statement_for_one(owner, conversation)))

    def who(self, owner: Owner) -> Any | None:
        """Name, address and tier of the holder, where they are known already."""
        return self.db.one(SQL.who, {"external_id": owner.external_id, "is_verified": owner.is_verified})

    def thread(self, conversation: str) -> list[dict[str, Any]]:
        return [dict(row._asdict()) for row in self.db.all(SQL.thread, {"id": conversation})]

    def waits(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """When the newest handed-over conversations were handed over, and when a person first answered each."""
        rows = self.db.all(SQL.waits, {"since": now - LOOKED_BACK, "limit": MOST_WAITS})
        return [(row.handed_off_at, row.first_responded_at) for row in rows]

    def waiting(self) -> int:
        """How many wait for a person's first word."""
        row = self.db.one(SQL.waiting)
        assert row is not None
        return int(row.count)

    def give_address(self, conversation: str, email: str, now: datetime) -> bool:
        """Whether it was news."""
        return self.db.run(SQL.give_address, {"id": conversation, "email": email, "now": now}) == 1

    def correct(self, conversation: str, seq: int, briefing_seq: int, now: datetime) -> bool:
        """Says that message `seq` corrects the briefing; returns whether that was news."""
        params = {"id": conversation, "seq": seq, "briefing_seq": briefing_seq, "now": now}
        return self.db.run(SQL.correct, params) == 1

    def corrections(self, conversation: str) -> list[dict[str, Any]]:
        """Text and seq of each in this episode."""
        return [dict(row._asdict()) for row in self.db.all(SQL.corrections, {"id": conversation})]


def origin_of(typed: str) -> str | None:
    """A site as it is kept: what people copy from the address bar ends with a slash, and is in any case. None for what
    is no site."""
    found = _TYPED.fullmatch(typed.strip())
    origin = found[1].lower() if found else ""
    return origin if ORIGIN.fullmatch(origin) else None


def statement_for_one(owner: Owner, conversation: str) -> tuple[str, dict[str, Any]]:
    """Finds what `one` finds, for whoever asks on a connection of their own; `the_one` reads it."""
    return SQL.mine, _params(owner, conversation, 1)


def the_one(row: Any | None) -> dict[str, Any]:
    """Raises NotFound."""
    if row is None:
        raise NotFound(_("There is no such conversation."), _("Begin a new one."))
    return dict(row._asdict())


def _params(owner: Owner, conversation: str | None, limit: int) -> dict[str, Any]:
    return {"external_id": owner.external_id, "is_verified": owner.is_verified, "mark": owner.mark,
            "conversation": conversation, "limit": limit}  # fmt: skip
