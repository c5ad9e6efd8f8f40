"""What a customer has told in plain words: the browser, since when, how many, what something is called, what it says.

The facts of a briefing (`domain/entities.py`) are numbers and addresses, taken only where they are unmistakable. This
looks from the other side: an agent asks for something, and the customer's messages are searched for that. So for "how
many seats" a number before seats is enough, and for "which workspace" a name beside that word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from segue.desk.asked import asked
from segue.desk.phrase_books import book, either, shared
from segue.desk.told_topics import TOPICS, Topic
from segue.domain.briefing import Fact
from segue.domain.conversation import Message

MOST = 3
"""Values of one kind that are shown."""


def told(sentence: str, said: Sequence[Message]) -> list[Fact]:
    """The facts that the sentence asks for and that `said` answers."""
    found = [fact for topic in TOPICS for fact in _of_topic(topic, sentence, said)]
    return [*found, *_counted(sentence, said), *_named(sentence, said), *_pictures(sentence, said)]


def _of_topic(topic: Topic, sentence: str, said: Sequence[Message]) -> list[Fact]:
    """Also where it names several of them itself, to choose from, or asks whether another one was tried."""
    if asked(sentence, topic.asks):
        return _not_named_by(sentence, _each(topic.kind, topic.tells, said))
    if topic.kind not in CHOSEN:
        return []
    if _ANOTHER_TRIED.search(sentence) and topic.asks.search(sentence):
        tried = _each(topic.kind, topic.tells, said)
        return tried if len(tried) > 1 else []
    is_choice = _CHOICE.search(sentence) and len(set(_values(topic.tells, sentence))) > 1
    return _each(topic.kind, topic.tells, said) if is_choice else []


def _counted(sentence: str, said: Sequence[Message]) -> list[Fact]:
    """Of "how many seats" the number that stands before seats."""
    for found in islice(_HOW_MANY.finditer(sentence), MOST):
        words = str(found[found.lastindex or 0]).casefold().split()
        things = [other for word in words if _stem(word) not in _NO_THING for other in _also_called(word)]
        thing = "|".join(re.escape(_stem(word)) + r"\w*" for word in things)
        if thing and (facts := _each("number", re.compile(rf"\b(?:{_COUNT})\s(?:\w+\s)?(?:{thing})\b", re.I), said)):
            return facts
    return []


def _named(sentence: str, said: Sequence[Message]) -> list[Fact]:
    """Of "which workspace" the name that stands beside workspace."""
    which = islice(_WHICH.finditer(sentence), MOST)
    words = [word.casefold() for found in which for word in str(found[found.lastindex or 0]).split()]
    found = [
        fact
        for word in words
        if len(word) > 2 and word not in _NO_THING
        for thing in _also_called(word)
        for fact in _each("name", _called(thing), said)
    ]
    return _not_named_by(sentence, found)


def _also_called(word: str) -> tuple[str, ...]:
    """In the other language too: a customer may write in another one than the agent."""
    return next((names for names in _SAME if any(word in (name, name + "s") for name in names)), (word,))


def _called(thing: str) -> re.Pattern[str]:
    """The name, before the thing ("the Fjord workspace") or after it ("my bank is Rabobank"). In German all nouns have
    capitals: there a word must lead to the name, or quotation marks stand around it."""
    german = rf"\b(?i:{re.escape(thing)}){_LEADS}\s({_NAME})|\b(?i:{re.escape(thing)})\s({_QUOTED})"
    if thing in _GERMAN_THINGS:
        return re.compile(german)
    word = rf"(?i:{re.escape(thing)}(?:['’]s {_EN['name']})?)"
    return re.compile(rf"\b{word}{_IS_CALLED}\s({_NAME})|(?<=[a-z,]\s)({_NAME})\s{word}\b|{german}")


def _pictures(sentence: str, said: Sequence[Message]) -> list[Fact]:
    """A screenshot that was asked for where one was sent."""
    if not asked(sentence, _PICTURE):
        return []
    return [Fact("file", name, message.seq) for message in said for name in message.files if _SHOWS.search(name)][:MOST]


def _each(kind: str, tells: re.Pattern[str], said: Iterable[Message]) -> list[Fact]:
    found: dict[str, Fact] = {}
    for message in said:
        for value in _values(tells, message.text):
            found.setdefault(value.casefold(), Fact(kind, value, message.seq))
    return list(found.values())[:MOST]


@lru_cache(maxsize=1024)
def _values(tells: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Kept for a while: while one types the same messages are asked again and again."""
    return tuple(
        " ".join(next(filter(None, found.groups()), found.group(0)).split()).strip(" .,;:\"“”„'")
        for found in islice(tells.finditer(text[:LONGEST]), MOST)
    )


def _not_named_by(sentence: str, facts: list[Fact]) -> list[Fact]:
    """Whoever names it themselves wants it confirmed, which is no repetition."""
    folded = sentence.casefold()
    return [fact for fact in facts if fact.value.casefold() not in folded]


def _stem(word: str) -> str:
    return word.casefold().removesuffix("s")[:7]


LONGEST = 2_000
"""Characters of a message that are read."""
CHOSEN = ("browser", "device")
"""Of these a question may name several: "a Mac or Windows"."""
_EN, _DE = book("en", "told"), book("de", "told")
_ANOTHER_TRIED = re.compile(
    rf"\b{_EN['have_you']}\b.*\b{_EN['another']}\b|\b{_DE['have_you']}\b.*\b{_DE['another']}\b", re.I
)
_CHOICE = re.compile(rf"\b{either(_EN['or'], _DE['or'])}\b.*\?", re.I)
_COUNT = rf"\d[\d.,']*|{_EN['number']}|{_DE['number']}"
_HOW_MANY = re.compile(
    rf"\b{_EN['how_many']} ((?:\w+ ?){{1,2}})|\b{_DE['how_many']} ((?:\w+ ?){{1,2}})|\b{_DE['number_of']} (\w+)", re.I
)
_WHICH = re.compile(
    rf"\b{_EN['which']}(\w+(?: \w+)?)|\b{_EN['name_of']} (\w+)|\b(\w+) {_EN['name']}\b(?! of)|\b{_EN['what_is']}(\w+)"
    rf"|\b{_DE['which']} (\w+)|\b{_DE['name_of']} (\w+)|\b{_DE['what_is']}(\w+)",
    re.I,
)
_SAME = tuple(tuple(name for each in books for name in each.phrases(thing)) for thing, books in shared("called"))
_GERMAN_THINGS = frozenset(_DE.phrases("things"))
"""What a German customer calls them; "Bank" and "Team" are read both ways."""
_NO_THING = frozenset((*_EN.words("no_thing"), *_DE.words("no_thing")))
_QUOTED = r"[\"“„'][^\"“”'\n]{2,40}[\"”“']"
_NAME = rf"{_QUOTED}|(?!{_EN['no_name']}\b)[A-Z][\w&\-]+(?:\s[A-Z][\w&\-]+){{0,3}}"
_LEADS = rf"(?i:\s{_DE['leads']}(?:\s{_DE['article']})?|:)"
_IS_CALLED = rf"(?:\s(?i:{_EN['is']}))?(?:\s(?i:{_EN['called']}))?:?"
_PICTURE = re.compile(
    rf"{_EN['picture_of_a_screen']}|{_EN['picture']}\b|{_DE['picture_of_a_screen']}|\b{_DE['picture']}\b", re.I
)
_SHOWS = re.compile(r"\.(?:png|jpe?g|gif|webp|heic|bmp|mp4|mov|webm|pdf)$", re.I)
