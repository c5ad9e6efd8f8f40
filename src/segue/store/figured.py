"""Episodes as figures see them, kept beside what they are made of, so that a year is counted without being read.

The one idea: every change writes an event, so whoever follows the events knows which few rows have to be made anew.
What is kept can be thrown away at any time: without a place in the events everything is made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from segue.domain.errors import Unavailable
from segue.store.database import Database, as_json
from segue.store.events import SQL as EVENTS
from segue.store.events import EventLog
from segue.store.outcomes import Episode
from segue.store.sql import statements
from segue.texts import _

SQL = statements("figured")
KEY = "follower:figured"
AT_ONCE = 2_000
"""Events whose conversations are made anew in one transaction."""
MOST = 10_000_000


class Figured:
    def __init__(self, db: Database) -> None:
        self.db, self._log = db, EventLog(db)

    def keep_up(self) -> int:
        """Takes in what happened since the last time; returns how many events that were. 0, too, while somebody else
        does: who asks meanwhile sees it as it was a moment ago."""
        read = latest = self._step()
        while latest == AT_ONCE:
            latest = self._step()
            read += latest
        return read

    def rebuild(self) -> None:
        """Everything anew: a minute for some hundred thousand conversations."""
        with self.db.kept(), self.db.transaction() as connection:
            connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (KEY,))
            self._begin(connection)

    def counted(self, since: datetime, now: datetime, durable: timedelta) -> list[Episode]:
        """Of the episodes with a turn since then: one for all that are alike, saying how many. `answered_at` tells no
        more than whether `durable` has passed since. Raises Unavailable while they are made for the first time."""
        self._catch_up()
        rows = self.db.planned(SQL.counted, {"since": since, "over": now - durable})
        return [_alike(row, now - durable, now) for row in rows]

    def behind(
        self, alike: Iterable[Episode], since: datetime, now: datetime, durable: timedelta, limit: int, me: str | None
    ) -> tuple[list[str], int]:
        """The conversations of episodes that are like one of those, at most `limit`; and how many. For an agent `me`
        none that is closed to them, and the newest first; for a machine, which goes through all, the oldest."""
        over = now - durable
        asked = as_json([_asked(episode, over) for episode in alike])
        params = {"alike": asked, "since": since, "over": over, "limit": limit, "me": me}
        rows = self.db.planned(SQL.behind, params | {"newest_first": me is not None})
        return [row.id for row in rows], rows[0].several if rows else 0

    def _catch_up(self) -> None:
        self.keep_up()
        row = self.db.one(SQL.has_begun, {"key": KEY})
        if row is None or not row.yes:
            raise Unavailable(_("The figures are being made for the first time."), _("Look again in a minute."))

    def _step(self) -> int:
        with self.db.kept(), self.db.transaction() as connection:  # what is read on the way takes no second line
            mine = connection.execute("select pg_try_advisory_xact_lock(hashtext(%s)) as mine", (KEY,)).fetchone()
            if mine is None or not mine.mine:
                return 0
            found = connection.execute("select value from settings where key = %s", (KEY,)).fetchone()
            if found is None:
                self._begin(connection)
                return 1
            events = self._log.after(found.value, AT_ONCE)
            if events:
                changed = {event.conversation_id for event in events if event.conversation_id}
                self._make(connection, sorted(changed))
                connection.execute(EVENTS.move_cursor, {"key": KEY, "cursor": events[-1].cursor})
        return len(events)

    def _begin(self, connection: Any) -> None:
        """The place first: what happens while all is made is made once more."""
        latest = self._log.latest()
        self._make(connection, None)
        connection.execute(EVENTS.move_cursor, {"key": KEY, "cursor": latest})

    def _make(self, connection: Any, ids: Sequence[str] | None) -> None:
        params = {"ids": None if ids is None else list(ids)}
        connection.execute(SQL.forget, params, prepare=False)
        connection.execute(SQL.figure, params, prepare=False)


def _alike(row: Any, over: datetime, now: datetime) -> Episode:
    answered = None if row.is_over is None else over if row.is_over else now
    return Episode(
        "", 0, row.category, row.is_offered, row.is_handed_over, row.has_person, row.is_closed, row.is_reopened,
        row.is_verified, answered, tuple(row.sources), row.several,
    )  # fmt: skip


def _asked(episode: Episode, over: datetime) -> dict[str, Any]:
    names = ("category", "is_offered", "is_handed_over", "has_person", "is_closed", "is_reopened", "is_verified")
    is_over = None if episode.answered_at is None else episode.answered_at <= over
    return {name: getattr(episode, name) for name in names} | {"sources": list(episode.sources), "is_over": is_over}
