"""Tags: short words that people file conversations under. A tag is made by its first use."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from segue.domain.errors import NotFound
from segue.store.database import Database, as_json
from segue.store.sql import statements
from segue.texts import _

SQL = statements("tags")
MOST = 500


class Tag(NamedTuple):
    name: str
    conversations: int


class Used(NamedTuple):
    """A tag with what uses it: `views` are saved searches for it."""

    name: str
    conversations: int
    macros: int
    views: int

    @property
    def is_unused(self) -> bool:
        return not self.conversations and not self.macros


class Replacing(NamedTuple):
    """What putting one tag in the place of another would change; `both`: conversations that have the other already."""

    conversations: int
    both: int
    macros: int
    views: int
    is_merge: bool


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

    # looking after them

    def with_uses(self, limit: int = 2000) -> list[Used]:
        """By name."""
        searched = [query for _id, query in self._views()]
        return [
            Used(row.name, row.conversations, row.macros, sum(_names(query, row.name) for query in searched))
            for row in self.db.all(SQL.with_uses, {"limit": limit})
        ]

    def move(self, tag: str, into: str) -> Replacing:
        """Looked at beforehand. Raises NotFound."""
        there = {one.name: one for one in self.with_uses()}
        if tag not in there:
            raise _no_tag(tag)
        row = self.db.one(SQL.overlap, {"tag": tag, "into": into})
        assert row is not None
        return Replacing(row.moved, row.both, there[tag].macros, there[tag].views, into in there)

    def put_in_place(self, tag: str, into: str, author: str, now: datetime) -> None:
        """`into` stands wherever `tag` stood: on conversations, in macros and in saved views. Raises NotFound."""
        params = {"tag": tag, "into": into, "now": now}
        with self.db.transaction() as connection:
            if connection.execute(SQL.is_there, params).fetchone() is None:
                raise _no_tag(tag)
            is_new = connection.execute(SQL.make, params).rowcount == 1
            moved = connection.execute(SQL.move, params).rowcount
            connection.execute(SQL.in_macros, params)
            for view, query in self._views():
                if _names(query, tag):
                    connection.execute(SQL.in_view, {"id": view, "query": _renamed(query, tag, into)})
            connection.execute(SQL.drop, params)
            body = as_json({"tag": tag, "into": into, "conversations": moved})
            told = {"kind": "tag.renamed" if is_new else "tag.merged", "author": author, "body": body, "now": now}
            connection.execute(SQL.told, told)

    def remove_unused(self, author: str, now: datetime) -> int:
        """Those that are on no conversation and in no macro; returns how many."""
        row = self.db.one(SQL.remove_unused, {"author": author, "now": now})
        assert row is not None
        return int(row.count)

    def _views(self) -> list[tuple[str, str]]:
        return [(row.id, row.query) for row in self.db.all(SQL.views)]

    def _changed(self, statement: str, conversation: str, tag: str, author: str, now: datetime) -> bool:
        if self.db.run(statement, {"id": conversation, "tag": tag, "author": author, "now": now}):
            return True
        if self.db.one(SQL.exists, {"id": conversation}) is None:
            raise NotFound(
                _("There is no conversation %(conversation)s.", conversation=conversation), _("Check the id.")
            )
        return False


def _no_tag(tag: str) -> NotFound:
    return NotFound(_("There is no tag %(tag)s.", tag=tag), _("It may be gone already; load the list again."))


def _in_query(tag: str) -> re.Pattern[str]:
    """`tag:refund` as a word of a search, with or without quotation marks."""
    return re.compile(rf"""(?<!\S)(-?tag:)(["']?){re.escape(tag)}\2(?!\S)""", re.IGNORECASE)


def _names(query: str, tag: str) -> bool:
    return _in_query(tag).search(query) is not None


def _renamed(query: str, tag: str, into: str) -> str:
    return _in_query(tag).sub(lambda found: f"{found[1]}{found[2]}{into}{found[2]}", query)
