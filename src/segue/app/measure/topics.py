"""`segue measure topics`: how well messages that nobody labelled fall into the intents they have.

Ours is what the product would propose (learning/topics); it chooses the number of groups itself. The baseline is TF-IDF
with spherical k-means, which is told the true number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.app.measure.given import encoded, encoder, rows_of, texts_of
from segue.app.measure.plain import Tfidf
from segue.app.measure.scores import rounded
from segue.domain.errors import Refused
from segue.learning.topics import gather, propose

Labels = NDArray[np.int64]
ROUNDS = 30
EXAMPLES = 8


def run(file: str, seed: int = 0) -> dict[str, Any]:
    """Rows with `text` and `intent`; those without an intent are left out."""
    rows = [row for row in rows_of(file) if row.get("intent") is not None]
    if not rows:
        raise Refused(f"No row of {file} has an intent.", "Topics are measured against labelled messages.")
    texts = texts_of(rows)
    vectors = encoded(texts, encoder())
    true = np.unique([str(row["intent"]) for row in rows], return_inverse=True)[1].astype(np.int64)
    count = int(true.max()) + 1
    proposed = propose(texts, vectors)
    return {
        "messages": len(texts),
        "intents": count,
        **_figures(true, gather(vectors)),
        "proposed": len(proposed),
        "at_true_number": _figures(true, gather(vectors, count=count)),
        "examples": [
            {"name": t.name, "message": texts[t.medoid], "size": t.size, "cohesion": rounded(t.cohesion)}
            for t in proposed[:EXAMPLES]
        ],
        "baseline": _figures(true, k_means(Tfidf.fit(texts).rows(texts), count, np.random.default_rng(seed))),
    }


def _figures(true: Labels, found: Labels) -> dict[str, Any]:
    return {
        "groups": len(np.unique(found)),
        "v_measure": rounded(v_measure(true, found)),
        "ari": rounded(adjusted_rand(true, found)),
    }


def v_measure(true: Labels, found: Labels) -> float:
    """The harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg 2007)."""
    table = _table(true, found) / len(true)
    of_true, of_found, both = _entropy(table.sum(1)), _entropy(table.sum(0)), _entropy(table.ravel())
    shared = of_true + of_found - both
    homogeneity = shared / of_true if of_true else 1.0
    completeness = shared / of_found if of_found else 1.0
    return 2 * homogeneity * completeness / max(homogeneity + completeness, 1e-12)


def adjusted_rand(true: Labels, found: Labels) -> float:
    """Pairs that are together in both, corrected for chance (Hubert and Arabie 1985)."""
    table = _table(true, found)
    together, rows, columns = (_pairs(part) for part in (table.ravel(), table.sum(1), table.sum(0)))
    by_chance = rows * columns / max(_pairs(np.array([len(true)])), 1.0)
    most = (rows + columns) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)


def k_means(rows: Any, count: int, rng: np.random.Generator) -> Labels:
    """Spherical k-means from `count` random rows; `rows` is sparse, of unit rows."""
    centres = rows[rng.choice(rows.shape[0], count, replace=False)].toarray()
    labels = np.full(rows.shape[0], -1, np.int64)
    for _ in range(ROUNDS):
        now = np.asarray((rows @ centres.T).argmax(axis=1), np.int64)
        if (now == labels).all():
            break
        labels = now
        sums = np.stack([np.asarray(rows[labels == n].sum(axis=0)).ravel() for n in range(count)])
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(norms > 0, sums / np.maximum(norms, 1e-9), centres).astype(np.float32)
    return labels


def _table(true: Labels, found: Labels) -> NDArray[np.float64]:
    table = np.zeros((int(true.max()) + 1, int(found.max()) + 1))
    np.add.at(table, (true, found), 1)
    return table


def _entropy(shares: NDArray[np.float64]) -> float:
    held = shares[shares > 0]
    return float(-(held * np.log(held)).sum())


def _pairs(counts: NDArray[Any]) -> float:
    return float((counts * (counts - 1) / 2).sum())
