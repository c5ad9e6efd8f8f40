"""What agents call the facts of a briefing when they ask for them, in English and in German.

A number that says what it is ("INV-2041", "Rechnung 4711") answers a question for that very thing alone: an order
number is no invoice number, and a Rechnungsnummer is an invoice number.
"""

from __future__ import annotations

import re

NAMES = {
    kind: re.compile(rf"\b(?:{words})\b", re.I)
    for kind, words in {
        "amount": r"amount|how much|sum|price|total|betrag|summe|preis|gesamtbetrag|wie (?:hoch|viel)",
        "date": (
            r"date|when (?:did|was|were|exactly|have)|what day|which day|since when|day of|datum|(?:an )?welchem tag"
            r"|wann (?:war|wurde|haben|hat|ist|genau)|tag der"
        ),
        "version": (
            r"(?<!browser[ -])(?<!android[ -])(?<!windows[ -])(?<!ios[ -])(?<!next )(?:version|release|build)"
            r"|app-?version"
            r"|versionsnummer"
        ),
        "url": r"url|link|(?:address of|which|what) (?:the )?page|adresse der seite",
        "email": r"e-?mail(?:[ -]?ad(?:dress|resse))?|mail ?address|mail-?adresse",
        "phone": (
            r"phone(?: number)?|telephone|(?:what|which) number (?:can|could|may|should|do) (?:i|we)"
            r"|(?:telefon|handy|mobil|ruf)nummer|welcher nummer"
        ),
        "error": r"error(?: message| code)?|fehler(?:meldung|code|text)?",
        "account": (
            r"account name|which account|company(?: name)?|organi[sz]ation|name of (?:the|your) account|firma"
            r"|firmennamen?|unternehmen|organisation|welches konto|kontonamen?|namen? (?:des|ihres) kontos"
        ),
        "plan": r"(?:(?:which|what|your|the) )?(?:plan|tier|subscription)|tarif|paket|abo(?:nnement)?",
        "page": (
            r"(?:which|what) page|where (?:are you|were you|do you see|did you)|welche[rn]? seite"
            r"|wo (?:sind|sehen|waren|befinden) sie"
        ),
    }.items()
}
_THINGS = {
    "invoice": ("invoice", "rechnung", "rg"),
    "order": ("order", "bestell", "auftrag"),
    "booking": ("booking", "buchung"),
    "reference": ("reference", "referenz", "aktenzeichen"),
    "case": ("case", "vorgang", "fall"),
    "customer": ("customer", "kunde"),
    "account": ("account", "konto"),
    "transaction": ("transaction", "transaktion"),
    "serial": ("serial", "serien"),
    "ticket": ("ticket",),
    "claim": ("claim", "schaden"),
    "tracking": ("tracking", "sendung"),
    "contract": ("contract", "vertrag"),
    "confirmation": ("confirmation", "bestätigung"),
    "request": ("request", "anfrage"),
    "policy": ("policy", "police"),
}
_ENGLISH = "|".join(said[0] for said in _THINGS.values())
_GERMAN = "|".join(name for said in _THINGS.values() for name in said[1:] if len(name) > 2)
NUMBER_OF = re.compile(
    rf"\b(?:{_ENGLISH})[ -]?(?:number|no|nr|id|code|reference)\b|\breference\b"
    rf"|\b(?:number|no|nr|id|code) of (?:the|your) (?:{_ENGLISH})\b"
    rf"|\b(?:{_GERMAN})\w{{0,2}}-?(?:nummer|nr|id|code)\b|\baktenzeichen\b"
    rf"|\b(?:nummer|nr\.?) (?:der|des|ihrer|ihres) (?:{_GERMAN})\w*",
    re.I,
)
THAT_ONE = re.compile(
    r"\b(?:which|what) (?:invoice|order|booking|transaction|ticket|case|claim|contract)\b"
    r"|\bwelche[nrms]? (?:rechnung|bestellung|buchung|transaktion|vertrag|ticket|auftrag|vorgang|fall)\b",
    re.I,
)
THE_ISSUE = re.compile(
    r"\b(?:describe|explain|tell (?:me|us) (?:more )?about|what(?:['’]s| is| seems to be)?) "
    r"(?:again )?(?:the |your )?(?:exact )?(?:issue|problem|question|matter)\b|\bhow (?:can|may) (?:i|we) help\b"
    r"|\b(?:ihr|dein|das|ihre|deine|die) (?:genaue[sn]? )?(?:problem|anliegen|frage)\b[^.?!]{0,40}\b(?:beschreiben"
    r"|schildern|erklären|erläutern)\b|\b(?:beschreiben|schildern|erklären|erläutern) sie\b[^.?!]{0,40}\b(?:problem"
    r"|anliegen|frage)\b|\bworum geht es\b|\bw(?:ie|obei|omit) (?:kann|können|darf) (?:ich|wir) (?:ihnen )?"
    r"(?:weiter)?helfen\b|\bwas (?:genau )?ist (?:ihr|das|dein) (?:genaue )?(?:problem|anliegen)\b",
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
