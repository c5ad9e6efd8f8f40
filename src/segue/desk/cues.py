"""What a sentence of the customer does: asks, reports a problem, tells what was tried, says an answer did not help.

The one idea: contractions are undone first ("didn't" becomes "did not"), so that a cue is a few plain words in a row
and one walk down a tree of words finds them all. A message is read once; every
part of the briefing looks at the same sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product

from segue.desk.cues_german import GERMAN
from segue.domain.conversation import Author, Message

MOST_SENTENCES = 60
"""Of one message: a letter says what it wants long before, and the cost of a briefing stays bounded."""

CUES = {
    "courtesy": """
        ^ hi|hello|hey|dear|thanks|thank|thx|cheers|ok|okay|sorry|regards|greetings|yes
        ^ good morning|afternoon|evening|day
        ^ kind|best|warm regards|wishes
        ^ i hope you|this|all
    """,
    "asks": """
        ^ why|how|what|when|where|which|who
        ^ can|could|may|do|did|am|should|will i|we
        ^ does|did|will it|this|the|my|your
        ^ is|are it|there|this|my|the
    """,
    "problem": """
        can|could|does|did|do|is|are|has|have|will|would not
        nobody|none|nothing can|could|works|gets|is|happens
        no one can|could|gets
        unable|never|stopped|stuck|fail|fails|failed|failing|failure|error|errors|wrong|wrongly|incorrect
        broken|crash|crashes|crashed|missing|missed|lost|stolen|locked|blocked|declined|rejected|refused|refuses
        charged|overcharged|twice|double|higher|unexpected|unauthorised|unauthorized|fraud|fraudulent
        worked before|yesterday|until|last|fine|for|only
        works only|for|but|sometimes
        delay|delayed|late|down|slow|problem|problems|issue|issues|trouble|bug
    """,
    "request": """
        i|we would like
        i|we need|want|wish
        could|can|would you
        how do|can|to|should
        is it possible
        looking for|to
        trying to
        please|refund|cancel
        help me|us
    """,
    "about_us": """
        human|humans|representative|supervisor
        real|actual|live person|agent
        talk|speak|speaking|chat|talking to|with
        connect|transfer|escalate|put me|this|us|it
        a|another|some|actual person
        your manager|supervisor|boss
        second|third|fourth|fifth|2nd|3rd|4th|5th time
        how many times
        already told|said|explained|asked|wrote|mentioned
        are you -|even|really|actually there|listening|human|serious
        ^ are you a -|real|human bot|robot|person|machine
        you keep|just|only
    """,
    "leans_on_another": """
        ^ or|and|that|then|so|but|also|it|this|these|they|he|she
        ^ the -|error|exact|full error|message|code|screen|page says|said|reads|shows|is
    """,
    "adds": """
        ^ -|and|also here -|is|are -|a|one|some|another more|another|further|additional|some
        ^ -|just|and one|another|some|a more|further|other|additional detail|details|thing|things|information|note
        ^ to add
        for your|the colleague|colleagues|team|agent
    """,
    "repeats": """
        as i -|have -|already said|wrote|mentioned|explained|told
        like i said|told|mentioned
    """,
    "did_not_help": """
        that|this|it|which|answer|article|link|steps -|did|does|do not -|really|even|actually {helps}
        did not -|really|even|actually {helps}
        that|this|it|which|answer|article|link|steps has|have not -|really|even|actually helped|worked|solved|fixed
        that|this|it is|was not -|really|very|even it|right|true|working|helping|solved|fixed|helpful|useful|correct
        not -|really|very|at helpful|useful|solved|resolved
        not what i asked|meant|need|mean
        not my question|problem
        wrong|useless answer|article
        useless|unhelpful
        already told|said|did|done|tried|read|know|knew|explained
        you keep|just repeating|repeat|repeated|saying|sending|send
        no luck
        ^ no|nope
    """,
    "goes_on": """
        still not|no|wrong|broken|fail|fails|failing|waiting|nothing|happening|get|getting|see|seeing|happens|there
        still the|a same|problem|wrong
        still can|does|do|is|did|have|has not
        is|are|am still
        same problem|error|issue|thing|result|answer
        does|did not make|change it|things|anything
        nothing changed|works|helps|helped|worked|happens|happened
    """,
    "helped": """
        that|this|it|which -|has -|really|totally helped|helps|worked|works|did
        that|this|it -|has fixed|solved it|this|that|everything|my
        works now|again|fine
        working now|again
        problem|issue is|- solved|fixed|gone|resolved
        makes sense
        ^ perfect
        ^ got it
        ^ great thanks|thank
    """,
}
"""A line is a row of words, `a|b` either of them, `-` nothing at all, `^` only where the sentence begins."""

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
HELPS = "help|work|solve|fix|answer|explain"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a customer: its message, that message's turn in the episode, its place there, what it does."""

    text: str
    seq: int
    turn: int
    place: int
    words: tuple[str, ...]
    cues: frozenset[str]

    @property
    def is_question(self) -> bool:
        return "asks" in self.cues or self.text.rstrip("\"'”’) ").endswith(("?", "？", "؟"))

    @property
    def is_courtesy(self) -> bool:
        return "courtesy" in self.cues and len(self.words) <= 7 and not self.is_question and "problem" not in self.cues

    @property
    def is_about_us(self) -> bool:
        """About the service and not about the matter."""
        return not self.cues.isdisjoint(("about_us", "did_not_help", "helped"))

    @property
    def says_a_matter(self) -> bool:
        """Not only a wish for a person, an addition, a greeting or thanks."""
        is_beside = not self.cues.isdisjoint(("about_us", "adds"))
        return not self.is_courtesy and not (is_beside and "problem" not in self.cues)


