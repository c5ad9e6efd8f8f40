"""All conversations that are not resolved, as the desk's lists show them, read once for everybody who looks.

The one idea: the log says what changed. Whoever asks brings what was committed since the moment up to which all is
known here; what that names is read again, and nothing else is. A moment, not a place in the log: a place waits for
whatever older transaction is still open, and rows do not. So nothing told here is older than the look that asks. Who
may see which row is not asked here: every row brings its team.
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
from segue.store.events import EventLog, Since, is_later
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
    """Of one moment. `rows` most pressing first; `present` by conversation: id and name of who looks."""

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
        self._at: str | None = None
        """Everything committed at this moment is known; None where nothing is."""
        self._is_all = False
        """Whether no more is open than is kept."""
        self._read_at = self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._standing: Snapshot | None = None

    @property
    def known(self) -> str | None:
        """The moment since which whoever asks should say what happened; None where all is read anew, or nothing is
        kept."""
        return self._at if self._is_all else None

    def standing(self, since: Since, now: datetime) -> Snapshot | None:
        """With all that had happened at the end of `since`, which begins at what was `known`; None where more is open
        than is kept."""
        with self._lock:
            if self._at is None or not timedelta(0) <= now - self._read_at < ANEW:
                self._read_anew(since.end, now)
            elif self._is_all and is_later(since.end, self._at):  # else somebody else has been here meanwhile
                self._go_on(since if since.begin else EventLog(self._db).since(self._at, BEHIND), now)
            if not self._is_all:
                return None
            if self._standing is None or not timedelta(0) <= now - self._looked_at < FRESH:
                self._stand(now)
            return self._standing

    def _go_on(self, since: Since, now: datetime) -> None:
        """`since` may begin before what is known: what it names is read once more."""
        self._widen({named or "" for kind, named in since.events if "tag" in kind or "merged" in kind})
        if len(since.events) == BEHIND or any(kind in self._for_all for kind, _named in since.events):
            return self._read_anew(since.end, now)
        if since.events:
            self._at, self._standing = None, None  # where the reading fails nothing is known
            named = {conversation for _kind, conversation in since.events if conversation}
            found = self._found(SQL.some, {"ids": list(named)})
            for name in named - found.keys():
                self._rows.pop(name, None)
            self._take(found.values())
        self._at = since.end

    def _read_anew(self, at: str, now: datetime) -> None:
        self._at, self._standing = None, None
        self._rows = {}
        if len(self._contacts) > KNOWN:
            self._contacts = {}
        self._take(self._found(SQL.every, {"limit": MOST + 1}).values())
        self._tags, self._wide, self._newly = self._offered(), self._newly, set()
        self._at, self._read_at, self._is_all = at, now, len(self._rows) <= MOST

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
        rows = sorted(self._rows.values(), key=lambda row: (row["presses_at"], row["id"]))
        self._standing = Snapshot(
            rows, dict(self._rows), dict(present), self._contacts, frozenset(self._wide | self._newly)
        )
