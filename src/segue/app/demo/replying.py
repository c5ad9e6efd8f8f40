"""Which of the written replies people take: the one whose words fit the question; after a miss, another one."""

import re
from functools import cache
from random import Random

from segue.app.demo.read import Script

_WORD = re.compile(r"[a-z0-9-]{4,}")
_STEM = 5  # letters; "handwritten" and "handwriting" are one word here


def plan_replies(script: Script, question: str, takes_two: bool, rng: Random) -> list[tuple[str, str]]:
    """One reply, or two where the first one misses: then the fitting one comes second."""
    replies = script.replies
    fitting = max(range(len(replies)), key=lambda index: (_overlap(question, replies[index]), -index))
    if not takes_two:
        return [replies[fitting]]
    if fitting == 0:
        return [replies[0], rng.choice(replies[1:])]
    return [rng.choice(replies[:fitting]), replies[fitting]]


def _overlap(question: str, reply: tuple[str, str]) -> int:
    return len(_stems(question) & (_stems(reply[0]) | _stems(reply[1])))


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower()))
