"""What people say around names: what leads to one, what is a greeting, what only tells how things stand.

The one idea: the phrases stand in naming.txt, list by list, and code asks for a list by its name: as words or as a
pattern.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


def words(called: str) -> frozenset[str]:
    """A list's phrases, in small letters."""
    return frozenset(_lists()[called])


def beginnings(called: str) -> tuple[str, ...]:
    """A list's phrases, to ask whether a word begins with one."""
    return _lists()[called]


def any_of(called: str) -> str:
    """A list as a pattern: one of its phrases, of several that fit the longest, as a whole word."""
    phrases = sorted(_lists()[called], key=len, reverse=True)
    return rf"\b(?:{'|'.join(map(_as_pattern, phrases))})\b"


def _as_pattern(phrase: str) -> str:
    return r"\s".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split())


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    called = ""
    for line in (files("segue.knowledge") / "naming.txt").read_text("utf8").splitlines():
        if line.startswith("["):
            called = line.strip("[]")
            found[called] = ()
        elif line and not line.startswith("#"):
            found[called] += tuple(phrase.strip() for phrase in line.split(","))
    return found
