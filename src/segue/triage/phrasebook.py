"""Phrase books: lines of words that mean something to a signal, found wherever they stand in a message.

The one idea: phrases are found by their first word. All books together hold thousands of lines, yet a message of forty
words costs forty dictionary look-ups, because a line is only tried where its first word stands. Ten thousand characters
of rant therefore cost no more per word than one polite question, and no line can backtrack far.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from segue.triage.said import Said

_MACRO = re.compile(r"\{([a-z_]+)\}")
_HEAD = re.compile(r"[\w']+")
_REPEATS = ("?", "*", "+")
_FEW = r"(?:[\w']+[\s,\-]+){0,3}?"


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of a phrase book that was met: its group and where."""

    group: str
    start: int
    end: int
    words: str


class Phrases:
    """A phrase book: groups of lines, a line being a pattern that begins with a plain word or (one|of|several).

    A space stands for any white space, comma or hyphen, ` ?` for perhaps one; `{few}` for up to three words in between;
    `{name}` for a word list of the book. Of the lines that begin with the same word the longest one that fits is taken.
    """

    def __init__(self, groups: Mapping[str, str], lists: Mapping[str, str] | None = None) -> None:
        self._lines: dict[str, list[tuple[str, str]]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        for group, text in groups.items():
            for line in _lines(text):
                for head, rest in _beginnings(_spelt_out(line, lists or {})):
                    self._lines.setdefault(head, []).append((group, rest))
        for head in self._lines:
            _books_by_head.setdefault(head, []).append(self)
        _openings.cache_clear()

    def find(self, said: Said) -> Sequence[Hit]:
        """Hits from left to right; a word inside one hit begins no other."""
        return _hits(self, said.raw)

    def look_for(self, said: Said) -> Iterator[Hit]:
        """The same, looked for now."""
        until = 0
        for place in _openings(said.raw).get(self, ()):
            word = said.words[place]
            if word.start < until:
                continue
            if match := self.pattern(word.text).match(said.plain, word.end):
                until = max(match.end(), word.end)
                group = (match.lastgroup or "").rstrip("0123456789")
                yield Hit(group, word.start, until, said.quote(word.start, until))

    def begin(self, said: Said) -> bool:
        """Whether a line stands at the very beginning."""
        first = said.words[0] if said.words else None
        return (
            first is not None
            and first.text in self._lines
            and bool(self.pattern(first.text).match(said.plain, first.end))
        )

    @property
    def heads(self) -> Collection[str]:
        return self._lines.keys()

    def pattern(self, head: str) -> re.Pattern[str]:
        """What may follow a first word; made when that word is first met, for all of them would take a second."""
        if head not in self._patterns:
            self._patterns[head] = _either(self._lines[head])
        return self._patterns[head]


_books_by_head: dict[str, list[Phrases]] = {}


@lru_cache(maxsize=64)
def _openings(raw: str) -> Mapping[Phrases, Sequence[int]]:
    """By book, the places of words that a line may begin with. All books are asked at once: a turn looks through ten,
    and each would have a dictionary of its own that the encoder has thrown out of the processor's cache."""
    found: dict[Phrases, list[int]] = {}
    for place, word in enumerate(Said.of(raw).words):
        for each in _books_by_head.get(word.text, ()):
            found.setdefault(each, []).append(place)
    return found


@lru_cache(maxsize=128)
def _hits(book: Phrases, raw: str) -> tuple[Hit, ...]:
    """Kept for a while: several signals ask one book, and what is found while a text is read is at hand afterwards."""
    return tuple(book.look_for(Said.of(raw)))


@cache
def book(name: str) -> Mapping[str, Any]:
    """One file of `phrases/`, read once a process."""
    text = (files(__package__) / "phrases" / f"{name}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


@cache
def phrases(name: str, part: str = "groups") -> Phrases:
    """The phrase book in `phrases/<name>.yaml`; a book may have several parts that share their word lists."""
    return Phrases(book(name)[part], book(name).get("lists"))


@cache
def listed(name: str) -> tuple[str, ...]:
    """The lines of `phrases/<name>.txt`."""
    return tuple(_lines((files(__package__) / "phrases" / f"{name}.txt").read_text("utf-8")))


def _lines(text: str) -> list[str]:
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def _spelt_out(line: str, lists: Mapping[str, str]) -> str:
    """Word lists put in; lists may name other lists."""
    while _MACRO.search(line):
        line = _MACRO.sub(lambda m: _FEW if m[1] == "few" else f"({lists[m[1]].strip()})", line)
    return line


def _beginnings(line: str) -> Iterator[tuple[str, str]]:
    """A line as (first word, what follows), once for each way it may begin."""
    ways, rest = _first_group(line) if line.startswith("(") else ([line], "")
    for way in ways:
        head = _HEAD.match(way)
        if head is None or rest[:1] in _REPEATS or (way + rest)[head.end() : head.end() + 1] in (*_REPEATS, "["):
            raise ValueError(
                f"The phrase {line!r} does not begin with a plain word. Begin it with one, or with (a|few)."
            )
        yield head[0], way[head.end() :] + rest


def _first_group(line: str) -> tuple[list[str], str]:
    """The ways inside the group a line begins with, and what stands behind it."""
    depth, ways = 0, [""]
    for place, letter in enumerate(line):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return ways, line[place + 1 :]
        if letter == "|" and depth == 1:
            ways.append("")
        elif place:
            ways[-1] += letter
    raise ValueError(f"The phrase {line!r} has a bracket that is never closed.")


def _either(lines: list[tuple[str, str]]) -> re.Pattern[str]:
    """One pattern for all that may follow a head; groups are numbered because a name may stand only once."""
    longest_first = sorted(lines, key=lambda line: -len(line[1]))
    ways = (f"(?P<{group}{n}>{_loose(rest)})" for n, (group, rest) in enumerate(longest_first))
    return re.compile(rf"(?:{'|'.join(ways)})(?!\w)")


def _loose(rest: str) -> str:
    return re.sub(r"\((?!\?)", "(?:", rest).replace(" ?", r"[\s,\-]*").replace(" ", r"[\s,\-]+")
