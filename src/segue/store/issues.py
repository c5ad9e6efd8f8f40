"""Topics that were asked to be filed in an issue tracker, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import Conflict, NotFound
from segue.store.database import Database
from segue.store.sql import statements
from segue.texts import _

SQL = statements("issues")
SETTLED = timedelta(minutes=10)
"""After which no try of ours is on its way to the tracker any more."""
MOST_TRIES = 12
"""Over about twenty hours; then the row says why, as its topic's page and `segue learn issues` do."""


class IssueStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    def ask(self, topic: str, title: str, author: str, now: datetime) -> None:
        """It is filed by the next sweep. Raises NotFound where there is no such topic, Conflict where somebody was
        faster."""
        if not self.db.one(SQL.is_topic, {"topic": topic}):
            raise NotFound(_("There is no topic %(topic)s.", topic=topic), _("Look at the others."))
        if self.db.one(SQL.ask, {"topic": topic, "title": title, "author": author, "now": now}) is None:
            raise Conflict(_("The topic is decided about already."), _("Look at the others."))

    def due(self, now: datetime, limit: int = 10) -> list[Any]:
        """Topic, title and when it was asked for; each ours for a minute at least, and longer after each try."""
        return self.db.all(SQL.due, {"now": now, "limit": limit, "most": MOST_TRIES})

    def again(self, topic: str, author: str, now: datetime) -> None:
        """It is tried anew, from the first try on. Raises Conflict where nothing failed since it was asked for."""
        if self.db.one(SQL.again, {"topic": topic, "author": author, "now": now, "most": MOST_TRIES}) is None:
            raise Conflict(_("Nothing has failed that could be tried again."), _("Look where it stands now."))

    def filed(self, topic: str, place: str, now: datetime) -> None:
        """Also tells of a second one, where it stands somewhere else already (R8)."""
        second = _("A second issue was created: %(place)s. Close one of the two.", place=place)
        self.db.run(SQL.filed, {"topic": topic, "place": place, "now": now, "second": second})

    def to_look_at(self, now: datetime, limit: int = 10) -> list[Any]:
        """Those filed a while ago that nobody has looked for since: topic, place and when it was asked for."""
        return self.db.all(SQL.to_look_at, {"now": now, "before": now - SETTLED, "limit": limit})

    def looked(self, topic: str, now: datetime) -> None:
        self.db.run(SQL.looked, {"topic": topic, "now": now})

    def failed(self, topic: str, why: str) -> None:
        self.db.run(SQL.failed, {"topic": topic, "why": why[:500]})

    def of(self, topic: str) -> Any | None:
        """What became of one topic; None where nobody asked to file it."""
        return self.db.one(SQL.of_topic, {"topic": topic, "most": MOST_TRIES})

    def unfiled(self) -> list[Any]:
        """Those whose filing failed, the oldest first."""
        return self.db.all(SQL.unfiled, {"most": MOST_TRIES})

    def listing(self) -> list[dict[str, Any]]:
        """The newest first."""
        return [dict(row._asdict()) for row in self.db.all(SQL.listing)]
