"""The desk's phrase books: what people say, one folder of `phrases/` a language, written for whoever speaks it.

The one idea: a phrase is words. A book holds them in named sections, beside each other with commas or one a line; the
code that reads messages only says how sections stand together. In a phrase

    (a|b)               is either of them
    ?                   says that the letter or the bracket before it may be missing
    *                   is any ending, also none; _ is any word, or letters inside one, ___ at least three of them
    '                   is ’ too
    {name}              is another section of the book
    see <before a|an>   counts only where that follows; ran<not before into> only where it does not
    <after and>checked  counts only where that stands before; <not after new|new->version where neither does

Behind a word that touches the sign a space is meant: "ran<not before into>" is no "ran into", and goes as far as "ran".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import yaml

_TOKEN = re.compile(
    r"\{(?P<name>\w+)\}|(?P<space> ?)<(?P<no>not )?(?P<where>before|after) (?P<what>[^>]*)>"
    r"|(?P<any>_+)|(?P<sign>[()|?*'])|(?P<letter>.)"
)
_SIGNS = {"(": "(?:", "*": r"\w*", "'": "['’]"}


class Ways(str):
    """A pattern for any of several, which also knows them one by one."""

    ways: tuple[str, ...]


class Book:
    """One file. `book[section]` is a pattern for any of its phrases."""

    def __init__(self, sections: Mapping[str, str]) -> None:
        self._sections = sections

    def __getitem__(self, section: str) -> Ways:
        return either(*map(self._pattern, self.phrases(section)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._sections)

    def phrases(self, section: str) -> list[str]:
        """As they are written."""
        return [phrase for part in re.split(r"[,\n]", self._sections[section]) if (phrase := part.strip())]

    def words(self, section: str) -> list[str]:
        """Of a section of single words, with spaces between them."""
        return self._sections[section].split()

    def _pattern(self, phrase: str) -> str:
        return "".join(self._spelt(token) for token in _TOKEN.finditer(phrase))

    def _spelt(self, token: re.Match[str]) -> str:
        if token["name"]:
            return self[token["name"]]
        if token["where"] == "after":
            return token["space"] + _after(token["what"], bool(token["no"]))
        if token["where"]:
            beside = rf"{'!' if token['no'] else '='}{'' if token['space'] else ' '}"
            return rf"{token['space']}(?{beside}(?:{self._pattern(token['what'])})\b)"
        if token["any"]:
            return rf"\w{{{len(token['any'])},}}"
        return _SIGNS.get(token["sign"], token["sign"]) if token["sign"] else re.escape(token["letter"])


@cache
def book(language: str, name: str) -> Book:
    """`phrases/<language>/<name>.yaml`, read once a process."""
    text = (files(__package__) / "phrases" / language / f"{name}.yaml").read_text("utf-8")
    return Book(yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader)))


def shared(name: str) -> Iterator[tuple[str, list[Book]]]:
    """The sections of a book that says the same things in each language: their names, and the books that have them."""
    english, german = book("en", name), book("de", name)
    return ((section, [english, german] if section in german else [english]) for section in english)


def either(*patterns: str) -> Ways:
    """All ways side by side: a choice within a choice is looked through more slowly."""
    ways = tuple(way for pattern in patterns for way in (pattern.ways if isinstance(pattern, Ways) else (pattern,)))
    found = Ways(f"(?:{'|'.join(ways)})")
    found.ways = ways
    return found


def whole(*patterns: str) -> re.Pattern[str]:
    """Any of them, as whole words, in small letters or capitals."""
    return re.compile(rf"\b{either(*patterns)}\b", re.I)


def _after(what: str, is_not: bool) -> str:
    """A look behind has to know its length, so each word has its own."""
    words = [re.escape(word if word.endswith("-") else word + " ") for word in what.split("|")]
    return "".join(f"(?<!{word})" for word in words) if is_not else either(*(f"(?<={word})" for word in words))
