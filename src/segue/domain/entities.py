"""What a customer already told us, picked out of their words: amounts, dates, ids, addresses, versions.

The one idea: a fact is never to be asked again, so only what is written unmistakably counts. A bare number is no fact; "order
4711", "#4711", "INV-2024-07" and "€49.90" are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segue.domain.briefing import Fact

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CURRENCY = r"(?:usd|eur|gbp|chf|aud|cad|inr|jpy|sek|nok|dkk|pln|euros?|dollars?|pounds?|quid|bucks|pence|cents?|francs?|rupees?|yen)"
_NUMBER = r"\d{1,3}(?:[,.' ]\d{3})*(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,2})?"

_KINDS = (
    ("url", r"https?://[^\s<>\"')\]]{3,300}|www\.[^\s<>\"')\]]{3,300}"),
    ("email", r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9][a-z0-9\-.]{0,120}\.[a-z]{2,12}"),
    ("amount", rf"[$€£¥₹]\s?(?:{_NUMBER})\s?[km]?\b|\b(?:{_NUMBER})\s?(?:[$€£¥₹]|{_CURRENCY}\b)"),
    (
        "date",
        r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b"
        rf"|\b{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}}\b)?|\b\d{{1,2}}(?:st|nd|rd|th)?(?:\sof)?\s{_MONTH}\b(?:,?\s\d{{4}}\b)?",
    ),
    ("version", r"\bv\d{1,3}(?:\.\d{1,5}){1,3}\b|\b(?:version|build|release)\s\d{1,3}(?:\.\d{1,6}){0,3}\b"),
    (
        "id",
        r"\b(?:order|invoice|ticket|case|reference|ref|booking|transaction|claim|tracking|account|customer|contract|confirmation|request|policy)"
        r"(?:\s(?:number|no|nr|id|code|#))?\s?[.:#]{0,2}\s?(?=[a-z\-]{0,6}\d)[a-z0-9][a-z0-9\-/]{2,30}\b"
        r"|#[a-z]{0,5}\-?\d{2,20}\b|\b[a-z]{2,6}-(?:\d{2,}[\d\-]{0,20})\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    ),
    ("phone", r"\+\d{1,3}[\s\-.]?(?:\(?\d{1,5}\)?[\s\-.]?){2,5}\d{1,4}\b|\(\d{3}\)\s?\d{3}-\d{4}\b|\b\d{3}-\d{3}-\d{4}\b"),
)
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS), re.IGNORECASE)
_HINT = re.compile(r"\d|@|www\.|://")
_LONGEST = 12_000


def facts_in(text: str, seq: int) -> tuple[Fact, ...]:
    """The facts in one message, as written, in order, each once; `seq` names the message."""
    if _HINT.search(text) is None:
        return ()
    return tuple(dict.fromkeys(Fact(kind, value, seq) for kind, value in _found(text[:_LONGEST])))


def ids_in(text: str) -> frozenset[str]:
    """The ids named in a text, fit to compare: "Order #4711" and "order 4711" are one."""
    return frozenset(_bare(fact.value) for fact in facts_in(text, 0) if fact.kind == "id")


def _found(text: str) -> Iterator[tuple[str, str]]:
    for match in _ANY.finditer(text):
        value = match[0].rstrip(".,;:!?)").strip()
        yield str(match.lastgroup), " ".join(value.split())


def _bare(written: str) -> str:
    """The part that tells one id from another: letters and digits of its last word."""
    return re.sub(r"[^a-z0-9]", "", re.split(r"[\s:#]+", written.lower())[-1])
