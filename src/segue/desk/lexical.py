"""Past cases that share the telling words of a message: for languages whose meaning nobody here can read.

The one idea: a word tells the more the fewer of the cases have it (inverse document frequency). Likeness is the share
of what the message tells that a case tells too, so that two messages are not alike because both are German.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from segue.desk.phrase_books import book
from segue.domain.knowledge import Resolution

SHARED = 0.3
"""Share of what a message tells from which on a case is like it."""
FEWEST = 2
"""Words that must be shared."""
MOST_WORDS = 60
STEM = 7
"""Letters of a word that count: "Bankverbindung" and "Bankverbindungen" are one."""


def like_in_words(text: str, cases: Sequence[Resolution]) -> list[Resolution]:
    """Those that are like it, the likest first; `cosine` is that share."""
    asked, told = _telling(text), [_telling(case.problem) for case in cases]
    times = Counter(word for words in told for word in words)
    weight = {word: math.log(1 + (len(cases) - times[word] + 0.5) / (times[word] + 0.5)) for word in asked}
    total = sum(weight.values()) or 1.0
    found = [
        replace(case, cosine=sum(weight[word] for word in shared) / total)
        for case, words in zip(cases, told, strict=True)
        if len(shared := asked & words) >= FEWEST
    ]
    return sorted((case for case in found if case.cosine >= SHARED), key=lambda case: -case.cosine)


def _telling(text: str) -> frozenset[str]:
    """Longer words and numbers, cut to their beginning, without those that stand in any message."""
    words = _WORD.findall(text.casefold())[:MOST_WORDS]
    return frozenset(word[:STEM] for word in words) - _COMMON


_WORD = re.compile(r"\w{4,}")
_TELL_NOTHING = (
    *book("de", "steps").words("common"),
    *book("de", "wanted").words("empty"),
    *book("en", "wanted").words("empty"),
)
_COMMON = frozenset(word[:STEM] for word in _TELL_NOTHING)
