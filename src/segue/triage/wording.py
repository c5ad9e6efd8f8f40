"""What single words and word pairs say about an intent: what a vector blurs (names, numbers of a product, "top up").

The one idea: counting is enough. Naive Bayes over TF-IDF weights (Rennie, Shih, Teevan, Karger, 2003) is fitted in one
pass, so a correction costs nothing, and joined to the vectors' own logits it helps as much as a fitted model would.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_WORD = re.compile(r"\w\w+")
MOST_TERMS = 20_000
"""The most frequent are kept; a table for all would grow with the history."""
MOST_READ = 400
"""Terms of one message that are looked up: a letter of a thousand words says no more with its end."""
UNSEEN = 0.03
"""What a term counts for in an intent where it never stood."""


def terms_of(text: str) -> set[str]:
    words = _WORD.findall(text[: 8 * MOST_READ].lower())[:MOST_READ]
    return {*words, *map(" ".join, pairwise(words))}


@dataclass(frozen=True, eq=False)
class Wording:
    terms: tuple[str, ...]
    rarity: Floats
    """[terms], inverse document frequency."""
    table: NDArray[np.float16]
    """[terms, intents], what each term speaks for, times its rarity."""

    @classmethod
    def fit(cls, texts: Sequence[str], owners: NDArray[np.int64], counts: Floats, intents: int) -> Wording:
        found = [terms_of(text) for text in texts]
        seen = Counter(chain.from_iterable(found))
        kept = sorted(seen, key=lambda t: (-seen[t], t))[:MOST_TERMS] if len(seen) > MOST_TERMS else seen
        terms = tuple(sorted(kept))
        rarity = np.log((1 + len(texts)) / (1 + np.array([seen[t] for t in terms], np.float32))) + 1
        place = {term: n for n, term in enumerate(terms)}
        at, sizes = _places(found, place)
        weights, of = rarity[at].astype(np.float64), np.repeat(np.arange(len(texts)), sizes)
        lengths = np.sqrt(np.bincount(of, weights**2, len(texts)))
        worth = (counts / np.maximum(lengths, 1e-9))[of] * weights
        table = np.bincount(owners[of] * len(terms) + at, worth, intents * len(terms)).reshape(intents, len(terms))
        table = (table + UNSEEN).astype(np.float32)
        logs = np.log(table / table.sum(axis=1, keepdims=True))
        logs -= logs.mean(axis=0)
        return cls(terms, rarity.astype(np.float32), np.ascontiguousarray((logs * rarity).T, np.float16))

    def speaks(self, text: str) -> Floats | float:
        """[intents], how much the words speak for each; 0 where none was ever seen."""
        kept = self._last.get(text)
        if kept is None:
            kept = self._spoken(text)
            self._last.clear()
            self._last[text] = kept
        return kept

    def _spoken(self, text: str) -> Floats | float:
        place = self._place
        at = [place[term] for term in terms_of(text) if term in place]
        if not at:
            return 0.0
        at.sort()  # a set's order differs from process to process, and so would the sum's last bits
        weights = self.rarity[at]
        return np.asarray(self.table[at].sum(axis=0, dtype=np.float32) / np.sqrt(weights @ weights), np.float32)

    @cached_property
    def _last(self) -> dict[str, Floats | float]:
        """What was found in the last text: a turn asks twice, while its meaning is read and beside it."""
        return {}

    def speaks_all(self, texts: Sequence[str]) -> Floats:
        """[texts, intents], as `speaks` of each."""
        spoken = np.zeros((len(texts), self.table.shape[1]), np.float32)
        at, sizes = _places([terms_of(text) for text in texts], self._place)
        known, begins = np.flatnonzero(sizes), (np.cumsum(sizes) - sizes)[sizes > 0]
        if len(known):
            lengths = np.sqrt(np.add.reduceat(self.rarity[at] ** 2, begins))
            spoken[known] = np.add.reduceat(self.table[at], begins, axis=0, dtype=np.float32) / lengths[:, None]
        return spoken

    def seen(self, texts: int) -> list[int]:
        """In how many of the `texts` it was fitted on each term stood."""
        return [round(n) for n in ((1 + texts) / np.exp(self.rarity - 1.0) - 1.0).tolist()]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {term: n for n, term in enumerate(self.terms)}


def _places(found: Sequence[set[str]], place: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the known terms of each stand, one after the other and each in order, and how many each has: a set's order
    differs from process to process, and so would a sum's last bits."""
    each = [sorted([place[term] for term in terms if term in place]) for terms in found]
    return np.fromiter(chain.from_iterable(each), np.int64), np.array([len(at) for at in each], np.int64)
