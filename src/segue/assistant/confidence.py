"""How sure the assistant may be: evidence in, the calibrated probability of being right out.

The one idea: a first message, a reply to a question and a message after an answer are three different situations. Who
writes again after an answer was mostly not helped by it, so the same evidence is worth less then. Each situation has
its own small logistic model; one threshold on their common scale carries one proof (see learning/history).
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.assistant.evidence import Evidence, Middles
from segue.domain.decision import Rung
from segue.policy.boundary import Boundary, Standing
from segue.policy.guarantee import Certificate
from segue.policy.sampling import EVEN, Sampling
from segue.policy.settings import Policy
from segue.policy.settings.cells import Budget

Numbers = NDArray[np.float64]
FARED = Evidence._fields.index("fared")
CAUTION = 0.5
"""Standard deviations of what is known of a category by which its threshold is stricter."""
WORTH = 0.2
"""A question is worth asking when at least one in five of its kind ended in a right answer."""
POOLED = ""
"""The certificate of all categories without an error budget of their own."""


class Stage(StrEnum):
    """Where in its episode a message stands."""

    FIRST = "first"
    ASKED = "asked"
    """It replies to a question of the assistant."""
    ANSWERED = "answered"
    """The assistant has given an answer already."""


@dataclass(frozen=True, eq=False)
class Odds:
    """Log-odds, linear in the evidence."""

    weights: Numbers
    bias: float

    def of(self, evidence: Evidence) -> float:
        log_odds = float(np.dot(self.weights, evidence)) + self.bias
        return 1.0 / (1.0 + math.exp(-min(max(log_odds, -30.0), 30.0)))

    def of_all(self, rows: Numbers) -> Numbers:
        """[n] for evidence as rows [n, features]."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(rows @ self.weights + self.bias, -30.0, 30.0))))

    @property
    def of_category(self) -> float:
        """What the category's record counts for."""
        return max(float(self.weights[FARED]), 0.0)


@dataclass(frozen=True, slots=True)
class Record:
    """How categories fared, each beside all (learning/pooling): effects in log-odds, and how doubtful each is."""

    effects: Mapping[str, float] = field(default_factory=dict)
    doubts: Mapping[str, float] = field(default_factory=dict)
    unseen: float = 0.0
    """The doubt about a category without a case."""

    def effect(self, category: str) -> float:
        return self.effects.get(category, 0.0)

    def doubt(self, category: str) -> float:
        return self.doubts.get(category, self.unseen)


