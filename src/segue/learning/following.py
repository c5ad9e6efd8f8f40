"""From which confidence answers keep the budget by what really came: the gate, set anew from the judged record.

The one idea: rehearsal says it before anything was answered, the record afterwards. The record may make a mark
stricter by itself. It makes one looser, or gives the first one, only up to *approve*, where a person presses the key;
above, that mark has to be proven cell by cell and taken up by a lead. So praise alone never opens anything.

A case counts by its source and less the more often its contact had one, or others wrote nearly the same that day,
whether right or wrong; what was drawn counts for as many as it was drawn from.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from segue.domain.evidence import JudgedCase, Verdict
from segue.learning.evidence import AGAIN
from segue.learning.gate import Gate, Records, set_gate
from segue.policy.boundary import Mark
from segue.policy.guarantee import Certificate
from segue.policy.settings.cells import Budget

Promise = tuple[float, float]
"""Share wrong, and how sure."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One gate for each error budget that is promised anywhere."""

    gates: Mapping[Promise, Gate] = field(default_factory=dict)
    cases: Mapping[Promise, int] = field(default_factory=dict)
    lowest: Mapping[Promise, float] = field(default_factory=dict)
    """The least confidence that was judged."""

    def marks(self, categories: Iterable[str], budget_of: Callable[[str], Budget]) -> dict[str, Mark]:
        """By category, where its budget's gate is open."""
        found = {}
        for category in categories:
            budget = budget_of(category)
            gate = self.gates.get((budget.wrong, budget.sure))
            mark = gate.threshold(category) if gate else None
            if mark is not None:
                lowest = self.lowest.get((budget.wrong, budget.sure), 0.0)
                found[category] = Mark(min(mark, 1.0), leaves_out=mark > lowest)
        return found

    def report(self) -> list[dict[str, Any]]:
        """For people and machines: what is open, on which proof, and what is expected of coming answers."""
        return [
            {
                "budget": wrong, "sure": sure, "cases": self.cases.get((wrong, sure), 0), "is_open": gate.is_open,
                "needed": gate.certificate.needed if gate.certificate and not gate.is_open else 0,
                "expected_wrong": _rounded(gate.expected), "at_most": _rounded(gate.bound),
                "marks": {category: round(min(mark, 1.0), 4) for category, mark in sorted(gate.thresholds.items())},
            }
            for (wrong, sure), gate in self.gates.items()
        ]  # fmt: skip

    # at rest

    def to_bytes(self) -> bytes:
        rows = [{"budget": [*promise], "cases": self.cases.get(promise, 0),
                 "lowest": self.lowest.get(promise, 0.0), **_written(gate)}
                for promise, gate in self.gates.items()]  # fmt: skip
        return json.dumps(rows).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Followed:
        rows = {(row["budget"][0], row["budget"][1]): row for row in json.loads(data)}
        return cls(
            {promise: _read(promise, row) for promise, row in rows.items()},
            {promise: int(row["cases"]) for promise, row in rows.items()},
            {promise: float(row["lowest"]) for promise, row in rows.items()},
        )


def follow(cases: Sequence[JudgedCase], budget_of: Callable[[str], Budget], before: Followed | None = None) -> Followed:
    """From everything that was judged without being picked, oldest first. `before`: as it was set the last time; an
    open gate needs no new proof."""
    told = [c for c in cases if c.is_sampled]
    own: dict[Promise, list[JudgedCase]] = {}
    for case in told:
        budget = budget_of(case.category)
        own.setdefault((budget.wrong, budget.sure), []).append(case)
    gates = {
        promise: set_gate(
            records_of(judged), Budget(wrong=promise[0], sure=promise[1]), float(len(judged)),
            before.gates.get(promise) if before else None,
        )
        for promise, judged in own.items()
    }  # fmt: skip
    return Followed(
        gates, {promise: len(judged) for promise, judged in own.items()},
        {promise: min(case.confidence for case in judged) for promise, judged in own.items()},
    )  # fmt: skip


def records_of(judged: Sequence[JudgedCase]) -> Records:
    """As columns; cases that count nothing are left out."""
    times, weights = Counter[int | str](), []
    for case in judged:
        stands_for = 1.0 / case.propensity if case.was_given and case.propensity > 0 else 1.0
        weights.append(stands_for * _trust(case) * AGAIN ** max(times[case.contact], times[case.asked]))
        times.update((case.contact, case.asked))
    kept = [(n, case, weight) for n, (case, weight) in enumerate(zip(judged, weights, strict=True)) if weight > 1e-3]
    return Records(
        np.array([case.category for _, case, _ in kept], str),
        np.array([case.confidence for _, case, _ in kept], np.float64),
        np.array([case.verdict is Verdict.RIGHT for _, case, _ in kept], bool),
        np.array([weight for *_, weight in kept], np.float64),
        np.array([n for n, *_ in kept], np.float64),
    )


def _trust(case: JudgedCase) -> float:
    """Of the strongest judgement that says what the verdict is: here a doubt counts no more than praise, for a share
    is told, not a bet won."""
    return max((j.weight for j in case.standing if j.verdict is case.verdict), default=0.0)


def _written(gate: Gate) -> dict[str, Any]:
    return {
        "part": gate.part, "default": _finite(gate.default), "expected": gate.expected, "bound": gate.bound,
        "base_error": gate.base_error, "thresholds": {c: _finite(t) for c, t in gate.thresholds.items()},
        "certificate": asdict(gate.certificate) if gate.certificate else None,
    }  # fmt: skip


def _read(promise: Promise, row: Mapping[str, Any]) -> Gate:
    proof = row["certificate"]
    return Gate(
        Budget(wrong=promise[0], sure=promise[1]), Certificate(**proof) if proof else None, row["part"],
        {category: _or_never(mark) for category, mark in row["thresholds"].items()}, _or_never(row["default"]),
        row["expected"], row["bound"], row["base_error"],
    )  # fmt: skip


def _finite(mark: float | None) -> float | None:
    return None if mark is None or math.isinf(mark) else mark


def _or_never(mark: float | None) -> float:
    return math.inf if mark is None else mark


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
