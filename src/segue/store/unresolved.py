"""All conversations that are not resolved, as the desk's lists show them, read once for everybody who looks.

The one idea: the log says what changed. Whoever asks says how far they know the log to be; what it names up to there is
read again, and nothing else is. So nothing told here is older than what anybody has heard of. Who may see which row is
not asked here: every row brings its team.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from segue.store.attention import GONE
from segue.store.database import Database
from segue.store.events import EventLog, order
from segue.store.sql import statements
from segue.store.tags import Tags

SQL = statements("unresolved")
MOST = 3000
"""Conversations; a house with more open reads its lists for each agent."""
BEHIND = 300
"""Events after which all is read anew: it costs no more."""
FRESH = timedelta(seconds=1)
"""How old the word on who looks at what may be: that somebody stays is no event."""
ANEW = timedelta(seconds=30)
"""After so long all is read anew, whatever the log said."""

KNOWN = 20_000
"""Conversations, resolved since or not, of which it is known whose they are."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """At one place of the log. `rows` by priority, then age; `present` by conversation: id and name of who looks."""

    rows: Sequence[dict[str, Any]]
    by_id: Mapping[str, dict[str, Any]]
    present: Mapping[str, list[tuple[str, str]]]
    contacts: Mapping[str, str]
    """The customer of every conversation here, and of many that were."""
    wide: frozenset[str]
    """Conversations whose change every page may show: with them other tags are offered, or in another order."""
    kept: dict[Any, Any] = field(default_factory=dict)
    """What was made of it, by whoever made it."""


class Unresolved:
    def __init__(self, db: Database, for_all: Collection[str]) -> None:
        """`for_all`: kinds of events that name no conversation and change many."""
        self._db, self._for_all, self._lock = db, for_all, threading.Lock()
        self._rows: dict[str, dict[str, Any]] = {}
        self._contacts: dict[str, str] = {}
        self._tags: list[str] = []
        self._wide: set[str] = set()
        self._newly: set[str] = set()
        """Of the wide ones, those since all was read: they are kept a while longer than that."""
        self._at: tuple[int, int] | None = None
        """Everything up to this place of the log is known; None where nothing is."""
        self._is_all = False
        """Whether no more is open than is kept."""
        self._read_at = self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._standing: Snapshot | None = None

    def standing(self, latest: str, now: datetime) -> Snapshot | None:
        """With all that happened up to `latest`, a cursor; None where more is open than is kept."""
        with self._lock:
            to = order(latest)
            if self._at is None or not timedelta(0) <= now - self._read_at < ANEW:
                self._read_anew(to, now)
            elif to > self._at and self._is_all:
                self._go_on(latest, now)
            if not self._is_all:
                return None
            if self._standing is None or not timedelta(0) <= now - self._looked_at < FRESH:
                self._stand(now)
            return self._standing

    def _go_on(self, latest: str, now: datetime) -> None:
        assert self._at is not None
        events = EventLog(self._db).after("{}-{}".format(*self._at), BEHIND)
        named = {event.conversation_id for event in events if event.conversation_id}
        self._widen({e.conversation_id or "" for e in events if "tag" in e.kind or "merged" in e.kind})
        if any(event.kind in self._for_all for event in events) or len(events) == BEHIND or not events:
            return self._read_anew(order(latest), now)
        at, self._at, self._standing = order(events[-1].cursor), None, None  # where the reading fails nothing is known
        found = self._found(SQL.some, {"ids": list(named)})
        for name in named - found.keys():
            self._rows.pop(name, None)
        self._take(found.values())
        self._at = at

    def _read_anew(self, to: tuple[int, int], now: datetime) -> None:
        self._at, self._standing = None, None
        self._rows = {}
        if len(self._contacts) > KNOWN:
            self._contacts = {}
        self._take(self._found(SQL.every, {"limit": MOST + 1}).values())
        self._tags, self._wide, self._newly = self._offered(), self._newly, set()
        self._at, self._read_at, self._is_all = to, now, len(self._rows) <= MOST

    def _take(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self._contacts[row["id"]] = row["contact_id"]
            if row["status"] == "resolved":
                self._rows.pop(row["id"], None)
            else:
                self._rows[row["id"]] = row

    def _widen(self, tagged: set[str]) -> None:
        if tagged and (tags := self._offered()) != self._tags:
            self._tags = tags
            self._newly |= tagged

    def _offered(self) -> list[str]:
        return [tag.name for tag in Tags(self._db).all()]

    def _found(self, statement: str, params: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {row.id: row._asdict() for row in self._db.all(statement, params)}

    def _stand(self, now: datetime) -> None:
        present = defaultdict[str, list[tuple[str, str]]](list)
        for row in self._db.all(SQL.present, {"gone": now - GONE}):
            present[row.conversation_id].append((row.agent_id, row.name))
        self._looked_at = now
        rows = sorted(self._rows.values(), key=lambda row: (-row["priority"], row["opened_at"]))
        self._standing = Snapshot(
            rows, dict(self._rows), dict(present), self._contacts, frozenset(self._wide | self._newly)
        )
