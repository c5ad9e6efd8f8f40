"""Where to begin: the categories of a past, ranked by how much of it the assistant could take and how sure that is.

The one idea: a category is a good beginning where there is a lot of it, it is told apart from the others, and it is
plain. A ticket counts only where all of that holds, and the share is taken at the lower end of what it may be, so that
five lucky tickets do not outrank five hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from segue.domain.answer import AnswerKind
from segue.domain.assessment import Complexity, Urgency
from segue.domain.past import PastEpisode, PastTurn
from segue.policy.backtest.truth import known
from segue.policy.guarantee import lower_bound

SURE = 0.95
CALM = 0.6
"""Frustration from which on a message is not plain."""
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Beginning:
    """One category of the past; `None` in `category` are tickets of which nobody said what they were about."""

    category: str | None
    tickets: int
    a_month: float
    customers: int
    recognised: int
    """Of those whose matter people named: the first message alone was taken for this category."""
    plain: int
    """Recognised, and neither complex nor urgent nor heated, nor about what always goes to people."""
    least: float
    """The share of plain ones at the lower end, 95 % sure."""
    again: int
    """Customers who had written about it before."""
    would_answer: int
    right: int
    wrong: int
    """Of the would-be answers of now; the others nobody can judge."""
    minutes: float | None
    """The median of people's work, where it was noted."""
    examples: tuple[str, ...]
    """Conversations to read, plain ones first."""

    @property
    def worth(self) -> float:
        """Tickets a month that the assistant could take, at the lower end."""
        return self.a_month * self.least


def beginnings(episodes: Sequence[PastEpisode]) -> list[Beginning]:
    """The categories in the order in which it is best to begin; what nobody named comes last."""
    if not episodes:
        return []
    times = [e.turns[0].now for e in episodes]
    months = max((max(times) - min(times)) / timedelta(days=30.44), 1.0)
    by_category = defaultdict[str | None, list[PastEpisode]](list)
    for episode in episodes:
        by_category[episode.ending.category if episode.ending else None].append(episode)
    found = [_beginning(category, group, months) for category, group in by_category.items()]
    return sorted(found, key=lambda b: (b.category is None, -b.worth, -b.tickets, b.category or ""))


def _beginning(category: str | None, group: Sequence[PastEpisode], months: float) -> Beginning:
    firsts = [episode.turns[0] for episode in group]
    recognised = [t for t in firsts if category is not None and _category(t) == category]
    plain = [t for t in recognised if _is_plain(t)]
    first = [(turn, episode.ending) for episode in group for turn in episode.turns[:1] if _would_answer(turn)]
    judged = [known(turn, ending).is_right for turn, ending in first]
    minutes = [e.ending.minutes for e in group if e.ending and e.ending.minutes is not None]
    return Beginning(
        category=category,
        tickets=len(group),
        a_month=len(group) / months,
        customers=len({t.conversation.contact.id for t in firsts}),
        recognised=len(recognised),
        plain=len(plain),
        least=lower_bound(len(group), len(plain), SURE),
        again=sum(t.assessment.repeat is not None for t in firsts),
        would_answer=len(judged),
        right=judged.count(True),
        wrong=judged.count(False),
        minutes=median(minutes) if minutes else None,
        examples=tuple(t.conversation.id for t in [*plain, *firsts][:EXAMPLES]),
    )


def _category(turn: PastTurn) -> str | None:
    """What the first guess says; whether it is opened yet does not matter here."""
    guesses = turn.assessment.intents
    return guesses[0].category if guesses else None


def _is_plain(turn: PastTurn) -> bool:
    a = turn.assessment
    return not (
        a.complexity.value is Complexity.HIGH
        or a.urgency.value is Urgency.CRITICAL
        or a.frustration.value >= CALM
        or a.wish_for_person.value
        or a.topics
    )


def _would_answer(turn: PastTurn) -> bool:
    return turn.decision.would_go and turn.answer is not None and turn.answer.kind is AnswerKind.ANSWER
