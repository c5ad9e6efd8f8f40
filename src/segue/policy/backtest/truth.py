"""What is known to have been right: only what a person settled or a customer confirmed.

A person's resolution says what the customer wanted, so any answer about another intent is known to be wrong. The
assistant's own resolution says nothing by itself; the customer's word on it does. Silence is no judgement.

What is known is no fair share of what there is, and not the same one everywhere. Of answers that were not given nearly
all is known, from the people who resolved it; of those that were given little is, and mostly of what went wrong. So
each of the two is reckoned from its own, and what was given from what chance drew, where that was graded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segue.domain.past import Ending, PastTurn
from segue.policy.guarantee import lower_bound, upper_bound

SURE = 0.95
"""Two-sided: the interval leaves out the truth in at most one of twenty cases."""
_CONFIRMED = frozenset({"confirmed", "durable", "verified"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """Answers, and how many of them are wrong: as far as it is known, and as it is to be expected of all."""

    answers: int
    judged: int
    wrong: int
    """Of the `judged`, about which something is known."""
    share: float | None
    """That is to be expected of all `answers`, from `low` to `high`. None where of the given ones, or of the others,
    none was ever judged by anybody who did not pick it: then nothing is known, and nothing is claimed."""
    low: float | None
    high: float | None
    expected: float | None
    """Wrong ones among all `answers`, if those that nobody judged are like the judged ones of their kind."""
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one answer. `drawn` and `is_marked`: as in `PastTurn`."""

    is_right: bool | None
    was_given: bool = False
    drawn: float | None = None
    is_marked: bool = False


def known(turn: PastTurn, ending: Ending | None) -> Known:
    """Whether the turn's answer was right: as people judged it, else by how the matter was settled."""
    if turn.judged is not None:
        return Known(turn.judged, turn.was_given, turn.drawn, turn.is_marked)
    return Known(verdict(turn.answer.intent if turn.answer else None, ending), turn.was_given)


def tell(answers: Iterable[Known]) -> Wrong:
    """`answers`: those that were given, and those that would be."""
    told = list(answers)
    judged = [one.is_right for one in told if one.is_right is not None]
    counts = len(told), len(judged), judged.count(False)
    kinds = [of for of in ([a for a in told if a.was_given], [a for a in told if not a.was_given]) if of]
    # each leaves the truth out more seldom, so that together they do as seldom as one alone
    found = [_expected(of, 1.0 - (1.0 - SURE) / len(kinds)) for of in kinds]
    sums = [sum(part) for part in zip(*(of for of in found if of is not None), strict=True)]
    if not sums or None in found:
        return Wrong(*counts, None, None, None, None, None, None)
    return Wrong(*counts, *(part / len(told) for part in sums), *sums)


def _expected(kind: Sequence[Known], sure: float) -> tuple[float, float, float] | None:
    """Of answers of one kind how many are wrong, and the interval; None where nothing fair is known of them. What was
    drawn more readily stands for fewer others; those that were graded tell as much as `worth` that were drawn alike."""
    fair = [one for one in kind if one.is_right is not None and not (one.was_given and one.is_marked)]
    drawn = [one for one in fair if one.was_given and one.drawn]
    weights = [(1.0 / one.drawn if one.drawn else 1.0, not one.is_right) for one in drawn or fair]
    total = sum(weight for weight, _ in weights)
    if not total:
        return None
    share = sum(weight for weight, is_wrong in weights if is_wrong) / total
    worth = round(total**2 / sum(weight**2 for weight, _ in weights))
    low, high = interval(worth, round(share * worth), sure)
    return tuple(len(kind) * part for part in (share, min(low, share), max(high, share)))  # type: ignore[return-value]


def interval(cases: int, wrong: int, sure: float = SURE) -> tuple[float, float]:
    """Clopper-Pearson, two-sided."""
    each = 1.0 - (1.0 - sure) / 2.0
    return lower_bound(cases, wrong, each), upper_bound(cases, wrong, each)
