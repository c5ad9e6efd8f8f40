"""How each category fared in rehearsal, where most have few cases: what its record says beside that of all.

The one idea: only known matters tell. In rehearsal whole intents are closed to see what near twins do, and a closed
one's messages go wrong under its neighbour's name; that says nothing about the neighbour, which in truth has both open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from segue.assistant.confidence import FARED, Odds, Record
from segue.learning.odds import fit_odds
from segue.learning.pooling import Numbers, pool

Flags = NDArray[np.bool_]


def records(
    sure: Numbers, guessed: Sequence[str], right: Flags, groups: NDArray[np.int64], categories: Sequence[str]
) -> tuple[Record, Mapping[int, Record]]:
    """By all cases, and for each group by those of the others, so that no case speaks for itself.

    `sure`: said by models that had not seen the case; `guessed`: the category it would have been answered in.
    """
    place = {category: n for n, category in enumerate(sorted({*categories, *guessed}))}
    places = np.array([place[category] for category in guessed], np.int64)
    apart = {
        int(group): _record(sure[groups != group], places[groups != group], right[groups != group], place)
        for group in np.unique(groups)
        if (groups != group).any()
    }
    return _record(sure, places, right, place), apart


def fit_beside(rows: Numbers, right: Numbers | Flags, counts: Numbers) -> Odds:
    """Odds in which how the category fared counts as much as it says, on the common scale of all the other evidence.

    Left to the fit it would count less: of the closed intents' messages, which no category can help, there are many.
    """
    own = np.zeros(rows.shape[1])
    own[FARED] = 1.0
    other = fit_odds(rows * (1.0 - own), right, counts)
    weights = other.weights + own
    line = fit_odds((rows @ weights + other.bias)[:, None], right, counts)
    slope = float(line.weights[0])
    return Odds(slope * weights, slope * other.bias + line.bias)


def _record(sure: Numbers, places: NDArray[np.int64], right: Flags, place: Mapping[str, int]) -> Record:
    found = pool(sure, places, right, np.ones(len(sure)), len(place))
    effects, doubts = found.effects.round(6).tolist(), found.doubts.round(6).tolist()
    return Record(
        {category: effects[n] for category, n in place.items()},
        {category: doubts[n] for category, n in place.items()},
        round(found.spread, 6),
    )
