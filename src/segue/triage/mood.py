"""Frustration as a workspace's own people judge it: a head fitted on conversations whose turns were judged.

The one idea: what frustrates is often done by the reply, not said in the message: the same question again, "sorry, I
could not", a detail that has to be put right. So the head reads the message's vector beside word marks of the message,
of the reply before it and of the turns so far. No reply is encoded, only its words are read: a turn costs one text.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from segue.domain.ports import Vector
from segue.triage.frustration import counted
from segue.triage.marks import marked, together
from segue.triage.said import Said

STRENGTH = 0.5
"""C of the logistic regression, on marks scaled to a tenth of their spread beside a vector of length one."""
_SCALE = 0.1
_MOST = 2.0
_LOOKED_BACK = 8
"""Turns back that a likeness is looked for: a course is short, and a turn must stay cheap."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A customer's message, its vector, and the words of the reply before it (empty at the beginning)."""

    said: Said
    vector: Vector
    reply: Said


@dataclass(frozen=True, slots=True, eq=False)
class MoodHead:
    """p_t that people would judge this message as frustrated."""

    weights: Vector
    bias: float
    middle: Vector
    spread: Vector
    turns: int = 0
    """Judged ones it was fitted on, as far as that is to be told."""

    @classmethod
    def fit(cls, courses: Sequence[Sequence[Moment]], judged: Sequence[Sequence[float]], turns: int = 0) -> MoodHead:
        """`judged`: for each course the share of frustration (0 to 1) at each moment; between 0 and 1 where people were
        of two minds, NaN where nobody said. Raises ValueError where all are judged alike."""
        marks = np.stack([row for course in courses for row in marks_of(course)])
        target = np.array([share for course in judged for share in course], np.float64)
        said = ~np.isnan(target)
        if len(target) != len(marks) or not said.any() or target[said].min() == target[said].max():
            raise ValueError("Give every moment a judgement or NaN, some of them as frustrated and some not.")
        marks, target = marks[said], target[said]
        middle, spread = marks.mean(0), marks.std(0) + 1e-6
        vectors = np.stack([moment.vector for course in courses for moment in course])[said]
        rows = np.hstack([vectors, (marks - middle) / spread * _SCALE]).astype(np.float32)
        weights, bias = _regression(rows, target)
        return cls(weights, bias, middle.astype(np.float32), spread.astype(np.float32), turns)

    def chances(self, course: Sequence[Moment]) -> NDArray[np.float64]:
        """p_t for every moment of a course, oldest first."""
        if not course:
            return np.empty(0)
        marks = (np.stack(marks_of(course)) - self.middle) / self.spread * _SCALE
        rows = np.hstack([np.stack([moment.vector for moment in course]), marks])
        return np.asarray(1 / (1 + np.exp(-np.clip(rows @ self.weights + self.bias, -30, 30))), np.float64)

    @property
    def version(self) -> str:
        return f"mood-{sha256(self.weights.tobytes()).hexdigest()[:12]}"

    def to_bytes(self) -> bytes:
        file = io.BytesIO()
        np.savez(file, weights=self.weights, bias=self.bias, middle=self.middle, spread=self.spread, turns=self.turns)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> MoodHead:
        """Raises ValueError for one that was fitted on other marks than those looked at now."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            turns = int(file["turns"])
            head = cls(file["weights"], float(file["bias"]), file["middle"], file["spread"], turns)
        if len(head.middle) != len(marks_of([Moment(Said.of(""), head.weights, Said.of(""))])[0]):
            raise ValueError("The head for mood looks at other marks than this version.")
        return head


def marks_of(course: Sequence[Moment]) -> list[NDArray[np.float64]]:
    """The word marks at each moment: of this turn, of the two before, and summed over those before."""
    found, before = list[NDArray[np.float64]](), list[NDArray[np.float64]]()
    for at, moment in enumerate(course):
        own = marked(moment.said, moment.reply)
        nothing = np.zeros(len(own))
        last = before[-1] if before else nothing
        last_but_one = before[-2] if len(before) > 1 else nothing
        so_far = np.sum(before, axis=0) / 3 if before else nothing
        cues = np.minimum(list(counted(moment.said).values()), _MOST)
        alike = _alike(moment, course[max(0, at - _LOOKED_BACK) : at])
        size = [at / 10, min(len(moment.said.words), 40) / 20, at == 0, math.log1p(len(moment.reply.words)) / 3]
        found.append(np.concatenate([cues, own, together(own), alike, size, last, last_but_one, so_far]))
        before.append(own)
    return found


def _alike(moment: Moment, before: Sequence[Moment]) -> list[float]:
    """How like the message is to those before it, and the reply to the replies before it."""
    cosines = [float(moment.vector @ earlier.vector) for earlier in before]
    words = [_shared(moment.said, earlier.said) for earlier in before]
    replies = [_shared(moment.reply, earlier.reply) for earlier in before]
    return [
        cosines[-1] if cosines else 0.0,
        cosines[-2] if len(cosines) > 1 else 0.0,
        max(cosines, default=0.0),
        words[-1] if words else 0.0,
        max(words, default=0.0),
        replies[-1] if replies else 0.0,
        max(replies, default=0.0),
        _shared(moment.said, moment.reply),
    ]


def _shared(one: Said, other: Said) -> float:
    return len(one.vocabulary & other.vocabulary) / max(1, len(one.vocabulary | other.vocabulary))


def _regression(rows: Vector, target: NDArray[np.float64]) -> tuple[Vector, float]:
    """Logistic regression on shares; weights and bias."""
    from scipy.optimize import minimize

    padded = np.hstack([rows, np.ones((len(rows), 1), np.float32)])
    pull = np.append(np.full(rows.shape[1], 1 / STRENGTH), 0.0)

    def loss(beta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = padded @ beta.astype(np.float32)
        slope = (0.5 + 0.5 * np.tanh(odds / 2) - target).astype(np.float32) @ padded + pull * beta
        return float((np.logaddexp(0, odds) - target * odds).sum() + 0.5 * pull @ beta**2), slope.astype(np.float64)

    beta = minimize(loss, np.zeros(padded.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    return beta[:-1].astype(np.float32), float(beta[-1])