@dataclass(frozen=True, eq=False)
class Confidence:
    """Belongs to the intent head of version `head`: another head means other evidence."""

    middles: Middles
    stages: Mapping[Stage, Odds]
    worth: Odds | None
    """How likely a question leads to a right answer; None: never asked."""
    picked: float
    """How often an intent that was offered and came out clear was right."""
    certificates: Mapping[str, Certificate]
    """By category, where it has a budget of its own; POOLED for the others."""
    categories: tuple[str, ...]
    """Those with an opened intent that people don't always handle."""
    head: str
    version: str = field(default="")
    record: Record = field(default_factory=Record)
    sampling: Sampling = EVEN
    """By the scores of the answers that were rehearsed."""
    rehearsed: Mapping[str, int] | None = None
    """By matter, how many messages of it were rehearsed; None where an earlier version fitted it."""

    def of(self, evidence: Evidence, stage: Stage = Stage.FIRST) -> float:
        return self.stages[stage].of(evidence)

    def certificate(self, category: str | None) -> Certificate:
        return self.certificates.get(category or POOLED, self.certificates[POOLED])

    def threshold(self, category: str | None = None) -> float | None:
        """The confidence from which answers keep the error budget; None: too little is proven. It is the stricter, the
        less is known of the category."""
        proven = self.certificate(category).threshold
        if proven is None or category is None:
            return proven
        weight = max(self.stages[stage].of_category for stage in (Stage.FIRST, Stage.ASKED))
        doubt = weight * CAUTION * self.record.doubt(category)
        return _moved(proven, doubt) if doubt else proven

    def is_worth_asking(self, evidence: Evidence) -> bool:
        return self.worth is not None and self.worth.of(evidence) >= WORTH

    def boundary(self, policy: Policy | None = None) -> Boundary:
        """What the cases of the fit have earned in each category. What `policy` promises beyond what was proven is not
        kept by it: there is no threshold, then, until the next fit."""
        standings = {category: self._standing(category, policy) for category in self.categories}
        return Boundary(standings, sampling=self.sampling, rehearsed=self.rehearsed)

    def proves(self, policy: Policy) -> bool:
        """Whether it was fitted for just what `policy` promises."""
        return all(_tries(self.certificate(c), policy.budget_of(c)) for c in self.categories)

    def _standing(self, category: str, policy: Policy | None) -> Standing:
        proof = self.certificate(category)
        asked = policy.budget_of(category) if policy else None
        holds = asked is None or (proof.budget <= asked.wrong and proof.sure >= asked.sure)
        threshold = self.threshold(category) if holds else None
        rung = Rung.SUGGEST if threshold is None else Rung.AUTO_WITH_HOLD
        is_tried = asked is None or _tries(proof, asked)
        return Standing(category, rung, threshold, proof.cases, proof.wrong, proof.needed, self.version, is_tried)

    # at rest

    def versioned(self) -> Confidence:
        return replace(self, version=f"confidence-{sha256(replace(self, version='').to_bytes()).hexdigest()[:12]}")

    def to_bytes(self) -> bytes:
        """An .npz without pickles; everything but the middles as JSON inside."""
        words = {
            "features": Evidence._fields,
            "intents": self.middles.intents,
            "stages": {stage.value: _written(odds) for stage, odds in self.stages.items()},
            "worth": _written(self.worth) if self.worth else None,
            "picked": self.picked,
            "certificates": {category: asdict(proof) for category, proof in self.certificates.items()},
            "categories": self.categories,
            "record": asdict(self.record),
            "sampling": self.sampling.scale,
            "rehearsed": self.rehearsed,
            "head": self.head,
            "version": self.version,
        }
        file = io.BytesIO()
        text = np.frombuffer(json.dumps(words, sort_keys=True).encode(), np.uint8)
        np.savez(file, words=text, middles=self.middles.rows, is_opened=self.middles.is_opened)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Confidence:
        """Raises ValueError where it was fitted on other features than this version weighs: then fit anew."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            words, rows, is_opened = json.loads(file["words"].tobytes()), file["middles"], file["is_opened"]
        if tuple(words["features"]) != Evidence._fields:
            raise ValueError("This confidence was fitted on other features. Run `segue fit`.")
        return cls(
            middles=Middles(tuple(words["intents"]), rows, is_opened),
            stages={Stage(stage): _read(odds) for stage, odds in words["stages"].items()},
            worth=_read(words["worth"]) if words["worth"] else None,
            picked=words["picked"],
            certificates={category: Certificate(**proof) for category, proof in words["certificates"].items()},
            categories=tuple(words["categories"]),
            head=words["head"],
            version=words["version"],
            record=Record(**words["record"]),
            sampling=Sampling(words.get("sampling")),
            rehearsed=words.get("rehearsed"),
        )


def _tries(proof: Certificate, asked: Budget) -> bool:
    return (proof.budget, proof.sure) == (asked.wrong, asked.sure)


def _moved(chance: float, by: float) -> float:
    """A probability, moved by so much in log-odds."""
    return 1.0 / (1.0 + math.exp(-(math.log(chance / (1.0 - chance)) + by)))


def _written(odds: Odds) -> list[Any]:
    return [odds.weights.tolist(), odds.bias]


def _read(fields: list[Any]) -> Odds:
    return Odds(np.array(fields[0], np.float64), float(fields[1]))
