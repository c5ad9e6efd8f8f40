"""Acts: what a message asks to have done, and what an article tells how to do.

The one idea: "how do I delete an invoice?" and "how do I download an invoice?" lie close together for an encoder, and
yet the answer to one is none to the other. So the verb is looked at by itself, where it is one that says plainly what
is wanted: an article in which nobody does such a thing does not tell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from segue.knowledge.acts_german import asked_in_german, told_in_german

_WORD = re.compile(r"[a-zäöüß]+(?:'[a-z]+)?|[.!?:;\n]")
_LONG = 60
"""Words of a message that are looked at; a letter tells its matter otherwise."""
_ENDS = frozenset(".!?:;\n")
_ON_THE_WAY, _ASKING, _WE, _OPENERS, _POLITE, _WISHING, _NOT = (
    frozenset(words.split())
    for words in (
        "also just only please now best maybe then quickly easily simply somehow still actually",
        "do can could should would may might must shall",
        "i we you one somebody someone",
        "hi hello hey dear all team there ok so and but pls please",
        "pls please",
        "how want need like wish possible way able try trying have wanted tried where when",
        "not never without don't can't cannot won't didn't doesn't",
    )
)
"""Words before a verb that say whether it is asked for."""
_BEHIND = """
    my the a an this that these those our your his her their its it them us me all both every each some any one two
    three several multiple old new another
"""
_OBJECTS = frozenset(_BEHIND.split())
"""Words behind a verb at a line's beginning that tell it from a noun: "cancel my order", not "cancel button"."""
_TERSE = 5
"""Words of a line that may be an order without a word of asking: "delete account"."""
_NO_ORDER_WORDS = """
    button buttons link links option icon menu key keys page screen message request policy fee fees error errors failed
    fails failing not doesn't does didn't did don't isn't is are was were missing gone greyed grayed disabled conflict
    anytime why
"""
_NO_ORDER = frozenset(_NO_ORDER_WORDS.split())
"""Beside these it is the name of a thing, or of what goes wrong: "cancel button missing", "merge conflict"."""


def asked(text: str, sparing: bool = True) -> frozenset[str]:
    """The acts a message asks for, each by the first verb of its line. None where it asks for none of those known.
    `sparing`: what may be a noun, at a line's beginning, is none."""
    words = _words(text)
    known = _acts()
    found = {known[word] for n, word in enumerate(words) if word in known and _is_asked(words, n, sparing)}
    return frozenset(found.union(asked_in_german(words)))


def asked_at(text: str) -> list[str]:
    """The verbs, in English, by which the text asks for an act, as they stand there."""
    words = _words(text)
    return [word for n, word in enumerate(words) if word in _acts() and _is_asked(words, n, sparing=True)]


def told(text: str) -> frozenset[str]:
    """The acts of which an article speaks, in whatever form."""
    known, words = _forms(), _WORD.findall(text.lower())
    return frozenset(known[word] for word in words if word in known) | told_in_german(words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))[:_LONG]


def _is_asked(words: list[str], at: int, sparing: bool) -> bool:
    """Whether it is wished or asked for, and is not what somebody did, or does not want."""
    before = [word for word in words[max(0, at - 6) : at] if word not in _ON_THE_WAY]
    breath = before[max((n for n, word in enumerate(before) if word in _ENDS), default=-1) + 1 :]
    if not _NOT.isdisjoint(breath):
        return False
    if not breath or _OPENERS.issuperset(breath):
        is_plain = not _POLITE.isdisjoint(breath) or not _OBJECTS.isdisjoint(words[at + 1 : at + 2])
        return not sparing or is_plain or _is_terse(words, at)
    if breath[-1] == "to":
        return not _WISHING.isdisjoint(breath[-3:-1])
    return len(breath) > 1 and breath[-1] in _WE and breath[-2] in _ASKING


def _is_terse(words: list[str], at: int) -> bool:
    """An order in a few words, by a verb that is no noun: "delete account", not "print error"."""
    line = words[at + 1 : at + 1 + _TERSE]
    line = line[: next((n for n, word in enumerate(line) if word in _ENDS), len(line))]
    is_short = 0 < len(line) < _TERSE and words[at] not in _nouns()
    return is_short and line[0].isalpha() and _NO_ORDER.isdisjoint(line)


@cache
def _acts() -> Mapping[str, str]:
    """Each verb with the first of its line."""
    groups = [line.replace("*", "").split() for line in _lines()]
    return {verb: group[0] for group in groups for verb in group}


@cache
def _nouns() -> frozenset[str]:
    """Verbs that at a line's beginning may be another word as well: marked by a star."""
    return frozenset(word[:-1] for line in _lines() for word in line.split() if word.endswith("*"))


def _lines() -> list[str]:
    lines = (files("segue.knowledge") / "acts.txt").read_text("utf8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def _forms() -> Mapping[str, str]:
    return {form: act for verb, act in _acts().items() for form in _forms_of(verb)}


def _forms_of(verb: str) -> Iterator[str]:
    """As it may stand in an article: "removes", "removing", "removal"."""
    stem = verb.removesuffix("e")
    yield from (verb, f"{verb}s", f"{verb}es", f"{stem}ed", f"{stem}ing", f"{stem}er")
    yield from (f"{stem}al", f"{stem}als", f"{stem}ion", f"{stem}ions")
    yield from (f"{stem}{stem[-1]}ed", f"{stem}{stem[-1]}ing", f"{stem}ation", f"{stem}{stem[-1]}ation")
    if verb.endswith("y"):
        yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb[:-1]}ication")


def asked_in(texts: Iterable[str]) -> frozenset[str]:
    """The acts that any of the texts may ask for. What other customers wanted is read generously."""
    return frozenset(act for text in texts for act in asked(text, sparing=False))
