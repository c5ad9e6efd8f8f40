"""Urgency as the agents of this workspace see it: learnt from what they changed and from what they left.

The one idea: a message is compared with those that agents handled. Where they moved nearly all of the like ones the
same way, this one moves too: one step, never more, and never away from *critical*, where rules saw facts. What moved it
can be said in a sentence ("agents raised 8 of 9 like this"). Every agent weighs at most half: nobody teaches alone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from segue.domain.assessment import Signal, Urgency
from segue.domain.ports import Vector

ENOUGH_CHANGES = 20
ENOUGH_AGENTS = 2
ALIKE = 0.60
"""Cosine from which a handled message counts as like this one."""
NEAREST = 15
FEWEST = 5
"""Like ones below which nothing is moved."""
SHARE = 0.70
"""Of the like ones, the share that must have been moved the same way, one added to each side."""


@dataclass(frozen=True, slots=True, eq=False)
class Handled:
    """A message that people handled: what the rules say of it, and where `agent` left it."""

    vector: Vector
    rule: Urgency
    left_at: Urgency
    agent: str


@dataclass(frozen=True, slots=True, eq=False)
class UrgencyHabit:
    """Vectors [n, d] of handled messages, the steps agents moved each (-1, 0, 1), and who."""

    vectors: Vector
    steps: NDArray[np.int8]
    agents: NDArray[np.str_]

    @classmethod
    def fit(cls, handled: Sequence[Handled]) -> tuple[UrgencyHabit | None, dict[str, object]]:
        """The habit, or None, and the report that says why: too few changes, too few agents, or no nearer to what
        agents set than the rules are (every case judged by all others)."""
        steps = np.sign([one.left_at.rank - one.rule.rank for one in handled]).astype(np.int8)
        who = np.array([one.agent for one in handled], str)
        changers = sorted({str(a) for a in who[steps != 0]}) if len(steps) else []
        changes = int((steps != 0).sum())
        report: dict[str, object] = {"cases": len(steps), "changes": changes, "agents": len(changers)}
        if changes < ENOUGH_CHANGES or len(changers) < ENOUGH_AGENTS:
            return None, {**report, "used": False, "needed": {"changes": ENOUGH_CHANGES, "agents": ENOUGH_AGENTS}}
        habit = cls(np.stack([one.vector for one in handled]).astype(np.float32), steps, who)
        said = np.array([habit._step(v, at)[0] for at, v in enumerate(habit.vectors)])
        off = {"rules_off": changes, "habit_off": int((steps != said).sum())}
        used = off["habit_off"] < off["rules_off"]
        return (habit if used else None), {**report, **off, "used": used}

    def moved(self, rule: Signal[Urgency], vector: Vector) -> Signal[Urgency]:
        """The rule's urgency, or one step beside it with the agents' count as evidence and the share as threshold."""
        if rule.value is Urgency.CRITICAL:
            return rule
        step, like, of = self._step(vector)
        if not step:
            return rule
        level = list(Urgency)[min(max(rule.value.rank + step, 0), Urgency.CRITICAL.rank)]
        if level is rule.value:
            return rule
        verb = "raised" if step > 0 else "lowered"
        sure = min(rule.sure, round((like + 1) / (of + 2), 2))
        return Signal(level, sure, (*rule.words, f"agents {verb} {like} of {of} like this"), SHARE)

    def _step(self, vector: Vector, but: int | None = None) -> tuple[int, int, int]:
        """-1, 0 or 1; how many of the like ones were moved so, and how many like ones there are."""
        cosines = self.vectors @ vector
        if but is not None:
            cosines[but] = -1.0
        near = np.argpartition(-cosines, NEAREST)[:NEAREST] if len(cosines) > NEAREST else np.arange(len(cosines))
        near = near[cosines[near] >= ALIKE]
        for step in (1, -1):
            agreeing = near[self.steps[near] == step]
            if _is_habit(len(agreeing), len(near)) and len(set(self.agents[agreeing])) >= ENOUGH_AGENTS:
                most = max(np.unique(self.agents[agreeing], return_counts=True)[1])
                fair = len(agreeing) - max(0, int(most) - (len(agreeing) - int(most)))
                if _is_habit(fair, len(near) - (len(agreeing) - fair)):
                    return step, len(agreeing), len(near)
        return 0, 0, len(near)

    @property
    def version(self) -> str:
        return f"habit-{sha256(self.vectors.tobytes() + self.steps.tobytes()).hexdigest()[:12]}"

    def to_bytes(self) -> bytes:
        file = io.BytesIO()
        np.savez(file, vectors=self.vectors.astype(np.float16), steps=self.steps, agents=self.agents)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> UrgencyHabit:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return cls(file["vectors"].astype(np.float32), file["steps"], file["agents"])


def _is_habit(moved: int, of: int) -> bool:
    return of >= FEWEST and (moved + 1) / (of + 2) >= SHARE
