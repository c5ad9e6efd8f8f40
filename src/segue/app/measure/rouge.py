"""ROUGE-1, -2 and -L (Lin 2004): how many words, word pairs and words in order a text shares with a reference."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")


def rouge(text: str, references: Sequence[str]) -> dict[str, float]:
    """F1 of each kind, against the reference that is nearest by that kind; words in lower case, no stemming."""
    own = _words(text)
    others = [_words(reference) for reference in references]
    return {
        "rouge_1": max((_shared(own, other, 1) for other in others), default=0.0),
        "rouge_2": max((_shared(own, other, 2) for other in others), default=0.0),
        "rouge_l": max((_in_order(own, other) for other in others), default=0.0),
    }


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _shared(own: Sequence[str], other: Sequence[str], length: int) -> float:
    mine, theirs = (Counter(tuple(w[n : n + length]) for n in range(len(w) - length + 1)) for w in (own, other))
    return _f1((mine & theirs).total(), mine.total(), theirs.total())


def _in_order(own: Sequence[str], other: Sequence[str]) -> float:
    """By the longest common subsequence of the whole texts."""
    row = [0] * (len(other) + 1)
    for word in own:
        before = 0
        for n, theirs in enumerate(other, 1):
            before, row[n] = row[n], before + 1 if word == theirs else max(row[n], row[n - 1])
    return _f1(row[-1], len(own), len(other))


def _f1(shared: int, own: int, other: int) -> float:
    return 2 * shared / (own + other) if own and other else 0.0
