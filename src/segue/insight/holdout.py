"""What answering alone does, against chance: of what the assistant could answer, a random share went to people.

The one idea: the two sides differ in nothing but who answered, so what differs in how they ended is its doing.
Each rate has its interval, and so has the difference; while that holds nothing, nothing is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from segue.insight.calibration import interval
from segue.insight.figures import DURABLE
from segue.policy.settings import load
from segue.store.database import Database
from segue.store.holdout import DrawnEpisode, Holdout

Z = 1.959964
"""Both sides together 95 %."""


@dataclass(frozen=True, slots=True)
class Side:
    """What became of the episodes on one side."""

    episodes: int
    """All that chance put there."""
    of: int
    """Those that ended at least seven days ago: only of them it is known whether they lasted."""
    came_back: int
    """Reopened, or the same customer wrote about the same matter within seven days."""
    share: float | None
    low: float
    high: float
    hours: float | None
    """The median time from the message to the end."""


@dataclass(frozen=True, slots=True)
class Effect:
    """`difference`: the share that came back after the assistant's answers less the one after people's, with a 95 %
    interval (Newcombe 1998, from Wilson's intervals); None while one side has no episode that is over. `expected`: how
    many of all should have gone to people, by the share that was set at the time."""

    alone: Side
    people: Side
    expected: float
    difference: float | None
    low: float | None
    high: float | None

    @property
    def is_telling(self) -> bool:
        return self.low is not None and self.high is not None and not self.low <= 0.0 <= self.high


def effect(db: Database, since: datetime, now: datetime, lasting: timedelta = DURABLE) -> Effect | None:
    """What answering alone does, against the share that chance gave to people; None where no policy of the period held
    anything back."""
    found = tried(db, since, now, lasting)
    return compared(found) if found else None


def tried(db: Database, since: datetime, now: datetime, lasting: timedelta = DURABLE) -> list[DrawnEpisode]:
    """The episodes of both sides: those that were answered alone, and those that chance held back."""
    store = Holdout(db)
    versions = [version for version, body in store.policies() if load(body).evidence.holdout > 0]
    return store.tried(versions, since, now, lasting) if versions else []


def compared(both: Sequence[DrawnEpisode]) -> Effect:
    alone, people = (_side([t for t in both if t.is_held_out is held]) for held in (False, True))
    expected = round(sum(t.share for t in both), 2)
    if not alone.of or not people.of:
        return Effect(alone, people, expected, None, None, None)
    difference, low, high = newcombe(alone.came_back, alone.of, people.came_back, people.of)
    return Effect(alone, people, expected, round(difference, 4), round(low, 4), round(high, 4))


def _side(own: Sequence[DrawnEpisode]) -> Side:
    over = [t for t in own if t.is_over]
    back = sum(t.came_back for t in over)
    low, high = interval(len(over), back)
    share = round(back / len(over), 4) if over else None
    hours = [t.hours for t in over if t.hours is not None]
    return Side(
        len(own), len(over), back, share, round(low, 4), round(high, 4), round(median(hours), 2) if hours else None
    )


def newcombe(one: int, of_one: int, other: int, of_other: int) -> tuple[float, float, float]:
    """The difference of two shares, and its 95 % interval (Newcombe 1998, method 10)."""
    (p, l1, u1), (q, l2, u2) = _wilson(one, of_one), _wilson(other, of_other)
    return p - q, p - q - math.hypot(p - l1, u2 - q), p - q + math.hypot(u1 - p, q - l2)


def _wilson(count: int, of: int) -> tuple[float, float, float]:
    share, square = count / of, Z * Z
    middle, half = share + square / (2 * of), Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return share, (middle - half) / (1 + square / of), (middle + half) / (1 + square / of)
