"""A wish for a person, in any words: obeyed at the first request, so missing one is the worse mistake.

The one idea: "speak to a person" is a wish only where the words before it are the writer's own wanting. "I'd like to",
"can I", "let me" or nothing at all lead to a wish; "do I need to", "my customers want to", "I was told to" do not. Misspellings
are put right first. What stands behind counts too: an "agent account" is no person.
"""

from __future__ import annotations

import re
from functools import cache

from segue.domain.assessment import Signal
from segue.triage.said import Hit, Said, Word, book, phrases

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORT = 12
_STOP = re.compile(r"[.!?;:\n(\"]")
_COURTESY = frozenset(
    "please pls plz hi hello hey thanks thank you now ok okay yes no just i want need a an the to me my bitte svp por favor "
    "immediately asap right so would like with again speak talk chat can could have get for sir madam one your".split()
)
_WHETHER = re.compile(
    r"(?<!how )(?<!why )(?<!what )\b(?:do|does|did|will|would|must|should|shall|if|when|whenever|unless|until|whether|after|before|while|where)"
    r" (?:i|we|you|they|one|it|he|she|people|someone|customers?|users?)(?: \w+){0,3}$"
    r"|\b(?:if|when|without|instead of|rather than|avoid|avoiding|necessary|required|supposed|told|told me|after|while|before)(?: \w+){0,1}$"
)
_UNWANTED = re.compile(
    r"(?<!can )\b(?:not?|don't|dont|never|won't|wont|needn't|didn't|hate|refuse)(?: (?:want|need|needs|like|wish|going|planning|rather|longer|wanna|about))*$"
)
_OWN = r"(?:^|\b(?:i|we|id|i'd|we'd|i'll|we'll|me|what|that|which)(?: (?:would|will|do|can|could|may|must|should|might|know))* ?)"
_NO_PERSON = re.compile(
    r"[\s\-]+(?:accounts?|roles?|console|view|dashboard|login|app|access|permissions?|plan|seats?|licen[cs]es?|ids?|api|keys?|codes?|"
    r"users?|fees?|string|settings?|page|feature|module|numbers?|names?|price|pricing|data|record|error|button|widget|"
    r"portal|software|reports?|hours|version|extension|install\w*|cards?|address|signature|profile|avatar|status|queue|"
    r"workflow|template|tag|limit|level|mode|resources|rights|readable|verification|approval|training|transfers?|payments?|test|form)\b"
)


def wish_for_person(said: Said) -> Signal[bool]:
    """True with the words that say so; less sure where only asked whether a person is there."""
    spelt = _put_right(said)
    hit = next((hit for hit in phrases("wish").find(spelt) if _is_wish(hit, spelt)), None) or _whole_message(spelt)
    if hit is None:
        return Signal(False, 0.95)
    return Signal(True, 0.7 if hit.words.lower().startswith(("are you", "am i")) else 0.98, (said.quote(*_place(hit, said, spelt)),))


def _whole_message(said: Said) -> Hit | None:
    """ "Agent!", "a human, please": a wish where nothing else is said."""
    if len(said.words) > _SHORT:
        return None
    hits = phrases("wish", "whole").find(said)
    return next((h for h in hits if not said.is_negated(h.start) and all(_is_courtesy(w, h) for w in said.words)), None)


def _is_wish(hit: Hit, said: Said) -> bool:
    if hit.group in ("machine", "foreign"):
        return True
    if _NO_PERSON.match(said.plain, hit.end):
        return False
    if hit.group == "ask":
        return not said.is_negated(hit.start)
    return _is_wanted(_words_before(hit, said), hit.group)


def _is_courtesy(word: Word, hit: Hit) -> bool:
    return hit.start <= word.start < hit.end or word.text in _COURTESY


def _words_before(hit: Hit, said: Said) -> str:
    """The last ten words of the same sentence before the hit, fillers passed over."""
    start = max((m.end() for m in _STOP.finditer(said.plain, max(0, hit.start - 120), hit.start)), default=0)
    words = [word.text for word in said.words if start <= word.start < hit.start]
    return " ".join(word for word in words[-10:] if word not in _list("fillers"))


def _is_wanted(before: str, group: str) -> bool:
    if _WHETHER.search(before) or _UNWANTED.search(before):
        return False
    return before == "" or _leads()[group].search(before) is not None


@cache
def _leads() -> dict[str, re.Pattern[str]]:
    """What the words before must end in: for talking, a wanting of one's own or a way to do it; for wanting, oneself."""
    wanting, openings = "|".join(_list("wanting")), "|".join(_list("openings"))
    talk = (
        rf"{_OWN}(?:(?:{wanting})(?: (?:{wanting}))*)?$",
        r"\b(?:can|could|may|might|cannot|can't|cant|let|help|make|allow|permit|get|enable) (?:i|we|me|us|you|u|one)$",
        r"\b(?:let|lets|let's|lemme|help)$",
        r"\b(?:how|what)(?: (?:do|can|could|would|should|must|may|might|i|we|one|go|about|is|need))*$",
        r"(?:^|\b(?:i|we|why) )(?:can't|cannot|cant|couldn't|can not|unable)$",
        rf"\b(?:{openings})(?: (?:of|for|me|us|that|i|can|could|we|who))*$",
    )
    return {
        "talk": re.compile("|".join(talk)),
        "talking": re.compile(r"\b(?:help|assistance|support|with|prefer|rather|like|mind|appreciate|interested|chance|trying|try|start|want|need)(?: me)?$"),
        "want": re.compile(rf"{_OWN}$|\b(?:help|think|do|rather)$"),
    }


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(book("wish")[name].split())


def _place(hit: Hit, said: Said, spelt: Said) -> tuple[int, int]:
    """Where the hit stands in the message as it was written: word by word, for putting right changes no count."""
    inside = [n for n, word in enumerate(spelt.words) if hit.start <= word.start < hit.end]
    return said.words[inside[0]].start, said.words[inside[-1]].end


def _put_right(said: Said) -> Said:
    """The message with misspelt key words put right; the very same where there are none, as nearly always."""
    wrong = [word for word in said.words if word.text in _misspelt()]
    if not wrong:
        return said
    text = said.plain
    for word in reversed(wrong):
        text = text[: word.start] + _misspelt()[word.text] + text[word.end :]
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
