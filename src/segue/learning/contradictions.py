"""Where a person's reply and an article disagree: numbers, amounts, shares, a yes against a no, other steps.

The one idea: two sentences about the same thing that cannot both be true. That they are about the same thing is shown
by the words they share, and afterwards by meaning (see watch); that they cannot both be true, by their facts. What a
person did for this one customer ("I have added 7 days") is no claim about the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

MOST_SENTENCES = 60
SHARED = 2
"""Content words two sentences must share for their numbers to be about the same thing."""
MOSTLY, BOTH = 0.7, 0.5
"""Shares of the shorter and of the longer sentence's content words that a yes and a no must have in common."""
REACH = 3
"""Words behind a "not" that it may deny."""
_SPELT = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_NUMBERS = {word: n for n, word in enumerate(_SPELT.split("|"), 1)}
_NUMBER = rf"(?P<n>\d[\d,]*(?:\.\d+)?|{_SPELT})"
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080, "month": 43200, "year": 525600}
_DURATION = re.compile(rf"\b{_NUMBER}[\s-]+(?:business |working |calendar )?(?P<unit>{'|'.join(_MINUTES)})s?\b", re.I)
_AMOUNT = re.compile(
    r"(?P<sign>[$€£])\s?(?P<n>\d[\d,]*(?:\.\d+)?)|(?P<m>\d[\d,]*(?:\.\d+)?)\s?(?P<word>euros?|eur|dollars?|usd|pounds?|gbp)\b",
    re.I,
)
_SHARE = re.compile(r"\b(?P<n>\d+(?:\.\d+)?)\s?(?:%|per ?cent)", re.I)
_COUNT = re.compile(rf"\b(?:up to |at most |maximum of |limit of )?{_NUMBER}\s+(?P<noun>[a-z]{{3,}}s)\b", re.I)
_CURRENCY = {"$": "usd", "€": "eur", "£": "gbp", "dollar": "usd", "euro": "eur", "pound": "gbp"}
_STEP = r"\*{0,2}[A-Z][\w&']*(?: [A-Z&][\w&']*){0,3}\*{0,2}"
_PATH = re.compile(rf"{_STEP}(?:\s*(?:>|→|›|»)\s*{_STEP})+")
_CHANGED = re.compile(
    r"\b(?:no longer|not any ?more|anymore|used to|has changed|have changed|changed (?:this|that|it)|is now|are now"
    r"|discontinued|was removed|has been removed|does not exist any|replaced by|instead of)\b",
    re.I,
)
_NOT = re.compile(r"\b(?:not|never|no|cannot|without)\b|n['’]t\b", re.I)
_THIS_ONCE = re.compile(
    r"\b(?:i|we)(?:['’]ve| have| had| just|['’]ll| will| can (?:see|offer)| (?:added|refunded|extended|changed|credited"
    r"|removed|sent|reset|granted|gave|looked))\b|\bfor you\b|\bin your case\b|\bthis (?:time|once)\b"
    r"|\bas an exception\b",
    re.I,
)
_CLAUSE = re.compile(r"[,;:.()–]|\bbut\b")
_IF = re.compile(r"\b(?:if|unless|when|until|except)\b", re.I)
_WORD = re.compile(r"[a-z][a-z'’]+")
_EMPTY = """
    the and for you your our with that this from are can will was have has been but not never into out any all its it's
    they them their then than when where what which who how why also only just please after before within about more
    there here may must should would could does did done use using get gets one two of to in on at by is be as or if
    we us an it no
"""
_SMALL = frozenset(_EMPTY.split())


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences that disagree. `claim` names the article's sentence, `value` what the reply says instead."""

    kind: str
    claim: str
    article_says: str
    reply_says: str
    value: str


def conflicts(article: str, reply: str) -> list[Contradiction]:
    """Pairs that disagree as far as words tell, at most one per sentence of the article; its numbers go first."""
    found: dict[str, Contradiction] = {}
    ours = sentences(article)
    for theirs in sentences(reply):
        if theirs.rstrip().endswith("?"):
            continue
        for said in _nearest(theirs, ours):
            for conflict in _between(said, theirs):
                found.setdefault(conflict.claim, conflict)
    return list(found.values())


def sentences(text: str) -> list[str]:
    """Without Markdown's marks; headings are no sentences."""
    lines = (re.sub(r"^[\s>*+-]+|^\s*\d+[.)]\s+", "", line) for line in text.splitlines() if not line.startswith("#"))
    parts = (part.strip() for line in lines for part in re.split(r"(?<=[.!?])\s+(?=[A-Z0-9*“\"])", line))
    return [part for part in parts if len(part) > 8][:MOST_SENTENCES]


def _nearest(theirs: str, ours: Sequence[str]) -> list[str]:
    """The article's sentences that share most with the reply's; the others are about something else."""
    words = _content(theirs)
    likeness = {said: len(words & _content(said)) / max(len(words | _content(said)), 1) for said in ours}
    best = max(likeness.values(), default=0.0)
    return [said for said in ours if best > 0 and likeness[said] == best]


