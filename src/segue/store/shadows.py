"""Policies in shadow: which one runs, and what it would have decided beside the live one.

One runs at a time. It is a version like any other; making it live is one statement, and dropping it leaves the version
in the history, to be tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.errors import Conflict
from segue.store.database import Database, as_json
from segue.store.sql import statements
from segue.store.workspace import lets_speak
from segue.texts import _

SQL = statements("shadows")
LOCK = "select pg_advisory_xact_lock(7341002)"
"""The same as for making a policy live: the two never cross."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a version in shadow."""

    id: int
    version: int
    began_at: datetime
    began_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Whom conversations went to and would have gone to. An episode counts once: by its first message that would have
    gone otherwise, for what a customer had written after another word nobody knows."""

    messages: int
    conversations: int
    changed: int
    failed: int
    moves: dict[tuple[str, str], int]
    """By who had it and who would have had it: assistant, asked, human."""
    teams: int
    suggestions: int
    versions: tuple[int, ...]
    """The live versions it stood beside."""
    last_at: datetime | None


class Shadows:
    def __init__(self, db: Database) -> None:
        self.db = db

    def running(self) -> Run | None:
        row = self.db.one(SQL.running)
        return Run(*row) if row else None

    def runs(self) -> dict[int, Any]:
        """Every run there was, by version."""
        return {row.version: row for row in self.db.all(SQL.runs)}

    def begin(self, body: str, author: str, note: str, now: datetime) -> int:
        """Stores `body` as the next version and lets it run in shadow; the one that ran is replaced."""
        with self.db.transaction() as connection:
            connection.execute(LOCK)
            connection.execute(SQL.end, {"outcome": "replaced", "author": author, "note": "", "now": now, "id": None})
            params = {"body": body, "author": author, "note": note, "lets_speak": lets_speak(body), "now": now}
            row = connection.execute(SQL.begin, params).fetchone()
        assert row is not None
        return int(row.version)

    def drop(self, run: int, author: str, note: str, now: datetime) -> None:
        """Raises Conflict where that run has ended meanwhile."""
        with self.db.transaction() as connection:
            connection.execute(LOCK)
            self._end(connection, run, "dropped", author, note, now)

    def promote(self, run: int, author: str, note: str, now: datetime, replaces: int | None = None) -> int:
        """Makes its version the live one. Raises Conflict where the run has ended meanwhile, or where `replaces` is
        given and another version is live."""
        with self.db.transaction() as connection:
            connection.execute(LOCK)
            live = connection.execute("select version from policies where is_live").fetchone()
            if replaces is not None and (live is None or live.version != replaces):
                raise Conflict(
                    _("Version %(replaces)s is not the live policy now.", replaces=replaces),
                    _("Look at it, then try again."),
                )
            version = self._end(connection, run, "promoted", author, note, now)
            connection.execute("update policies set is_live = false where is_live")
            connection.execute(statements("workspace").make_live, {"version": version})
            connection.execute(SQL.say_applied, {"version": version, "author": author, "note": note, "now": now})
        return version

    def _end(self, connection: Any, run: int, outcome: str, author: str, note: str, now: datetime) -> int:
        params = {"outcome": outcome, "author": author, "note": note, "now": now, "id": run}
        row = connection.execute(SQL.end, params).fetchone()
        if row is None:
            raise Conflict(
                _("That shadow does not run any more."), _("Somebody ended it meanwhile; look at the versions.")
            )
        return int(row.version)

    # what it would have decided

    def keep(self, shadow: int, rows: Sequence[dict[str, Any]], now: datetime) -> int:
        """Keeps what the shadow decided; returns how many rows. Nothing is kept for a run that has ended, or twice for
        one message."""
        return self.db.run(SQL.keep, {"shadow": shadow, "rows": as_json(rows), "now": now})

    def compared(self, run: int) -> Compared:
        sums, moves = self.db.one(SQL.sums, {"id": run}), self.db.all(SQL.moves, {"id": run})
        assert sums is not None
        changed = sum(row.n for row in moves if row.is_changed)
        between: dict[tuple[str, str], int] = {}
        for row in moves:
            between[row.had, row.would] = between.get((row.had, row.would), 0) + row.n
        return Compared(
            sums.messages, sums.conversations, changed, sums.failed, between, sums.teams, sums.suggestions,
            tuple(sums.versions or ()), sums.last_at,
        )  # fmt: skip

    def differing(self, run: int, kind: str = "", limit: int = 50, before: datetime | None = None) -> list[Any]:
        """Messages that would have gone otherwise, newest first, each with the words; `kind` is "had → would", or
        "team", or "suggestion"; empty for all."""
        had, _rest, would = kind.partition(" → ")
        params = {"id": run, "had": had if would else None, "would": would or None,
                  "differs": None if would or not kind else kind, "limit": limit, "before": before}  # fmt: skip
        return self.db.all(SQL.differing, params)
