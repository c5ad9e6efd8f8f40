"""Stretches of an article that only send the reader to us: "You are the only Owner? Write to us."

The one idea: who reads that in a help centre writes to us, and is helped by it. Who is told it in reply to what they
just wrote is not. So each such stretch is kept with what it is said of, its condition, and a message that meets the
condition is one for people.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from segue.knowledge.long_ago import days_ago, limit_of

_TO_US = (
    r"(?:write|talk|speak|turn|get back|reach out|come) to (?:us|(?:our |the )?support(?: team)?)"
    r"|(?:contact|call|ask|tell|inform|phone|reach|e-?mail|mail|message|notify) (?:us|(?:our |the )?support(?: team)?"
    r"|(?:our )?customer (?:service|care|support))"
    r"|let us know|(?:get|be) in (?:touch|contact)(?: with (?:us|(?:our )?support))?|drop us a (?:line|message|note)"
    r"|send us (?:a|an|your|the) (?:message|mail|e-?mail|note|request)|open a (?:support )?(?:ticket|case|request)"
    r"|(?:raise|submit|file) a (?:support )?(?:ticket|case|request)|send (?:it|them) in a message here"
    r"|schreiben sie (?:an )?uns|wenden sie sich an (?:uns|unseren support|den support)|kontaktieren sie uns"
    r"|melden sie sich (?:bei uns|beim support)|rufen sie uns an|sagen sie uns bescheid"
)
_SCREEN = (
    r"(?:open|go|click|tap|choose|press|select|use|set|switch|turn|type|enter|fill|visit|see|change|sign|log|download"
    r"|öffnen|gehen|klicken|tippen|wählen|drücken|geben|stellen)"
)
"""What is done at a screen, where an order begins with it."""
_REFERS = re.compile(rf"(?<![\w*\[])(?:{_TO_US})\b(?!\W{{0,2}}\*)(?!,? or {_SCREEN}\b)", re.IGNORECASE)
_RATHER_NOT = re.compile(
    r"\b(?:before(?: you)?|instead of|rather than|without|(?:don['’]t|do not|no longer) (?:need|have) to|no need to"
    r"|need not|needn['’]t|don['’]t|do not|never)(?: (?:ever|even|then|first|having to))? $",
    re.IGNORECASE,
)
"""Right before it: nobody is sent to us."""
_AT_ANY_TIME = re.compile(r"\b(?:feel free|hesitate|happy to help|any time|anytime|zögern)\b", re.IGNORECASE)
_STEP = re.compile(rf"\A\W*\d+\.\s|(?:\A|[.!?:]\s)[\s*•-]*{_SCREEN}\s", re.IGNORECASE)
_BLOCK = re.compile(r"(?:\A|\n)[ \t]*(?:\n[ \t]*)+|\n(?=\s*(?:[-*•]|\d+\.|\|)\s)")
_SENTENCE = re.compile(r"\S.*?(?:[.!?:;](?=[\s*]|$)|\n|$)(?:\*{0,2})", re.DOTALL)
_CONDITION = re.compile(r"\W*\b(?:if|when|for|in case|unless|wenn|falls|für)\b([^.!?;\n]*)", re.IGNORECASE)
_TERM = re.compile(r"[^\W\d_]{3,}")
_SMALL = """
    the and for are was were has have had been you your yours our ours that this with from not but any all can will
    would could should does did its they them then than when where who which whom what there here into out more most
    other some such just also yet still very too one two us about please write tell contact person people
    need needs needed help helps helped helping work works worked working question questions problem problems sure
    unsure want wants anything something nothing else trouble issue issues further assistance stuck after trying tried
    doesn didn don isn won cannot
    hilfe brauchen benötigen haben fragen frage weiter weitere noch immer problem probleme funktioniert etwas
    der die das und ein eine für mit von ist sind sie ihr ihre wenn auf bei nicht oder
