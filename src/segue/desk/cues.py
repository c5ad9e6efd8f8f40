"""What a sentence of the customer does: asks, reports a problem, tells what was tried, says an answer did not help.

The one idea: contractions are undone first ("didn't" becomes "did not"), so that a cue is a few plain words in a row
and one walk down a tree of words finds them all. The rows stand in phrases/en/cues.yaml and phrases/de/cues.yaml. A
message is read once; every part of the briefing looks at the same sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product

from segue.desk.phrase_books import book
from segue.domain.conversation import Author, Message

MOST_SENTENCES = 60
"""Of one message: a letter says what it wants long before, and the cost of a briefing stays bounded."""

_A_VERDICT = 3
"""Words in which one says no more than that an answer was none: "not helpful"."""
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


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
        """Not only a wish for a person, an addition, a greeting, thanks or a word on an answer."""
        if self.is_courtesy:
            return False
        if "problem" in self.cues:
            return True
        is_beside = "about_us" in self.cues or ("adds" in self.cues and not self.is_question)
        return not is_beside and not ("did_not_help" in self.cues and len(self.words) <= _A_VERDICT)


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
    plain = _ADDRESS.sub(" ", text).casefold().replace("’", "'")
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
    """A line of the books is a row of words, `a|b` either of them, `-` nothing, `^` only where the sentence begins."""
    tree = Tree()
    lines = [(cue, line) for cues in _BOOKS for cue in cues for line in cues.phrases(cue)]
    for name, line in lines:
        if line.startswith("^") is at_start:
            for row in product(*(slot.split("|") for slot in line.removeprefix("^").split())):
                tree.add((word for word in row if word != "-"), name)
    return tree


_BOOKS = (book("en", "cues"), book("de", "cues"))
_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)]?\s+|(?<=[。！？])|\s*\n\s*")
_SAYS_SOMETHING = re.compile(r"[^\W_]").search
_WORD = re.compile(r"\w+(?:'\w+)?")
_ADDRESS = re.compile(r"https?://\S+")
_SHORT = book("en", "spelt_out")
_UNDONE = {short: tuple(_SHORT.words(short)) for short in _SHORT}
_ANYWHERE, _AT_START = _planted(at_start=False), _planted(at_start=True)
