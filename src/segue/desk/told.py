"""What a customer has told in plain words: the browser, since when, how many, what something is called, what it says.

The facts of a briefing (`domain/entities.py`) are numbers and addresses, taken only where they are unmistakable. This
looks from the other side: an agent asks for something, and the customer's messages are searched for that. So for "how
many seats" a number before seats is enough, and for "which workspace" a name beside that word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from segue.desk.asked import asked
from segue.domain.briefing import Fact
from segue.domain.conversation import Message

MOST = 3
"""Values of one kind that are shown."""


@dataclass(frozen=True, slots=True)
class Topic:
    """How an agent names a thing, and how a customer tells it: its group, or all of it."""

    kind: str
    asks: re.Pattern[str]
    tells: re.Pattern[str]


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
        thing = "|".join(re.escape(_stem(word)) + r"\w*" for word in found[1].split() if _stem(word) not in _NO_THING)
        if thing and (facts := _each("number", re.compile(rf"\b(?:{_COUNT})\s(?:\w+\s)?(?:{thing})\b", re.I), said)):
            return facts
    return []


def _named(sentence: str, said: Sequence[Message]) -> list[Fact]:
    """Of "which workspace" the name that stands beside workspace."""
    which = islice(_WHICH.finditer(sentence), MOST)
    things = [word.casefold() for found in which for word in str(found[found.lastindex or 0]).split()]
    found = [
        fact
        for thing in things
        if len(thing) > 2 and thing not in _NO_THING
        for fact in _each("name", _called(thing), said)
    ]
    return _not_named_by(sentence, found)


def _called(thing: str) -> re.Pattern[str]:
    """The name, before the thing ("the Fjord workspace") or after it ("my bank is Rabobank")."""
    word = rf"(?i:{re.escape(thing)}(?:['’]s name)?)"
    is_called = r"(?:\s(?i:is|was|are))?(?:\s(?i:called|named))?:?"
    return re.compile(rf"\b{word}{is_called}\s({_NAME})|(?<=[a-z,]\s)({_NAME})\s{word}\b")


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
_ANOTHER_TRIED = re.compile(r"\b(?:did|have) you\b.*\b(?:another|other|different|second)\b", re.I)
_CHOICE = re.compile(r"\bor\b.*\?", re.I)
_COUNT = (
    r"\d[\d.,']*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|fifty|a dozen|hundred"
)
_HOW_MANY = re.compile(r"\b(?:how many|(?:the )?number of) ((?:\w+ ?){1,2})", re.I)
_WHICH = re.compile(
    r"\b(?:which|what) (?!is\b)(\w+(?: \w+)?)|\bname of (?:the|your) (\w+)|\b(\w+) name\b(?! of)"
    r"|\bwhat(?:['’]s| is) (?:the|your) (?:current |present )?(?!name)(\w+)",
    re.I,
)
_WORDS = """
    of is are do does did was were has have would should could can will may about kind type exactly time date day page
    it you your the this
