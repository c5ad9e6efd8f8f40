"""Rows of the desk's lists, and search over the whole history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.ids import id_of
from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("queue")
STEPS = (5_000, 30_000, 300_000)
"""How many of the newest conversations a search for words looks through, before it looks through all."""
AT_ONCE, LOOKED = 1_000, 2_000
"""Messages with the words that are tried for what is asked beside them: in the first step, and in each other."""
SHORT = 3
"""Letters of which an index of names knows where they stand."""
LAST = "cnv_~"
"""Sorts after every id."""


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
        """Ids, newest first. Words are looked for in the newest conversations first, and then ever further back where
        those do not hold enough: one that stands everywhere is found at once, and one that is rare in few looks.

        Of words with something else beside them, the newest `LOOKED` messages that have them are tried.
        """
        params: dict[str, Any] = {name: getattr(wanted, name) for name in Wanted.__slots__}
        params |= {"tags": list(wanted.tags), "limit": limit, "me": self.me}
        if not wanted.words:
            return [row.id for row in self.db.planned(SQL.narrowed, params)]
        params |= _patterns(wanted.words) | {"ends": _id_at(wanted.until) if wanted.until else LAST, "is_near": True}
        found: list[str] = []
        for begin in self._begins(params["ends"]):
            most = AT_ONCE if params["is_near"] else LOOKED
            row = self.db.planned(SQL.search, params | {"begin": begin, "most": most})[0]
            found = list(row.ids)
            if len(found) >= limit or row.looked >= LOOKED:
                break
            params["is_near"] = False
        return found

    def _begins(self, ends: str) -> Iterator[str]:
        """From where on to look, each further back; the last is the beginning of all."""
        for several in STEPS:
            row = self.db.one(SQL.nth_before, {"ends": ends, "several": several})
            if row is None:
                break
            yield row.id
        yield ""


def _patterns(words: str) -> dict[str, Any]:
    """How a name may hold the words, and what letters a message that has them must hold. One or two letters only begin
    a word of a name: they are inside nearly all."""
    typed = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    inside = f"%{typed}%" if len(words) >= SHORT else f"{typed}%"
    pieces = [] if " or " in f" {words.lower()} " else re.findall(r"(?<![\w-])[^\W_]+", words)
    letters = [f"%{piece.lower()}%" for piece in pieces if piece.isascii()]
    return {"inside": inside, "after_space": inside if len(words) >= SHORT else f"% {typed}%", "letters": letters}


def _id_at(time: datetime) -> str:
    """Where the ids of conversations of that time begin."""
    return id_of("cnv", time, bytes(10))


def _dicts(rows: list[Any]) -> list[dict[str, Any]]:
    return [dict(row._asdict()) for row in rows]
