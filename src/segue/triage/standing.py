"""Whether a message can stand alone.

The one idea: a message stands alone when it carries words of its own matter. "Still not working" leans on what was said
before; so do "and the other one?" and "I'd like to talk to a person", which says no matter (and is no question about
inviting one).
"""

from __future__ import annotations

from functools import cache

from segue.triage.phrasebook import book, phrases
from segue.triage.said import Said
from segue.triage.wish import words_of_a_wish

_A_SENTENCE = 6
_POINTING = frozenset({"it", "that", "this", "they", "them", "those", "these", "one", "ones"})


def stands_alone(said: Said) -> bool:
    """Whether the message can be read without the one before it: one word of a matter is enough, or two or three where
    it begins by leaning on what was said, tells what was done, or points."""
    return carried(said) >= _needed(said)


def carried(said: Said) -> int:
    """How many different words of the message name a matter."""
    nothing = carries_nothing() | words_of_a_wish(said)
    return len({w.text for w in said.words if w.text not in nothing and not w.text.isdigit()})


def _needed(said: Said) -> int:
    if phrases("standing", "reports").begin(said):
        return 3
    if phrases("standing").begin(said):
        return 2 if len(said.words) >= _A_SENTENCE else 3
    return 1 if said.vocabulary.isdisjoint(_POINTING) else 2


@cache
def carries_nothing() -> frozenset[str]:
    return frozenset(book("standing")["carries_nothing"].split())
