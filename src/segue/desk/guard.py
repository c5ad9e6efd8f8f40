"""Looks over an agent's shoulder before a reply goes out.

A `Flaw` blocks the send (nothing in it, too long, a variable nobody filled in). What is `already_answered` only warns,
for the agent may have a reason to ask again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from segue.desk.cues import cues, split
from segue.domain.briefing import Briefing, Fact
from segue.domain.variables import VARIABLES, name_of
from segue.texts import _

LONGEST_REPLY = 20_000
ON_RECORD = 0
"""The seq of a fact that stands in the customer's record and not in a message."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a draft may not be sent yet: a stable code, what is wrong, what to do; `start` and `end` mark the place."""

    code: str
    what_happened: str
    what_to_do: str
    start: int = 0
    end: int = 0


def flaws(draft: str) -> tuple[Flaw, ...]:
    """Everything that blocks sending, in the order it stands in the draft."""
    if not _VISIBLE.search(draft):
        return (Flaw("empty", _("The reply is empty."), _("Write something, or resolve without a reply.")),)
    return (*_unfilled(draft), *_too_long(draft))


def already_answered(draft: str, briefing: Briefing) -> list[Fact]:
    """What the draft asks for although the customer has said it, or the verified record holds it; each once."""
    known = [*briefing.facts, *_on_record(briefing)]
    found: list[Fact] = []
    for sentence in split(draft):
        if _ASKS_FOR.search(sentence):
            found += [fact for fact in _asked(sentence, known, briefing) if fact not in found]
    return found


def bare(fact: Fact) -> str:
    """What tells one fact from another of its kind: of an id the number, without the word before it."""
    value = fact.value.casefold()
    return value.split()[-1] if fact.kind == "id" else value


def _unfilled(draft: str) -> tuple[Flaw, ...]:
    return tuple(
        Flaw("unfilled_variable", *_why_unfilled(match.group(0)), match.start(), match.end())
        for match in _VARIABLE.finditer(draft)
    )


def _why_unfilled(variable: str) -> tuple[str, str]:
    """What is wrong with it, and what to do."""
    name = name_of(variable)
    if name in VARIABLES:
        said = _("%(variable)s has no value for this customer.", variable=variable)
        return said, _("Fill it in by hand or take it out.")
    said = _("There is no variable “%(name)s”. Known are: %(known)s.", name=name, known=", ".join(VARIABLES))
    return said, _("Choose one of these, or take it out.")


def _too_long(draft: str) -> tuple[Flaw, ...]:
    if len(draft) <= LONGEST_REPLY:
        return ()
    said = _("The reply has %(count)s characters; %(most)s fit.", count=f"{len(draft):,}", most=f"{LONGEST_REPLY:,}")
    return (Flaw("too_long", said, _("Shorten it, or attach the long part as a file."), LONGEST_REPLY, len(draft)),)


def _asked(sentence: str, known: list[Fact], briefing: Briefing) -> list[Fact]:
    """A sentence that names the value itself asks for a confirmation, which is no repetition."""
    folded = sentence.casefold()
    hits = [fact for fact in known if _is_asked(fact, sentence) and bare(fact) not in folded]
    if _THE_ISSUE.search(sentence):
        hits.append(Fact("issue", briefing.wanted.text, briefing.wanted.seq or ON_RECORD))
    return hits + (_tried_too(sentence, briefing) if _TRIED.search(sentence) else [])


def _tried_too(sentence: str, briefing: Briefing) -> list[Fact]:
    """Steps the draft asks for that the customer says they took: a shared word of substance tells."""
    asked = _substance(sentence)
    done = (line for line in briefing.tried if line.seq and "did" in cues(line.text))
    return [Fact("tried", line.text, line.seq or ON_RECORD) for line in done if asked & _substance(line.text)]


def _on_record(briefing: Briefing) -> list[Fact]:
    """Nothing of an unverified customer: asking them who they are is right."""
    card = briefing.customer
    if not card.is_verified:
        return []
    pairs = (("email", card.email), ("account", card.account), ("plan", card.tier), ("page", card.page))
    return [Fact(kind, value, ON_RECORD) for kind, value in pairs if value]


def _is_asked(fact: Fact, sentence: str) -> bool:
    """Whether the sentence names this kind of fact; of a number that says what it is (INV-2041), that very thing."""
    names = _NAMES.get(fact.kind) or re.compile(rf"\b{re.escape(fact.kind.replace('_', ' '))}\b", re.I)
    asked = [match.group(0).casefold() for match in names.finditer(sentence)]
    prefix = _PREFIX.match(fact.value.casefold())
    if fact.kind == "id" and prefix and any(thing.startswith(prefix.group(0)) for thing in _THINGS):
        return any(name.startswith(prefix.group(0)) for name in asked)
    return bool(asked)


def _substance(text: str) -> set[str]:
    return {word[:5] for word in _WORD.findall(text.casefold())} - _COMMON


_VISIBLE = re.compile(r"[^\s\u200b-\u200d\u2060\ufeff\u00ad]")
_VARIABLE = re.compile(r"\{\{[^{}]{0,80}\}\}")
_ASKS_FOR = re.compile(
    r"\?|\b(?:please|could you|can you|would you|kindly) (?:\w+ ){0,3}?"
    r"(?:send|provide|share|tell|give|confirm|describe|explain|specify|let|reply|try|restart|check|clear)\b"
    r"|\blet (?:me|us) know\b|\b(?:we|i)(?:['’]ll| will)? need\b",
    re.I,
)
_THE_ISSUE = re.compile(
    r"\b(?:describe|explain|tell (?:me|us) (?:more )?about|what(?:['’]s| is| seems to be)?) "
    r"(?:again )?(?:the |your )?(?:exact )?(?:issue|problem|question|matter)\b|\bhow (?:can|may) (?:i|we) help\b",
    re.I,
)
_TRIED = re.compile(r"\b(?:have you|did you|could you|can you|please|kindly) (?:\w+ ){0,2}\w+", re.I)
_WORD = re.compile(r"[^\W\d_]{5,}")
_COMMON_WORDS = """
    about account after again already another answer asked assistant before check colleague could customer doing every
    first going helped issue nothing number order other please problem provide question really right share should still
    their there these thing those tried trying under using where which while would
"""
_COMMON = frozenset(word[:5] for word in _COMMON_WORDS.split())
_PREFIX = re.compile(r"[a-z]{2,}")
_THINGS = (
    *("invoice", "order", "reference", "case", "customer", "account", "transaction", "booking", "serial", "ticket"),
    *("claim", "tracking", "contract", "confirmation", "request", "policy"),
)
_NAMES = {
    kind: re.compile(rf"\b(?:{words})\b", re.I)
    for kind, words in {
        "id": rf"(?:{'|'.join(_THINGS)})[ -]?(?:number|id|code|reference)|reference",
        "amount": r"amount|how much|sum|price|total",
        "date": r"date|when (?:did|was|exactly|have)|what day|which day|since when",
        "version": r"version|release|build",
        "url": r"url|link|(?:address of|which|what) (?:the )?page",
        "email": r"e-?mail(?: address)?",
        "phone": r"phone(?: number)?|telephone",
        "error": r"error(?: message| code)?",
        "account": r"account name|which account|company name|organi[sz]ation",
        "plan": r"(?:which|what|your) (?:plan|tier|subscription)",
        "page": r"(?:which|what) page|where (?:are you|were you|do you see|did you)",
    }.items()
}
