"""Macros: stored replies with actions, an agent's own or everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from segue.domain.errors import NotFound, Refused
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("macros")


@dataclass(frozen=True, slots=True)
class Macro:
    """`snooze` names a choice of the list, `assign` is "agent:" or "team:" and an id; empty is none of it."""

    id: str
    name: str
    text: str
    tags: tuple[str, ...] = ()
    snooze: str = ""
    assign: str = ""
    resolves: bool = False
    owner_id: str | None = None
    """None where everybody shares it."""
    uses: int = 0

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None


class MacroStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def for_agent(self, agent: str) -> list[Macro]:
        """Everybody's and their own, by name."""
        return [_macro(row) for row in self.db.all(SQL.for_agent, {"agent": agent})]

    def one(self, macro: str, agent: str) -> Macro:
        """Raises NotFound, also for another agent's own."""
        row = self.db.one(SQL.one, {"id": macro, "agent": agent})
        if row is None:
            raise NotFound(_("This macro is gone."), _("Choose another one."))
        return _macro(row)

    def put(self, macro: Macro, author: str, now: datetime) -> None:
        """Keeps it under its id. Raises Refused where another one of the same people has its name."""
        params = {name: getattr(macro, name) for name in Macro.__slots__} | {"tags": list(macro.tags)}
        try:
            self.db.run(SQL.put, params | {"author": author, "now": now})
        except psycopg.errors.UniqueViolation:
            raise Refused(
                _("There is a macro “%(name)s” already.", name=macro.name), _("Choose another name."), "/name"
            ) from None

    def remove(self, macro: str, author: str, now: datetime) -> None:
        self.db.run(SQL.remove, {"id": macro, "author": author, "now": now})

    def used(self, macro: str, conversation: str, agent: str, left: int, now: datetime) -> None:
        """`left`: how many of its actions could not be done."""
        self.db.run(SQL.used, {"id": macro, "conversation": conversation, "agent": agent, "left": left, "now": now})


def _macro(row: Any) -> Macro:
    return Macro(
        row.id, row.name, row.body, tuple(row.tags), row.snooze, row.assign, row.resolves, row.owner_id, row.uses
    )
