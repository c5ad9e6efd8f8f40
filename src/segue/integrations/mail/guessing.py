"""In what bytes without a label are written: how likely each charset makes them, and which fits best.

The one idea: naive Bayes with rounded figures. A character costs what it is worth to learn that it stands there, in
nats: little where it is common in a language that is written in that charset, much where it is none of its letters or
stands where that language has none (an ñ before a consonant was an ń). Short texts are what is hard: the figures count
what few characters tell, and where two charsets come out alike the guess says that it is one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from segue.integrations.mail import letters

SAMPLE = 2_000
"""Bytes that a guess is made from: of the lines that have any beyond ASCII."""
SURE = 2.5
"""Nats by which the best must be ahead of the next that reads otherwise: it is twelve times as likely."""
ASCII, NEVER, BROKEN, STUCK = 4.0, 16.0, 18.0, 3.0
"""What costs a character of ASCII, one that the language does not write, bytes that are none, and standing next to a
Latin letter where two scripts meet."""


@dataclass(frozen=True, slots=True)
class Guess:
    charset: str
    is_sure: bool
    ahead: float
    """Nats by which it is likelier than Western European."""


def guess(body: bytes) -> Guess:
    """Of bytes that are neither ASCII nor UTF-8. Takes some milliseconds, whatever they are."""
    sample = b"\n".join(line for line in body.split(b"\n") if not line.isascii())[:SAMPLE]
    costs = dict[str, tuple[float, str]]()
    for name, (cost, prior) in _WRITTEN.items():
        text = _read(sample, name, is_cut=len(sample) == SAMPLE)
        costs[name] = prior + cost(text, name), text
    best = min(costs, key=lambda name: costs[name][0])
    others = [cost for cost, text in costs.values() if text != costs[best][1]]
    is_sure = min(others, default=1e9) - costs[best][0] >= SURE
    return Guess(best, is_sure, costs["cp1252"][0] - costs[best][0])


def _read(sample: bytes, name: str, is_cut: bool) -> str:
    return codecs.getincrementaldecoder(name)("replace").decode(sample, final=not is_cut)


# two bytes for a character


def _east(costs: Callable[[str, str], float]) -> Callable[[str, str], float]:
    """A character of these costs twice a byte; where it touches a Latin letter it was hardly meant."""

    def cost(text: str, name: str) -> float:
        total, before = 0.0, " "
        for c in text:
            if c <= "\x7f":
                total += ASCII + (STUCK if before > "\x7f" and c.isalpha() else 0)
            else:
                total += costs(c, name) + (STUCK if before <= "\x7f" and before.isalpha() else 0)
            before = c
        return total

    return cost


def _chinese(c: str, name: str) -> float:
    if c in letters.CHINESE:
        return 6.3
    if c in letters.EASTERN_POINTS:
        return 5.0
    if "\u4e00" <= c <= "\u9fff":
        first = _first_byte(c, name)
        return 9.8 if first in (range(0xB0, 0xD8) if name == "gb18030" else range(0xA4, 0xC7)) else 14.5
    return _symbol(c)


def _japanese(c: str, name: str) -> float:
    if "\u3041" <= c <= "\u3093":
        return 4.6
    if "\u30a1" <= c <= "\u30f6" or c == "ー":
        return 6.0
    if c in letters.JAPANESE:
        return 7.0
    if c in letters.EASTERN_POINTS:
        return 5.0
    if "\u4e00" <= c <= "\u9fff":
        return 10.0 if _first_byte(c, name) in (range(0x88, 0x99) if name == "cp932" else range(0xB0, 0xD0)) else 15.0
    return 8.0 if "\uff66" <= c <= "\uff9f" else 11.0 if "\uff61" <= c < "\uff66" else _symbol(c)


def _korean(c: str, name: str) -> float:  # noqa: ARG001
    if c in letters.KOREAN:
        return 5.6
    if "\uac00" <= c <= "\ud7a3":
        return 8.6 if _first_byte(c, "euc_kr") else 13.0
    return 6.0 if c in letters.EASTERN_POINTS else _symbol(c)


def _symbol(c: str) -> float:
    if c == "\ufffd":
        return BROKEN
    if c in letters.POINTS:
        return 7.5
    return 9.0 if "\uff01" <= c <= "\uff5e" else NEVER


def _first_byte(c: str, name: str) -> int:
    """0 where it cannot be written so."""
    try:
        return c.encode(name)[0]
    except UnicodeEncodeError:
        return 0


# a byte for a letter, beside the Latin ones


def _alphabet(order: str, rare: str) -> Callable[[str, str], float]:
    """`order`: the letters of a language, the commonest first; `rare`: what its neighbours write besides."""
    of = {letter: 2.3 + 4.0 * place / len(order) for place, letter in enumerate(order)} | dict.fromkeys(rare, 6.0)

    def cost(text: str, name: str) -> float:  # noqa: ARG001
        total, before = 0.0, " "
        for c in text:
            if c <= "\x7f":
                total += ASCII + (2 * STUCK if c.isalpha() and before.lower() in of else 0)
            elif (lower := c.lower()) in of:
                total += of[lower] + (2 * STUCK if before <= "\x7f" and before.isalpha() else 0)
                total += _capital(before, of) if c != lower else 0
            else:
                total += _symbol(c) if c in letters.POINTS or c == "\ufffd" else NEVER
            before = c
        return total

    return cost


def _capital(before: str, of: dict[str, float]) -> float:
    """Within a word a capital stands after a capital alone."""
    if before.lower() not in of:
        return 1.5
    return 9.0 if before == before.lower() else 3.0


# Latin letters with marks


def _latin(common: str, known: str, odd: re.Pattern[str]) -> Callable[[str, str], float]:
    """`common`, `known`: letters with marks that its languages write often, or at all; `odd`: where they never do."""

    def cost(text: str, name: str) -> float:  # noqa: ARG001
        total = 0.0
        for at, c in enumerate(text):
            total += ASCII if c <= "\x7f" else _mark(c, text[at - 1 : at], text[at + 1 : at + 2])
        return total + 4.5 * len(odd.findall(text))

    def _mark(c: str, before: str, after: str) -> float:
        lower = c.lower()
        if lower not in common and lower not in known:
            within = after.isalpha() and (before.isalpha() or c in letters.ENDS)
            if c == "\ufffd" or "\x80" <= c <= "\x9f":
                return BROKEN
            return 7.5 if c in letters.POINTS and not within else 13.0
        beside = any(near.isascii() and near.isalpha() for near in (before, after))
        worth = (6.0 if lower in common else 7.5) + (0 if beside else 3.0) + (1.0 if before > "\x7f" else 0)
        return worth + (6.0 if c != lower and before.islower() else 0)

    return cost


_WEST = _latin(
    "äöüßéèàçáíóúñãõêâôåæø",
    "ëïîûùìòýðþœšžÿº",
    re.compile(
        r"ê(?=[dkpbgjwaeiouy])|(?<=[jzwk])ê|[ìò](?=[a-z])|(?<![oO])ù(?=[a-z])|ñ(?![aeiouáéíóú])|æ(?![a-z])|è(?=[aeiouyáéíóú])"
        r"|ø(?=[áéíóú])|(?<![aeouAEOU])ï|õ(?!e)|û(?![tlmrcesn ])|ã(?![oes]|\W|$)|º(?=[a-z])|[ðþýÝÞ]"
    ),
)
"""What is odd was in most cases a letter of Central Europe, or Turkish."""
_CENTRAL = _latin("ąćęłńóśźżáčéěířšúůýžőöüűä", "ďňťôľĺŕđăâîşţëçß", re.compile(r"(?<![a-złń])ů|[źżčřš](?=[qx])"))
_TURKISH = _latin("ğışçöüi̇", "âîû", re.compile(r"(?<![a-zıöü])ğ"))

_WRITTEN: dict[str, tuple[Callable[[str, str], float], float]] = {
    "cp1252": (_WEST, 0.0), "iso8859_15": (_WEST, 2.0), "iso8859_2": (_CENTRAL, 3.0), "cp1250": (_CENTRAL, 3.0),
    "cp1254": (_TURKISH, 3.5),
    "cp1251": (_alphabet(letters.RUSSIAN, "іїєґўј"), 1.0), "koi8_r": (_alphabet(letters.RUSSIAN, ""), 1.0),
    "cp1253": (_alphabet(letters.GREEK, "ϊϋΐΰ"), 2.0), "cp1255": (_alphabet(letters.HEBREW, ""), 2.0),
    "gb18030": (_east(_chinese), 1.0), "cp950": (_east(_chinese), 1.5), "cp932": (_east(_japanese), 1.0),
    "euc_jp": (_east(_japanese), 2.0), "cp949": (_east(_korean), 1.0),
}  # fmt: skip
"""Each with what it costs beforehand, because fewer mails are written in it."""
EASTERN = frozenset(("gb18030", "cp950", "cp932", "euc_jp", "cp949"))
