"""How complex a matter is: simple, moderate or high, with the drivers in plain words.

The one idea: points. Each kind of thing that costs a person effort (several matters, a story with many parties and
dates, facts that contradict each other, turns already spent, a meaning that stays unclear) brings some, and the
drivers shown are those that brought most. Weights and marks are data: phrases/complexity.yaml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from segue.domain.assessment import Complexity, Signal
from segue.triage.effort import EffortFit
from segue.triage.phrasebook import Hit, book, phrases
from segue.triage.said import Said

_LISTED = re.compile(r"(?m)^\s{0,8}(?:\d{1,2}[.)]|[-*•])\s")
_EVERYDAY_WORDS = 20
_LIKELY = 0.2
_SPREAD = 2.0
_NEW = 0.97
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beyond the words: facts picked out, customer turns so far, and what the intent reading says."""

    facts: int = 0
    turns: int = 1
    likely: tuple[float, ...] = ()
    entropy: float = 0.0
    """In nats: 0 is one meaning, 2 are seven equal ones."""
    novelty: float = 0.0
    matters: int = 0
    """Told apart by what they want (matters.py); 0 where there is one."""


def complexity(
    said: Said, around: Around, fitted: EffortFit | None = None
) -> tuple[Signal[Complexity], tuple[str, ...]]:
    """The tier, and its drivers, the weightiest first. `fitted`: what drivers cost here (effort.py), else the rule."""
    hits = tuple(phrases("complexity").find(said))
    points = _points(_all_counted(said, hits, around))
    points = fitted.weighed(points) if fitted else points
    total = sum(points.values())
    marks: Mapping[str, float] = fitted.marks if fitted else book("complexity")["marks"]
    tier = (
        Complexity.HIGH
        if total >= marks["high"]
        else Complexity.MODERATE
        if total >= marks["moderate"]
        else Complexity.SIMPLE
    )
    drivers = () if tier is Complexity.SIMPLE else _drivers(points)
    return Signal(tier, _sureness(total, marks), _words(hits), marks.get(str(tier))), drivers


def points_of(said: Said, around: Around) -> dict[str, float]:
    """The rule's points by kind of driver."""
    return _points(_all_counted(said, tuple(phrases("complexity").find(said)), around))


def kinds() -> tuple[str, ...]:
    return tuple(book("complexity")["points"])


def _all_counted(said: Said, hits: Sequence[Hit], around: Around) -> Counter[str]:
    """Matters are counted by the words that announce them or by what they want, whichever finds more."""
    counts = Counter(hit.group for hit in hits)
    counts["matter"] = max(counts["matter"] + max(0, len(_LISTED.findall(said.plain)) - 1), around.matters - 1)
    counts["question"] = said.plain.count("?") - said.plain.count("??") - 1
    counts["long"] = len(said.words) - _EVERYDAY_WORDS
    counts["past"] = sum(len(places) for word, places in said.places.items() if _is_past(word)) - 1
    counts["fact"] = around.facts - 1
    counts["turn"] = around.turns - 2
    counts["meaning"] = sum(p > _LIKELY for p in around.likely) - 1
    counts["unsure"] = int(around.entropy > _SPREAD)
    counts["new"] = int(around.novelty > _NEW)
    return counts


def _points(counts: Mapping[str, int]) -> dict[str, float]:
    worth: Mapping[str, list[float]] = book("complexity")["points"]
    return {kind: min(worth[kind][0] * n, worth[kind][1]) for kind, n in counts.items() if n > 0}


def _drivers(points: Mapping[str, float]) -> tuple[str, ...]:
    said: Mapping[str, str] = book("complexity")["said"]
    return tuple(said[kind] for kind in sorted(points, key=lambda kind: -points[kind])[:_SHOWN])


def _sureness(total: float, marks: Mapping[str, float]) -> float:
    """Less sure near a mark."""
    distance = min(abs(total - mark) for mark in marks.values())
    return round(0.55 + 0.4 * min(1.0, distance / max(0.01, marks["high"] - marks["moderate"])), 2)


def _words(hits: Sequence[Hit]) -> tuple[str, ...]:
    telling = (hit.words for hit in hits if hit.group in ("matter", "grievance", "contradiction"))
    return tuple(dict.fromkeys(telling))[:_SHOWN]


def _is_past(word: str) -> bool:
    return (word.endswith("ed") and len(word) > 4) or word in _irregular()


@cache
def _irregular() -> frozenset[str]:
    return frozenset(book("complexity")["past"].split())
