"""Topics the policy watches: legal, security, privacy, cancellation, and whatever a team adds.

The patterns are the policy's. The one idea here: nearly every message speaks of none of them, and a look whether the
letters a pattern cannot do without are there at all ("lawyer", "suicid") costs a hundredth of searching for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Protocol

from segue.domain.assessment import TopicFlag
from segue.triage.said import Said

_QUOTED = 3
_TELLING = 3
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class Watched(Protocol):
    """One pattern of a topic; `rule` is the name people know it by."""

    @property
    def topic(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def pattern(self) -> re.Pattern[str]: ...


class Topics:
    def __init__(self, watched: Iterable[Watched]) -> None:
        self._watched = tuple((each, needed(each.pattern)) for each in watched)

    def flags(self, said: Said) -> tuple[TopicFlag, ...]:
        """One flag for each pattern that met the words, with the words as they were written."""
        likely = [w for w, letters in self._watched if not letters or any(map(said.plain.__contains__, letters))]
        flags = (TopicFlag(each.topic, each.rule, _words(said, each.pattern)) for each in likely)
        return tuple(flag for flag in flags if flag.words)


@lru_cache(512)
def needed(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Strings in lower case of which at least one stands in every text that the pattern meets; () where that cannot be
    told."""
    return tuple(sorted(_needed(_parser.parse(pattern.pattern, pattern.flags)) or ()))


def _needed(parsed: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """Of all that must stand in a row, the part that tells most: whose shortest way is the longest."""
    found, row = [], ""
    for op, given in (*parsed, ("END", None)):
        if str(op) == "LITERAL":
            row += chr(given).lower()
            continue
        found += [frozenset({row})] if len(row) >= _TELLING else []
        row = ""
        found += [inner] if (inner := _needed_inside(str(op), given)) else []
    return max(found, key=lambda ways: min(map(len, ways)), default=None)


def _needed_inside(op: str, given: Any) -> frozenset[str] | None:
    if op == "BRANCH":
        ways = [_needed(branch) for branch in given[1]]
        return None if None in ways else frozenset().union(*(way for way in ways if way))
    if op in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _needed(given[-1] if op == "SUBPATTERN" else given)
    return _needed(given[2]) if op in _REPEATS and given[0] else None


def _words(said: Said, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Patterns meet the message in lower case with straight quotes; quoted is what the customer typed."""
    found = (said.quote(m.start(), m.end()) for m in pattern.finditer(said.plain))
    return tuple(dict.fromkeys(word for word in found if word))[:_QUOTED]
