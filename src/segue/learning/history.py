"""Day 0: from past conversations to a head, a confidence, and a threshold that keeps the lead's error budget.

The history is rehearsed against heads that have not seen it (rehearsal), the confidence is fitted on what they made of
it, and the threshold is certified (proof) on chances that were, again, given by models that had not seen the case.
What the proof supposes is said in the report: the share of unknown matters, and that they are as near to the known
ones as the known ones are to each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from segue.assistant.confidence import CAUTION, FARED, POOLED, WORTH, Confidence, Numbers, Odds, Record, Stage
from segue.assistant.evidence import Evidence, Middles
from segue.domain.catalogue import Catalogue
from segue.learning.fared import fit_beside, records
from segue.learning.odds import crossed, fit_odds
from segue.learning.proof import FOREIGN_SHARE, Courses, Flags, RehearsedMessages, courses, expected_shares, walk
from segue.learning.rehearsal import Case, Kind, Said, middles_of, not_kin, rehearse, replies
from segue.learning.reliability import reliability
from segue.policy.guarantee import LADDER, Certificate, Tally, descend
from segue.policy.sampling import Sampling
from segue.policy.settings import Policy
from segue.triage.intents import Examples, IntentHead

FEWEST = 60
"""Known cases below which there is no confidence at all; the same for replies to a question."""
FEWEST_MISSES = 20
AFTER_A_MISS = -4.0
"""Log-odds for a second answer where there are too few misses to learn from: practically never."""
PICKS_WRONGLY = 0.1
"""Customers who pick one of two options though neither is theirs. Assumed, not measured."""


@dataclass(frozen=True, slots=True)
class Fitted:
    head: IntentHead
    confidence: Confidence | None
    """None where the history is too small to say anything."""
    report: Mapping[str, Any]
    """Plain JSON: cases, shares, and what the threshold promises."""


def fit(
    history: Examples, named: Examples, catalogue: Catalogue, policy: Policy, foreign: Examples,
    seed: int = 0, start: IntentHead | None = None,
) -> Fitted:  # fmt: skip
    """`named`: the encoded `named_texts`; `foreign`: the encoded `foreign_texts`, their intents left empty. Same input
    and seed, same result."""
    rng = np.random.default_rng(seed)
    head = IntentHead.fit(history, named, catalogue, start)
    if len(history) < FEWEST:
        return Fitted(head, None, {"head": head.version, "cases": len(history), "too_few": FEWEST})
    cases, temperature = rehearse(history, named, catalogue, not_kin(foreign, history), rng)
    head = head.cooled(temperature)
    if sum(case.kind is Kind.KNOWN for case in cases) < FEWEST:
        return Fitted(head, None, {"head": head.version, "cases": len(history), "too_few": FEWEST})
    return _Fitting(cases, catalogue, policy, rng).finish(head, middles_of(history, named, catalogue))


class _Fitting:
    """One fit's steps; each is reckoned when the next one asks for it."""

    def __init__(self, cases: Sequence[Case], catalogue: Catalogue, policy: Policy, rng: np.random.Generator) -> None:
        self.cases = cases
        self.policy = policy
        self.categories = tuple(dict.fromkeys(i.category_id for i in catalogue.intents if i.is_opened))
        self.routed = frozenset(c for c in self.categories if policy.cell(c, None, None).handling == "human")
        self.counts = expected_shares(cases, policy.unknown_share)
        self.groups = np.array([case.group for case in cases])
        self.matters = np.array([case.matter for case in cases])
        self.order = rng.permutation(len(cases))

    def finish(self, head: IntentHead, middles: Middles) -> Fitted:
        own = (c for c in self.categories if self.policy.budget_of(c) != self.policy.budget)
        proofs = {c: self._proof(c) for c in (POOLED, *own) if c not in self.routed}
        confidence = Confidence(
            middles=middles,
            stages={Stage.FIRST: self.first[0], Stage.ASKED: self.asked[0], Stage.ANSWERED: self._answered()},
            worth=self.worth[0],
            picked=self._picked(),
            certificates=proofs,
            categories=tuple(c for c in self.categories if c not in self.routed),
            head=head.version,
            record=self.record[0],
            sampling=self._sampling(proofs[POOLED].threshold),
            rehearsed=Counter(case.truth for case in self.cases if case.truth is not None),
        ).versioned()
        return Fitted(head, confidence, self._report(head, proofs[POOLED]))

    # the models

    @cached_property
    def first(self) -> tuple[Odds, RehearsedMessages]:
        """For a first message: the model, and how sure models were that had not seen the case."""
        return self._model({n: case.first for n, case in enumerate(self.cases)})

    @cached_property
    def replies(self) -> dict[int, Said]:
        """What would be replied to a question, where the policy allows one."""
        at = [n for n, case in enumerate(self.cases) if self._may_ask(case.first)]
        return dict(zip(at, replies([self.cases[n] for n in at]), strict=True))

    @cached_property
    def asked(self) -> tuple[Odds, RehearsedMessages]:
        """The same for a reply to a question."""
        if sum(said.evidence is not None for said in self.replies.values()) < FEWEST:
            nothing = np.zeros(len(self.cases))
            return self.first[0], RehearsedMessages(nothing, nothing, nothing > 0, nothing > 0)
        return self._model(self.replies)

    @cached_property
    def record(self) -> tuple[Record, Mapping[int, Record]]:
        """How categories fared with known matters, by all cases and, for each group, by those of the others."""
        at = np.array([n for n, c in enumerate(self.cases) if c.kind is Kind.KNOWN and c.first.guess is not None])
        said = [self.cases[n].first for n in at]
        if len(said) < FEWEST:
            return Record(), {}
        right = np.array([one.is_right for one in said])
        sure = crossed(_rows(said), right, self.counts[at], self.groups[at])
        return records(sure, [str(one.category) for one in said], right, self.groups[at], self.categories)

    def _model(self, said: Mapping[int, Said]) -> tuple[Odds, RehearsedMessages]:
        sure, careful, may, right = (np.zeros(len(self.cases), kind) for kind in (float, float, bool, bool))
        at = [n for n, one in said.items() if one.evidence is not None]
        right[at] = [said[n].is_right for n in at]
        rows, cautious = (self._rows(at, [said[n] for n in at], caution) for caution in (0.0, CAUTION))
        sure[at] = crossed(rows, right[at], self.counts[at], self.groups[at], fit_beside)
        careful[at] = crossed(rows, right[at], self.counts[at], self.groups[at], fit_beside, cautious)
        may[at] = [self._may_answer(said[n]) for n in at]
        told = RehearsedMessages(sure, np.minimum(careful, sure), may, right)
        return fit_beside(rows, right[at], self.counts[at]), told

    def _rows(self, at: Sequence[int], said: Sequence[Said], caution: float = 0.0) -> Numbers:
        """Evidence with how its category fared in the cases of other groups, so many standard deviations below."""
        rows = _rows(said)
        told = [self.record[1].get(int(self.groups[n]), Record()) for n in at]
        of = [str(one.category) for one in said]
        rows[:, FARED] = [r.effect(c) - caution * r.doubt(c) for r, c in zip(told, of, strict=True)]
        return rows

    @cached_property
    def start(self) -> float:
        """The threshold to rehearse with what comes after a question or an answer; the promised one comes last."""
        first = self.first[1]
        for step in LADDER[::-1]:
            out = first.may & (first.careful >= step)
            if self.counts[out & ~first.right].sum() <= self.policy.budget.wrong * self.counts[out].sum():
                return float(step)
        return float(LADDER[0])

    @cached_property
    def worth(self) -> tuple[Odds | None, Flags]:
        """How likely a question leads to a right answer, and in which cases it would be asked."""
        pays = np.zeros(len(self.cases), bool)
        at = [n for n in self.replies if self.first[1].careful[n] < self.start]
        if len(at) < FEWEST:
            return None, pays
        rows, then = self._rows(at, [self.cases[n].first for n in at]), self.asked[1]
        ends_well = (then.right & then.may & (then.careful >= self.start))[at]
        pays[at] = crossed(rows, ends_well, self.counts[at], self.groups[at]) >= WORTH
        return fit_odds(rows, ends_well, self.counts[at]), pays

    def _answered(self) -> Odds:
        """After an answer: half of the cases are back because it was wrong, half with something new."""
        first, pairs = self.first[1], list(self._back())
        if len(pairs) < FEWEST_MISSES:
            return Odds(self.first[0].weights, self.first[0].bias + AFTER_A_MISS)
        served = [self.cases[n].first for n in self.order if first.careful[n] >= self.start and first.right[n]]
        new = [(a, b) for a, b in zip(served, reversed(served), strict=True) if _is_other(a, b)]
        weights = [1.0] * len(pairs) + [len(pairs) / max(len(new), 1)] * len(new)
        rows = np.array([self._again(before, now) for before, now in (*pairs, *new)], np.float64)
        return fit_odds(rows, np.array([now.is_right for _, now in (*pairs, *new)]), np.array(weights))

    def _again(self, before: Said, now: Said) -> Evidence:
        assert now.evidence is not None
        fared = self.record[0].effect(str(now.category))
        return now.evidence._replace(again=float(now.vector @ before.vector), fared=fared)

    def _back(self) -> Iterator[tuple[Said, Said]]:
        """Wrong answers, each with what the customer writes then."""
        first = self.first[1]
        missed = first.may & (first.careful >= self.start) & ~first.right
        for case, is_miss in zip(self.cases, missed, strict=True):
            if is_miss and _is_other(case.first, case.mate):
                yield case.first, case.mate

    def _picked(self) -> float:
        """How often an option that was picked is right."""
        asked = self.worth[1]
        own = np.array([_is_offered(case) for case in self.cases], np.bool_)
        offered, not_offered = self.counts[asked & own].sum(), self.counts[asked & ~own].sum()
        return float((offered + 1) / (offered + PICKS_WRONGLY * not_offered + 2))

    # what the policy would do

    def _may_answer(self, said: Said) -> bool:
        return said.guess is not None and said.guess.category not in self.routed

    def _may_ask(self, said: Said) -> bool:
        asking, guess, rival = self.policy.asking, said.guess, said.rival
        if guess is None or rival is None or not asking.allowed or {guess.category, rival.category} & self.routed:
            return False
        gap, both = guess.probability - rival.probability, guess.probability + rival.probability
        return gap <= asking.margin and both >= asking.floor

    # what it proves

    def _proof(self, category: str) -> Certificate:
        budget = self.policy.budget_of(category or None)
        return descend(self.walk, budget.wrong, budget.sure)

    @cached_property
    def walk(self) -> tuple[Tally, ...]:
        return walk(self.first[1], self.asked[1], self.worth[1], self.matters, self.counts)

    def _sampling(self, threshold: float | None) -> Sampling:
        """Laid out over the answers that would go out at once."""
        first = self.first[1]
        out = first.may & (first.careful >= (2.0 if threshold is None else threshold))
        return Sampling.over(first.sure[out], self.counts[out])

    def _courses(self, threshold: float | None) -> Courses:
        step = 2.0 if threshold is None else threshold
        return courses(self.first[1], self.asked[1], self.worth[1], step)

    def _reliability(self) -> dict[str, Any]:
        """Of first messages, each said by a model that had not seen the case."""
        first = self.first[1]
        held = np.array([case.first.guess is not None for case in self.cases], np.bool_)
        return reliability(first.sure[held], first.right[held], self.counts[held])

    def _base_errors(self) -> dict[str, float]:
        """The share wrong if every first message were answered, by the category it would be answered in."""
        first, of = self.first[1], np.array([case.first.category or "" for case in self.cases])
        wrong = self.counts * ~first.right
        return {
            category: round(float(wrong[own].sum() / self.counts[own].sum()), 4)
            for category in self.categories
            if (own := (of == category) & first.may).any()
        }

    def _report(self, head: IntentHead, proof: Certificate) -> dict[str, Any]:
        went = self._courses(proof.threshold)
        kinds = np.array([case.kind for case in self.cases])
        known = [case.first for case in self.cases if case.kind is Kind.KNOWN and case.first.guess]
        by_kind = {
            kind.name.lower(): {
                "cases": int((kinds == kind).sum()),
                "answered": int(went.answered[kinds == kind].sum()),
                "wrong": int(went.wrong[kinds == kind].sum()),
                "asked": int(went.asked[kinds == kind].sum()),
            }
            for kind in Kind
        }
        return {
            "head": head.version,
            "temperature": round(head.temperature, 3),
            "intent_right": round(sum(said.is_right for said in known) / max(len(known), 1), 4),
            "certificate": asdict(proof),
            "walk": [[round(float(value), 6) for value in step] for step in self.walk],
            "reliability": self._reliability(),
            "base_errors": self._base_errors(),
            "rehearsed": by_kind,
            "supposes": {"unknown_share": self.policy.unknown_share, "foreign_share": FOREIGN_SHARE},
        }


def _rows(said: Sequence[Said]) -> Numbers:
    """Evidence as rows."""
    return np.array([one.evidence for one in said], np.float64).reshape(-1, len(Evidence._fields))


def _is_other(before: Said, now: Said) -> bool:
    """Whether `now` would be answered with something that was not said before."""
    return now.guess is not None and now.guess.intent != _intent(before)


def _is_offered(case: Case) -> bool:
    return case.truth in [guess.intent for guess in (case.first.guess, case.first.rival) if guess]


def _intent(said: Said) -> str | None:
    return said.guess.intent if said.guess else None
