"""A desk that begins with nothing and learns while it works: what `segue measure stream` watches.

Each message is scored by what was learnt before it (prequential), then answered by the gate or handed to a person.
People resolve what they are handed, and judge a random tenth of what was answered alone; only that is learnt from.
Head, odds and gate are the product's own, fitted anew as cases come in: at first after every few, then after a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from segue.assistant.confidence import Odds
from segue.assistant.evidence import Evidence, Middles, weigh
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.ports import Vector
from segue.learning.gate import Gate, Records, set_gate
from segue.learning.odds import fit_odds
from segue.learning.pooling import Numbers
from segue.policy.sampling import Sampling
from segue.policy.settings.cells import Budget
from segue.triage.intents import Examples, IntentHead

FIRST, OFTEN, PART = 20, 100, 0.1
"""Cases before the first fit; then a fit after every tenth part of what came so far, at most OFTEN cases apart."""
HALF_LIFE = 3_000.0
RIDGE = 3.0
RECENT = 1_500
"""Answers by whose scores the sample for judging is laid out."""
JUDGED = 0.10
"""Share of what is answered alone that is judged."""
LESSONS = 5
"""Resolved cases an intent must have before it may be answered at all."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A message and what truly solves it; None: nothing the assistant has."""

    text: str
    vector: Vector
    truth: str | None
    is_past: bool = False
    """Resolved by people before the assistant came."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a message."""

    truth: str | None
    guess: str | None
    score: float
    is_answered: bool
    is_learnt: bool
    is_past: bool

    @property
    def is_right(self) -> bool:
        return self.guess is not None and self.guess == self.truth

    @property
    def is_wrong(self) -> bool:
        return self.is_answered and not self.is_right


@dataclass(frozen=True, slots=True)
class _Judged:
    number: int
    guess: str
    evidence: Evidence
    score: float | None
    """None: there was no model yet to say it."""
    is_right: bool
    weight: float
    is_past: bool


@dataclass
class Learner:
    budget: Budget
    rng: np.random.Generator
    naive: float | None = None
    """Instead of the gate: answer from this probability of the head on."""
    named: Examples | None = None
    """What is known of intents by name alone."""
    never: frozenset[str] = frozenset()
    """Intents that people always handle."""
    gate: Gate = field(init=False)
    head: IntentHead | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.gate = Gate(self.budget)
        self._middles: Middles | None = None
        self._odds: Odds | None = None
        self._sampling = Sampling()
        self._learnt: list[Arriving] = []
        self._lessons: dict[str, int] = {}
        self._judged: list[_Judged] = []
        self._answered: list[float] = []

    def run(self, stream: Sequence[Arriving], tell: Callable[[], object] = lambda: None) -> list[Seen]:
        """`tell` is called after each message."""
        seen, due = [], FIRST
        for number, message in enumerate(stream):
            seen.append(self._meet(number, message))
            if number + 1 >= due:
                self._fit(number)
                due = number + 1 + max(FIRST, min(OFTEN, int(PART * number)))
            tell()
        return seen

    def _meet(self, number: int, message: Arriving) -> Seen:
        if self.head is None or self._middles is None:
            self._learn(message)
            return Seen(message.truth, None, 0.0, False, True, message.is_past)
        reading = self.head.read(message.text, message.vector)
        guess = reading.intents[0]
        evidence = weigh(reading, message.text, message.vector, guess, self._middles)
        score = self._odds.of(evidence) if self._odds else None
        is_out = not message.is_past and self._lets_out(guess.intent, guess.probability, score)
        chance = self._sampling.chance(score, JUDGED) if is_out and score is not None else 1.0
        is_judged = not is_out or bool(self.rng.random() < chance)
        if is_judged:
            self._learn(message)
            right = guess.intent == message.truth
            self._judged.append(_Judged(number, guess.intent, evidence, score, right, 1.0 / chance, message.is_past))
        if is_out and score is not None:
            self._answered.append(score)
        return Seen(message.truth, guess.intent, score or 0.0, is_out, is_judged, message.is_past)

    def _lets_out(self, intent: str, probability: float, score: float | None) -> bool:
        if intent in self.never or self._lessons.get(intent, 0) < LESSONS:
            return False
        if self.naive is not None:
            return probability >= self.naive
        return score is not None and self.gate.lets_out(intent, score)

    def _learn(self, message: Arriving) -> None:
        if message.truth is not None:
            self._learnt.append(message)
            self._lessons[message.truth] = self._lessons.get(message.truth, 0) + 1

    # fitting

    def _fit(self, number: int) -> None:
        examples = Examples(
            tuple(m.text for m in self._learnt), np.stack([m.vector for m in self._learnt]),
            tuple(str(m.truth) for m in self._learnt),
        )  # fmt: skip
        named = self.named or examples.take([])
        wanted = sorted({*examples.intents, *named.intents})
        if len(wanted) < 2:
            return
        opened = frozenset(i for i in wanted if self.named is None or self._lessons.get(i, 0) >= LESSONS)
        catalogue = Catalogue((Category("all", "All"),), tuple(Intent(i, i, "all", i in opened) for i in wanted))
        self.head = IntentHead.fit(examples, named, catalogue, self.head)
        known = examples + named
        self._middles = Middles.of(known.vectors, known.intents, opened)
        self._weigh_up(number)

    def _weigh_up(self, number: int) -> None:
        judged = self._judged
        if len(judged) < FIRST:
            return
        right = np.array([j.is_right for j in judged])
        fresh = 0.5 ** ((number - np.array([j.number for j in judged])) / HALF_LIFE)
        counts = fresh * np.array([j.weight for j in judged])
        self._odds = fit_odds(np.array([j.evidence for j in judged], np.float64), right, counts, RIDGE)
        self._sampling = Sampling.over(self._answered[-RECENT:])
        self.gate = set_gate(self._records(), self.budget, number, self.gate)

    def _records(self) -> Records:
        """Past cases teach, but prove nothing: they were chosen, and none was about a matter unknown at launch."""
        scored = [j for j in self._judged if j.score is not None and j.guess not in self.never and not j.is_past]
        return Records(
            np.array([j.guess for j in scored], str),
            _numbers([j.score or 0.0 for j in scored]),
            np.array([j.is_right for j in scored], bool),
            _numbers([j.weight for j in scored]),
            _numbers([float(j.number) for j in scored]),
        )


def _numbers(values: Sequence[float]) -> Numbers:
    return np.array(values, np.float64)
