"""What a customer already told us, picked out of their words: amounts, dates, ids, addresses, versions.

The one idea: a fact is never to be asked again, so only what is written unmistakably counts. A bare number is no fact;
"order 4711", "#4711", "INV-2024-07" and "€49.90" are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from segue.domain.briefing import Fact

_MONTH = "(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|ober)?"
_MONAT = "(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)"
_CODE = "usd|eur|gbp|chf|aud|cad|inr|jpy|sek|nok|dkk|pln"
_CURRENCY = f"(?:{_CODE}|euros?|dollars?|pounds?|quid|bucks|pence|cents?|francs?|rupees?|yen)"
_ADDRESSES = ("url", "email")
_NUMBER = r"\d[\d,.']{0,14}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NAMED = (
    "order|invoice|ticket|case|reference|ref|booking|transaction|claim|tracking|account|customer|contract"
    "|confirmation|request|policy|rechnung|bestellung|buchung|auftrag|vertrag|vorgang|aktenzeichen"
)

_KINDS = {
    "url": r"https?://[^\s<>\"')\]]{3,300}|www\.[^\s<>\"')\]]{3,300}",
    "email": r"(?<![\w.+\-])[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9][a-z0-9\-.]{0,120}\.[a-z]{2,12}",
    "amount": rf"(?:[$€£¥₹]|\b(?:{_CODE}))\s?{_NUMBER}(?:\s?[km]\b)?|(?<![\d.,]){_NUMBER}\s?(?:[$€£¥₹]|{_CURRENCY}\b)",
    "date": (
        r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b"
        rf"|\b\d{{1,2}}\.\s?{_MONAT}\b(?:\s\d{{4}}\b)?"
        rf"|\b{_MONTH}\.?\s{_DAY}\b(?:,?\s\d{{4}}\b)?|\b{_DAY}(?:\sof)?\s{_MONTH}\b(?:,?\s\d{{4}}\b)?"
    ),
    "version": (
        r"\bv\d{1,3}(?:\.\d{1,5}){1,3}\b"
        r"|\b(?:version|build|release|update (?:to|auf))\s\d{1,3}(?:\.\d{1,6}){0,3}\b"
    ),
    "id": (
        rf"\b(?:{_NAMED})(?:\s(?:number|no|nr|id|code|#))?\s?[.:#]{{0,2}}\s?"
        r"(?=[a-z\-]{0,6}\d)[a-z0-9][a-z0-9\-/]{2,30}\b"
        r"|\b(?:rechnungs|bestell|buchungs|auftrags|kunden|vertrags|vorgangs|sendungs|referenz|ticket)-?(?:nummer|nr)"
        r"\.?(?:\s?:|\s(?:ist|lautet))?\s(?:die\s)?(?=[a-z\-]{0,6}\d)[a-z0-9][a-z0-9\-/]{2,30}\b"
        r"|\b(?:atu|de|chf?e-)\d{8,9}\b|#[a-z]{0,5}\-?\d{2,20}\b|\b[a-z]{2,6}-\d{2,}[\d\-]{0,20}\b|\b[a-z]-\d{3,8}\b"
        r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    ),
    "phone": (
        r"(?<!\d)\+\d{1,3}[\s\-.]?(?:\(?\d{1,5}\)?[\s\-.]?){2,5}\d{1,4}\b"
        r"|(?<![\d.,/\-])0\d{2,4}[\s/\-]\s?\d{4,9}\b|\(\d{3}\)\s?\d{3}-\d{4}\b|\b\d{3}-\d{3}-\d{4}\b"
    ),
}
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_NUMBERED = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items() if kind not in _ADDRESSES))
_DIGIT = re.compile(r"\d")
_ADDRESS = re.compile(r"@|www\.|://")
_LONGEST = 8_000


def facts_in(text: str, seq: int) -> tuple[Fact, ...]:
    """The facts in one message, as written, in order, each once; `seq` names the message."""
    return tuple(Fact(kind, value, seq) for kind, value in _found(text[:_LONGEST]))


def ids_in(text: str) -> frozenset[str]:
    """The ids named in a text, fit to compare: "Order #4711" and "order 4711" are one."""
    return frozenset(_bare(fact.value) for fact in facts_in(text, 0) if fact.kind == "id")


@lru_cache(maxsize=256)
def _found(text: str) -> tuple[tuple[str, str], ...]:
    """Kind and value, each once. Kept for a while: a turn and its briefing ask for the same messages."""
    return tuple(dict.fromkeys(_looked_for(text)))


def _looked_for(text: str) -> Iterator[tuple[str, str]]:
    lower = text.lower()
    if len(lower) != len(text):  # a rare letter grew; then places differ, and capitals stay unknown
        lower = text
    for match in _fitting(lower).finditer(lower) if _DIGIT.search(lower) or _ADDRESS.search(lower) else ():
        value = text[match.start() : match.end()].rstrip(".,;:!?)").strip()
        yield str(match.lastgroup), " ".join(value.split())


def _fitting(text: str) -> re.Pattern[str]:
    """Addresses are looked for only where there is a sign of one: they would double the work."""
    return _ANY if _ADDRESS.search(text) else _NUMBERED


def _bare(written: str) -> str:
    """The part that tells one id from another: letters and digits of its last word."""
    return re.sub(r"[^a-z0-9]", "", re.split(r"[\s:#]+", written.lower())[-1])
