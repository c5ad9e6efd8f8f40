"""A few rows out of many, for benchmarks: who wrote, what was asked, where it stands on the disk."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.domain.ports import DIMENSIONS, Vector
from segue.store.database import Database, read
from segue.store.sql import statements

SQL = statements("samples")
PER_PAGE = 4
FEWEST = 100
"""Whole pages are drawn: so many rows are asked for at the least, or chance might bring none."""


class Samples:
    def __init__(self, db: Database) -> None:
        self.db = db
        row = db.one(SQL.size)
        assert row is not None
        self.conversations, self.bytes = int(row.conversations), int(row.bytes)

    def contacts(self, several: int) -> list[str]:
        return [row.id for row in self._some(SQL.contacts, several)]

    def ids(self, several: int) -> list[str]:
        """Of conversations."""
        return [row.id for row in self._some(SQL.conversations, several)]

    def vectors(self, several: int) -> Vector:
        """Of past problems, float32 [up to several, DIMENSIONS]."""
        found = [read(row.vector) for row in self._some(SQL.vectors, several)]
        return np.array(found, np.float32).reshape(-1, DIMENSIONS)

    def _some(self, statement: str, several: int) -> list[Any]:
        percent = min(100.0, 100.0 * PER_PAGE * max(several, FEWEST) / max(1, self.conversations))
        return self.db.all(statement, {"percent": percent, "limit": several})
