"""Small logistic models by iteratively reweighted least squares: a dozen features, thousands of cases, milliseconds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from segue.assistant.confidence import Numbers, Odds

Flags = NDArray[np.bool_]
RIDGE = 1.0
"""Pull towards no effect, in cases, on features of unit spread."""
STEPS = 40


def fit_odds(rows: Numbers, right: Numbers | Flags, counts: Numbers, ridge: float = RIDGE) -> Odds:
    """From evidence [n, features], outcomes (0 or 1) and what each case counts for. A feature that never varies gets
    no weight.
    """
    mean = np.average(rows, axis=0, weights=counts)
    spread = np.sqrt(np.average((rows - mean) ** 2, axis=0, weights=counts))
    varies = spread > 1e-9
    scaled = np.hstack([np.where(varies, (rows - mean) / np.where(varies, spread, 1.0), 0.0), np.ones((len(rows), 1))])
    pull = np.full(scaled.shape[1], ridge)
    pull[-1] = 1e-6
    beta = np.zeros(scaled.shape[1])
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(scaled @ beta, -30.0, 30.0)))
        slope = scaled.T @ (counts * (right - chance)) - pull * beta
        curve = (scaled * (counts * np.maximum(chance * (1.0 - chance), 1e-6))[:, None]).T @ scaled + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        beta += step
        if np.abs(step).max() < 1e-6:
            break
    weights = np.where(varies, beta[:-1] / np.where(varies, spread, 1.0), 0.0)
    return Odds(weights, float(beta[-1] - weights @ mean))


Fit = Callable[[Numbers, Numbers | Flags, Numbers], Odds]


def crossed(
    rows: Numbers, right: Numbers | Flags, counts: Numbers, groups: NDArray[np.int64], fit: Fit = fit_odds,
    asked: Numbers | None = None,
) -> Numbers:  # fmt: skip
    """Each case's chance by a model that saw nothing of its group. `asked`: other rows for the same cases, which it is
    asked for instead."""
    wanted = rows if asked is None else asked
    chances = np.empty(len(rows))
    for group in np.unique(groups):
        here = groups == group
        if here.all():
            return fit(rows, right, counts).of_all(wanted)
        chances[here] = fit(rows[~here], right[~here], counts[~here]).of_all(wanted[here])
    return chances
