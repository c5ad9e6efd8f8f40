"""A wish for a person, in any words: obeyed at the first request, so missing one is the worse mistake.

The one idea: "speak to a person" is a wish only where the words before it are the writer's own wanting. "I'd like to",
"can I", "let me" or nothing at all lead to a wish; "do I need to", "my customers want to", "I was told to" do not.
Misspellings are put right first. What stands behind counts too: an "agent account" is no person.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache

from segue.domain.assessment import Signal
from segue.domain.buttons import wishes
from segue.triage.phrasebook import Hit, book, phrases
from segue.triage.said import Said, Word

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LONG = 30
_SHORT = 12
_NEAR = 120
_SHOWN = 4
_CLEARLY, _VERY_CLEARLY = 1.0, 1.5
_BEGINNING = 60
_LENGTHS = 2, 4, 8, 20, 40
_FEWEST_GROUPS = 2
_NO_NEED = re.compile(r"\b(?:no|without|any) need\b")
_STOP = re.compile(r"[.!?;:\n(\"]")
_SENTENCE = re.compile(r"[.!?;…]+(?:\s|$)|\n|\s-+\s|…")
_OF_NOBODY = re.compile(
    r"\bagents? (?:for|on|in) (?:\w+ ){0,2}(?:linux|windows|macos|mac|ubuntu|servers?|machines?|computers?)\b"
    r"|^(?:thanks|thank you|cheers|well done)[\s,.!]+you(?:'re| are| were)\b[^.!?]*\b(?:bot|assistant)[\s.!]*$"
)
"""A program that is called an agent, and thanks to the assistant itself."""
_HANDLED = re.compile(
    r"[^.!?;\n]{0,60}\b(?:(?:zu)?(?:entfern|lösch|sperr|deaktivier|änder)|(?:hinzu|ein|an|aus|um|frei|zu|ab|raus)(?:zu)?"
    r"(?:füg|lad|leg|trag|schalt|benenn|weis|meld|stell|werf))\w*"
)
"""Behind a person in German: what is to be done with an account of theirs, and none is wished for."""
_MACRO = re.compile(r"\{([a-z]+)\}")


def wish_for_person(said: Said, hears: Callable[[], float] | None = None) -> Signal[bool]:
    """True with the words that say so; less sure where only asked whether a person is there.

    `hears`: asks a head for its log-odds above its mark (tone.py). Asked only where no phrase says it; where a phrase
    has been met and refused it is believed only if it hears clearly.
    """
    if pressed := wishes(said.raw):
        return Signal(True, 1.0, (pressed,))
    spelt = put_right(said)
    if _NO_NEED.search(spelt.plain):
        return Signal(False, 0.9)
    hits = tuple(phrases("wish").find(spelt))
    hit = next((hit for hit in hits if _is_wish(hit, spelt)), None) or _whole_message(spelt)
    if hit is None:
        return _heard(said, spelt, hits, hears) if hears else Signal(False, 0.95)
    only_asked = hit.group == "there" or hit.words.lower().startswith(("are you", "am i"))
    sure = 0.7 if only_asked else 0.98
    return Signal(True, sure, (said.quote(*_place(hit, said, spelt)),))


def words_of_a_wish(said: Said) -> frozenset[str]:
    """Those by which a phrase says it; without the head, and none where no word of the field stands there."""
    if said.vocabulary.isdisjoint(_list("field")) and not wishes(said.raw):
        return frozenset()
    return frozenset(word.text for words in wish_for_person(said).words for word in Said.of(words).words)


def _is_believed(heard: float, hits: Sequence[Hit], said: Said) -> bool:
    """Against a phrase that was met and refused, only where it is heard clearly; all the more beside a "not"."""
    is_negated = any(said.is_negated(hit.start) for hit in hits)
    return heard > (_VERY_CLEARLY if is_negated else _CLEARLY if hits else 0.0)


def cues(said: Said) -> list[float]:
    """What stands in a message, as 0 and 1 and in the order of the phrase book: groups of words, pairs of them near
    each other, and its shape. For a head to weigh (tone.py)."""
    spelt, groups = put_right(said), _cue_groups()
    places: dict[str, list[int]] = {name: [] for name in book("wish")["cues"]}
    for word in groups.keys() & spelt.vocabulary:
        for name in groups[word]:
            places[name] += spelt.places[word]
    near = (any(lo <= b - a <= hi for a in places[one] for b in places[other])
            for one, other, lo, hi in book("wish")["pairs"])  # fmt: skip
    length = len(spelt.words)
    shape = (
        *(length <= n for n in _LENGTHS),
        0 in places["person"],
        0 in places["ask"],
        length - 1 in places["person"] or length - 1 in places["now"],
        length <= _LENGTHS[1] and bool(places["person"]),
        length <= _LENGTHS[1] and bool(places["office"]),
    )
    return [float(holds) for holds in (*map(bool, places.values()), *near, *shape)]


def _heard(said: Said, spelt: Said, hits: Sequence[Hit], hears: Callable[[], float]) -> Signal[bool]:
    """Quoted are the words of the field; where none stands there, the message's beginning. Then the head is not asked
    about a long message, for who wishes for somebody in so many words names them; nor about one that says hardly
    anything it knows ("asdf", another language): there it would only guess."""
    field = spelt.vocabulary & _list("field")
    is_told_otherwise = _OF_NOBODY.search(spelt.plain) is not None
    may_mean_it = field or hits or (len(spelt.words) <= _LONG and _groups_met(spelt) >= _FEWEST_GROUPS)
    if is_told_otherwise or not may_mean_it or not _is_believed(hears(), hits, spelt):
        return Signal(False, 0.9)
    places = [n for n, word in enumerate(spelt.words) if word.text in field]
    words = [said.quote(said.words[n].start, said.words[n].end) for n in places] or [said.quote(0, _BEGINNING)]
    return Signal(True, 0.8, tuple(dict.fromkeys(words))[:_SHOWN])


def _groups_met(spelt: Said) -> int:
    """How many groups of the words by which people wish for somebody stand there."""
    groups = _cue_groups()
    return len({name for word in groups.keys() & spelt.vocabulary for name in groups[word]})


def _whole_message(said: Said) -> Hit | None:
    """ "Agent!", "a human, please": a wish where nothing else is said, be it in a sentence of its own."""
    hits = [hit for hit in phrases("wish", "whole").find(said) if not said.is_negated(hit.start)]
    sentences = [words for words in _sentences(said) if words] if hits else []
    if not any(len(words) <= _SHORT for words in sentences):
        return None
    return next((hit for hit in hits if any(_is_all_of(words, hit, len(sentences)) for words in sentences)), None)


def _is_all_of(words: Sequence[Word], hit: Hit, sentences: int) -> bool:
    """Whether the hit is what the sentence says; some are a wish only where it is the only one."""
    is_here = words[0].start <= hit.start <= words[-1].start
    return is_here and (hit.group == "all" or sentences == 1) and all(_is_courtesy(word, hit) for word in words)


def _sentences(said: Said) -> list[list[Word]]:
    """The words of each sentence."""
    ends = [m.end() for m in _SENTENCE.finditer(said.plain)]
    parted: list[list[Word]] = [[] for _ in range(len(ends) + 1)]
    for word in said.words:
        parted[bisect_right(ends, word.start)].append(word)
    return parted


def _is_wish(hit: Hit, said: Said) -> bool:
    if hit.group in ("machine", "foreign"):
        return not (hit.group == "foreign" and _HANDLED.match(said.plain, hit.end))
    if _is_thing(hit, said):
        return False
    if hit.group in ("ask", "there"):
        return not said.is_negated(hit.start)
    before = _words_before(hit, said)
    return _is_wanted(before, hit.group) or (
        hit.group == "talk" and _begins_anew(hit, said) and not _is_refused(before)
    )


def _is_thing(hit: Hit, said: Said) -> bool:
    """Whether the person is only the first half of a word: an "agent account", a "person's name"."""
    if said.plain[hit.end : hit.end + 1] == "'":
        return True
    behind = next((word for word in said.words if word.start >= hit.end), None)
    return behind is not None and behind.start - hit.end <= 1 and behind.text in _list("things")


def _is_courtesy(word: Word, hit: Hit) -> bool:
    return hit.start <= word.start < hit.end or word.text in _list("courtesy")


def _words_before(hit: Hit, said: Said) -> str:
    """The last ten words of the same sentence before the hit, fillers passed over."""
    start = max((m.end() for m in _STOP.finditer(said.plain, max(0, hit.start - _NEAR), hit.start)), default=0)
    words = [word.text for word in said.words if start <= word.start < hit.start]
    return " ".join(word for word in words[-10:] if word not in _list("fillers"))


def _begins_anew(hit: Hit, said: Said) -> bool:
    """ "None of these, talk to somebody": a comma stands right before it."""
    return said.plain[: hit.start].rstrip().endswith(",")


def _is_refused(before: str) -> bool:
    return _endings(book("wish")["refusals"]).search(before) is not None


def _is_wanted(before: str, group: str) -> bool:
    if _is_refused(before):
        return False
    return before == "" or _endings(book("wish")["leads"][group]).search(before) is not None


@cache
def _endings(lines: str) -> re.Pattern[str]:
    """One pattern for all ways the words before may end."""
    ways = (line.strip() for line in lines.splitlines() if not line.strip().startswith("#"))
    return re.compile(f"(?:{'|'.join(_MACRO.sub(_spelt_out, way) for way in ways if way)})$")


def _spelt_out(macro: re.Match[str]) -> str:
    named = str(book("wish")[macro[1]])
    return named if named.startswith("(") else f"({'|'.join(named.split())})"


@cache
def _cue_groups() -> dict[str, list[str]]:
    """The groups each word is in."""
    groups: dict[str, list[str]] = {}
    for name, words in book("wish")["cues"].items():
        for word in set(words.split()):
            groups.setdefault(word, []).append(name)
    return groups


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(book("wish")[name].split())


def _place(hit: Hit, said: Said, spelt: Said) -> tuple[int, int]:
    """Where the hit stands in the message as it was written: word by word, for putting right changes no count."""
    inside = [n for n, word in enumerate(spelt.words) if hit.start <= word.start < hit.end]
    return said.words[inside[0]].start, said.words[inside[-1]].end


def put_right(said: Said) -> Said:
    """The message with misspelt key words put right; the very same where there are none, as nearly always."""
    known = _misspelt()
    if known.keys().isdisjoint(said.vocabulary):
        return said
    text = said.plain
    for word in reversed(said.words):
        if word.text in known:
            text = text[: word.start] + known[word.text] + text[word.end :]
    return Said.of(text)


@cache
def _misspelt() -> dict[str, str]:
    """Every misspelling known: those written down, and every single slip in a long key word that is no other word."""
    slips = {slip: right for right in book("wish")["misspelt_from"].split() for slip in _one_slip(right)}
    written = {wrong: right for right, many in book("wish")["misspelt"].items() for wrong in many.split()}
    rightly = set(book("wish")["misspelt_from"].split()) | _list("not_misspelt")
    return {wrong: right for wrong, right in (slips | written).items() if wrong not in rightly}


def _one_slip(word: str) -> set[str]:
    """One letter left out, doubled, swapped with its neighbour or mistaken; the first letter stays."""
    cuts = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    left_out = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in [("", word), *cuts] if len(b) > 1}
    mistaken = {a + c + b[1:] for a, b in cuts if b for c in _LETTERS}
    added = {a + c + b for a, b in cuts for c in _LETTERS}
    return left_out | swapped | mistaken | added