def sentences(messages: Iterable[Message]) -> list[Sentence]:
    return [
        Sentence(text, message.seq, turn, place, words, met)
        for turn, message in enumerate(messages)
        for place, (text, words, met) in enumerate(_taken_apart(message.text))
    ]


@lru_cache(maxsize=256)
def _taken_apart(text: str) -> tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]:
    """Each sentence with its words and cues; kept for a while, for every turn looks at all messages of its episode."""
    return tuple((part, words := _words(part), _cues(words)) for part in split(text))


def says_a_matter(text: str) -> bool:
    """Whether one of its sentences does."""
    return any(s.says_a_matter for s in sentences([Message(1, Author.CUSTOMER, text, _ANY_TIME)]))


def split(text: str) -> list[str]:
    """Sentences and lines; what holds no letter or digit is none."""
    parts = _BREAK.split(text.strip(), MOST_SENTENCES)[:MOST_SENTENCES]
    return [part for part in parts if _SAYS_SOMETHING(part)]


def _words(text: str) -> tuple[str, ...]:
    plain = text.casefold().replace("’", "'")
    if "'" in plain:
        plain = plain.replace("won't", "will not").replace("can't", "can not").replace("n't", " not")
        plain = plain.replace("'ve", " have").replace("'d like", " would like").replace("'s not", " is not")
    return tuple(way for word in _WORD.findall(plain) for way in _UNDONE.get(word, (word,)))


def _cues(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_met(_ANYWHERE, words)) | frozenset(_met(_AT_START, words, only=1))


def _met(tree: Tree, words: tuple[str, ...], only: int | None = None) -> Iterator[str]:
    """Cues of all rows that begin at one of the first `only` words."""
    for place in range(len(words[:only])):
        node = tree
        for word in words[place:]:
            if (after := node.after.get(word)) is None:
                break
            node = after
            yield from node.ends


@dataclass(slots=True)
class Tree:
    """Rows by their words, shared beginnings once; `ends` are the cues of the rows that end here."""

    after: dict[str, Tree] = field(default_factory=dict)
    ends: set[str] = field(default_factory=set)

    def add(self, row: Iterable[str], cue: str) -> None:
        node = self
        for word in row:
            node = node.after.setdefault(word, Tree())
        node.ends.add(cue)


def _planted(at_start: bool) -> Tree:
    tree = Tree()
    for cue, text in (*CUES.items(), *GERMAN.items()):
        for line in filter(None, map(str.strip, text.format(helps=HELPS).splitlines())):
            if line.startswith("^") is at_start:
                for row in product(*(slot.split("|") for slot in line.removeprefix("^").split())):
                    tree.add((word for word in row if word != "-"), cue)
    return tree


_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)]?\s+|(?<=[。！？])|\s*\n\s*")
_SAYS_SOMETHING = re.compile(r"[^\W_]").search
_WORD = re.compile(r"\w+(?:'\w+)?")
_UNDONE = {
    short + "nt": (whole, "not")
    for short, whole in {
        "do": "do", "does": "does", "did": "did", "is": "is", "was": "was", "has": "has", "have": "have",
        "ca": "can", "wo": "will", "could": "could",
    }.items()
} | {"cannot": ("can", "not"), "ive": ("i", "have")}  # fmt: skip
_ANYWHERE, _AT_START = _planted(at_start=False), _planted(at_start=True)
