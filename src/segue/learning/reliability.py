"""Whether a confidence means what it says: of the cases said to be 80 % sure, were 80 % right?

Bins hold equally many cases, so that none rests on a handful. Only cases that the model had not seen may be counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.assistant.confidence import Numbers
from segue.learning.odds import Flags

BINS = 10


def reliability(sure: Numbers, right: Flags, counts: Numbers) -> dict[str, Any]:
    """A diagram's points as plain JSON, least sure first, and the expected calibration error: the mean distance
    between said and true, by what the cases count for (Naeini, Cooper, Hauskrecht, 2015). `ece` is None without cases.
    """
    order = np.argsort(sure, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    bins = [_bin(sure[part], right[part], counts[part]) for part in parts]
    if not bins:
        return {"bins": [], "ece": None, "cases": 0}
    worth = np.array([counts[part].sum() for part in parts])
    off = np.array([abs(b["confidence"] - b["right"]) for b in bins])
    return {"bins": bins, "ece": round(float(np.average(off, weights=worth)), 4), "cases": len(sure)}


def _bin(sure: Numbers, right: Flags, counts: Numbers) -> dict[str, Any]:
    return {
        "from": round(float(sure[0]), 4),
        "confidence": round(float(np.average(sure, weights=counts)), 4),
        "right": round(float(np.average(right, weights=counts)), 4),
        "n": len(sure),
    }
