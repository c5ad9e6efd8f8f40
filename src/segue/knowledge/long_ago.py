"""How long ago something was, as customers say it, and beyond which time an article sends them to us.

The one idea: "this works for 60 days; for older ones, write to us" is met by "the invoice from last year", with which
it shares not one word.
"""

from __future__ import annotations

import re

_DAYS = {
    "day": 1, "week": 7, "month": 30, "year": 365, "quarter": 91,
    "tag": 1, "woche": 7, "monat": 30, "jahr": 365, "quartal": 91,
}  # fmt: skip
_NUMBERS = {
    word: n
    for n, words in enumerate((
        "a an one ein eine einem einer", "two couple zwei", "three few drei", "four vier", "five fünf", "six sechs",
        "seven sieben", "eight acht", "nine neun", "ten zehn", "eleven elf", "twelve zwölf", "thirteen dreizehn",
        "fourteen vierzehn", "fifteen fünfzehn", "sixteen sechzehn", "seventeen siebzehn", "eighteen achtzehn",
    ), 1)
    for word in words.split()
}  # fmt: skip
_SPAN = (
    rf"(?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)})(?: full| whole| of| ganzen?)? "
    r"(?P<unit>day|week|month|year|quarter|tag|woche|monat|jahr|quartal)(?:s|e|en|n)?"
)
_OTHER_SPAN = _SPAN.replace("?P<n>", "?P<m>").replace("?P<unit>", "?P<of>")
_AGO = re.compile(
    rf"\b{_SPAN} (?:ago|old|back|earlier|alt|zurück|her)\b|\bvor (?:über |mehr als |etwa |ca\. )?{_OTHER_SPAN}\b"
)
_LONG_AGO = re.compile(
    r"\b(?:(?:last|previous|prior|past) (?:calendar |financial |business |tax )?year|years (?:ago|old|back)|year before"
    r"|(?:letzte[nmrs]?|vergangene[nmrs]?|vorige[nmrs]?|vorletzte[nmrs]?) (?:kalender|geschäfts)?jahr\w*|vorjahr\w*"
    r"|vor jahren)\b"
)
_AGE = re.compile(r"\b(?:older|longer ago|earlier ones|ältere?[nmrs]?|älter|frühere[nmrs]?)\b", re.IGNORECASE)
_LIMIT = re.compile(rf"\b{_SPAN}\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w.,/-])(?:19|20)\d\d(?![\w/-]|[.,]\d)")


def days_ago(text: str, year: int) -> int:
    """At most how many days ago the thing was that a message speaks of; 0 where it does not say. `year`: the present
    one."""
    plain = text.lower()
    found = [365 * (year - int(m[0])) for m in _YEAR.finditer(plain)]
    if any(unit in plain for unit in _DAYS):
        found += [_days(m["n"] or m["m"], m["unit"] or m["of"]) for m in _AGO.finditer(plain)]
        found += [365] if _LONG_AGO.search(plain) else []
    return max(found, default=0)


def limit_of(condition: str, around: str) -> int | None:
    """The days beyond which the condition counts something as older: the last span that stands with it; None where
    there is none."""
    if not _AGE.search(condition):
        return None
    spans = [_days(m["n"], m["unit"].lower()) for m in _LIMIT.finditer(around)]
    return spans[-1] if spans else None


def _days(number: str, unit: str) -> int:
    return (int(number) if number.isdigit() else _NUMBERS[number.lower()]) * _DAYS[unit]
