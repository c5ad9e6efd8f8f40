"""Takes personal data out of a text before it is kept as a lesson.

The one idea: rules that can be checked instead of a guess. Cards pass Luhn's test, IBANs the one of ISO 13616, and the
customer's own name, address and account are looked for as they stand in the record: on chat texts that finds more than
a small model for names does. What is taken out leaves its kind behind, so that the sentence can still be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

LONGEST = 20_000
"""Characters that are read; a longer text is cut there, for what was not read must not be kept."""
_SEPARATED = r"[ \-.\u00a0]?"
_EMAIL = re.compile(r"(?<![\w.+\-])[\w][\w.%+\-']{0,63}@[\w][\w\-.]{0,120}\.[^\W\d_]{2,24}", re.IGNORECASE)
_SECRET_IN_URL = re.compile(
    r"(?P<key>[?&#](?:token|key|code|sig|signature|auth|session|email|user|id)=)[^\s&#<>\"')]+", re.IGNORECASE
)
_TOKEN = re.compile(
    r"\b(?:eyJ[\w\-]{8,}\.[\w\-]{4,}\.[\w\-]*|(?:sk|pk|rk|xox[abp]|ghp|gho|glpat|AKIA)[_\-]?[A-Za-z0-9_\-]{14,})"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b(?=[A-Za-z0-9_]{20,}\b)(?=[A-Za-z_]*\d)(?=[\d_]*[A-Za-z])[A-Za-z0-9_]{20,}\b",
    re.IGNORECASE,
)
_SAID_SECRET = re.compile(r"(?P<key>\b(?:password|passcode|passwort|pin|cvv|cvc)\s?(?:is|was|:|=)\s?)[^\s,;]{3,}", re.I)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_CARD = re.compile(rf"(?<![\d.,])\d(?:{_SEPARATED}\d){{12,18}}(?!\d)")
_PHONE = re.compile(
    r"(?<![\w+])(?:\+|00)\d{1,3}[ \-./]?(?:\(0?\d{1,5}\)[ \-./]?)?(?:\d[ \-./]?){5,13}\d(?!\w)"
    r"|(?<!\w)\(0?\d{2,5}\)[ \-./]?(?:\d[ \-./]?){4,9}\d(?!\w)"
    r"|(?<![\w\-])\d{3}[ \-.]\d{3}[ \-.]\d{4}(?![\w\-])"
    r"|(?<![\w\-])0\d{2,4}[ \-/.](?:\d[ \-./]?){4,9}\d(?!\w)"
)
_SSN = re.compile(r"(?<![\w\-])\d{3}-\d{2}-\d{4}(?![\w\-])")
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IP = re.compile(rf"(?<![\d.])(?<!version )(?<!\bv)(?:{_BYTE}\.){{3}}{_BYTE}(?![\d.])", re.IGNORECASE)
_NAMED_ID = re.compile(
    r"\b(?P<key>(?:order|invoice|ticket|case|reference|ref|booking|transaction|claim|tracking|account|customer|contract"
    r"|confirmation|request|policy|licen[cs]e|passport|member(?:ship)?|user)"
    r"(?:\s(?:number|no|nr|id|code|#))?\s?(?:is\s)?[.:#]{0,2}\s?)(?=[a-z\-]{0,6}\d)[a-z0-9][a-z0-9\-/]{2,30}\b"
    r"|#[a-z]{0,5}-?\d{3,20}\b|\b[a-z]{2,6}-\d{3,}[\d\-]{0,20}\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?P<key>\b(?i:my name is|my name's|i am called|ich heiße)\s+)[^\W\d_][\w'\-]*(?:\s[A-Z][\w'\-]+){0,2}"
)
_COUNTRIES = """
    NO 15 BE 16 DK 18 FI 18 NL 18 AT 20 EE 20 LT 20 LU 20 XK 20 BG 22 BA 20 CH 21 HR 21 LV 21 LI 21 DE 22 GB 22 IE 22
    ME 22 RS 22 GE 22 BH 22 CZ 24 ES 24 SK 24 SE 24 RO 24 TN 24 SA 24 MD 24 PT 25 IS 26 TR 26 FR 27 GR 27 IT 27 SM 27
    MC 27 IL 23 AE 23 HU 28 PL 28 CY 28 AL 28 AZ 28 UA 29 MT 31 BR 29 SI 19 MK 19
