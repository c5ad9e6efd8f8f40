"""LexRank (Erkan and Radev 2004): the sentences most like all the others, the classic summary without a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segue.app.measure.plain import Tfidf

DAMPING = 0.85
ROUNDS, ENOUGH = 200, 1e-6


def lexrank(sentences: Sequence[str], count: int) -> list[str]:
    """The `count` best sentences, in the order in which they stand."""
    ranks = _ranks(sentences)
    best = np.argsort(-ranks, kind="stable")[:count]
    return [sentences[int(n)] for n in sorted(best)]


def _ranks(sentences: Sequence[str]) -> NDArray[np.float64]:
    """The stationary distribution of a walk that prefers like sentences (continuous LexRank); sums to one."""
    if not sentences:
        return np.empty(0)
    rows = Tfidf.fit(sentences).rows(sentences)
    near = (rows @ rows.T).toarray().astype(np.float64)
    np.fill_diagonal(near, 0.0)
    near[near.sum(axis=1) == 0] = 1.0  # from a sentence like no other the walk goes on anywhere
    steps = near / near.sum(axis=1, keepdims=True)
    ranks = np.full(len(sentences), 1.0 / len(sentences))
    for _ in range(ROUNDS):
        now = (1.0 - DAMPING) / len(sentences) + DAMPING * (ranks @ steps)
        if np.abs(now - ranks).sum() < ENOUGH:
            break
        ranks = now
    return ranks
