"""Slips of the finger, mended before a message is read for its matter: "reste my pasword" is about a password.

The one idea: a word is only touched where nobody knows it, neither the language (the encoder reads it whole) nor this
workspace (its own past has it often), and only towards a word that this workspace's customers use, one slip away. So
names, codes, links, what is written large and what is merely rare stay as they are, and a message without an unknown
word costs a look-up a word. Only meaning is read so: what is quoted, noted down and listened to for a wish is what the
customer typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

OFTEN = 3
"""Past messages of the workspace in which a word must stand to be known, and to be mended to."""
SHORTEST = 4
LONGEST = 24
_WORD = re.compile(r"(?<![\w@./\\#&'’_+-])([A-Za-z][a-z]{3,23})(?![\w@/\\#&_+-]|[.'’]\w)")
_VERBS = "was were is are do does did has have had could would should ca wo must need might"
_JOINED = frozenset(f"{verb}nt" for verb in _VERBS.split())
"""Written so by whoever spares the stroke; everybody knows them."""
_BEGINS = re.compile(r"(?:^|[.!?:\n…]\s*)$")


class Spelling:
    """`own`: in how many past messages each word stood; `language`: words known beside them. Without the latter nothing
    is mended: then any word could be one."""

    def __init__(self, own: Mapping[str, int], language: Collection[str]) -> None:
        self._own = {word: n for word, n in own.items() if n >= OFTEN}
        self._language = language
        self._last = ("", "")

    def mended(self, text: str) -> str:
        """The same text where there is nothing to mend. The last one is kept: a turn asks for it several times."""
        if not self._language:
            return text
        typed, read = self._last
        if typed != text:
            read = _WORD.sub(lambda word: self._word(word[1], text, word.start(1)), text)
            self._last = (text, read)
        return read

    def _word(self, word: str, text: str, at: int) -> str:
        plain = word.lower()
        if plain in self._language or plain in self._own or plain in _JOINED:
            return word
        if word != plain and not _BEGINS.search(text[max(0, at - 4) : at]):
            return word  # a name
        found = self._nearest(plain)
        return found.capitalize() if found and word != plain else found or word

    def _nearest(self, word: str) -> str | None:
        """One slip away; letters that changed places or stand once too often or too rarely are likelier than others."""
        near = {own for key in (word, *_shorter(word)) for own in self._by_shorter.get(key, ())}
        slips = [(slip, -self._own[own], own) for own in near if (slip := _slip(word, own))]
        return min(slips)[2] if slips else None

    @cached_property
    def _by_shorter(self) -> Mapping[str, tuple[str, ...]]:
        """Words by themselves and by what is left of them without one letter: two that are one slip apart share one."""
        found: dict[str, set[str]] = {}
        for own in self._own:
            if SHORTEST <= len(own) <= LONGEST and own.isascii() and own.isalpha():
                for key in (own, *_shorter(own)):
                    found.setdefault(key, set()).add(own)
        return {key: tuple(sorted(words)) for key, words in found.items()}


def _shorter(word: str) -> Iterator[str]:
    return (word[:n] + word[n + 1 :] for n in range(len(word)))


def _slip(word: str, own: str) -> int:
    """1 for two letters that changed places or one that is doubled wrongly, 2 for one left out or too many, 3 for its
    neighbour on the keys or another vowel; 0 where it is more than one slip, the first letter is another, or they are
    forms of one word: "invoices" is no slip for "invoice"."""
    at = next((n for n, (a, b) in enumerate(zip(word, own, strict=False)) if a != b), min(len(word), len(own)))
    if len(word) == len(own):
        if word[at : at + 2] == own[at : at + 2][::-1] and word[at + 2 :] == own[at + 2 :]:
            return 1
        is_last = at == len(word) - 1 and word[at] in _ENDINGS
        is_other = at > 0 and len(word) > SHORTEST and word[at + 1 :] == own[at + 1 :] and not is_last
        return 3 if is_other and _are_near(word[at], own[at]) else 0
    longer, shorter = (word, own) if len(word) > len(own) else (own, word)
    if at == 0 or len(longer) - len(shorter) != 1 or longer[at + 1 :] != shorter[at:]:
        return 0
    if at == len(shorter) and longer[at] in _ENDINGS:
        return 0
    return 1 if longer[at] == longer[at - 1] else 2


def _are_near(one: str, other: str) -> bool:
    return other in _BESIDE.get(one, "") or {one, other} <= _VOWELS


_ENDINGS = frozenset("sdr")
_VOWELS = frozenset("aeiouy")
_KEYS = "qwsz wase edrf rtfd tygf yuhg uijh iokj oplk awsz sedx dfre fgtr ghyt hjuy jkiu klol xcsd cvdf vbfg bngh nmhj"
_BESIDE = {letter: "".join(keys for keys in _KEYS.split() if letter in keys) for letter in "abcdefghijklmnopqrstuvwxyz"}
