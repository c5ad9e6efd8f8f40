"""Okapi BM25: the simplest search by words, the baseline beside ours (Robertson and Zaragoza 2009)."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, eq=False)
class BM25:
    postings: dict[str, dict[int, int]]
    """How often a word stands in which document."""
    lengths: NDArray[np.float64]

    @classmethod
    def of(cls, documents: Sequence[str]) -> BM25:
        postings: dict[str, dict[int, int]] = defaultdict(dict)
        split = [_WORD.findall(document.lower()) for document in documents]
        for n, words in enumerate(split):
            for word, count in Counter(words).items():
                postings[word][n] = count
        return cls(dict(postings), np.array([len(words) for words in split], np.float64))

    def scores(self, query: str) -> NDArray[np.float64]:
        """One number a document; a word said twice in the query counts twice."""
        scores = np.zeros(len(self.lengths))
        usual = max(float(self.lengths.mean()), 1.0) if len(scores) else 1.0
        for word in _WORD.findall(query.lower()):
            held = self.postings.get(word, {})
            for n, count in held.items():
                longer = 1 - B + B * self.lengths[n] / usual
                scores[n] += self._weight(len(held)) * count * (K1 + 1) / (count + K1 * longer)
        return scores

    def _weight(self, held: int) -> float:
        return math.log(1 + (len(self.lengths) - held + 0.5) / (held + 0.5))
