"""What is known to have been right: only what a person settled or a customer confirmed.

A person's resolution says what the customer wanted, so any answer about another intent is known to be wrong. The
assistant's own resolution says nothing by itself; the customer's word on it does. Silence is no judgement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segue.domain.past import Ending, PastTurn
from segue.policy.guarantee import lower_bound, upper_bound

SURE = 0.95
"""Two-sided: the interval leaves out the truth in at most one of twenty cases."""
_CONFIRMED = frozenset({"confirmed", "durable", "verified"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """Answers about which something is known, and the exact interval of the share wrong (Clopper and Pearson 1934)."""

    answers: int
    judged: int
    wrong: int
    share: float | None
    """None where no answer of the kind was ever judged: then nothing is known, and nothing is claimed."""
    low: float | None
    high: float | None
    expected: float | None
    """Wrong ones among all `answers`, if those that nobody judged are like the judged ones."""
    expected_low: float | None
    expected_high: float | None
    taken_over: int = 0
    """Answers that were really given and after which people had to go on all the same: about the right matter or not,
    they did not help. Not counted as wrong, because nobody can know it of answers that were never given."""


def verdict(intent: str | None, ending: Ending | None) -> bool | None:
    """Whether an answer about `intent` was what that customer needed; None where nobody knows."""
    if ending is None or ending.intent is None or intent is None:
        return None
    if ending.is_by_person or ending.outcome in _CONFIRMED:
        return intent == ending.intent
    return False if ending.outcome == "reopened" and intent == ending.intent else None


def known(turn: PastTurn, ending: Ending | None) -> bool | None:
    """Whether the turn's answer was right: as people judged it, else by how the matter was settled."""
    if turn.judged is not None:
        return turn.judged
    return verdict(turn.answer.intent if turn.answer else None, ending)


def tell(verdicts: Iterable[bool | None]) -> Wrong:
    """`verdicts`: one for each answer."""
    told = list(verdicts)
    judged = [v for v in told if v is not None]
    n, k, answers = len(judged), judged.count(False), len(told)
    if not n:
        return Wrong(answers, 0, 0, None, None, None, None, None, None)
    low, high = interval(n, k)
    return Wrong(answers, n, k, k / n, low, high, answers * k / n, answers * low, answers * high)


def interval(cases: int, wrong: int, sure: float = SURE) -> tuple[float, float]:
    """Clopper-Pearson, two-sided."""
    each = 1.0 - (1.0 - sure) / 2.0
    return lower_bound(cases, wrong, each), upper_bound(cases, wrong, each)
