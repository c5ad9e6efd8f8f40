"""Rows of the desk's lists, and search over the whole history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from segue.domain.ids import id_of
from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("queue")
NARROW, TRIED = 1_000, 5_000
"""So many conversations of a person, an account, a tag or an agent are all looked through for words; else, of those
that have the words, so many are tried for what is asked beside them."""
FEW, NEWEST = 1_500, 100_000
"""Of so many people called so all conversations are looked at; of more, those among so many of the newest."""
SHORT = 3
"""Letters of which an index of names knows where they stand."""
PLAIN = re.compile(r"(?:(?:^|\s+)-?(?:[A-Za-z]+|[0-9]+))+\s*")
"""Words of which no two have to stand beside each other, however the database takes them apart."""
LAST = "cnv_~"
"""Sorts after every id."""
EPOCH = datetime.fromtimestamp(0, UTC)


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

    @property
    def names_some(self) -> bool:
        """Whether it names people or tags, whose conversations are found without reading others."""
        return bool(self.person or self.account or self.assignee or self.tags)


class QueueStore:
    """As the agent `me` (an id) may see it."""

    def __init__(self, db: Database, me: str) -> None:
        self.db, self.me = db, me

    def rows(self, handler: str, limit: int) -> list[dict[str, Any]]:
        """Open and waiting ones, most pressing first; of each list at most `limit`: its beginning, as it is shown."""
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
        """Ids, newest first, but the one whose number it is before all. Words alone are looked for in everything. What
        is asked beside them may hide some: only the newest `TRIED` that have the words are tried, unless it names no
        more than `NARROW` conversations.
        """
        params: dict[str, Any] = {name: getattr(wanted, name) for name in Wanted.__slots__}
        params |= {"tags": list(wanted.tags), "limit": limit, "me": self.me, "agents": self._agents(wanted.assignee)}
        if not wanted.words:
            return self._ids(SQL.narrowed, params)
        params |= _patterns(wanted.words)
        if wanted.names_some and len(ids := self._ids(SQL.named, params | {"limit": NARROW + 1})) <= NARROW:
            return self._ids(SQL.among, params | {"ids": ids})
        params |= {"most": TRIED, "few": FEW, "newest": NEWEST}
        params["begin"] = _id_at(wanted.since) if wanted.since else ""
        params["ends"] = _id_at(wanted.until) if wanted.until else LAST
        params["may_be_phrase"] = not PLAIN.fullmatch(wanted.words)
        params["of_people"] = wanted.person if len(wanted.person or "") >= SHORT else None
        return self._ids(SQL.search, params)

    def _ids(self, statement: str, params: dict[str, Any]) -> list[str]:
        return [row.id for row in self.db.planned(statement, params)]

    def _agents(self, called: str | None) -> list[str] | None:
        """Who is meant, looked up first: of few people the planner knows how much they have."""
        if called is None:
            return None
        return [row.id for row in self.db.all(SQL.agents_called, {"assignee": called})]


def _patterns(words: str) -> dict[str, Any]:
    """How a name may hold the words. One or two letters only begin a word of it, as they stand: they are inside nearly
    all. One letter of ours alone finds no name: every tenth begins with it."""
    typed = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    if len(words) >= SHORT:
        return {"inside": f"%{typed}%", "after_space": f"%{typed}%", "misspelt": words}
    is_lone = len(words) == 1 and words.isascii()
    begins = None if is_lone else f"{typed}%"
    return {"inside": begins, "after_space": None if is_lone else f"% {typed}%", "misspelt": None}


def _id_at(time: datetime) -> str:
    """Where the ids of conversations of that time begin; none is older than the clocks they are made by."""
    return id_of("cnv", max(time, EPOCH), bytes(10))


def _dicts(rows: list[Any]) -> list[dict[str, Any]]:
    return [dict(row._asdict()) for row in rows]
