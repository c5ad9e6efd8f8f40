"""Names of places, ways to pay, carriers, browsers and the like, and where they stand in a text.

The one idea: which names there are stands in names.txt, by kind, with what each is part of, so that Munich is known to
lie in Germany. A name that is a plain word as well ("edge", "visa") counts where it is written or stands like a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from segue.knowledge import naming

_TOKEN = re.compile(r"[^\W_]+(?:[&'’.][^\W_]+)*|[.!?:;,\n→>]")
ENDS = frozenset(".!?:;\n")
"""Of a sentence."""
_OWNING = re.compile(r"['’]s?$")
_LEADING = naming.words("leading")
_PASSED = naming.words("passed")
_PLURAL = 4
"""Letters of a name that may have an s behind it, one's own or of many."""
_STEM = 4
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
"""As it is typed where a keyboard lacks the letter."""


@dataclass(frozen=True)
class Thing:
    kind: str
    names: tuple[str, ...]
    parents: tuple[str, ...]
    """Names of what it is part of."""


class Met(NamedTuple):
    """A name among words: whose it is, where it begins, and of how many words it is."""

    thing: int
    start: int
    words: int
    is_plain: bool
    """Whether it is a plain word, too."""


class _Name(NamedTuple):
    words: tuple[str, ...]
    thing: int
    is_plain: bool


@dataclass
class Book:
    """All things, and the words by which an article speaks of a whole kind."""

    things: list[Thing] = field(default_factory=list)
    by_first: dict[str, list[_Name]] = field(default_factory=dict)
    """Under a name's first word, in small letters."""
    by_name: dict[str, int] = field(default_factory=dict)
    stems: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """Beginnings of words by which an article tells a thing, under their first letters."""
    whole: dict[str, re.Pattern[str]] = field(default_factory=dict)
    matter: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unless: dict[str, re.Pattern[str]] = field(default_factory=dict)
    titled: dict[str, frozenset[str]] = field(default_factory=dict)
    told: dict[str, frozenset[str]] = field(default_factory=dict)
    binds: dict[str, tuple[str, ...]] = field(default_factory=dict)


def words_of(text: str) -> list[str]:
    """As they are written, with the signs that end a sentence."""
    return _TOKEN.findall(text.replace("**", " ").replace("-", " "))


def small(text: str) -> list[str]:
    return [word.casefold() for word in words_of(text)]


def names_any(words: Sequence[str]) -> bool:
    """Whether a name may begin at one of these words in small letters: asked before all else, for most name nothing."""
    return not book().by_first.keys().isdisjoint(map(_bare, words))


def met_in(words: Sequence[str]) -> Iterator[Met]:
    """Names that stand among the words as they are written; of those that begin at one the longest."""
    by_first, bare, at = book().by_first, [_bare(word.casefold()) for word in words], 0
    while at < len(bare):
        fits = [name for name in by_first.get(bare[at], ()) if tuple(bare[at : at + len(name.words)]) == name.words]
        best = max(fits, key=lambda name: len(name.words), default=None)
        if best:
            yield Met(best.thing, at, len(best.words), best.is_plain)
        at += len(best.words) if best else 1


def told_by_stem(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The things that words in small letters tell, "deutsche" of Germany, each with where the word stands."""
    stems = book().stems
    return (
        (thing, at)
        for at, word in enumerate(words)
        for stem, thing in stems.get(word[:_STEM], ())
        if word.startswith(stem)
    )


def is_a_name(words: Sequence[str], met: Met) -> bool:
    """Whether it is no plain word there: by a capital where no sentence begins, or by a word that leads to it."""
    if not met.is_plain or is_led_to(words, met.start):
        return True
    word, is_first = words[met.start], met.start == 0 or words[met.start - 1] in ENDS
    return word[:1].isupper() and (not is_first or word.isupper())


def is_led_to(words: Sequence[str], start: int) -> bool:
    """Whether "to", "mit" or the like stands before it, with "the" or "der" between at most."""
    at = place_before(words, start)
    return at >= 0 and words[at].casefold() in _LEADING


def place_before(words: Sequence[str], start: int) -> int:
    """Of the word before it that is no "the" or "der"; -1 for none."""
    at = start - 1
    while at >= 0 and words[at].casefold() in _PASSED:
        at -= 1
    return at


def is_in_what_is_asked(words: Sequence[str], start: int) -> bool:
    """Whether its sentence asks, or none does: what stands in another sentence than the question is told by the way."""
    return "?" not in words or next((word for word in words[start:] if word in ENDS), "") == "?"


@cache
def above(thing: int) -> frozenset[int]:
    """All that it is part of."""
    by_name = book().by_name
    found: set[int] = set()
    left = [thing]
    while left:
        fresh = {by_name[name] for name in book().things[left.pop()].parents} - found
        found |= fresh
        left += fresh
    return frozenset(found)


def is_wide(thing: int) -> bool:
    """Whether it is a country, or more than one."""
    return not any(book().things[wide].parents for wide in above(thing))


@cache
def book() -> Book:
    found, kind = Book(), ""
    for line in (files("segue.knowledge") / "names.txt").read_text("utf8").splitlines():
        key, _, said = line.partition(": ")
        match key:
            case _ if not line or line.startswith("#"):
                continue
            case _ if line.startswith("["):
                kind = line.strip("[]")
            case "whole" | "unless":
                getattr(found, key)[kind] = _one_of(said)
            case "matter" | "binds":
                getattr(found, key)[kind] = tuple(said.split())
            case "titled" | "told":
                getattr(found, key)[kind] = frozenset(said.split())
            case _:
                _enter(found, kind, line)
    return found


def _one_of(said: str) -> re.Pattern[str]:
    phrases = (re.escape(" ".join(small(phrase))) for phrase in said.split(","))
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


def _enter(into: Book, kind: str, line: str) -> None:
    line, _, parents = line.partition(" < ")
    line, _, stems = line.partition(" ~ ")
    written, at = [name.strip() for name in line.split(",")], len(into.things)
    names = tuple(name.removeprefix("!") for name in written)
    into.things.append(Thing(kind, names, tuple(_parents(parents, into))))
    into.by_name |= {name.casefold(): at for name in names if name.casefold() not in into.by_name}
    for name in written:
        for form in sorted(_forms(name.removeprefix("!"))):
            into.by_first.setdefault(form[0], []).append(_Name(form, at, name.startswith("!")))
    for stem in stems.split():
        into.stems.setdefault(stem[:_STEM], []).append((stem, at))


def _forms(name: str) -> set[tuple[str, ...]]:
    words = tuple(_bare(word) for word in small(name))
    found = {words, tuple(word.translate(_PLAIN) for word in words)}
    if len(words) == 1 and len(words[0]) > _PLURAL and not words[0].endswith("s"):
        found |= {(f"{form[0]}s",) for form in found}
    return found


def _parents(said: str, known: Book) -> Iterator[str]:
    """Names of one word or of more: "EU Scandinavia", "North America"."""
    words = said.casefold().split()
    while words:
        n = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]) in known.by_name), 0)
        if not n:
            raise ValueError(f"No line above names {' '.join(words)}.")
        yield " ".join(words[:n])
        words = words[n:]


def _bare(word: str) -> str:
    """Without the sign of what is somebody's."""
    return _OWNING.sub("", word) if "'" in word or "’" in word else word
