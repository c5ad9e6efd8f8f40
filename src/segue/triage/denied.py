"""What a customer says it is not, so that a message is read without it: "My card isn't the problem, …".

The one idea: words that are denied speak for their matter as loudly as words that are meant, to a reader that counts
words and to one that sees the broad meaning. So the clause that denies is left out, and only where what remains can be
read by itself: enough words of a matter, and none that points back into what was left out. "I can't log in" and "it
does not export" deny no matter, they are it; such clauses stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from segue.triage.courtesy import is_closing, is_greeting
from segue.triage.phrasebook import Hit, phrases
from segue.triage.said import Said
from segue.triage.standing import carried, stands_alone

_LONG = 120
"""Words beyond which nothing is left out: a letter tells its matter often enough."""
_FEWEST_WORDS = 3
_END = re.compile(r"[.!?;…]+(?:\s+|$)|\n\s*|\s[-–]+\s|[,:]\s+|\s(?=(?:but|sondern|aber|however|though)\b)")
_SENTENCE = re.compile(r"[.!?…]|\n")
_LEADS = re.compile(
    r"(?:but|and|so|oh|well|no|also|because|however|though|actually|aber|und|also|nein|sondern)\b[\s,]*"
)
_POINTS = re.compile(
    r"\b(?:(?:it|they|them)\b(?!'s (?:the|my|our|a|about)\b)(?! (?:is|was) (?:the|my|our|a|about|because)\b)"
    r"|(?:that|this|the|other|same|which) ones?\b|ihn\b|davon\b|darin\b|darauf\b|damit\b|sie\b|diese[rns]?\b)"
)
"""Words that point back: German "Sie" for the customer's own you has a capital."""
_NAMED = 2
"""Words of a matter before such a word, that it may point to."""
_ONLY_PERHAPS = re.compile(
    r"\b(?:if|when|unless|until|once|whether|how|what|why|where|should|could|would|think|thought|assume|sure|hope|only"
    r"|normally|usually|always|before|said|says|told|saw|looked|want|not|never|no|(?:do|does|did|is|are|wo|ca)nt"
    r"|wenn|ob|falls|bis|sonst|immer|nicht|kein\w*|nie)\b|n't\b"
)
"""What is fine only if, or was before, is no matter that is done with."""
_NOT = re.compile(r"\b(?:nicht|kein\w*)\b")
_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Read:
    """A message without what is denied; `left_out` in the customer's own words, empty where all of it is read."""

    text: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    """Behind its last word, before the sign that ends it."""
    until: int
    hits: tuple[Hit, ...]
    plain: str
    ends_with: str

    def begins_with(self, hit: Hit) -> bool:
        lead = _LEADS.match(self.plain)
        return hit.start - self.start <= (lead.end() if lead else 0)

    def ends_behind(self, hit: Hit) -> bool:
        return not self.plain[hit.end - self.start :].strip(" \"')")


def without_denied(said: Said) -> Read:
    """What the message says besides what it denies. `text` is empty where it says nothing else; where the rest cannot
    be read by itself, nothing is left out."""
    if len(said.words) > _LONG or not (hits := tuple(phrases("denied").find(said))):
        return Read(said.raw)
    clauses = _clauses(said, hits)
    denied = _denied(clauses)
    if not any(denied):
        return Read(said.raw)
    left = _pieces(said, clauses, [not d for d in denied])
    out = tuple(said.quote(c.start, c.end) for c, d in zip(clauses, denied, strict=True) if d)
    rest = Said.of(left)
    if not rest.words or is_greeting(rest) or is_closing(rest):
        return Read("", out) if _is_sure(clauses, denied) else Read(said.raw)
    return Read(left, out) if _is_readable(rest) else Read(said.raw)


def _is_readable(rest: Said) -> bool:
    pointer = _POINTS.search(rest.raw)
    names_its_own = pointer is None or carried(Said.of(rest.raw[: pointer.start()])) >= _NAMED
    return len(rest.words) >= _FEWEST_WORDS and names_its_own and stands_alone(rest)


def _is_sure(clauses: Sequence[_Clause], denied: Sequence[bool]) -> bool:
    """Whether what is denied is denied in so many words; "the invoice is fine" alone may be an answer."""
    groups = {hit.group for clause, is_out in zip(clauses, denied, strict=True) if is_out for hit in clause.hits}
    return bool(groups & {"denies", "back"})


def _clauses(said: Said, hits: Sequence[Hit]) -> list[_Clause]:
    found, begin = [], 0
    for end in [*_END.finditer(said.plain), None]:
        stop, until = (end.start(), end.end()) if end else (len(said.plain), len(said.plain))
        plain = said.plain[begin:stop]
        if plain.strip():
            own = hits[bisect_right(hits, begin - 1, key=_start) : bisect_right(hits, stop - 1, key=_start)]
            found.append(_Clause(begin, stop, until, tuple(own), plain, said.plain[stop:until].strip()))
        begin = until
    return found


def _denied(clauses: Sequence[_Clause]) -> list[bool]:
    denied = [False] * len(clauses)
    for n, clause in enumerate(clauses):
        later = clauses[n + 1 :]
        if _stays(clause) or not (_denies(clause, later) or _before_sondern(clause, later)):
            continue
        denied[n] = True
        if n and not _SENTENCE.search(clauses[n - 1].ends_with) and any(hit.group == "back" for hit in clause.hits):
            denied[n - 1] = True
    return denied


def _stays(clause: _Clause) -> bool:
    return clause.ends_with.startswith("?") or any(hit.group == "stays" for hit in clause.hits)


def _denies(clause: _Clause, later: Sequence[_Clause]) -> bool:
    return any(
        hit.group in ("denies", "back", "trouble")
        or (hit.group == "opens" and clause.begins_with(hit))
        or (hit.group == "settles" and clause.ends_behind(hit) and not _ONLY_PERHAPS.search(clause.plain))
        or (hit.group == "wants" and any(other.group == "instead" for c in later for other in c.hits))
        for hit in clause.hits
    )


def _before_sondern(clause: _Clause, later: Sequence[_Clause]) -> bool:
    return bool(later and later[0].plain.startswith("sondern") and _NOT.search(clause.plain))


def _pieces(said: Said, clauses: Sequence[_Clause], kept: Sequence[bool]) -> str:
    """What is kept, without the "but" that led from what is not."""
    pieces = []
    for n, (clause, is_kept) in enumerate(zip(clauses, kept, strict=True)):
        if is_kept:
            lead = _LEADS.match(clause.plain) if n and not kept[n - 1] else None
            pieces.append(said.raw[clause.start + (lead.end() if lead else 0) : clause.until])
    return "".join(pieces).strip()
