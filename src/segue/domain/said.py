"""Whether a text says anything."""

from __future__ import annotations

from unicodedata import category

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe0e\ufe0f")
"""Letters and marks by their kind, and nothing to be seen by themselves."""
_KINDS = ("Cc", "Cf", "Zs", "Zl", "Zp")


def says_nothing(text: str) -> bool:
    """Whether there is nothing in it that anybody could see: blanks, control characters, what only joins or parts
    others."""
    return all(c in _BLANK or category(c) in _KINDS for c in text)
