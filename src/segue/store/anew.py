"""Vectors of another encoder at rest: found, replaced in batches, and what is fitted to them published at once.

The one idea: each row says which encoder made its vector. So the work may be broken off anywhere and taken up by
anybody, and a row of another encoder is never compared with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from segue.domain.errors import Unavailable
from segue.domain.ports import Vector
from segue.store.database import Database, as_json, written
from segue.store.sql import statements
from segue.store.workspace import Workspace
from segue.texts import _

SQL = statements("anew")
TABLES = ("passages", "examples", "lessons", "resolutions", "replayed_turns", "assessments")
"""In the order in which they are read anew: what is searched first, the long past last."""
_ONE_AT_IT = 7_341_055


@dataclass(frozen=True, slots=True)
class Row:
    """A text whose vector is to be made anew. `title` draws a passage towards it; empty for all others."""

    id: str
    seq: int
    title: str
    body: str


class Anew:
    def __init__(self, db: Database) -> None:
        self.db = db

    def made_with(self) -> str | None:
        """The encoder that all that was fitted reads; None where nothing is stored yet."""
        row = self.db.one(SQL.made_with)
        return row.version if row else None

    def refuse_between(self, encoder: str) -> None:
        """Raises Unavailable while what is stored was read with another one: there is nothing to compare with."""
        if self.made_with() not in (None, encoder):
            raise Unavailable(
                _("Everything is being read anew, for another encoder came."), _("Try again once it is done.")
            )

    def since(self) -> datetime | None:
        """Since when the house reads with the encoder of now; None where it has known no other."""
        row = self.db.one(SQL.since)
        return row.since if row else None

    def claim(self, version: str) -> None:
        """Says that the house reads with encoder `version`, where nobody has said anything yet."""
        self.db.run(SQL.claim, {"version": version})

    def left_over(self, encoder: str) -> dict[str, int]:
        """How many vectors of each table were made by another encoder."""
        row = self.db.one(SQL.left_over, {"encoder": encoder})
        assert row is not None
        return dict(row._asdict())

    def batch(self, table: str, encoder: str, after: tuple[str, int], limit: int) -> list[Row]:
        params = {"encoder": encoder, "after": after[0], "after_seq": after[1], "limit": limit}
        return [Row(r.id, r.seq, r.title, r.body) for r in self.db.all(getattr(SQL, f"of_{table}"), params)]

    def put(self, table: str, encoder: str, rows: Sequence[Row], vectors: Sequence[Vector]) -> None:
        """Keeps the vectors of a batch: all of them or, where something fails, none."""
        told = [
            {"id": row.id, "seq": row.seq, "encoder": encoder, "vector": written(vector)}
            for row, vector in zip(rows, vectors, strict=True)
        ]
        self.db.many(getattr(SQL, f"put_{table}"), told)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Gives whether nobody else reads anew; while the block lasts, nobody else begins. The lock of a process that
        dies goes with it."""
        with self.db.connection() as connection:
            row = connection.execute("select pg_try_advisory_lock(%s) as mine", (_ONE_AT_IT,)).fetchone()
            try:
                yield bool(row and row.mine)
            finally:
                if row and row.mine and not connection.closed:
                    connection.execute("select pg_advisory_unlock(%s)", (_ONE_AT_IT,))

    def put_progress(self, progress: Mapping[str, Any]) -> None:
        self.db.run(SQL.put_progress, {"progress": as_json(progress)})

    def progress(self) -> dict[str, Any] | None:
        """How far reading anew has come; None where nothing is read anew."""
        row = self.db.one(SQL.progress)
        return dict(row.value) if row else None

    def publish(
        self, was: str, encoder: str, heads: Mapping[str, tuple[bytes, object]], now: datetime,
        without: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Makes live what was fitted to the new vectors, and says that the house reads by them, in one transaction.
        `without`: kinds for which there was too little to fit anything."""
        with self.db.transaction() as connection:
            for kind, (body, report) in heads.items():
                connection.execute(*Workspace.putting_head(kind, body, report, now))
            connection.execute(SQL.nothing_fitted, {"kinds": list(without)})
            connection.execute(SQL.publish, {"was": was, "encoder": encoder, "now": now})
