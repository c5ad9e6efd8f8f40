"""What of a solution is left where the customer has done a part of it.

The one idea: a step is known again by its words. What the customer tells they did counts, and, where they say "I did
that already" or that it did not help, all that our answer before it told them to do. A step among those is never the
next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from segue.desk.cues import Sentence, split
from segue.desk.phrase_books import book, either, whole
from segue.desk.steps import done_in, substance, tells_a_step
from segue.desk.steps_asked import deeds_in, without_deeds
from segue.desk.tried import Reaction
from segue.domain.conversation import Author, Conversation

SAME_WORDS = 0.66
"""Share of a step's words that stand in what was done, from which on it is that step."""
FEWEST = 2
"""Words that must meet so; what says less is known by its deed alone."""
STEM = 4
"""Letters of a word that count."""


def done_by(conversation: Conversation, said: Sequence[Sentence], reactions: Mapping[int, Reaction]) -> tuple[str, ...]:
    """The texts that tell which steps the customer has taken: what they wrote, and our answers that they followed."""
    own = (done_in(s.text) for s in said if tells_a_step(s.text))
    return (*own, *_followed(conversation, said, reactions))


def untried(solution: str, done: Sequence[str]) -> str:
    """The solution without the sentences that were done; empty where none of those that are left is a step."""
    parts = split(solution)
    left = [part for part in parts if not _was_done(part, done)]
    if len(left) == len(parts):
        return solution
    return " ".join(left) if any(_is_step(part) for part in left) else ""


def _followed(conversation: Conversation, said: Sequence[Sentence], reactions: Mapping[int, Reaction]) -> Iterator[str]:
    answer = ""
    for message in conversation.messages:
        if message.author in (Author.ASSISTANT, Author.AGENT):
            answer = message.text
        elif message.author is Author.CUSTOMER:
            here = [s.text for s in said if s.seq == message.seq]
            if answer and (reactions.get(message.seq) is Reaction.DID_NOT_HELP or any(map(_says_they_did_it, here))):
                yield answer
            answer = ""


def _says_they_did_it(sentence: str) -> bool:
    found = _DID_IT.search(sentence)
    return found is not None and not _NO.search(found.group(0)) and not sentence.rstrip().endswith("?")


def _was_done(part: str, done: Sequence[str]) -> bool:
    told = _LEFT_OUT.sub(" ", part)
    words, deeds = _telling(told), deeds_in(told)
    if any(len(words & _telling(step)) >= max(FEWEST, SAME_WORDS * len(words)) for step in done):
        return True
    rest = without_deeds(told, substance(told))
    return bool(deeds) and any(
        deeds <= deeds_in(sentence) and (not rest or bool(rest & substance(sentence)))
        for step in done
        for sentence in split(step)
    )


def _telling(text: str) -> frozenset[str]:
    """Words by their beginnings, for a step is wished for and told in other forms: "tick", "ticked"."""
    return frozenset(word[:STEM] for word in _WORD.findall(text.casefold())) - _COMMON


def _is_step(part: str) -> bool:
    return bool(deeds_in(part) or _ACT.search(part))


_EN, _DE = book("en", "steps"), book("de", "steps")
_REPLIES = book("en", "replies"), book("de", "replies")
_DID_IT, _NO = whole(_EN["did_it"], _DE["did_it"]), whole(_DE["no"], _EN["not"])
_ACT = re.compile(
    rf"\b{either(*(replies['act'] for replies in _REPLIES))}\b"
    rf"|^\W*{either(*(replies['act_begins'] for replies in _REPLIES))}\b|^\W*\w+ed\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(word[:STEM] for language in (_EN, _DE) for word in language.words("common") if len(word) >= STEM)
_LEFT_OUT = re.compile(r"\[[^\]]*\]")
"""Where the name or number of another customer stood."""
