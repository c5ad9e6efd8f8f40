"""Whether an agent asks for a step, and whether it is one that the customer has taken.

The one idea: "have you tried to clear the cache", "leeren Sie bitte den Cache" and "I deleted the cache" name one deed
in different words. So deeds have families, of English and German words; and the things done to must meet, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from segue.desk.phrase_books import book, shared, whole
from segue.desk.steps import substance


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished for: the deeds, and the things. `begins`: where, as far as a question word could stand before."""

    begins: int
    deeds: frozenset[str]
    verb: frozenset[str]
    things: frozenset[str]
    is_any: bool
    """Whether any deed will do: "have you tried another browser"."""

    def is_met_by(self, step: str) -> bool:
        own, done = substance(step), deeds_in(step)
        if self.is_any and self.things:
            return bool(self.things & own)
        same = bool(self.deeds & done) if self.deeds else bool(self.verb & own)
        return same and (not self.things or bool(self.things & own))


def wished(sentence: str) -> Wish | None:
    """None where no step is asked for."""
    if found := _ENGLISH.search(sentence):
        rest = sentence[found.start() :]
        is_any = bool(found["did"]) or found["verb"].casefold() in _ANY
        verb, names = substance(found["verb"]), substance(rest)
        deeds = deeds_in(sentence[found.start("verb") :] if is_any else found["verb"] + _next(rest))
        return Wish(found.start(), deeds, verb, without_deeds(rest, names) - verb, is_any)
    if _GERMAN.search(sentence):
        deeds = deeds_in(sentence)
        things = without_deeds(sentence, substance(sentence))
        is_any = bool(_TO_TRY.search(sentence))
        return Wish(0, deeds, frozenset(), things, is_any) if deeds or is_any else None
    return None


def deeds_in(text: str) -> frozenset[str]:
    return frozenset(deed for deed, words in _DEEDS.items() if words.search(text))


def _next(rest: str) -> str:
    """The few words after the verb, for "log out" and "sign in"."""
    return " " + " ".join(rest.split()[2:6])


def without_deeds(text: str, names: frozenset[str]) -> frozenset[str]:
    """The words of the text that name things and no deeds."""
    told = {found.group(0) for words in _DEEDS.values() for found in words.finditer(text)}
    return names - {part[:5].casefold() for one in told for part in (one, *one.split())}


_EN, _DE = book("en", "steps_asked"), book("de", "steps_asked")
_ANY = frozenset(_EN.phrases("any_deed"))
ALL_TRIED = re.compile(
    rf"\b{_EN['what']}\b[^.?]{{0,20}}\b{_EN['you_tried']}\b|\b{_DE['what']}\b[^.?]{{0,40}}\b{_DE['tried']}\b", re.I
)
_ENGLISH = re.compile(
    rf"\b(?:(?P<did>{_EN['did_you']})|{_EN['would_you']}) (?:{_EN['between']} )*(?P<verb>[\w-]+)", re.I
)
_GERMAN, _TO_TRY = whole(_DE["asks"]), whole(_DE["any_deed"])
_DEEDS = {deed: whole(*(each[deed] for each in books)) for deed, books in shared("deeds")}
