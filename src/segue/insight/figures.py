"""Honest figures: offered, contained, confirmed, assumed, durable, verified, reopened, handed over. Never one for all.

The one idea: each figure says of how many it is a share and how sure that is, and each names its conversations, so
that a reader can look at what was counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.policy.guarantee import lower_bound, upper_bound
from segue.store.database import Database
from segue.store.figured import MOST, Figured
from segue.store.outcomes import Episode
from segue.texts import N_

DURABLE = timedelta(days=7)
EPISODES = "episodes"
"""What all of them are counted under."""
EACH_SIDE = 0.975
"""Both bounds together hold 95 %."""

Test = Callable[[Episode, datetime], bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """`share` of `of` episodes, with a 95 % interval (Clopper and Pearson 1934); None where there are none."""

    name: str
    means: str
    count: int
    of: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """All figures of one category; `category` is empty for all together, "unknown" where nobody knew it."""

    category: str
    episodes: int
    figures: tuple[Figure, ...]


class Record:
    """The figures of a house, and what is behind each."""

    def __init__(self, db: Database, me: str | None = None) -> None:
        """As the agent `me` may see what is behind; everything, for None."""
        self._kept, self._me = Figured(db), me

    def standings(self, since: datetime, now: datetime) -> list[CategoryFigures]:
        """Of the episodes with a turn since then. Raises Unavailable while they are made for the first time."""
        return standings(self._kept.counted(since, now, DURABLE), now)

    def behind(
        self, name: str, since: datetime, now: datetime, category: str = "", limit: int = MOST
    ) -> tuple[list[str], int]:
        """The conversations that a figure counts, at most `limit`, and how many there are: the newest first for an
        agent, the oldest for a machine. Raises KeyError for a name that is none."""
        alike = behind(name, self._kept.counted(since, now, DURABLE), now, category)
        return self._kept.behind(alike, since, now, DURABLE, limit, self._me)


def standings(episodes: Sequence[Episode], now: datetime) -> list[CategoryFigures]:
    """All together first, then by category."""
    groups: dict[str, list[Episode]] = defaultdict(list)
    for episode in episodes:
        groups[episode.category or "unknown"].append(episode)
    whole = CategoryFigures("", _count(episodes), _figures(episodes, now))
    return [whole, *(CategoryFigures(name, _count(own), _figures(own, now)) for name, own in sorted(groups.items()))]


def behind(name: str, episodes: Iterable[Episode], now: datetime, category: str = "") -> list[Episode]:
    """The episodes that a figure counts. Raises KeyError for a name that is none."""
    counted = _all if name == EPISODES else FIGURES[name][1]
    return [e for e in episodes if counted(e, now) and category in ("", e.category or "unknown")]


def _figures(episodes: Sequence[Episode], now: datetime) -> tuple[Figure, ...]:
    return tuple(_figure(name, episodes, now) for name in FIGURES)


def _figure(name: str, episodes: Sequence[Episode], now: datetime) -> Figure:
    means, counted, among = FIGURES[name]
    base = [e for e in episodes if among(e, now)]
    count, of = _count(e for e in base if counted(e, now)), _count(base)
    share = round(count / of, 4) if of else None
    low, high = lower_bound(of, count, EACH_SIDE), upper_bound(of, count, EACH_SIDE)
    return Figure(name, means, count, of, share, round(low, 4), round(high, 4))


def _count(episodes: Iterable[Episode]) -> int:
    return sum(e.several for e in episodes)


def is_contained(e: Episode, now: datetime) -> bool:  # noqa: ARG001
    return e.is_offered and e.is_closed and not (e.has_person or e.is_handed_over)


def is_back(e: Episode, now: datetime) -> bool:  # noqa: ARG001
    return e.is_reopened or "returned" in e.sources


def is_over(e: Episode, now: datetime) -> bool:
    """Whether the episode was contained and its seven days have passed: only then is anything known about whether it
    lasts."""
    return is_contained(e, now) and e.answered_at is not None and now - e.answered_at >= DURABLE


def _has_lasted(e: Episode, now: datetime) -> bool:
    return is_over(e, now) and not is_back(e, now) and "customer_denied" not in e.sources


def _is_confirmed(e: Episode, now: datetime) -> bool:  # noqa: ARG001
    """The last word counts: a no after a yes is a no."""
    said = [s for s in e.sources if s.startswith("customer_")]
    return e.is_offered and bool(said) and said[-1] == "customer_confirmed"


def _is_assumed(e: Episode, now: datetime) -> bool:
    """Nothing but silence: who said something, or came back, leaves nothing to assume."""
    is_told = any(s.startswith("customer_") for s in e.sources)
    return e.is_offered and "silence" in e.sources and not (is_told or is_back(e, now))


def _all(e: Episode, now: datetime) -> bool:  # noqa: ARG001
    return True


def _offered(e: Episode, now: datetime) -> bool:  # noqa: ARG001
    return e.is_offered


FIGURES: dict[str, tuple[str, Test, Test]] = {
    "offered": (N_("the assistant gave an answer, of all"), _offered, _all),
    "contained": (N_("answered and closed without a person, of all"), is_contained, _all),
    "confirmed": (N_("the customer said that it is solved, of those answered"), _is_confirmed, _offered),
    "assumed": (N_("the customer fell silent and nothing else was heard, of those answered"), _is_assumed, _offered),
    "durable": (N_("no return with the same issue within 7 days, of those contained whose 7 days are over"),
                _has_lasted, is_over),
    "verified": (N_("judged right on a graded sample, of those graded"), lambda e, now: e.is_verified is True,
                 lambda e, now: e.is_verified is not None),
    "reopened": (N_("came back, of those contained"), is_back, is_contained),
    "handed_over": (N_("handed to a person, of all"), lambda e, now: e.is_handed_over, _all),
}  # fmt: skip
"""What each means, what it counts, and among which."""
