"""What chance held back, at rest: the episodes in which it was asked, on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.store.database import Database
from segue.store.sql import statements

SQL = statements("holdout")


@dataclass(frozen=True, slots=True)
class DrawnEpisode:
    """An episode that the assistant would have answered, where chance said who does."""

    is_held_out: bool
    """People had it; else the assistant answered."""
    share: float
    """With which probability people got it."""
    is_over: bool
    """It ended long enough ago to know whether it lasted; else nothing is known of the rest."""
    came_back: bool = False
    hours: float | None = None
    """From that message to the end."""
    conversation: str = ""


class Holdout:
    def __init__(self, db: Database) -> None:
        self.db = db

    def policies(self) -> list[tuple[int, str]]:
        """Versions and texts of those that say anything of a holdout."""
        rows = self.db.all("select version, body from policies where body like '%%holdout%%'", {})
        return [(row.version, row.body) for row in rows]

    def tried(self, versions: Sequence[int], since: datetime, now: datetime, lasting: timedelta) -> list[DrawnEpisode]:
        """Of the episodes that these policy versions decided."""
        params = {"since": since, "now": now, "lasting": lasting, "versions": list(versions)}
        return [
            DrawnEpisode(r.is_held_out, r.share, r.is_over, bool(r.came_back),
                         None if r.hours is None else float(r.hours), r.conversation_id)
            for r in self.db.planned(SQL.episodes, params)
        ]  # fmt: skip
