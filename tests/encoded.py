"""What the encoder made of a text is kept while a run lasts: the measures of several files read the same messages, and
the story of the first minute is told on them too.

The same text and version give the same bits in any process (knowledge/encoder), so a row that was kept is the row that
would be made.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
import pytest

from segue.domain.ports import DIMENSIONS, Vector
from segue.knowledge.encoder import MiniLM

made_anew = MiniLM.encode


@contextmanager
def rows_are_kept(factory: pytest.TempPathFactory) -> Iterator[None]:
    """Meanwhile this process looks for a text's row in the run's file before it makes one."""
    own = factory.getbasetemp()
    kept = _opened((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "encoded.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MiniLM, "encode", lambda model, texts: kept.encode(model, texts))
        yield


class Kept:
    """Rows by encoder version and text, in one file for all of the run's processes."""

    def __init__(self, file: Path) -> None:
        self._lock = Lock()
        self._rows = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
        self._rows.execute("pragma journal_mode = wal")
        self._rows.execute("pragma synchronous = off")
        self._rows.execute("create table if not exists kept (key blob primary key, row blob) without rowid")

    def encode(self, model: MiniLM, texts: Sequence[str]) -> Vector:
        """One lock for the look and one for the keeping; between them the model works without."""
        keys = [f"{model.version} {text}".encode("utf8", "surrogatepass") for text in texts]
        with self._lock:
            found = {key: row for key in keys if (row := self._look(key)) is not None}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            made = zip(missing, made_anew(model, list(missing.values())), strict=True)
            new = {key: row.tobytes() for key, row in made}
            with self._lock:
                self._rows.executemany("insert or ignore into kept values (?, ?)", new.items())
            found |= new
        rows = b"".join(found[key] for key in keys)
        return np.frombuffer(rows, np.float32).reshape(len(texts), DIMENSIONS).copy()

    def _look(self, key: bytes) -> bytes | None:
        one = self._rows.execute("select row from kept where key = ?", (key,)).fetchone()
        return None if one is None else bytes(one[0])


@cache
def _opened(file: Path) -> Kept:
    """Once a process: it ends with it."""
    return Kept(file)