"""
_NO_THING = frozenset(_WORDS.split())
_NAME = (
    r"[\"“„'][^\"“”'\n]{2,40}[\"”“']"
    r"|(?!(?:The|This|That|My|Our|Your|We|It|He|She|They|An?|No|Any|Each|Every|Same|New|Which|What|In|On|For|And"
    r"|But)\b)"
    r"[A-Z][\w&\-]+(?:\s[A-Z][\w&\-]+){0,3}"
)
_PICTURE = re.compile(r"screen ?-?(?:shots?|grabs?|recordings?)|(?:picture|photo|image|video)s?\b", re.I)
_SHOWS = re.compile(r"\.(?:png|jpe?g|gif|webp|heic|bmp|mp4|mov|webm|pdf)$", re.I)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DATE = (
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:\d{2,4})?"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"(?: \d{1,2}(?:st|nd|rd|th)?)?(?: \d{4})?"
)
_TIME = (
    rf"(?:(?:last|this|next|the) )?(?:{_DAY}|week(?:end)?|month|year|morning|night|quarter)|yesterday|today|tomorrow"
    rf"|tonight|noon"
    rf"|midnight|(?:about |around )?\d{{1,2}}(?::\d\d)? ?(?:am|pm|o['’]clock|h\b)|{_DATE}"
    rf"|(?:a|\d+|two|three|four|five|six|several|a few|a couple of) (?:minute|hour|day|week|month|year)s?(?: ago)?"
)
_EVENT = r"(?:update|upgrade|release|change|migration|move|switch|relaunch)"
TOPICS = (
    Topic(
        "browser",
        re.compile(r"\bbrowsers?(?: version)?\b", re.I),
        re.compile(
            r"\b(?:(?:google )?chrome|(?:mozilla )?firefox|safari|(?:microsoft )?edge|opera|brave|vivaldi|chromium"
            r"|internet explorer|samsung internet)\b(?:\s(?:version )?\d[\d.]*)?",
            re.I,
        ),
    ),
    Topic(
        "device",
        re.compile(
            r"\b(?:operating system|os|devices?|computer|platform|machine|(?:phone|laptop"
            r"|tablet)(?! number)(?: model)?)\b",
            re.I,
        ),
        re.compile(
            r"\b(?:windows(?: \d+| xp| vista)?|mac ?os(?: [\d.]+)?|os x|macbook(?: air| pro)?|i?mac"
            r"|iphone(?: \w?\d+\w*)?"
            r"|ipad|android(?: [\d.]+)?|ios(?: [\d.]+)?|ubuntu|debian|linux|chromebook|galaxy \w+|pixel(?: \d+)?)\b",
            re.I,
        ),
    ),
    Topic(
        "since",
        re.compile(
            r"\b(?:since when|from when|how long (?:has|have|is|does|ago)|when (?:exactly )?(?:did|has|was|were"
            r"|have))\b",
            re.I,
        ),
        re.compile(
            rf"\b(?:since|until|till|from|after|started|starting|began|as of|on) (?:the |our |my )?"
            rf"(?:(?:\w+ )?{_EVENT}(?: (?:{_TIME}))?|(?:{_TIME}))(?!\w)"
            rf"|\b(?:for|over) (?:the )?(?:(?:last|past) )?(?:{_TIME})(?!\w)|\b(?:yesterday|this morning"
            rf"|last night)\b(?: (?:morning|afternoon|evening|night))?",
            re.I,
        ),
    ),
    Topic(
        "time",
        re.compile(r"\b(?:(?:what|which) (?:exact )?time|when (?:during|of) the day)\b", re.I),
        re.compile(
            r"\b(?:at|about|around) (?:about |around )?\d{1,2}(?::\d\d)? ?(?:am|pm|o['’]clock|h)?(?![\w%]|\.\d)", re.I
        ),
    ),
    Topic(
        "deadline",
        re.compile(
            r"\b(?:by|until) (?:when|what date|which (?:date|day))\b|\bwhen do you need\b|\bhow (?:urgent|soon)\b", re.I
        ),
        re.compile(
            rf"\b(?:by|before|until|no later than) (?:(?:the )?(?:end|middle|beginning|start) of )?(?:{_TIME})(?!\w)",
            re.I,
        ),
    ),
    Topic(
        "error",
        re.compile(
            r"\berror(?: message| code| text)?\b|\b(?:exact )?(?:wording|text) (?:of|that)\b|\b(?:which|what) message\b"
            r"|\bwhat (?:exactly )?do(?:es)? (?:it|the \w+(?: \w+)?|you) (?:say|show|read|see|tell)\b",
            re.I,
        ),
        re.compile(
            r"[\"“„«]([^\"“”»\n]{6,120})[\"”“»]|\berror (?:code )?[:#]?\s?[a-z]{0,4}-?\d[\w\-]*"
            r"|\b(?:it|screen|page|app|message|window|pop-?up|which|site|system|button) (?:just |only |then )?"
            r"(?:says?|said|shows?|reads?|tells me|told me)(?: that|:)? ([^.!?\n]{6,120})",
            re.I,
        ),
    ),
)
