"""Tags: short words that people file conversations under. A tag is made by its first use."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from segue.domain.errors import NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("tags")
MOST = 500


class Tag(NamedTuple):
    name: str
    conversations: int


class Tags:
    def __init__(self, db: Database) -> None:
        self.db = db

    def put(self, conversation: str, tag: str, author: str, now: datetime) -> bool:
        """Returns whether it was not on it before. Raises NotFound."""
        return self._changed(SQL.put, conversation, tag, author, now)

    def take_off(self, conversation: str, tag: str, author: str, now: datetime) -> bool:
        """Returns whether it was on it. Raises NotFound."""
        return self._changed(SQL.take_off, conversation, tag, author, now)

    def all(self, limit: int = MOST) -> list[Tag]:
        return [Tag(row.name, row.conversations) for row in self.db.all(SQL.all, {"limit": limit})]

    def _changed(self, statement: str, conversation: str, tag: str, author: str, now: datetime) -> bool:
        if self.db.run(statement, {"id": conversation, "tag": tag, "author": author, "now": now}):
            return True
        if self.db.one(SQL.exists, {"id": conversation}) is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        return False
