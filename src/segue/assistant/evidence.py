"""What speaks for an answer, as numbers a person can be shown: how clear the intent is, how near its past messages,
how near a twin that is not opened. What search finds in the articles added nothing to that (docs/measures.md).

Everything comes from what triage noted down, the message's vector, and the middle of each intent's past messages. So a
decision can be looked through later from its record alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from segue.domain.assessment import IntentGuess, NearExample, Signal
from segue.domain.ports import Vector

_WORD = re.compile(r"\w+")
_LEAST = 1e-9


class Noticed(Protocol):
    """The part of an Assessment that is looked at."""

    @property
    def intents(self) -> tuple[IntentGuess, ...]: ...
    @property
    def nearest(self) -> tuple[NearExample, ...]: ...
    @property
    def unopened(self) -> Signal[float]: ...


class Evidence(NamedTuple):
    log_p: float
    """Log-probability of the intent; margins are in the same measure."""
    margin: float
    """Over the next opened intent."""
    margin_unopened: float
    """Over the nearest intent known only by name."""
    unopened: float
    """Log of what all those have together."""
    entropy: float
    length: float
    near: float
    """Mean cosine of the nearest past messages."""
    agree: float
    """How many of them wanted this intent."""
    best: float
    """Cosine of the nearest that did; `gap` is its lead over the nearest that did not."""
    gap: float
    middle: float
    """Cosine with the middle of the intent's past messages; `middle_gap` is the lead over the nearest unopened."""
    middle_gap: float
    again: float
    """Cosine with the customer's message before; 0 for a first one."""
    fared: float
    """How much better than the others answers of this category fared, in log-odds, as learnt from all of them: one
    with few cases is taken for the whole."""


@dataclass(frozen=True, eq=False)
class Middles:
    """The mean direction of each intent's examples, float32 [intents, DIMENSIONS], rows of length one."""

    intents: tuple[str, ...]
    rows: Vector
    is_opened: NDArray[np.bool_]

    @classmethod
    def of(cls, vectors: Vector, wanted: Sequence[str], opened: frozenset[str]) -> Middles:
        intents = tuple(sorted(set(wanted)))
        place = {intent: n for n, intent in enumerate(intents)}
        rows = np.zeros((len(intents), vectors.shape[1]), np.float32)
        np.add.at(rows, [place[i] for i in wanted], vectors)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _LEAST)
        return cls(intents, rows, np.array([i in opened for i in intents], bool))

    def near(self, vector: Vector, intent: str) -> tuple[float, float]:
        """Cosine with the intent's middle, and its lead over the nearest unopened one."""
        cosines = self.rows @ vector
        own = float(cosines[self._place[intent]]) if intent in self._place else 0.0
        others = cosines[~self.is_opened]
        return own, own - (float(others.max()) if len(others) else 0.0)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {intent: n for n, intent in enumerate(self.intents)}


def weigh(
    noticed: Noticed, text: str, vector: Vector, guess: IntentGuess, middles: Middles, before: Vector | None = None,
    fared: float = 0.0,
) -> Evidence:  # fmt: skip
    """What speaks for `guess`; `fared`: of its category."""
    log_p = math.log(max(guess.probability, _LEAST))
    own, lead = middles.near(vector, guess.intent)
    nearest, best = noticed.nearest, _best(noticed.nearest, guess.intent)
    return Evidence(
        log_p=log_p,
        margin=log_p - _rival(noticed, guess, is_opened=True),
        margin_unopened=log_p - _rival(noticed, guess, is_opened=False),
        unopened=math.log(noticed.unopened.value + 1e-6),
        entropy=_entropy(noticed, len(middles.intents)),
        length=math.log(len(_WORD.findall(text)) + 1),
        near=sum(n.cosine for n in nearest) / max(len(nearest), 1),
        agree=sum(n.intent == guess.intent for n in nearest) / max(len(nearest), 1),
        best=best,
        gap=best - max((n.cosine for n in nearest if n.intent != guess.intent), default=_least(nearest)),
        middle=own,
        middle_gap=lead,
        again=float(vector @ before) if before is not None else 0.0,
        fared=fared,
    )


def _rival(noticed: Noticed, guess: IntentGuess, is_opened: bool) -> float:
    """Log-probability of the next best of that kind; where none is on the list, of the list's last."""
    last = min((g.probability for g in noticed.intents), default=_LEAST)
    rivals = (g.probability for g in noticed.intents if g.is_opened == is_opened and g.intent != guess.intent)
    return math.log(max(next(rivals, last), last, _LEAST))


def _entropy(noticed: Noticed, intents: int) -> float:
    """In nats; what is not on the list is taken as spread evenly."""
    chances = [max(g.probability, _LEAST) for g in noticed.intents]
    rest = max(1.0 - sum(chances), 1e-6)
    return -sum(p * math.log(p) for p in chances) - rest * math.log(rest / max(intents - len(chances), 1))


def _best(nearest: Sequence[NearExample], intent: str) -> float:
    return max((n.cosine for n in nearest if n.intent == intent), default=_least(nearest))


def _least(nearest: Sequence[NearExample]) -> float:
    return min((n.cosine for n in nearest), default=0.0)
