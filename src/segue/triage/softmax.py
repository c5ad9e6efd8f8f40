"""Multinomial logistic regression over vectors, by L-BFGS: the same examples give the same weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segue.domain.ports import Vector

Floats = NDArray[np.float32]
STRENGTH = 10.0
"""C: 3 to 100 differ by less than half a point."""


def softmax_regression(vectors: Vector, owners: NDArray[np.int64], counts: Floats, begun: Floats) -> Floats:
    """Weights [labels, dimensions + 1], the bias last; an L2 penalty on all but the bias. `counts` weighs the
    examples, `begun` is where the search starts."""
    from scipy.optimize import minimize  # half a second to load, and only a fit needs it

    rows = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    rate = (counts / counts.sum())[:, None]
    penalty = np.full(begun.shape[1], 1.0 / (STRENGTH * counts.sum()), np.float32)
    penalty[-1] = 0.0
    own = (np.arange(len(rows)), owners)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(begun.shape).astype(np.float32)
        logits = rows @ weights.T
        logits -= logits.max(axis=1, keepdims=True)
        logits_of_own = logits[own]
        chances = np.exp(logits, out=logits)
        total = chances.sum(axis=1, keepdims=True)
        value = float((rate[:, 0] * (np.log(total[:, 0]) - logits_of_own)).sum() + 0.5 * (penalty * weights**2).sum())
        chances /= total
        chances[own] -= 1.0
        chances *= rate
        slope = chances.T @ rows + penalty * weights
        return value, slope.ravel().astype(np.float64)

    found = minimize(loss, begun.ravel().astype(np.float64), jac=True, method="L-BFGS-B",
                     options={"maxiter": 200, "gtol": 2e-4})  # fmt: skip
    return np.ascontiguousarray(found.x.reshape(begun.shape), np.float32)
