"""Searches that were given a name: an agent's own, or everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from segue.domain.errors import NotFound, Refused
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("saved_views")
MOST = 20
"""Of one agent, and of everybody: each is counted whenever a list is shown."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """`query` as it is typed into the search field; `owner_id` is None where everybody has it."""

    id: str
    name: str
    query: str
    owner_id: str | None = None

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None


class SavedViews:
    def __init__(self, db: Database) -> None:
        self.db = db

    def for_agent(self, agent: str) -> list[SavedView]:
        """Everybody's, then their own."""
        rows = self.db.all(SQL.for_agent, {"agent": agent})
        return [SavedView(row.id, row.name, row.query, row.owner_id) for row in rows]

    def one(self, view: str, agent: str) -> SavedView:
        """Raises NotFound, also for another agent's own."""
        found = next((one for one in self.for_agent(agent) if one.id == view), None)
        if found is None:
            raise NotFound(_("This view is gone."), _("Choose another one."))
        return found

    def put(self, view: SavedView, author: str, now: datetime) -> None:
        """Keeps it under its id. Raises Refused where the name is taken, or there are too many."""
        same = [one for one in self.for_agent(view.owner_id or author) if one.owner_id == view.owner_id]
        if len(same) >= MOST and view.id not in {one.id for one in same}:
            raise Refused(_("There are %(most)s views already.", most=MOST), _("Remove one that nobody uses."), "/name")
        params = {"id": view.id, "owner_id": view.owner_id, "name": view.name, "query": view.query}
        try:
            self.db.run(SQL.put, params | {"author": author, "now": now})
        except psycopg.errors.UniqueViolation:
            raise Refused(
                _("There is a view “%(name)s” already.", name=view.name), _("Choose another name."), "/name"
            ) from None

    def remove(self, view: str, author: str, now: datetime) -> None:
        self.db.run(SQL.remove, {"id": view, "author": author, "now": now})
