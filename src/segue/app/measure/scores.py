"""How well a score tells two kinds apart, without choosing a threshold: rank statistics, ties counted half."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def auroc(low: ArrayLike, high: ArrayLike) -> float | None:
    """The chance that one of `high` scores above one of `low` (Mann-Whitney). None where either is empty."""
    below, above = np.asarray(low, np.float64), np.asarray(high, np.float64)
    if not len(below) or not len(above):
        return None
    ranks = _ranks(np.concatenate([below, above]))[len(below) :]
    return float((ranks.sum() - len(above) * (len(above) + 1) / 2) / (len(below) * len(above)))


def fpr95(low: ArrayLike, high: ArrayLike) -> float | None:
    """The share of `high` that is taken for `low` at the mark that keeps 95 % of `low`. None where either is empty."""
    below, above = np.asarray(low, np.float64), np.asarray(high, np.float64)
    if not len(below) or not len(above):
        return None
    return float((above <= np.quantile(below, 0.95)).mean())


def average_precision(scores: ArrayLike, is_positive: ArrayLike) -> float | None:
    """The mean precision at each positive, best score first; ties in the given order. None without positives."""
    positive = np.asarray(is_positive, bool)[np.argsort(-np.asarray(scores, np.float64), kind="stable")]
    if not positive.any():
        return None
    return float((np.cumsum(positive)[positive] / (np.flatnonzero(positive) + 1)).mean())


def rounded(value: float | None, places: int = 4) -> float | None:
    return None if value is None else round(value, places)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 1, the mean rank for equal values."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2.0)[place])
