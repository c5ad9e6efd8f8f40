"""Complexity fitted to effort: what the drivers of a first message were worth in minutes, replies and turns here.

The one idea: the rule's points stay, their weights are learnt. Each kind of driver may only add effort (non-negative
least squares with a ridge towards one common worth), so a tier is still explained by what brought it; its marks are
quantiles of this workspace's past.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

ENOUGH = 200
RIDGE = 5.0
MODERATE, HIGH = 0.60, 0.90
"""Quantiles of past conversations at which the tiers begin."""
FOLDS = 5
LEAST = 0.10
"""Spearman with held-out effort below which nothing is explained."""
ANY = 0.02
"""Log effort that is more than none, where most matters have no driver at all."""

Points = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class EffortFit:
    """Worth of one point of each kind, in log effort, and the marks of the tiers."""

    worth: Mapping[str, float]
    moderate: float
    high: float

    @property
    def marks(self) -> dict[str, float]:
        return {"moderate": self.moderate, "high": self.high}

    def weighed(self, points: Points) -> dict[str, float]:
        return {kind: self.worth.get(kind, 0.0) * n for kind, n in points.items()}

    @property
    def version(self) -> str:
        return f"effort-{sha256(self.to_bytes()).hexdigest()[:12]}"

    def to_bytes(self) -> bytes:
        file = io.BytesIO()
        kinds = sorted(self.worth)
        worth = np.array([self.worth[kind] for kind in kinds])
        np.savez(file, kinds=np.array(kinds), worth=worth, marks=np.array([self.moderate, self.high]))
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> EffortFit:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            worth = dict(zip(file["kinds"].tolist(), file["worth"].tolist(), strict=True))
            return cls(worth, float(file["marks"][0]), float(file["marks"][1]))


def effort(minutes: float | None, replies: int, turns: int) -> float:
    """Log effort: what the agent said in minutes, else three minutes a reply and one a customer turn."""
    return float(np.log1p(minutes if minutes is not None else 3.0 * replies + turns))


def fit_effort(
    points: Sequence[Points], efforts: Sequence[float], kinds: Sequence[str], seed: int = 0
) -> tuple[EffortFit | None, dict[str, object]]:
    """The fit, or None, and a report: Spearman with held-out effort, of the fit and of the rule beside it. Used only
    where there are ENOUGH conversations and the fit ranks held-out ones better than the rule."""
    report: dict[str, object] = {"conversations": len(points)}
    if len(points) < ENOUGH:
        return None, {**report, "used": False, "needed": ENOUGH}
    rows = np.array([[p.get(kind, 0.0) for kind in kinds] for p in points])
    target = np.array(efforts, np.float64)
    folds = np.random.default_rng(seed).permutation(len(rows)) % FOLDS
    held = np.empty(len(rows))
    for fold in range(FOLDS):
        worth = _worth(rows[folds != fold], target[folds != fold])
        held[folds == fold] = rows[folds == fold] @ worth
    ours, rule = spearman(held, target), spearman(rows.sum(1), target)
    worth = _worth(rows, target)
    total = rows @ worth
    moderate = max(float(np.quantile(total, MODERATE)), ANY)
    high = max(float(np.quantile(total, HIGH)), 1.5 * moderate)
    used = ours >= LEAST and ours > rule
    report |= {"spearman": round(ours, 4), "spearman_of_the_rule": round(rule, 4), "used": used}
    fitted = EffortFit(dict(zip(kinds, worth.tolist(), strict=True)), moderate, high)
    return (fitted if used else None), report


def spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Rank correlation, ties at their mean rank; 0 where either is constant."""
    a, b = ranks(one), ranks(other)
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else 0.0


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 1 for the least; those alike share their mean rank. SciPy has it too, and takes a second of CPU and more to
    load, in a process that answers customers meanwhile."""
    _, which, many = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(many) - (many - 1) / 2)[which]


def _worth(rows: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Non-negative weights, drawn towards one common worth of a point: a kind never seen is worth that."""
    from scipy.optimize import nnls

    above = target - target.min()
    common = max(0.0, float(np.polyfit(rows.sum(1), above, 1)[0])) if rows.sum(1).std() else 0.0
    pull = np.sqrt(RIDGE) * np.eye(rows.shape[1])
    level = np.ones((len(rows), 1))
    known = np.vstack([np.hstack([rows, level]), np.hstack([pull, np.zeros((rows.shape[1], 1))])])
    weights, _ = nnls(known, np.concatenate([above, np.sqrt(RIDGE) * common * np.ones(rows.shape[1])]))
    return np.asarray(weights[:-1], np.float64)
