"""Rows of the desk's lists, and search over the whole history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("queue")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None asks nothing. `words` as people type them: quotes, `or` and `-word` mean what they do
    elsewhere. `person` and `account` are parts of a name, `matter` is an intent or a category."""

    words: str = ""
    number: int | None = None
    status: str | None = None
    handler: str | None = None
    channel: str | None = None
    person: str | None = None
    account: str | None = None
    tier: str | None = None
    assignee: str | None = None
    is_unassigned: bool | None = None
    matter: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    tags: tuple[str, ...] = ()
    """All of them."""


class QueueStore:
    """As the agent `me` (an id) may see it."""

    def __init__(self, db: Database, me: str) -> None:
        self.db, self.me = db, me

    def rows(self, handler: str, limit: int) -> list[dict[str, Any]]:
        """Open and waiting ones, most pressing first."""
        return _dicts(self.db.all(SQL.rows, {"handler": handler, "limit": limit, "me": self.me}))

    def resolved(self, limit: int) -> list[dict[str, Any]]:
        return _dicts(self.db.all(SQL.resolved, {"limit": limit, "me": self.me}))

    def by_ids(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """In the order of `ids`; unknown ones are left out."""
        found = {row["id"]: row for row in _dicts(self.db.all(SQL.by_ids, {"ids": list(ids), "me": self.me}))}
        return [found[one] for one in ids if one in found]

    def to_review(self, limit: int) -> list[str]:
        return [row.conversation_id for row in self.db.all(SQL.to_review, {"agent": self.me, "limit": limit})]

    def drawn(self, conversation: str) -> int | None:
        """The message whose answer waits for a grade that `me` may give."""
        row = self.db.one(SQL.drawn, {"id": conversation, "agent": self.me})
        return None if row is None else int(row.seq)

    def search(self, wanted: Wanted, limit: int) -> list[str]:
        """Ids, newest first."""
        params: dict[str, Any] = {name: getattr(wanted, name) for name in Wanted.__slots__}
        letters = wanted.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params |= {"tags": list(wanted.tags), "letters": letters, "limit": limit, "me": self.me}
        return [row.id for row in self.db.all(SQL.search, params)]


def _dicts(rows: list[Any]) -> list[dict[str, Any]]:
    return [dict(row._asdict()) for row in rows]
