"""What of ours is English on a page that speaks another language: the catalogue's own sentences, whole or with
something filled in, and the pieces between the tags that stand in one. What people wrote is left out."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

from segue.domain import buttons
from segue.texts import source
from segue.texts.po import parsed

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NO_TEXT = {"script", "style", "template"}
TYPED = {"prose", "typed", "asked"}
"""Classes of what people wrote, in whatever language."""
NAMES = ("aria-label", "title", "placeholder", "data-said", "alt")
LEAST = 4
"""Letters without which a text tells no language."""
ENOUGH = 12
"""The same where something is filled in: *Invite %(name)s* is what somebody called an article, too."""
GAP = "\0"
_FILLED = re.compile(r"%\(\w+\)[sd]")


class _Reading(HTMLParser):
    """Every text and every name of a page, as one reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.language = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def _says(self, text: str) -> None:
        if words := " ".join(text.split()):
            self.found.append(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.language = self.language or given.get("lang") or ""
        classes = set((given.get("class") or "").split())
        is_ours = not (self._open and not self._open[-1][1]) and tag not in (*NO_TEXT, "code")
        is_ours = is_ours and not classes & TYPED and given.get("lang") != "en"
        if tag not in EMPTY:
            self._open.append((tag, is_ours))
        if is_ours:
            for name in NAMES:
                self._says(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1][1]:
            self._says(data)


def language_of(html: str) -> str:
    return _Reading(html).language


def english_in(html: str) -> set[str]:
    """Texts of ours that are shown in English. What a button wrote for a customer is the customer's."""
    return {text for text in _Reading(html).found if is_english(text)}


@cache
def is_english(text: str) -> bool:
    exact, filled = _catalogue()
    if text in (buttons.WISH, buttons.SOLVED, buttons.NOT_SOLVED):
        return False
    return text in exact or any(sign in text and whole.fullmatch(text) for sign, whole in filled)


@cache
def _catalogue() -> tuple[frozenset[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """What is English alone: as it stands; and where something is filled in, its longest piece and all of it. What is a
    German text, too, is not: of another meaning, or because the word is the same."""
    entries = [entry for entry in parsed(source("de")) if entry.id]
    german = {piece for e in entries for text in e.strings for piece in _pieces(text)}
    english = {piece for e in entries for text in (e.id, e.plural) for piece in _pieces(text)} - german
    filled = [piece for piece in english if GAP in piece and _letters(piece) >= ENOUGH]
    patterns = ((max(one.split(GAP), key=len), re.compile(re.escape(one).replace(GAP, ".+"))) for one in filled)
    return frozenset(piece for piece in english if GAP not in piece), tuple(patterns)


def _pieces(text: str) -> list[str]:
    """What stands between its tags, with a mark in place of what is filled in."""
    found = [" ".join(_FILLED.sub(GAP, piece).split()) for piece in re.split(r"<[^>]+>", text)]
    return [piece for piece in found if _letters(piece) >= LEAST]


def _letters(text: str) -> int:
    return sum(letter.isalpha() for letter in text)
