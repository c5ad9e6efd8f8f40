"""What will come, and when: fixed beforehand, so that a slow house is not spared by its own slowness.

A closed loop waits for each answer before it asks again, and so asks least when it is slowest ("coordinated omission",
Tene 2013). Here every message has its due time, and its latency is counted from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from segue.domain.errors import Refused

FOLLOWS = 0.45
"""The share of messages that go on in a conversation already begun."""
SETTLED = 8.0
"""Seconds after which a conversation may be gone on with: the customer has read what was answered."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`accept_p99` and `reply_p95` are the bars, in seconds; None where another thing is asked."""

    name: str
    per_second: float
    seconds: float
    chats: int
    """Pages of customers that stay open and listen."""
    agents: int
    accept_p99: float
    reply_p95: float | None
    backlog: float = 300.0
    """Seconds after the last message within which nothing may wait any more."""


PROFILES = {
    "realistic": Profile("realistic", 5, 120, 400, 55, 0.1, 1.5),
    "extreme": Profile("extreme", 32, 120, 2_400, 300, 0.5, 5.0),
    "burst": Profile("burst", 300, 60, 5_000, 300, 2.0, None),
}

LADDERS = {
    "realistic": (5, 10, 20, 30, 40, 60, 80, 120, 160),
    "extreme": (8, 16, 24, 32, 48, 64),
    "burst": (20, 50, 100, 200, 300),
}
"""Messages a second that are tried one after the other, with the profile's pages and agents."""
MOST_DESKS = 1000
STEP = 30.0
"""Seconds for which each is tried, unless it is said otherwise."""


def profile_named(name: str, seconds: float | None = None) -> Profile:
    """Raises Refused for a name that is none."""
    if name not in PROFILES:
        raise Refused(f"There is no profile {name}.", f"Profiles are {', '.join(PROFILES)}.", "--profile")
    return replace(PROFILES[name], seconds=seconds or PROFILES[name].seconds)


def desks_named(numbers: str) -> tuple[int, ...]:
    """Of "1,5,55", how many desks are open one time after the other. Raises Refused for what is no such list."""
    try:
        several = tuple(int(number) for number in numbers.split(","))
    except ValueError:
        several = ()
    if not several or min(several) < 1 or max(several) > MOST_DESKS:
        raise Refused(
            f"{numbers} is no list of numbers of desks.", f"Write 1 to {MOST_DESKS}, as in 1,5,55.", "--desks"
        )
    return several


@dataclass(frozen=True, slots=True)
class Due:
    """One message: seconds after the start, its words, and which earlier one began its conversation (None: itself)."""

    at: float
    text: str
    begun_by: int | None


def arrivals(profile: Profile, texts: Sequence[str], seed: int) -> list[Due]:
    """A Poisson stream, in order of time; the same seed gives the same stream."""
    random = np.random.default_rng(seed)
    due, at, begun = list[Due](), 0.0, list[tuple[float, int]]()
    while (at := at + float(random.exponential(1 / profile.per_second))) < profile.seconds:
        settled = [n for begin, n in begun[-2_000:] if begin < at - SETTLED] if random.random() < FOLLOWS else []
        begun_by = settled[int(random.integers(len(settled)))] if settled else None
        if begun_by is None:
            begun.append((at, len(due)))
        due.append(Due(at, f"{texts[int(random.integers(len(texts)))]} ({len(due)})", begun_by))
    return due