"""
_LENGTHS = {c: int(n) for c, n in zip(_COUNTRIES.split()[::2], _COUNTRIES.split()[1::2], strict=True)}


@dataclass(frozen=True, slots=True)
class Stripped:
    text: str
    removed: Mapping[str, int]
    """How often each kind was taken out."""


def strip(text: str, known: Iterable[str] = ()) -> Stripped:
    """The text with personal data replaced by its kind in brackets: "write to [email]".

    `known` are the customer's own fields: name, e-mail, account name, phone. Each is matched as a whole and without
    regard to case; of a name each part of three letters or more as well, written like a name.
    """
    found: Counter[str] = Counter()
    text = text[:LONGEST]
    for kind, pattern in _PATTERNS:
        text = pattern.sub(partial(_replaced, kind, found), text)
    return Stripped(_without_known(text, known, found), dict(sorted(found.items())))


_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", _EMAIL),
    ("secret", _SECRET_IN_URL),
    ("secret", _SAID_SECRET),
    ("iban", _IBAN),
    ("token", _TOKEN),
    ("card", _CARD),
    ("ssn", _SSN),
    ("ip", _IP),
    ("phone", _PHONE),
    ("id", _NAMED_ID),
    ("name", _SIGNED),
)


def _replaced(kind: str, found: Counter[str], match: re.Match[str]) -> str:
    value, rest = match.group(), ""
    if kind == "iban":
        value, rest = _iban_in(value)
    if (kind == "card" and not is_card(value)) or (kind == "iban" and not value):
        return match.group()
    found[kind] += 1
    return f"{match.groupdict().get('key') or ''}[{kind}]{rest}"


def _iban_in(text: str) -> tuple[str, str]:
    """The IBAN that the text begins with, and what follows: words behind one look like more of it.

    Where the country's length is known it decides; a longer piece could pass the test by chance.
    """
    ends = [len(text), *(m.start() for m in re.finditer(r"[ \-]", text))]
    length = _LENGTHS.get(text[:2].upper())
    valid = [end for end in sorted(ends) if is_iban(text[:end]) and length in (None, _bare_length(text[:end]))]
    end = valid[-1] if valid else 0
    return text[:end], text[end:]


def _bare_length(text: str) -> int:
    return sum(c.isalnum() for c in text)


def is_card(text: str) -> bool:
    """Luhn's check over 13 to 19 digits (ISO/IEC 7812)."""
    digits = [int(c) for c in text if c.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [sum(divmod(2 * d, 10)) if n % 2 else d for n, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """The remainder of 97 that ISO 13616 asks for."""
    bare = re.sub(r"[\s\-]", "", text).upper()
    if not 15 <= len(bare) <= 34 or not bare.isascii() or not bare.isalnum():
        return False
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def _without_known(text: str, known: Iterable[str], found: Counter[str]) -> str:
    for value in sorted({k.strip() for k in known if k.strip()}, key=len, reverse=True):
        kind = "email" if "@" in value else "name"
        text = _sub(rf"(?<!\w){re.escape(value)}(?:'s)?(?!\w)", f"[{kind}]", text, found, kind, re.IGNORECASE)
        for part in re.findall(r"[^\W\d_]{3,}", value if kind == "name" else ""):
            written = f"(?:{re.escape(part.capitalize())}|{re.escape(part.upper())}|{re.escape(part)})"
            if part.lower() not in _NO_NAMES:
                text = _sub(rf"(?<!\w){written}(?!\w)", "[name]", text, found, "name")
    return text


def _sub(pattern: str, by: str, text: str, found: Counter[str], kind: str, flags: int = 0) -> str:
    text, times = re.subn(pattern, by, text, flags=flags)
    if times:
        found[kind] += times
    return text


_COMMON = """
    the and for inc ltd llc gmbh corp company group holding bank services service solutions systems labs studio visitor
    customer support team media design digital global international partners consulting
"""
_NO_NAMES = frozenset(_COMMON.split())
"""Parts of company names that say nothing about whom."""
