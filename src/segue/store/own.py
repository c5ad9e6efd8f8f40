"""What an agent's list shows that is theirs alone, in one statement: what they were called into, what of theirs did not
go out, what they may grade, their views and keys, what is closed to them; and what else happened since a moment. Where
several ask at the same time, one statement for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.people import Agent
from segue.store.database import Database, hashed
from segue.store.events import Since, since_of
from segue.store.mentions import KEPT
from segue.store.saved_views import SavedView
from segue.store.sql import statements
from segue.store.unresolved import BEHIND
from segue.store.unsent import Unsent, unsent_of
from segue.store.workspace import SEEN

SQL = statements("own")
OF_SESSIONS = SQL.of_sessions.replace("%(agent)s", "asker.id").replace("%(id)s", "asks.conversation")


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
    return _own(row, moment)


def own_of_sessions(
    db: Database, asks: Sequence[tuple[str, str]], now: datetime, limit: int, moment: str | None = None
) -> list[tuple[Agent, Own] | None]:
    """`asks`: the token of a session, and the conversation that is open there, empty for none. In their order; None for
    who has no session any more or may not see that conversation, and for who is to be noted as seen. With what happened
    since `moment`, as `own` has it."""
    params = {"sessions": [hashed(token) for token, _ in asks], "conversations": [named for _, named in asks]}
    params |= {"now": now, "since": now - KEPT, "limit": limit, "moment": moment, "happened": BEHIND}
    found = list[tuple[Agent, Own] | None]([None] * len(asks))
    for row in db.all(OF_SESSIONS, params):
        if row.sees and row.last_seen_at is not None and row.last_seen_at >= now - SEEN:
            found[row.n - 1] = Agent(row.id, row.name, row.email, row.role, language=row.language), _own(row, moment)
    return found


def _own(row: Any, moment: str | None) -> Own:
    return Own(
        frozenset(row.closed), row.wishes or {}, tuple(one["conversation_id"] for one in row.reviews),
        tuple((one["conversation_id"], one["by"], one["unseen"]) for one in row.calls),
        tuple(map(unsent_of, row.unsent)),
        tuple(SavedView(one["id"], one["name"], one["query"], one["owner_id"]) for one in row.saved),
        since_of(moment, row),
    )  # fmt: skip
