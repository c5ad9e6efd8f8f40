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
from segue.desk.told_topics import TOPICS, Topic
from segue.domain.briefing import Fact
from segue.domain.conversation import Message

MOST = 3
"""Values of one kind that are shown."""


def told(sentence: str, said: Sequence[Message]) -> list[Fact]:
    """What the sentence asks for and `said` answers."""
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
    leads = r"(?i:\s(?:ist|heißt|lautet|namens)(?:\s(?:die|der|das))?|:)"
    german = rf"\b(?i:{re.escape(thing)}){leads}\s({_NAME})|\b(?i:{re.escape(thing)})\s({_QUOTED})"
    if thing in _GERMAN_THINGS:
        return re.compile(german)
    word = rf"(?i:{re.escape(thing)}(?:['’]s name)?)"
    is_called = r"(?:\s(?i:is|was|are))?(?:\s(?i:called|named))?:?"
    return re.compile(rf"\b{word}{is_called}\s({_NAME})|(?<=[a-z,]\s)({_NAME})\s{word}\b|{german}")


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
_ANOTHER_TRIED = re.compile(
    r"\b(?:did|have) you\b.*\b(?:another|other|different|second)\b|\b(?:haben sie|hast du)\b.*\b(?:ander"
    r"|zweit)e[nsr]?\b",
    re.I,
)
_CHOICE = re.compile(r"\b(?:or|oder)\b.*\?", re.I)
_COUNT = (
    r"\d[\d.,']*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|fifty|a dozen|hundred"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|fünfzig|hundert"
)
_HOW_MANY = re.compile(
    r"\b(?:how many|(?:the )?number of) ((?:\w+ ?){1,2})|\bwie viele ((?:\w+ ?){1,2})"
    r"|\b(?:an)?zahl (?:der|ihrer|eurer) (\w+)",
    re.I,
)
_WHICH = re.compile(
    r"\b(?:which|what) (?!is\b)(\w+(?: \w+)?)|\bname of (?:the|your) (\w+)|\b(\w+) name\b(?! of)"
    r"|\bwhat(?:['’]s| is) (?:the|your) (?:current |present )?(?!name)(\w+)"
    r"|\bwelche[nrms]? (\w+)|\bname[ns]? (?:ihrer|ihres|eures|eurer|der|des) (\w+)"
    r"|\bwie (?:heißt|lautet) (?:der name )?(?:ihre?[rs]?|das|der|die|des) (?!name)(\w+)",
    re.I,
)
_WORDS = """
    of is are do does did was were has have would should could can will may about kind type exactly time date day page
    it you your the this and or und oder use used using need want shows show says say see get with from for
    haben sie gibt es sind nutzen ihr du wir man seite tag zeit uhrzeit meldung ist der die das
"""
_SAME = (
    ("people", "persons", "personen", "leute"), ("seats", "plätze", "lizenzen", "licences", "licenses"),
    ("users", "nutzer", "benutzer", "anwender"), ("companies", "firmen", "unternehmen"), ("branches", "filialen"),
    ("rows", "zeilen"), ("employees", "mitarbeiter"), ("admins", "administratoren"), ("workspace", "arbeitsbereich"),
    ("company", "firma"), ("branch", "filiale"), ("bank",), ("project", "projekt"), ("team",),
)  # fmt: skip
_GERMAN_THINGS = frozenset(("arbeitsbereich", "firma", "filiale", "projekt"))
"""What a German customer calls them; "Bank" and "Team" are read both ways."""
_NO_THING = frozenset(_WORDS.split())
_QUOTED = r"[\"“„'][^\"“”'\n]{2,40}[\"”“']"
_NAME = (
    rf"{_QUOTED}"
    r"|(?!(?:The|This|That|My|Our|Your|We|It|He|She|They|An?|No|Any|Each|Every|Same|New|Which|What|In|On|For|And"
    r"|But)\b)"
    r"[A-Z][\w&\-]+(?:\s[A-Z][\w&\-]+){0,3}"
)
_PICTURE = re.compile(
    r"screen ?-?(?:shots?|grabs?|recordings?)|(?:picture|photo|image|video)s?\b|bildschirm(?:foto|aufnahme"
    r"|kopie)|\b(?:fotos?|bild(?:er)?|aufnahme)\b",
    re.I,
)
_SHOWS = re.compile(r"\.(?:png|jpe?g|gif|webp|heic|bmp|mp4|mov|webm|pdf)$", re.I)
