"""What an agent's list shows that is theirs alone, in one statement: what they were called into, what of theirs did not
go out, what they may grade, their views and keys, what is closed to them; and what else happened since a moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.store.database import Database
from segue.store.events import Since, since_of
from segue.store.mentions import KEPT
from segue.store.saved_views import SavedView
from segue.store.sql import statements
from segue.store.unresolved import BEHIND
from segue.store.unsent import Unsent, unsent_of

SQL = statements("own")


@dataclass(frozen=True, slots=True)
class Own:
    closed: frozenset[str]
    """Teams whose conversations they may not see."""
    wishes: Mapping[str, Any]
    reviews: tuple[str, ...]
    calls: tuple[tuple[str, str | None, bool], ...]
    """Conversation, who called them there last, and whether they have not looked since; in their order."""
    unsent: tuple[Unsent, ...]
    saved: tuple[SavedView, ...]
    since: Since
    """Of everybody."""


def own(db: Database, agent: str, now: datetime, limit: int, moment: str | None = None) -> Own:
    """With what happened since `moment`, up to `BEHIND` events of it."""
    params = {"agent": agent, "since": now - KEPT, "limit": limit, "moment": moment, "happened": BEHIND}
    row = db.one(SQL.of_agent, params)
    assert row is not None
    return Own(
        frozenset(row.closed), row.wishes or {}, tuple(one["conversation_id"] for one in row.reviews),
        tuple((one["conversation_id"], one["by"], one["unseen"]) for one in row.calls),
        tuple(map(unsent_of, row.unsent)),
        tuple(SavedView(one["id"], one["name"], one["query"], one["owner_id"]) for one in row.saved),
        since_of(moment, row),
    )  # fmt: skip
