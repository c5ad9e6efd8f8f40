"""Texts that are read before they are asked for.

The one idea: reading a text drives some 24 MB through the processor's cache, and what is looked at next has to be found
anew in memory. Where several messages wait, all are read one behind the other, and then all are considered: the last of
them find triage's tables at hand. A message that comes alone is read by the encoder's process while this one looks at
its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from segue.domain.ports import DIMENSIONS, Encoder, Vector


class Ahead:
    """The same encoder: same text, same bits. Keeps what was read ahead last and what came alone last, nothing else."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._read: dict[str, Vector] = {}
        self._alone: dict[str, Vector] = {}
        self._read_by = ""

    @property
    def version(self) -> str:
        return self._encoder.version

    def read(self, texts: Sequence[str]) -> None:
        """Reads the texts in one go and keeps their vectors. Raises EncoderUnavailable; then nothing is kept, and each
        text is read when it is asked for."""
        self._read = {}
        self.keep(texts, self._encoder.encode(texts))

    def keep(self, texts: Sequence[str], rows: Vector) -> None:
        """Takes in vectors that somebody else has read already: float32 [texts, DIMENSIONS]."""
        self._forget_anothers()
        self._read = dict(zip(texts, rows, strict=True))

    @contextmanager
    def reading(self, text: str) -> Iterator[None]:
        """Inside the block the text is on its way, where the encoder reads in a process of its own (`begin`); behind it
        the text is known. Raises EncoderUnavailable at its end."""
        begin = getattr(self._encoder, "begin", None)
        if begin is None or text in self._read:
            yield
            return
        fetch = begin(text)
        try:
            yield
        finally:
            row = fetch()[0]
            self._forget_anothers()
            self._alone = {text: row}  # beside those that were read ahead: the others of them still come

    def encode(self, texts: Sequence[str]) -> Vector:
        if self._read or self._alone:
            self._forget_anothers()
        rows = np.empty((len(texts), DIMENSIONS), np.float32)
        for row, text in zip(rows, texts, strict=True):
            known = self._read.get(text, self._alone.get(text))
            row[:] = self._encoder.encode([text])[0] if known is None else known
        return rows

    def _forget_anothers(self) -> None:
        """What another encoder read, where it was changed under us."""
        if self._read_by != self._encoder.version:
            self._read, self._alone, self._read_by = {}, {}, self._encoder.version
