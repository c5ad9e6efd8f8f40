"""Texts with their vectors and what they wanted: what heads are fitted from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from segue.domain.catalogue import Catalogue
from segue.domain.knowledge import Article
from segue.domain.ports import DIMENSIONS, Vector

THIN = 3
"""Past messages of an intent from which on its articles are no examples of what customers write."""
SENTENCES = 8
"""Of an article, that are read as examples of its matter."""


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
    customers: tuple[str, ...] = ()
    """Who wrote each, empty where that is not known; none at all where it is known of none."""

    @classmethod
    def of(cls, labelled: Iterable[Labelled]) -> Examples:
        rows = list(labelled)
        vectors = np.stack([r.vector for r in rows]) if rows else np.empty((0, DIMENSIONS), np.float32)
        customers = tuple(getattr(r, "contact_id", None) or "" for r in rows)
        return cls(tuple(r.text for r in rows), vectors.astype(np.float32), tuple(r.intent for r in rows), customers)

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Examples) -> Examples:
        return Examples(
            self.texts + other.texts, np.concatenate([self.vectors, other.vectors]), self.intents + other.intents,
            self.of_whom + other.of_whom,
        )  # fmt: skip

    @property
    def of_whom(self) -> tuple[str, ...]:
        """The customer of each, empty where that is not known."""
        return self.customers or ("",) * len(self)

    def take(self, places: Iterable[int]) -> Examples:
        at, of_whom = list(places), self.of_whom
        return Examples(
            tuple(self.texts[i] for i in at), self.vectors[at], tuple(self.intents[i] for i in at),
            tuple(of_whom[i] for i in at),
        )  # fmt: skip

    def once(self) -> Examples:
        """Without repetitions: a question of the catalogue is often a past message, too."""
        first = {key: n for n, key in reversed(list(enumerate(zip(self.texts, self.intents, strict=True))))}
        return self.take(sorted(first.values()))


def named_texts(catalogue: Catalogue) -> list[tuple[str, str]]:
    """What the catalogue itself says of each intent, its name and typical questions, as (text, intent): to be encoded
    and given to `fit`."""
    return [(text, intent.id) for intent in catalogue.intents for text in (intent.name, *intent.questions)]


def article_texts(articles: Iterable[Article], past: Iterable[str]) -> list[tuple[str, str]]:
    """What public articles themselves say of intents with fewer than THIN past messages, as (text, intent): titles and
    first sentences. On the first day there is nothing else to know a matter by but its name; later what customers write
    is better, and articles are left out. `past`: the intent of each past message."""
    often = Counter(past)
    return [
        (text, article.intent)
        for article in articles
        if article.audience == "public" and article.intent and often[article.intent] < THIN
        for text in (article.title, *_sentences(article.body))
    ]


def _sentences(body: str) -> list[str]:
    """Without marks of Markdown; what is shorter than three words says nothing by itself."""
    plain = re.sub(r"[*_`#>|]+", " ", body)
    said = (" ".join(sentence.split()) for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n", plain))
    return [sentence for sentence in said if sentence.count(" ") >= 2][:SENTENCES]
