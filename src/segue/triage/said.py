"""What the customer said, read once: every signal of a turn looks at the same words, and knows where each stands."""

from __future__ import annotations

import re
from collections.abc import KeysView, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST = 8_000
"""Characters read of one message; what stands behind them is not a signal any more."""

_WORD = re.compile(r"\w+(?:'\w+)*")
_STRAIGHT = str.maketrans("’‘‛´`“”„‟ \u00a0–—", "'''''\"\"\"\"  --")
_NEGATED = re.compile(
    r"(?:\b(?:not?|never|nor|without|isnt|arent|wasnt|dont|doesnt|didnt|hasnt|havent|cannot|hardly"
    r"|nicht|kein(?:e[mnrs]?)?|nie|niemals|ohne|weder)|n't)"
    r"(?:-|[^\S\r\n]+)(?:[\w']+(?:-|[^\S\r\n]+)){0,2}$"
)


class Word(NamedTuple):
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """`plain` is lower case with straight quotes and as long as `raw`, so a place in one is a place in the other."""

    raw: str
    plain: str
    words: tuple[Word, ...]
    places: Mapping[str, list[int]]
    """Where each word stands, as a place in `words`."""

    @property
    def vocabulary(self) -> KeysView[str]:
        return self.places.keys()

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, text: str) -> Said:
        """Kept for a while: every later turn looks back at the same messages, and many replies are the same article."""
        raw = text[:LONGEST]
        plain = _lower(raw.translate(_STRAIGHT))
        words = tuple(Word(m[0], m.start(), m.end()) for m in _WORD.finditer(plain))
        places: dict[str, list[int]] = {}
        for n, word in enumerate(words):
            places.setdefault(word.text, []).append(n)
        return cls(raw, plain, words, places)

    def quote(self, start: int, end: int) -> str:
        """The customer's own words between two places."""
        return " ".join(self.raw[start:end].split())

    def is_negated(self, start: int) -> bool:
        """Whether a "not", "never" or "without" stands up to two words before `start`, in the same breath:
        a line break or a dash between spaces ends it."""
        return _NEGATED.search(self.plain[max(0, start - 40) : start]) is not None


def _lower(text: str) -> str:
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
