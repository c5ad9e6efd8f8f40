"""What a customer did about their matter before anybody asked: the steps they name, in English and in German.

The one idea: a step is a verb of trying, in the past, of whoever writes. "How do I reset it", "I have not tried another
browser" and "if I restart it" name the same things and tell of nothing done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from segue.desk.phrase_books import book, either, whole

LONGEST_READ = 600
"""Characters of a sentence that are looked at."""


@lru_cache(maxsize=512)
def first_step(sentence: str) -> tuple[int, int] | None:
    """Where its first step stands; None where it tells of none. Kept for a while, as the guard asks at each pause."""
    read = sentence[:LONGEST_READ]
    ways = (_ENGLISH.finditer(read), _ALONE.finditer(read), _OF_NO_USE.finditer(read), _done_in_german(read))
    places = [found.span() for way in ways for found in way if not _is_only_asked(read, found)]
    return min(places, default=None)


def tells_a_step(sentence: str) -> bool:
    return first_step(sentence) is not None


def told_around(sentence: str, longest: int) -> str:
    """The sentence; of one that tells of its step only behind `longest` characters, the part from that step on."""
    place = first_step(sentence)
    if place is None or len(sentence) <= longest or place[1] <= longest:
        return sentence
    begins = max(found.end() for found in _PART.finditer(sentence, 0, place[0] + 1))
    return "… " + sentence[begins:].lstrip()


def done_in(sentence: str) -> str:
    """The sentence without the parts that say what was not done."""
    ends = [*(part.start() for part in _PART.finditer(sentence, 1)), len(sentence)]
    parts = (sentence[begins:end] for begins, end in zip([0, *ends], ends, strict=False))
    return "".join(part for part in parts if not _NOT_DONE.search(part))


def substance(text: str) -> frozenset[str]:
    """Longer words and names, cut to five letters: so "restart" meets "restarting", "geleert" stays "geleert"."""
    return frozenset(word[:5].casefold() for word in _WORD.findall(text)) - _COMMON


def _done_in_german(sentence: str) -> Iterator[re.Match[str]]:
    """The participle that belongs to "ich habe": before it in the same breath nothing says no. Or that ends a breath of
    its own in which "ich habe" is left out: "Cache gelöscht, Rechner neu gestartet"."""
    is_mine, begins = False, 0
    yield from _left_to_itself(sentence)
    for part in (*_PART.finditer(sentence), None):
        ends = part.start() if part else len(sentence)
        clause = sentence[begins:ends]
        is_mine = bool(_MINE.search(clause)) or (is_mine and not _ANOTHERS.search(clause))
        if is_mine:
            for found in _PARTICIPLE.finditer(sentence, begins, ends):
                if not _NO.search(sentence, begins, found.start()):
                    yield found
        begins = part.end() if part else ends
    yield from _PLAIN.finditer(sentence)


def _left_to_itself(sentence: str) -> Iterator[re.Match[str]]:
    """What another joins with "und" goes on with its words: "Fremde haben sich angemeldet und Daten gelöscht"."""
    is_alone = False
    ends_at = [*(found.start() for found in _BREATHES.finditer(sentence)), len(sentence)]
    for begins, until in zip([0, *ends_at], ends_at, strict=False):
        words = sentence[begins:until].lstrip(_MARKS)
        goes_on = bool(_JOINED.match(words.strip()))
        is_alone = not _AUXILIARY.search(words) and (is_alone or not goes_on)
        ends = _PARTICIPLE_LAST.search(words) if is_alone else None
        if ends and not _NO.search(words) and len(words.split()) > 1:
            yield from _PARTICIPLE.finditer(sentence, until - len(words) + ends.start(), until)


def _is_only_asked(sentence: str, found: re.Match[str]) -> bool:
    """Whether it is asked about, only thought of, or says which thing is meant. A question that begins with what was
    done tells of it."""
    before = sentence[: found.start()]
    if _THOUGHT_OF.search(before) or (_A_THING.search(before) and _IT_IS.match(sentence, found.end())):
        return True
    if not sentence.rstrip("\"'”’) ").endswith("?") or _ALREADY.search(found.group(0)):
        return bool(_ASKED_HOW.match(sentence) and not _PART.search(before, 1))
    return bool(_ASKS.match(sentence)) and not _PART.search(before, 1)


_EN, _DE = book("en", "steps"), book("de", "steps")
_VERBS, _SAME_FORM, _OFTEN = _EN["verbs"], _EN["same_form"], rf"(?: {_EN['often']}){{0,3}}"
_ENGLISH = re.compile(
    rf"\b{_EN['who']}(?: and \w+)?(?:['’]ve|['’]d| {_EN['have']})?{_OFTEN} {_VERBS}\b(?! {_EN['no_step']})"
    rf"|\b{_EN['i_or_we']}(?:['’]ve|['’]d| {_EN['have_or_had']})?{_OFTEN} {_SAME_FORM}(?! not\b)\b"
    rf"|(?:(?<=, )|{_EN['linked']}){_VERBS} {_EN['after_a_verb']}\b",
    re.I,
)
_ALONE = re.compile(
    rf"^\W*(?:{_EN['begins']}[,:]? )?(?:{_EN['early']} )*{_EN['verbs_alone']}\b"
    rf"|\b{_EN['alone']}\b|^\W*{_DE['begins_openly']}",
    re.I,
)
_OF_NO_USE = re.compile(
    rf"\b{_EN['doing']}\b[^.?!;]{{0,60}}?\b{_EN['came_to_nothing']}"
    rf"|\b{_EN['a_restart']}\b[^.?!;]{{0,40}}?\b{_EN['did_not']}\b"
    rf"|\b{_EN['after_it']}\b[^.?!;]{{0,60}}\b{_EN['as_before']}\b"
    rf"|\b{_EN['same_there']}\b"
    rf"|\b{_DE['a_restart']}\b[^.?!;]{{0,50}}?\b{_DE['came_to']}\b[^.?!;]{{0,30}}?\b{_DE['nothing']}\b"
    rf"|\b{_DE['after_it']}\b|\b{_DE['after_an_update']}\b[^.?!;]{{0,50}}\b{_DE['as_before']}\b"
    rf"|\b{_DE['elsewhere']}\b[^.?!;]{{0,30}}\b{_DE['the_same']}\b",
    re.I,
)
_MINE, _ANOTHERS = whole(_DE["mine"]), whole(_DE["anothers"])
_PARTICIPLE, _NO = whole(_DE["participles"]), whole(_DE["no"])
_AUXILIARY, _JOINED = whole(_DE["auxiliary"]), whole(_DE["joined_by"])
_PARTICIPLE_LAST = re.compile(rf"\b{_DE['participles']}\W*$", re.I)
_MARKS = ",;:–—().!? "
_BREATHES = re.compile(rf"[,;:–—().!?]|\s(?={_DE['joined_by']}\s)", re.I)
_PLAIN = re.compile(rf"^\W*{_DE['begins']}\b|\b{_DE['plain']}\b", re.I)
_NOT_DONE = re.compile(
    rf"(?:\b{_EN['not']}|n['’]t)(?: {_EN['yet']})? {either(_VERBS, _SAME_FORM)}\b"
    rf"|\b{_DE['not_done']}\b[^,;]*{_PARTICIPLE.pattern}",
    re.I,
)
_THOUGHT_OF = re.compile(
    rf"\b{either(_EN['thought_of'], _DE['thought_of'])}\s*$|n['’]t\s*$"
    rf"|\b{either(_EN['thought_of_far'], _DE['thought_of_far'])}\b[^,;]*$",
    re.I,
)
_A_THING = re.compile(rf"\b{_EN['which_thing']} (?:[\w'’-]+ ){{1,3}}$", re.I)
_IT_IS = re.compile(rf"(?: [\w'’-]+){{0,3}} {_EN['it_is']}\b", re.I)
_ALREADY = re.compile(rf"\b{_EN['already_done']}\b|['’](?:ve|d)\b", re.I)
_ASKS = re.compile(
    rf"\W*(?:{either(_EN['before_a_question'], _DE['before_a_question'])}[,!]? )?"
    rf"{either(_EN['question'], _DE['question'])}\b",
    re.I,
)
_ASKED_HOW = re.compile(rf"\W*{either(_EN['asked_how'], _DE['asked_how'])}\b", re.I)
_PART = re.compile(rf"[,;:–—(]\s|\s{either(_EN['parts'], _DE['parts'])}\s|^", re.I)
_WORD = re.compile(r"[^\W\d_]{5,}|(?<=[^.!?] )[A-ZÄÖÜ][^\W\d_]{2,}")
_COMMON = frozenset(word[:5] for language in (_EN, _DE) for word in language.words("common"))
