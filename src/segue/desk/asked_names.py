"""What agents call the facts of a briefing when they ask for them, in English and in German.

A number that says what it is ("INV-2041", "Rechnung 4711") answers a question for that very thing alone: an order
number is no invoice number, and a Rechnungsnummer is an invoice number.
"""

from __future__ import annotations

import re

from segue.desk.phrase_books import book, either, shared, whole

NAMES = {kind: whole(*(each[kind] for each in reversed(books))) for kind, books in shared("names")}
"""German first: an "E-Mail-Adresse" begins with an English "e-mail"."""
_THINGS = {thing: [name for each in books for name in each.phrases(thing)] for thing, books in shared("things")}
_EN, _DE = book("en", "numbers"), book("de", "numbers")
_ENGLISH, _GERMAN = (
    either(*(name for thing in each for name in each.phrases(thing) if len(name) > 2))  # nobody says "RG-Nummer"
    for each in (book("en", "things"), book("de", "things"))
)
NUMBER_OF = re.compile(
    rf"\b{_ENGLISH}[ -]?{either(_EN['number'], _EN['number_too'])}\b|\b{_EN['by_name']}\b"
    rf"|\b{_EN['number']} {_EN['of_the']} {_ENGLISH}\b"
    rf"|\b{_GERMAN}\w{{0,2}}-?{_DE['number']}\b|\b{_DE['by_name']}\b"
    rf"|\b{_DE['number_before']} {_DE['of_the']} {_GERMAN}\w*",
    re.I,
)
THAT_ONE = whole(_EN["that_one"], _DE["that_one"])
THE_ISSUE = re.compile(
    rf"\b{either(_EN['the_issue'], _DE['the_issue'])}\b|\b{_DE['your_issue']}\b[^.?!]{{0,40}}\b{_DE['describe']}\b"
    rf"|\b{_DE['describe_it']}\b[^.?!]{{0,40}}\b{_DE['issue']}\b",
    re.I,
)


def things_of(word: str) -> frozenset[str]:
    """What a word, or the letters before a number, may be: "rechnungsnummer" and "inv" are an invoice; none for "x"."""
    said = word.casefold()
    return frozenset(
        thing
        for thing, names in _THINGS.items()
        if any(said.startswith(name) or (len(said) > 1 and name.startswith(said)) for name in names)
    )