def _between(said: str, theirs: str) -> Iterator[Contradiction]:
    ours, other = _content(said), _content(theirs)
    shared = ours & other
    if len(shared) >= SHARED and not _THIS_ONCE.search(theirs):
        yield from _numbers(said, theirs)
    yield from _paths(said, theirs, shared)
    few, many = sorted((len(ours), len(other)))
    if len(shared) >= max(SHARED, MOSTLY * few, BOTH * many) and not _IF.search(said + " " + theirs):
        yield from _denials(said, theirs, shared)


def _numbers(said: str, theirs: str) -> Iterator[Contradiction]:
    ours, other = _facts(said), _facts(theirs)
    for kind in ours.keys() & other.keys():
        if not ours[kind] & other[kind]:
            yield _conflict(kind.partition(":")[0], said, theirs, f"{kind} {sorted(other[kind])[0]:g}")


def _denials(said: str, theirs: str, shared: frozenset[str]) -> Iterator[Contradiction]:
    """One denies a word of both, the other denies none of them: "cannot change" against "can change"."""
    if _CHANGED.search(theirs) and not _CHANGED.search(said):
        yield _conflict("no_longer", said, theirs, "changed")
    elif not _THIS_ONCE.search(theirs) and bool(_denied(said) & shared) != bool(_denied(theirs) & shared):
        yield _conflict("negation", said, theirs, "not" if _denied(theirs) & shared else "yes")


def _paths(said: str, theirs: str, shared: frozenset[str]) -> Iterator[Contradiction]:
    """Another way to the same place, or from another beginning. A way told shorter or longer is the same way."""
    ours, other = _steps(said), _steps(theirs)
    if not ours or not other or set(ours) <= set(other) or set(other) <= set(ours):
        return
    named = {stem for step in (*ours, *other) for stem in _content(step)}
    if ours[-1] == other[-1] or (ours[0] != other[0] and len(shared - named) > SHARED):
        yield _conflict("steps", said, theirs, " > ".join(other))


def _facts(sentence: str) -> dict[str, frozenset[float]]:
    """By kind and unit: "duration" in minutes, amounts by currency, counts by noun."""
    found: dict[str, set[float]] = {}
    for m in _DURATION.finditer(sentence):
        found.setdefault("duration", set()).add(_value(m["n"]) * _MINUTES[m["unit"].lower()])
    for m in _AMOUNT.finditer(sentence):
        unit = (m["sign"] or m["word"]).lower().rstrip("s")
        found.setdefault(f"amount:{_CURRENCY.get(unit, unit)}", set()).add(_value(m["n"] or m["m"]))
    for m in _SHARE.finditer(sentence):
        found.setdefault("share", set()).add(_value(m["n"]))
    for m in _COUNT.finditer(sentence):
        if m["noun"].lower().rstrip("s") not in _MINUTES and m["noun"].lower() not in _MONEY:
            found.setdefault(f"count:{m['noun'].lower()}", set()).add(_value(m["n"]))
    return {kind: frozenset(values) for kind, values in found.items()}


_MONEY = frozenset({"euros", "dollars", "pounds"})


def _value(text: str) -> float:
    spelt = _NUMBERS.get(text.lower())
    return float(spelt) if spelt else float(text.replace(",", ""))


def _steps(sentence: str) -> tuple[str, ...]:
    match = _PATH.search(sentence)
    return tuple(s.strip(" *").lower() for s in re.split(r">|→|›|»", match.group())) if match else ()


def _denied(sentence: str) -> frozenset[str]:
    """The content words close behind a negation; of one that ends its clause ("mostly don't"), all of the clause."""
    found: set[str] = set()
    for clause in _CLAUSE.split(sentence):
        for m in _NOT.finditer(clause):
            behind = _WORD.findall(clause[m.end() :].lower())[:REACH]
            found |= _content(" ".join(behind) if behind else clause)
    return frozenset(found)


@cache
def _content(sentence: str) -> frozenset[str]:
    """Words that carry the matter, cut to their first six letters: "refunds" and "refunded" are one."""
    words = _WORD.findall(sentence.lower())
    return frozenset(w[:6] for w in words if len(w) > 2 and w not in _SMALL and w.rstrip("s") not in _MINUTES)


def _conflict(kind: str, said: str, theirs: str, value: str) -> Contradiction:
    return Contradiction(kind, sha256(said.encode()).hexdigest()[:16], said, theirs, value)


def are_enough(replies: Sequence[tuple[str, str, str]], many: int, agents: int) -> bool:
    """Whether `many` replies for different customers, by at least `agents` people, say the same instead.

    Each reply is (value, customer, agent).
    """
    values = {value for value, _, _ in replies}
    alike = ([(c, a) for v, c, a in replies if v == value] for value in values)
    return any(len({c for c, _ in own}) >= many and len({a for _, a in own}) >= agents for own in alike)
