"""Looks over an agent's shoulder before a reply goes out.

A `Flaw` blocks the send (nothing in it, too long, a variable nobody filled in). What is `already_answered` only warns,
for the agent may have a reason to ask again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from segue.desk.asked import asked, asks, begins_with_a_question_word
from segue.desk.cues import cues, split
from segue.desk.told import told
from segue.domain.briefing import Briefing, Fact
from segue.domain.conversation import Message
from segue.domain.variables import ASK, VARIABLES, name_of
from segue.texts import _

LONGEST_REPLY = 20_000
MOST_QUESTIONS, LONGEST_QUESTION = 12, 500
"""Nobody asks more at once, and each pause of typing asks this."""
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


def already_answered(draft: str, briefing: Briefing, said: Sequence[Message] = ()) -> list[Fact]:
    """What the draft asks for although the customer has said it, or the verified record holds it; each once.

    `said`: what the customer wrote.
    """
    known = [*briefing.facts, *_on_record(briefing)]
    found: list[Fact] = []
    for sentence in islice(filter(asks, split(draft)), MOST_QUESTIONS):
        found += [
            fact for fact in _asked(sentence[:LONGEST_QUESTION], known, briefing, said) if not _stands_in(found, fact)
        ]
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
    if name.startswith(ASK):
        return _("“%(asked)s” is not filled in.", asked=name.removeprefix(ASK)), _("Write it in, or take it out.")
    said = _("There is no variable “%(name)s”. Known are: %(known)s.", name=name, known=", ".join(VARIABLES))
    return said, _("Choose one of these, or take it out.")


def _too_long(draft: str) -> tuple[Flaw, ...]:
    if len(draft) <= LONGEST_REPLY:
        return ()
    said = _("The reply has %(count)s characters; %(most)s fit.", count=f"{len(draft):,}", most=f"{LONGEST_REPLY:,}")
    return (Flaw("too_long", said, _("Shorten it, or attach the long part as a file."), LONGEST_REPLY, len(draft)),)


def _asked(sentence: str, known: list[Fact], briefing: Briefing, said: Sequence[Message]) -> list[Fact]:
    """A sentence that names the value itself asks for a confirmation, which is no repetition."""
    folded = sentence.casefold()
    hits = [fact for fact in known if _is_asked(fact, sentence) and bare(fact) not in folded]
    if _THE_ISSUE.search(sentence):
        hits.append(Fact("issue", briefing.wanted.text, briefing.wanted.seq or ON_RECORD))
    return [*hits, *_tried_too(sentence, briefing, said), *told(sentence, said)]


def _stands_in(found: list[Fact], fact: Fact) -> bool:
    """Whether it is there already, perhaps under another kind: "€87.50" and "€87.50 instead"."""
    return any(fact.value.casefold() in one.value.casefold() for one in found)


def _tried_too(sentence: str, briefing: Briefing, said: Sequence[Message]) -> list[Fact]:
    """Steps the draft asks for that the customer says they took: all of them, or those that share its words."""
    steps = _steps(briefing, said)
    if _ALL_TRIED.search(sentence):
        return steps
    wish = _TRIED.search(sentence)
    if wish is None or begins_with_a_question_word(sentence[: wish.start()]):
        return []
    of_substance = _substance(sentence[wish.start() :])
    if wish["did"] or wish["verb"].casefold() in _MEANS_ANY:
        return [step for step in steps if of_substance & _substance(step.value)]
    verb = _substance(wish["verb"])
    rest = of_substance - verb
    return [s for s in steps if verb & (own := _substance(s.value)) and (not rest or rest & own)]


def _steps(briefing: Briefing, said: Sequence[Message]) -> list[Fact]:
    """What they say they did: the briefing's lines, and each sentence that tells of something done."""
    lines = [Fact("tried", line.text, line.seq) for line in briefing.tried if line.seq and "did" in cues(line.text)]
    told = "\n".join(line.value for line in lines)
    done = ((m, s) for m in said for s in split(m.text) if _DID.search(s) and s not in told)
    return [*lines, *(Fact("tried", sentence, message.seq) for message, sentence in done)]


