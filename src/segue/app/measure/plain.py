"""The simplest baseline for texts and labels: TF-IDF of words and word pairs, and logistic regression.

Written on scipy.sparse, because nothing else of ours needs a library for it. Defaults are those people start from:
C = 1, sublinear off, rows of length one; smoothed idf as in most libraries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\b\w\w+\b")
STEPS, ENOUGH = 300, 1e-4


def words(text: str) -> list[str]:
    """Words of two letters and more, and their neighbours as pairs."""
    single = _WORD.findall(text.lower())
    return single + [f"{a} {b}" for a, b in zip(single, single[1:], strict=False)]


@dataclass(frozen=True, eq=False)
class Tfidf:
    place: dict[str, int]
    idf: NDArray[np.float32]
    cut: Callable[[str], list[str]] = words

    @classmethod
    def fit(cls, texts: Sequence[str], cut: Callable[[str], list[str]] = words) -> Tfidf:
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(set(cut(text)))
        terms = sorted(seen)
        counts = np.array([seen[term] for term in terms], np.float32)
        return cls({t: n for n, t in enumerate(terms)}, np.log((1 + len(texts)) / (1 + counts)) + 1, cut)

    def rows(self, texts: Sequence[str]) -> Any:
        """Sparse float32 [texts, terms], rows of length one; what was never seen is left out."""
        from scipy.sparse import csr_matrix

        at, values, ends = list[int](), list[float](), [0]
        for text in texts:
            counts = Counter(self.place[term] for term in self.cut(text) if term in self.place)
            own = np.array([n * self.idf[term] for term, n in counts.items()], np.float32)
            at += counts
            values += (own / max(float(np.linalg.norm(own)), 1e-9)).tolist()
            ends.append(len(at))
        return csr_matrix((np.array(values, np.float32), at, ends), shape=(len(texts), len(self.place)))


@dataclass(frozen=True, eq=False)
class PlainModel:
    """TF-IDF and multinomial logistic regression."""

    labels: tuple[str, ...]
    tfidf: Tfidf
    weights: NDArray[np.float32]
    """[terms + 1, labels], the bias last."""

    @classmethod
    def fit(cls, texts: Sequence[str], wanted: Sequence[str], strength: float = 1.0) -> PlainModel:
        labels = tuple(sorted(set(wanted)))
        place = {label: n for n, label in enumerate(labels)}
        tfidf = Tfidf.fit(texts)
        owners = np.array([place[label] for label in wanted])
        return cls(labels, tfidf, _softmax(tfidf.rows(texts), owners, len(labels), strength))

    def chances(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[texts, labels]; rows sum to one."""
        return _chances(self.tfidf.rows(texts) @ self.weights[:-1] + self.weights[-1])


def _softmax(rows: Any, owners: NDArray[np.int64], labels: int, strength: float) -> NDArray[np.float32]:
    """Nesterov's accelerated gradient, restarted where it overshoots (O'Donoghue, Candès 2015): two copies of the
    weights, where L-BFGS would hold twenty. Rows have length one, so the curvature is at most 1/2 and the bias's 1."""
    n, back = rows.shape[0], rows.T.tocsr()
    target = np.zeros((n, labels), np.float32)
    target[np.arange(n), owners] = 1.0
    now = ahead = np.zeros((rows.shape[1] + 1, labels), np.float32)
    pull, momentum = np.float32(1.0 / (strength * n)), 1.0
    rate = np.float32(1.0 / (1.0 + pull))
    for _ in range(STEPS):
        off = (_chances(rows @ ahead[:-1] + ahead[-1]) - target) / n
        slope = np.vstack([back @ off + pull * ahead[:-1], off.sum(0, keepdims=True)])
        then = ahead - rate * slope
        if float((slope * (then - now)).sum()) > 0:
            momentum = 1.0
        grown = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead, now, momentum = then + np.float32((momentum - 1) / grown) * (then - now), then, grown
        if float(np.abs(slope).max()) < ENOUGH / labels:
            break
    return now


def _chances(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True), np.float32)
