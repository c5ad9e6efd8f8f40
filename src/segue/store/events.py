"""The append-only record, followed by cursor; and the bell that says there is something new.

A cursor is `xid-id`. Identity numbers alone would lose events: a transaction that took the lower number may commit
later. So readers follow the transaction id and stop before the oldest transaction still running.

A cursor may go back: what another database does ends between the look at who runs and the look at where, and is then
taken for ours once. Who goes on from a cursor only hears a moment later; who asks *whether* something happened asks
what was committed since a moment, `xmin:xmax:running`, as `pg_current_snapshot` writes it. That waits for nobody.

Ringing is a NOTIFY of its own, after commit and at most one per `GATHER` seconds and process: inside a writing
transaction it would make commits queue one behind the other. A lost ring costs one sweep, never a message.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import structlog

from segue.domain.errors import Refused, Unavailable
from segue.domain.traces import traced
from segue.store.database import TOO_MUCH, Database, sqlstate_of
from segue.store.sql import statements

SQL = statements("events")
log = structlog.get_logger()
GATHER = 0.005


@dataclass(frozen=True, slots=True)
class Event:
    cursor: str
    kind: str
    conversation_id: str | None
    author: str
    body: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Since:
    """What was committed between two moments, of each event its kind and its conversation, in no order. Nothing where
    it begins with None."""

    begin: str | None
    end: str
    events: tuple[tuple[str, str | None], ...]


class EventLog:
    def __init__(self, db: Database) -> None:
        self.db = db

    def after(self, cursor: str, limit: int = 500) -> list[Event]:
        rows = self.db.all(SQL.after, {**place(cursor), "limit": limit})
        return [Event(f"{r.xid}-{r.id}", r.kind, r.conversation_id, r.author, r.body, r.at) for r in rows]

    def is_held_up(self, cursor: str) -> bool:
        """Whether something after `cursor` waits for an older transaction, which may end without a ring."""
        return self.db.one(SQL.unsettled, place(cursor)) is not None

    def since(self, moment: str, limit: int) -> Since:
        row = self.db.one(SQL.happened, {"moment": moment, "happened": limit})
        assert row is not None
        return since_of(moment, row)

    def reaches(self, cursor: str) -> bool:
        """Whether anything was written at `cursor` or after it, told or not yet."""
        return self.db.one(SQL.written, place(cursor)) is not None

    def latest(self) -> str:
        row = self.db.one(SQL.latest)
        return f"{row.xid}-{row.id}" if row else "0-0"


def place(cursor: str) -> dict[str, int | str]:
    xid, dash, number = cursor.partition("-")
    if not dash or not (xid.isascii() and xid.isdigit() and number.isascii() and number.isdigit()):
        raise Refused(f"{cursor!r} is not an event cursor.", "Use the id of the last event you saw, or leave it out.")
    if len(xid) > 19 or len(number) > 18:
        raise Refused(f"{cursor!r} is past every event.", "Use the id of the last event you saw, or leave it out.")
    return {"xid": xid, "id": int(number)}


def order(cursor: str) -> tuple[int, int]:
    """By which of two cursors one is later."""
    found = place(cursor)
    return int(found["xid"]), int(found["id"])


def since_of(begin: str | None, row: Any) -> Since:
    """Of a row with `happened` and `moment`."""
    return Since(begin, row.moment, tuple((one["kind"], one["conversation_id"]) for one in row.happened))


def is_later(moment: str, than: str) -> bool:
    """Of two moments of one server. What is committed stays so: in the later one more has begun, or less still runs."""
    return _age(moment) > _age(than)


def _age(moment: str) -> tuple[int, int]:
    _xmin, xmax, running = moment.split(":")
    return int(xmax), -len(running.split(",")) if running else 0


class Bell:
    """Rings a channel after commits, gathered; its thread dies with the process."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._wanted: set[str] = set()
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None

    def ring(self, channel: str) -> None:
        """Returns at once. Channels: `ready` (a message waits), `events` (something happened)."""
        self._wanted.add(channel)
        self._rung.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="bell")
            self._thread.start()

    def _run(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error), psycopg.connect(self._conninfo, autocommit=True) as connection:
                self._ring_on(connection)
            time.sleep(0.5)

    def _ring_on(self, connection: psycopg.Connection[Any]) -> None:
        while True:
            self._rung.wait()
            time.sleep(GATHER)
            self._rung.clear()
            while self._wanted:
                connection.execute("select pg_notify(%s, '')", (self._wanted.pop(),))


def listen(conninfo: str, channel: str, every: float) -> Iterator[None]:
    """Yields at each ring, and at least every `every` seconds: a lost ring is covered by the sweep.

    Survives the database going away; then it only sweeps.
    """
    while True:
        try:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute(f"listen {channel}")
                while True:
                    yield
                    for _ in connection.notifies(timeout=every, stop_after=1):
                        pass
        except psycopg.OperationalError:
            yield
            time.sleep(every)


class Follower:
    """Runs actions for events, each at least once and in order; one follower of a name works at a time.

    The cursor moves in the transaction that holds the lock, after the actions: a crash repeats, never skips. An event
    that nothing can be done about is tried a few times, and then passed: it must not keep all later ones from us.
    """

    def __init__(self, db: Database, name: str, log: EventLog) -> None:
        self._db = db
        self._key = f"follower:{name}"
        self._log = log
        self._failing, self._tries = "", 0

    AT_ONCE = 500
    TRIES = 5

    def follow(self, actions: Mapping[str, Callable[[Event], object]]) -> int:
        """Acts on what happened since the last time; returns how many events were read, at most `AT_ONCE`.

        Raises what an action raised, with the cursor before its event, until that was tried `TRIES` times.
        """
        failed: Exception | None = None
        with self._db.transaction() as connection:
            row = connection.execute("select pg_try_advisory_xact_lock(hashtext(%s)) as mine", (self._key,)).fetchone()
            if row is None or not row.mine:
                return 0
            found = connection.execute("select value from settings where key = %s", (self._key,)).fetchone()
            events = self._log.after(found.value if found else "0-0", self.AT_ONCE)
            past = ""
            for event in events:
                try:
                    if event.kind in actions:
                        actions[event.kind](event)
                except Exception as error:
                    if not self._is_given_up(event, error):
                        failed = error
                        break
                past = event.cursor
            if past:
                connection.execute(SQL.move_cursor, {"key": self._key, "cursor": past})
        if failed:
            raise failed
        return len(events)

    def _is_given_up(self, event: Event, error: Exception) -> bool:
        """Where a part we need does not answer, that is no fault of the event's; where what it asks is more than the
        database can do, it is."""
        if isinstance(error, Unavailable) and not sqlstate_of(error).startswith(TOO_MUCH):
            return False
        self._tries = self._tries + 1 if self._failing == event.cursor else 1
        self._failing = event.cursor
        if self._tries < self.TRIES:
            return False
        told = {"kind": event.kind, "conversation": event.conversation_id, "cursor": event.cursor}
        log.error("event.skipped", **told, **traced(error))
        return True
