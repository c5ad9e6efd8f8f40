"""`segue measure selective`: the head learns from train, judged cases are those of cal, and test comes then.

Half of cal shapes the score: the calibrated probability that the best guess is right, with each category's own effect
by partial pooling (learning/pooling), some way to the careful side. The other half, which nothing was fitted to,
certifies one threshold for that score by Learn-then-Test; so the promise holds whatever the shape is worth. A category
is an intent here. Messages whose intent train does not know, or null, are wrong if answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.app.measure.given import rows_of
from segue.app.measure.heads import Labelled, head_of, read_plainly
from segue.app.measure.scores import rounded
from segue.assistant.confidence import Numbers, Odds
from segue.assistant.evidence import Middles, weigh
from segue.domain.errors import Refused
from segue.learning.odds import crossed, fit_odds
from segue.learning.pooling import Pool, pool
from segue.policy.guarantee import tail, threshold
from segue.policy.settings.cells import Budget

GROUPS = 5
"""Each category's effect is learnt from scores by models that have not seen the case's fifth."""
SURE = 0.95
CAUTION = 1.0
"""Standard deviations below what is known of a category's own effect."""
Flags = NDArray[np.bool_]


def run(train: str, cal: str, test: str, budget: float = 0.05, seed: int = 0) -> dict[str, Any]:
    """Fields text, intent. `violations` are the categories whose answers on test were wrong in more than the budget, at
    5 % each; `violations_certain` those that remain if it is taken into account how many were looked at (Holm)."""
    learnt, judged, coming = (Labelled.of(rows_of(named)) for named in (train, cal, test))
    known = learnt.take(learnt.is_known)
    if not known.texts:
        raise Refused(f"No row of {train} has an intent.", "Give labelled messages to learn from.")
    promise = Budget(wrong=budget, sure=SURE)
    guesses, out = _ours(known, judged, coming, promise, np.random.default_rng(seed))
    plain_guesses, plain_out = _plainly(known, judged, coming, promise)
    return {
        "train": len(known.texts),
        "cal": len(judged.texts),
        "test": len(coming.texts),
        "budget": budget,
        **figures(guesses, out, coming.wanted, budget),
        "baseline": {
            k: v for k, v in figures(plain_guesses, plain_out, coming.wanted, budget).items() if k != "categories"
        },
    }


def _ours(
    known: Labelled, judged: Labelled, coming: Labelled, budget: Budget, rng: np.random.Generator
) -> tuple[NDArray[np.str_], Flags]:
    head, labels = head_of(known), tuple(sorted({str(w) for w in known.wanted}))
    middles = Middles.of(known.vectors, [str(w) for w in known.wanted], frozenset(labels))
    tried, rows = _evidence(head, middles, judged)
    right, shapes = _is_right(tried, judged.wanted), rng.permutation(len(rows)) % 2 == 0
    score = Score.fit(rows[shapes], tried[shapes], right[shapes], labels, rng)
    proof = threshold(score.of(rows[~shapes], tried[~shapes]), ~right[~shapes], budget.wrong, budget.sure)
    guesses, then = _evidence(head, middles, coming)
    return guesses, score.of(then, guesses) >= (2.0 if proof.threshold is None else proof.threshold)


@dataclass(frozen=True, slots=True)
class Score:
    """How sure an answer may be: what speaks for it, and how its category has fared."""

    odds: Odds
    pool: Pool
    place: Mapping[str, int]

    @classmethod
    def fit(
        cls, rows: Numbers, guesses: NDArray[np.str_], right: Flags, labels: Sequence[str], rng: np.random.Generator
    ) -> Score:
        ones, groups = np.ones(len(rows)), rng.permutation(len(rows)) % GROUPS
        place = {label: n for n, label in enumerate(labels)}
        places = np.array([place[g] for g in guesses], np.int64)
        pooled = pool(crossed(rows, right, ones, groups), places, right, ones, len(labels))
        return cls(fit_odds(rows, right, ones), pooled, place)

    def of(self, rows: Numbers, guesses: NDArray[np.str_]) -> Numbers:
        scores, found = self.odds.of_all(rows), np.empty(len(rows))
        for guess in np.unique(guesses):
            own = guesses == guess
            found[own] = self.pool.cautious(scores[own], self.place[str(guess)], CAUTION)
        return found


def _evidence(head: Any, middles: Middles, asked: Labelled) -> tuple[NDArray[np.str_], Numbers]:
    """Best guesses and what speaks for them, as rows."""
    guesses, rows = [], []
    for text, vector in zip(asked.texts, asked.vectors, strict=True):
        reading = head.read(text, vector)
        guesses.append(reading.intents[0].intent)
        rows.append(weigh(reading, text, vector, reading.intents[0], middles))
    return np.array(guesses, str), np.array(rows, np.float64)


def _plainly(known: Labelled, judged: Labelled, coming: Labelled, budget: Budget) -> tuple[NDArray[np.str_], Flags]:
    """The baseline: TF-IDF's greatest probability, and one threshold for all by Learn-then-Test."""
    tried, then = read_plainly(known, judged), read_plainly(known, coming)
    proof = threshold(-tried.strange, ~tried.is_right(judged.wanted), budget.wrong, budget.sure)
    return then.guesses, -then.strange >= (2.0 if proof.threshold is None else proof.threshold)


def figures(
    guesses: NDArray[np.str_], out: Flags, wanted: Sequence[str | None], budget: float
) -> dict[str, Any]:  # fmt: skip
    right = _is_right(guesses, wanted)
    categories: dict[str, dict[str, Any]] = {}
    for category in sorted({*guesses.tolist()}):
        own = guesses == category
        n, k = int((own & out).sum()), int((own & out & ~right).sum())
        chance = _chance_of_more(n, k, budget)
        categories[category] = {
            "cases": int(own.sum()), "answered": n, "wrong": k, "coverage": rounded(n / int(own.sum())),
            "wrong_share": rounded(k / n) if n else None, "p": round(chance, 4),
        }  # fmt: skip
    chances: list[float] = sorted(c["p"] for c in categories.values())
    certain = next((n for n, p in enumerate(chances) if p > 0.05 / (len(chances) - n)), len(chances))
    return {
        "coverage": rounded(float(out.mean())),
        "wrong": rounded(float((out & ~right).sum() / max(int(out.sum()), 1))),
        "answered": int(out.sum()),
        "wrong_answers": int((out & ~right).sum()),
        "violations": sum(p < 0.05 for p in chances),
        "violations_certain": certain,
        "over_budget": [name for name, c in categories.items() if c["p"] < 0.05],
        "categories": categories,
    }


def _chance_of_more(answered: int, wrong: int, budget: float) -> float:
    """The chance of so many wrong answers or more, if each were wrong with the budget's probability."""
    return 1.0 - tail(answered, wrong - 1, budget) if wrong else 1.0


def _is_right(guesses: NDArray[np.str_], wanted: Sequence[str | None]) -> Flags:
    return np.array([g == w for g, w in zip(guesses, wanted, strict=True)], bool)
