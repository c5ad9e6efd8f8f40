"""What an act is done to: "delete a customer" is no matter of an article that tells how to remove a colleague.

The one idea: what can be deleted has no end, so nothing is concluded from a word that only this article lacks. A thing
that other articles of the house speak of, and neither this one beside the act nor anybody who wanted the same, is
another thing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from segue.knowledge.acts import asked_at, told

_WORD = re.compile(r"[a-zäöüß]+|[.!?:;,\n]")
_SENTENCE = re.compile(r"[^.!?\n]+")
_PASSED_WORDS = """
    my the a an this that these those our your his her their its all both every each some any one two three several
    multiple old new another single whole entire current existing unused wrong duplicate
"""
_PASSED = frozenset(_PASSED_WORDS.split())
_ENDS_WORDS = """
    . ! ? : ; , from for in on at by with to of off into after before without when while if because so and or but then
    i we you that which who whom whose it them us me please again now there here than as via through until since is are
    was were somebody someone
"""
_ENDS = frozenset(_ENDS_WORDS.split())
_LONGEST = 3
_PERSONS_WORDS = """
    person people somebody someone colleague employee user member teammate coworker staff worker freelancer intern
    contractor admin administrator owner manager boss guy woman man lady him her accountant advisor adviser viewer
"""
_PERSONS = frozenset(_PERSONS_WORDS.split())
"""Whom one article calls a person another message calls a colleague."""
_COMMON = 2
"""Other articles that must speak of a thing, for it to be one of the house."""


def acted_on(text: str) -> frozenset[str]:
    """The nouns behind the acts a message asks for, in the singular; none where they are only pointed at."""
    words = _WORD.findall(text.lower())
    found = (noun for at in asked_at(text) for noun in _behind(words, at))
    return frozenset(_one(noun) for noun in found)


def told_of(text: str) -> frozenset[str]:
    """The words of those sentences of an article that speak of an act, in the singular."""
    return frozenset(word for part in _SENTENCE.findall(text) if told(part) for word in words_of(part))


def words_of(text: str) -> frozenset[str]:
    return frozenset(_one(word) for word in _WORD.findall(text.lower()))


def things_in(articles: Iterable[str]) -> Counter[str]:
    """In how many of the articles each word stands."""
    return Counter(word for text in articles for word in words_of(text))


def is_another_thing(nouns: frozenset[str], known: frozenset[str], elsewhere: Counter[str]) -> bool:
    """Whether the message acts on a thing that other articles speak of and for which this one does not tell the act.
    `known`: the nouns of this article and of others who wanted the same; `elsewhere`: in how many other articles each
    word stands."""
    if not nouns or nouns & known or (nouns & _PERSONS and known & _PERSONS):
        return False
    return any(elsewhere[noun] >= _COMMON for noun in nouns)


def _behind(words: list[str], verb: str) -> list[str]:
    """The nouns behind the first place of a verb."""
    behind = words[words.index(verb) + 1 :] if verb in words else []
    start = next((n for n, word in enumerate(behind) if word not in _PASSED), len(behind))
    nouns = behind[start : start + _LONGEST]
    return nouns[: next((n for n, word in enumerate(nouns) if word in _ENDS), len(nouns))]


def _one(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