def _on_record(briefing: Briefing) -> list[Fact]:
    """Nothing of an unverified customer: asking them who they are is right."""
    card = briefing.customer
    if not card.is_verified:
        return []
    pairs = (("email", card.email), ("account", card.account), ("plan", card.tier), ("page", card.page))
    return [Fact(kind, value, ON_RECORD) for kind, value in pairs if value]


def _is_asked(fact: Fact, sentence: str) -> bool:
    """Whether the sentence asks for this kind of fact; of a number that says what it is (INV-2041), that very thing."""
    if fact.kind != "id":
        names = _NAMES.get(fact.kind) or re.compile(rf"\b{re.escape(fact.kind.replace('_', ' '))}\b", re.I)
        return bool(asked(sentence, names))
    prefix = _PREFIX.match(fact.value.casefold())
    says_what = prefix is not None and any(thing.startswith(prefix.group(0)) for thing in _THINGS)
    named = [*asked(sentence, _NUMBER_OF), *asked(sentence, _THAT_ONE)]
    if prefix is None or not says_what:
        return bool(named)
    return any(word.startswith(prefix.group(0)) for name in named for word in name.split())


def _substance(text: str) -> set[str]:
    """Longer words and names, cut to five letters: so "restart" meets "restarting"."""
    return {word[:5].casefold() for word in _WORD.findall(text)} - _COMMON


_VISIBLE = re.compile(r"[^\s\u200b-\u200d\u2060\ufeff\u00ad]")
_VARIABLE = re.compile(r"\{\{[^{}]{0,80}\}\}")
_THE_ISSUE = re.compile(
    r"\b(?:describe|explain|tell (?:me|us) (?:more )?about|what(?:['’]s| is| seems to be)?) "
    r"(?:again )?(?:the |your )?(?:exact )?(?:issue|problem|question|matter)\b|\bhow (?:can|may) (?:i|we) help\b",
    re.I,
)
_ALL_TRIED = re.compile(
    r"\b(?:what|which steps|anything)\b[^.?]{0,20}\b(?:(?:have|did|had) )?you(?: have)?(?: already"
    r"| so far)? (?:tried|try|done)\b",
    re.I,
)
_TRIED = re.compile(
    r"\b(?:(?P<did>have you|did you)|could you|can you|would you|please(?! be)|kindly|so kind(?: and| to| as to))"
    r" (?:(?:already|also|please|maybe|perhaps|once|ever|just|kindly) )*(?P<verb>[\w-]+)",
    re.I,
)
_MEANS_ANY = ("try", "do")
_DID = re.compile(
    r"\b(?:i|we)(?:['’]ve| have)?(?: (?:already|just|also|even|then|now|once|twice)){0,2} (?!need|want|notic|receiv"
    r"|expect"
    r"|wonder|mention|decid|believ|happen|start|stopp|lik|hop|miss|fail)(?:re-?)?(?:\w{3,}ed|did(?! not)|reset|ran"
    r"|spoke|went|sent|took)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]{5,}|(?<=[^.!?] )[A-Z][^\W\d_]{2,}")
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
_NUMBER_OF = re.compile(
    rf"\b(?:{'|'.join(_THINGS)})[ -]?(?:number|no|nr|id|code|reference)\b|\breference\b"
    rf"|\b(?:number|no|nr|id|code) of (?:the|your) (?:{'|'.join(_THINGS)})\b",
    re.I,
)
_THAT_ONE = re.compile(r"\b(?:which|what) (?:invoice|order|booking|transaction|ticket|case|claim|contract)\b", re.I)
_NAMES = {
    kind: re.compile(rf"\b(?:{words})\b", re.I)
    for kind, words in {
        "amount": r"amount|how much|sum|price|total",
        "date": r"date|when (?:did|was|were|exactly|have)|what day|which day|since when|day of",
        "version": r"(?<!browser )(?:version|release|build)",
        "url": r"url|link|(?:address of|which|what) (?:the )?page",
        "email": r"e-?mail(?: address)?|mail address",
        "phone": r"phone(?: number)?|telephone",
        "error": r"error(?: message| code)?",
        "account": r"account name|which account|company(?: name)?|organi[sz]ation|name of (?:the|your) account",
        "plan": r"(?:(?:which|what|your|the) )?(?:plan|tier|subscription)",
        "page": r"(?:which|what) page|where (?:are you|were you|do you see|did you)",
    }.items()
}
