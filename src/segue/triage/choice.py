"""The reply to a clarifying question: which of the offered intents the customer means.

The one idea: a reply that points ("the second one", "the latter", "b") or names an option and says nothing else settles
the question; one that denies options ("not the refund") leaves the others. Anything else is read as a message like any
other, for customers may well talk about something new: "Do you accept SWIFT transfers?" names no *Transfer fee*, though
a word of it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from segue.domain.conversation import Conversation
from segue.triage.courtesy import is_done
from segue.triage.phrasebook import book
from segue.triage.said import Said
from segue.triage.standing import carries_nothing

_NEITHER = re.compile(
    r"^\W*(?:(?:no|nope|nah|nein)|(?:(?:no|nope|sorry|nein)\W+)*(?:(?:it's|it is|es ist|i mean)\W+)?"
    r"(?:neither|none|nothing|not? (?:any|either|one)|something else|other|another thing|anything else"
    r"|etwas anderes|weder|keins?|keine[rs]?|ninguna?|aucun)\b"
    r"(?: (?:of (?:those|these|them|the above|the|both)(?: two)?|one|noch|von (?:beiden|denen|diesen)))?)"
    r"(?:\W+(?:please|pls|thanks|thank you|thx|danke|bitte))*\W*$"
)
_MOST_AROUND = 6
_MOST_NAMING = 9
"""Words beyond which a reply tells something instead of naming an option."""


def offered(conversation: Conversation) -> tuple[str, ...]:
    """What the last turn asked the customer to choose from."""
    return conversation.turns[-1].options if conversation.turns else ()


def still_open(said: Said, options: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    """Which options the customer has left open after their reply: all that were offered, the one they picked, those
    that they did not deny, or none where they declined or are done."""
    if not options or declines(said) or is_done(said):
        return ()
    return tuple(options[place] for place in _left(said, _shown(options, names)))


def chosen(said: Said, options: Sequence[str], names: Mapping[str, str] | None = None) -> str | None:
    """The option meant, or None. `names` are what was shown; without one an option's id is read as words."""
    left = _left(said, _shown(options, names or {}))
    return options[left[0]] if len(left) == 1 < len(options) else None


def declines(said: Said) -> bool:
    """ "No", "neither", "none of those", "something else"."""
    return _NEITHER.match(said.plain) is not None


def _shown(options: Sequence[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(option, option) for option in options]


def _left(said: Said, shown: Sequence[str]) -> Sequence[int]:
    """Places of the options that the reply leaves open. One that denies some and tells a matter of its own leaves none:
    it is about that."""
    every = range(len(shown))
    words = [{_stem(w) for w in re.findall(r"\w+", name.lower().replace("_", " "))} for name in shown]
    tells = bool(_told(said) - {word for own in words for word in own}) or len(said.words) > _MOST_NAMING
    special = [own.difference(_list("small"), *(other for other in words if other is not own)) for own in words]
    denied = {
        place
        for place, name in enumerate(shown)
        if not _has_denial(name) and _is_denied(said, place, special[place], len(shown))
    }
    if denied:
        return () if tells else [place for place in every if place not in denied]
    pointed = _pointed_at(said, len(shown))
    if pointed is not None:
        return (pointed,)
    spoken = {_stem(word.text) for word in said.words}
    met = [place for place in every if special[place] & spoken]
    return met if len(met) == 1 and not tells else every


def _has_denial(name: str) -> bool:
    """ "Card not working": who says that names it."""
    return any(word.text in _list("denies") for word in Said.of(name).words)


def _is_denied(said: Said, place: int, special: set[str], count: int) -> bool:
    """Whether something denies it where it is named or pointed at."""
    return any(
        _follows_a_denial(said, n)
        for n, word in enumerate(said.words)
        if _stem(word.text) in special or (word.text not in _list("faint") and _place_of(word.text, count) == place)
    )


def _place_of(word: str, count: int) -> int | None:
    return _places().get(word, count - 1 if word in _list("last") else None)


def _follows_a_denial(said: Said, n: int) -> bool:
    """ "Not the", "isn't about my": nothing in between that says anything, nor a sign that ends it. "Neither 1 nor 2"
    denies twice, and "not 1 or 2" both."""
    for before, word in zip(reversed(said.words[:n]), reversed(said.words[1 : n + 1]), strict=True):
        if said.plain[before.end : word.start].strip(" '\"-"):
            return False
        if before.text in _list("denies"):
            return True
        if before.text not in _list("around") | _list("small") and before.text not in _places():
            return False
    return False


def _pointed_at(said: Said, count: int) -> int | None:
    """Where every word is a pointer or stands around one, and all pointers agree."""
    words = [word.text for word in said.words]
    pointers = [
        word for n, word in enumerate(words) if (word in _places() or word in _list("last")) and not _counts(words, n)
    ]
    clear = [word for word in pointers if word not in _list("faint")]
    around = _list("around") if clear else _list("around_faint")
    if not pointers or len(words) > _MOST_AROUND + len(pointers) or not around.issuperset({*words} - {*pointers}):
        return None
    places = {_place_of(word, count) for word in clear or pointers}
    place = places.pop()
    return place if not places and place is not None and place < count else None


def _counts(words: Sequence[str], n: int) -> bool:
    """ "The two of them", "one of those two": how many, not which."""
    return words[n] in _list("counts") and (
        (n > 0 and words[n - 1] in _list("counted")) or (n + 1 < len(words) and words[n + 1] in _list("counting"))
    )


def _told(said: Said) -> set[str]:
    """Stems of the words that carry a matter."""
    nothing = _list("small") | _list("around") | _list("denies") | _list("last") | carries_nothing() | _places().keys()
    return {_stem(word.text) for word in said.words if word.text not in nothing}


def points(said: Said, options: Sequence[str]) -> bool:
    """Whether the reply says which by its place."""
    return _pointed_at(said, len(options)) is not None


def _stem(word: str) -> str:
    """Enough of a word to know it again: "cancelling", "cancelled" and "cancel" are one."""
    for ending in ("ling", "led", "ing", "ation", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word.removesuffix("e") if len(word) > 4 else word


@cache
def _places() -> dict[str, int]:
    return {word: place for place, words in enumerate(book("choice")["places"]) for word in str(words).split()}


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(str(book("choice")[name]).split())
