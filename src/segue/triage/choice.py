"""The reply to a clarifying question: which of the offered intents the customer means.

The one idea: a reply that points ("the second one", "the latter", "b") or names an option and says nothing else settles
the question. Anything else is read as a message like any other, for customers may well talk about something new: "Do
you accept SWIFT transfers?" names no *Transfer fee*, though a word of it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from segue.domain.conversation import Conversation
from segue.triage.phrasebook import book
from segue.triage.said import Said
from segue.triage.standing import carries_nothing

_NEITHER = re.compile(
    r"^\W*(?:no\W+|nope\W+|sorry\W+)*"
    r"(?:neither|none|nothing|not? (?:any|either|one)|something else|other|another thing|anything else"
    r"|weder|keins?|ninguna?|aucun)\b"
    r"(?: (?:of (?:those|these|them|the above|the two|both)|one))?\W*$"
)
_MOST_AROUND = 6
_MOST_NAMING = 9
"""Words beyond which a reply tells something instead of naming an option."""


def offered(conversation: Conversation) -> tuple[str, ...]:
    """What the last turn asked the customer to choose from."""
    return conversation.turns[-1].options if conversation.turns else ()


def still_open(said: Said, options: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    """Which options the customer has left open after their reply: all that were offered, the one they picked, or none
    where they declined."""
    if not options or declines(said):
        return ()
    picked = chosen(said, options, names)
    return options if picked is None else (picked,)


def chosen(said: Said, options: Sequence[str], names: Mapping[str, str] | None = None) -> str | None:
    """The option meant, or None. `names` are what was shown; without one an option's id is read as words."""
    place = _pointed_at(said, len(options))
    if place is None:
        place = _named(said, [(names or {}).get(option, option) for option in options])
    return None if place is None else options[place]


def declines(said: Said) -> bool:
    """ "Neither", "none of those", "something else"."""
    return _NEITHER.match(said.plain) is not None


def _pointed_at(said: Said, count: int) -> int | None:
    """Where every word is a pointer or stands around one, and all pointers agree."""
    words = [word.text for word in said.words]
    pointers = [word for word in words if word in _places() or word in _list("last")]
    if (
        not pointers
        or len(words) > _MOST_AROUND + len(pointers)
        or not _list("around").issuperset({*words} - {*pointers})
    ):
        return None
    clear = [word for word in pointers if word not in _list("faint")] or pointers
    places = {_places().get(word, count - 1) for word in clear}
    place = places.pop()
    return place if not places and place < count else None


def _named(said: Said, shown: Sequence[str]) -> int | None:
    """The one option of whose special words the reply says some, and none of another's, nor any of its own matter."""
    if len(said.words) > _MOST_NAMING:
        return None
    words = [{_stem(w) for w in re.findall(r"\w+", name.lower().replace("_", " "))} for name in shown]
    special = [own.difference(_list("small"), *(other for other in words if other is not own)) for own in words]
    spoken = {_stem(word.text) for word in said.words}
    if _told(said) - {word for own in words for word in own}:
        return None
    met = [place for place, own in enumerate(special) if own & spoken]
    return met[0] if len(met) == 1 else None


def _told(said: Said) -> set[str]:
    """Stems of the words that carry a matter."""
    nothing = _list("small") | _list("around") | carries_nothing()
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