"""
_LITTLE = frozenset(_SMALL.split())
_AROUND = 300
"""Characters before the end of a block among which it says how old is too old."""
_ONLY = "only"
_SAME = {
    other: lines[0]
    for lines in map(str.split, (
        f"{_ONLY} sole single lone alone einzige einziger einzigen einziges alleinige alleiniger alleinigen",
        "left gone quit died resigned departed deceased",
        "away absent unreachable unavailable abroad holiday holidays vacation",
        "raise raised increase increased lift lifted higher",
        "admin administrator administrators admins",
        "big large huge massive",
    ))
    for other in lines
}  # fmt: skip
"""Words of a condition that customers have others for."""
_NO_OTHER = re.compile(
    r"\b(?:(?:no|any) (?:other|second|further|more) (?:owner|admin)\w*|(?:nobody|no one|noone|none) else"
    r"|(?:just|only) me|kein\w* (?:ander|weiter|zweit)\w*|niemand (?:sonst|ander\w*|weiter\w*)|nur ich)\b",
    re.IGNORECASE,
)
"""Who says so is the only one."""
_ITEM = re.compile(r"\s*(?:\d+[.)]|[-*•])\s")
_NEEDED = re.compile(
    r"\b(?:we need|tell us|send us|let us know|include|mention|have ready|with (?:these|the following)|wir brauchen"
    r"|nennen sie|schicken sie|geben sie .{0,20}an)\b[^.!?]*:\W*$|"
    rf"(?:{_TO_US})\b[^.!?]{{0,60}}:\W*$",
    re.IGNORECASE,
)
"""Leads up to a list of what is to be told us."""
ENOUGH = 0.4
"""The share of what a condition says that a message must say, rare words of the article counting more."""
MOSTLY = 0.6
"""The share from which one word is enough; below it two must be said."""
WHOLLY = 0.5
"""From this share of its sentences on an article only refers to us."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A stretch that refers to us. `start`, `end`: offsets into the body; `terms` of its condition with their weights,
    empty where it is said of everything. `days`: beyond which it says so of what is older."""

    start: int
    end: int
    terms: tuple[tuple[str, float], ...]
    days: int | None = None

    def is_met(self, text: str, year: int = 0) -> bool:
        """Whether a message says enough of the condition, and a word of it that is rare in the article. `year`: the
        present one."""
        if not self.terms:
            return True
        if self.days is not None and days_ago(text, year) > self.days:
            return True
        said = _stems(text) | ({_ONLY} if _NO_OTHER.search(text) else set())
        met = [weight for term, weight in self.terms if term in said]
        share = sum(met) / sum(weight for _, weight in self.terms)
        return sum(met) >= 1.0 and share >= (ENOUGH if len(met) > 1 else MOSTLY)


def referrals_of(body: str) -> tuple[Referral, ...]:
    """The sentences in which an article sends people to us, in reading order. An article that does little else has one
    referral, for everything that is asked."""
    sentences = [m for m in _SENTENCE.finditer(body) if _TERM.search(m[0])]
    every = [n for n, m in enumerate(sentences) if _refers(m[0])]
    if not every:
        return ()
    refer = [n for n in every if not _is_customary(sentences[n][0], sentences[n - 1][0] if n else "")]
    blocks = _blocks(body)
    tells = any(_STEP.search(body[start:end]) for start, end in _without_what_we_need(body, blocks)[1:])
    opens = refer[:1] == [0] and not _own(sentences[0][0]) and not tells
    plainly = [n for n in refer if not _own(sentences[n][0])]
    if opens or len(every) == len(sentences) or (plainly and len(plainly) >= WHOLLY * len(sentences)):
        first = sentences[every[0]]
        return (Referral(first.start(), first.end(), ()),)
    seen = Counter(term for start, end in blocks for term in _stems(body[start:end]))
    return tuple(
        Referral(
            start, end, tuple((term, 1.0 / seen[term]) for term in sorted(terms)),
            limit_of(said, body[max(0, end - _AROUND) : end]),
        )
        for start, end in blocks
        for said, terms in _conditions(body[start:end])
    )  # fmt: skip


def _without_what_we_need(body: str, blocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without lists of what is to be told us: what is numbered there are no steps."""
    left, is_ours = [], False
    for start, end in blocks:
        block = body[start:end]
        is_item = _ITEM.match(block) is not None
        if not (is_ours and is_item):
            left.append((start, end))
        is_ours = (is_item and is_ours) or bool(_NEEDED.search(block))
    return left


def _refers(sentence: str) -> re.Match[str] | None:
    """Where it sends to us; "before you contact us" and "you don't need to call us" do not."""
    return next((m for m in _REFERS.finditer(sentence) if not _RATHER_NOT.search(sentence[: m.start()])), None)


def _is_customary(sentence: str, before: str) -> bool:
    """Said below any article, of nothing: "if you need help, contact us", "still stuck? Write to us"."""
    if _AT_ANY_TIME.search(sentence):
        return True
    lead = _own(sentence) or (before if before.rstrip("* ").endswith("?") else "")
    return bool(lead) and not _stems(lead)


def _conditions(block: str) -> list[tuple[str, frozenset[str]]]:
    """Words and terms of that under which a block refers to us: its own "if", else its head, or what it says just
    before."""
    sentences = [m[0] for m in _SENTENCE.finditer(block) if _TERM.search(m[0])]
    at = next((n for n, sentence in enumerate(sentences) if _is_meant(sentence, sentences[n - 1] if n else "")), None)
    if at is None:
        return []
    own = _own(sentences[at])
    leads = [own] if own else [sentences[n] for n in dict.fromkeys((0, at - 1)) if 0 <= n < at and _leads(block, n)]
    return [(lead, terms) for lead in leads or sentences[max(at - 1, 0) : at] if (terms := _stems(lead))]


def _is_meant(sentence: str, before: str) -> bool:
    return _refers(sentence) is not None and not _is_customary(sentence, before)


def _leads(block: str, place: int) -> bool:
    """The first sentence of a block leads up to all of it only where it is its head, in bold."""
    return place > 0 or block.lstrip().startswith("**")


def _own(sentence: str) -> str:
    """The condition that stands in the sentence itself, before or behind: "for older ones, write to us"."""
    refers = _refers(sentence)
    if refers is None:
        return ""
    before, behind = _CONDITION.search(sentence[: refers.start()]), _CONDITION.match(sentence[refers.end() :])
    return before[1] if before else behind[1] if behind else ""


def _blocks(body: str) -> list[tuple[int, int]]:
    found, begin = [], 0
    for gap in [*_BLOCK.finditer(body), None]:
        end = gap.start() if gap else len(body)
        if body[begin:end].strip():
            found.append((begin, end))
        begin = gap.end() if gap else end
    return found


def _stems(text: str) -> frozenset[str]:
    words = (_SAME.get(word, word) for word in _TERM.findall(text.lower()) if word not in _LITTLE)
    return frozenset(_stem(word) for word in words)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word
