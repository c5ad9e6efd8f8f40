"""The reply to a clarifying question: which of the offered intents the customer means.

The one idea: a reply that points ("the second one", "the latter", "b") or names an option settles the question; anything else
is read as a message like any other, for customers may well talk about something new.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from segue.triage.said import Said

_ORDINALS = {
    0: "first 1st one 1 a former eins erste ersten erstes premier première primero primera uno un",
    1: "second 2nd two 2 b zwei zweite zweiten zweites deuxième second segundo segunda dos deux",
    2: "third 3rd three 3 c drei dritte dritten troisième tercero tercera tres trois",
    3: "fourth 4th four 4 d",
    4: "fifth 5th five 5 e",
}
_PLACE = {word: place for place, words in _ORDINALS.items() for word in words.split()}
_LAST = frozenset("last latter letzte letzten letztere dernier dernière último última bottom".split())
_AROUND = frozenset(
    "the one option number no nr answer choice it is it's its i mean meant want please pls yes yeah ok okay think would be that "
    "probably definitely thanks thank you my question about rather sorry with go i'd i'll take choose pick guess just oh well more "
    "like to of those these them das die der den le la el lo bitte nummer opción option"
    .split()
)
_NEITHER = re.compile(
    r"^\W*(?:no\W+|nope\W+|sorry\W+)*(?:neither|none|nothing|not? (?:any|either|one)|something else|other|another thing|anything else|weder|keins?|ninguna?|aucun)\b"
    r"(?: (?:of (?:those|these|them|the above|the two|both)|one))?\W*$"
)
_SMALL = frozenset("a an the my your of to for in on is it i do does how what why when and or not with be can from at this that".split())
_ALL_OF = 6
"""Words up to which a reply may be nothing but a pointer."""


def chosen(said: Said, options: Sequence[str], names: Mapping[str, str] | None = None) -> str | None:
    """The option meant, or None. `names` are what the customer was shown; without one an option's id is read as words."""
    if not options:
        return None
    shown = [(names or {}).get(option, option) for option in options]
    place = _pointed_at(said, len(options))
    if place is None:
        place = _named(said, shown)
    return None if place is None else options[place]


def declines(said: Said) -> bool:
    """ "Neither", "none of those", "something else"."""
    return _NEITHER.match(said.plain) is not None


def _pointed_at(said: Said, count: int) -> int | None:
    """Where every word is a pointer or stands around one, and all pointers agree."""
    words = [word.text for word in said.words]
    pointers = [word for word in words if word in _PLACE or word in _LAST]
    if not pointers or len(words) > _ALL_OF + len(pointers) or any(w not in _AROUND and w not in pointers for w in words):
        return None
    telling = [word for word in pointers if word not in ("one", "un", "uno", "a")] or pointers
    places = {count - 1 if word in _LAST else _PLACE[word] for word in telling}
    place = places.pop()
    return place if not places and place < count else None


def _named(said: Said, shown: Sequence[str]) -> int | None:
    """The one option of whose special words the reply says some, and none of another's."""
    if len(said.words) > _ALL_OF + 3:
        return None
    words = [{_stem(w) for w in re.findall(r"\w+", name.lower().replace("_", " ")) if w not in _SMALL} for name in shown]
    special = [own.difference(*(other for other in words if other is not own)) for own in words]
    spoken = {_stem(word.text) for word in said.words}
    met = [place for place, own in enumerate(special) if own & spoken]
    return met[0] if len(met) == 1 else None


def _stem(word: str) -> str:
    """Enough of a word to know it again: "cancelling", "cancelled" and "cancel" are one."""
    for ending in ("ling", "led", "ing", "ation", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word.removesuffix("e") if len(word) > 4 else word
