"""How busy a policy keeps people: what reaches them, spread over the hours in which somebody is there."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.policy.hours import open_spans
from segue.policy.settings.week import Hours


@dataclass(frozen=True, slots=True)
class Load:
    """Conversations that reach people. What comes while nobody is there waits for the next opening."""

    handed_over: int
    business_hours: float
    per_business_hour: float | None
    """None where nobody was there in the whole period."""
    busiest: int
    """The most that came up within one clock hour, and when that was."""
    busiest_at: datetime | None


def load(arrivals: Sequence[datetime], start: datetime, end: datetime, hours: Hours) -> Load:
    """`start` to `end` is the period; opening times are those of the policy in question."""
    spans = open_spans(start, end, hours)
    opened = sum((closes - opens for opens, closes in spans), timedelta()) / timedelta(hours=1)
    taken = Counter(_taken_up(at, spans).replace(minute=0, second=0, microsecond=0) for at in arrivals)
    busiest_at, busiest = max(taken.items(), key=lambda item: (item[1], -item[0].timestamp()), default=(None, 0))
    rate = len(arrivals) / opened if opened else None
    return Load(len(arrivals), round(opened, 2), rate, busiest, busiest_at)


def _taken_up(at: datetime, spans: Sequence[tuple[datetime, datetime]]) -> datetime:
    """`at` itself while open, else the next opening; what waits past the end of the period stays where it is."""
    place = bisect_right(spans, at, key=lambda span: span[0])
    if place and at < spans[place - 1][1]:
        return at
    return spans[place][0] if place < len(spans) else at
