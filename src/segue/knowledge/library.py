"""The library: publishing articles, bringing in whole folders of them, and finding what answers a message.

Searching joins meaning (vectors) and words (tsvector); the store does it in one statement.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from segue.domain.knowledge import Article, Found, Passage, Resolution
from segue.domain.ports import DIMENSIONS, Encoder, Vector
from segue.knowledge.passages import passages_of
from segue.store.knowledge import KnowledgeStore

KEPT_AT_ONCE = 256
TITLE = 0.25
"""What an article's title counts for beside each of its passages."""


class Published(NamedTuple):
    article_id: str
    slug: str
    version: int
    passages: int


class Library:
    def __init__(self, store: KnowledgeStore, encoder: Encoder) -> None:
        self.store = store
        self.encoder = encoder

    def publish(self, article: Article, author: str, now: datetime, note: str = "") -> Published:
        """Makes `article` the live version under its slug. The same text again keeps its version."""
        passages = passages_of(article)
        vectors = _placed(article.title, passages, self.encode)
        article_id, version = self.store.publish(article, passages, vectors, author, now, note, self.encoder.version)
        return Published(article_id, article.slug, version, len(passages))

    def vectors_of(self, article: Article) -> Vector:
        """Where its passages would stand, float32 [passages, DIMENSIONS]; nothing is kept."""
        return _placed(article.title, passages_of(article), self.encoder.encode)

    def search(self, text: str, vector: Vector, today: date, limit: int = 8, internal: bool = False) -> list[Found]:
        """Passages that may answer `text`, best first. Public ones only, unless `internal`."""
        return self.store.search(text, vector, today, self.encoder.version, limit, internal)

    def similar(self, vector: Vector, limit: int = 20) -> list[Resolution]:
        return self.store.similar(vector, self.encoder.version, limit)

    def encode(self, texts: Sequence[str]) -> Vector:
        """float32 [len(texts), DIMENSIONS], through the cache: for what is written once and read often."""
        rows = [self._encode_some(texts[i : i + KEPT_AT_ONCE]) for i in range(0, len(texts), KEPT_AT_ONCE)]
        return np.concatenate(rows) if rows else np.empty((0, DIMENSIONS), np.float32)

    def _encode_some(self, texts: Sequence[str]) -> Vector:
        hashes = [hashlib.sha256(t.encode()).digest() for t in texts]
        by_hash = dict(zip(hashes, texts, strict=True))
        known = self.store.known_encodings(self.encoder.version, list(by_hash))
        missing = [h for h in by_hash if h not in known]
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
            rows = threads.map(lambda h: self.encoder.encode([by_hash[h]])[0], missing)
            fresh = dict(zip(missing, rows, strict=True))
        if fresh:
            self.store.keep_encodings(self.encoder.version, fresh)
        found = known | fresh
        return np.stack([found[h] for h in hashes])


def _placed(title: str, passages: Sequence[Passage], encode: Callable[[Sequence[str]], Vector]) -> Vector:
    """Where each passage stands: by its own words, drawn towards the title it stands under."""
    rows = encode([title, *(f"{title}. {p.heading} {p.text}" for p in passages)])
    return place(rows[:1], rows[1:])


def place(title: Vector, own: Vector) -> Vector:
    """Rows of passages, drawn towards the row of their title."""
    drawn = (1.0 - TITLE) * own + TITLE * title
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)
