"""Marks of a message and of the reply before it: plain yes and no, cheap to look for, for scores to weigh.

The patterns and the pairs stand in phrases/marks.yaml.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from segue.triage.phrasebook import book
from segue.triage.said import Said

REPLY = "reply "
"""Begins the names of the reply's marks."""


def names() -> tuple[str, ...]:
    """In the order of `marked`, those of the reply behind."""
    return (*_patterns("said"), *(REPLY + name for name in _patterns("replied")))


def marked(said: Said, reply: Said) -> NDArray[np.float64]:
    """0 and 1 [names]; `reply` is empty where there was none."""
    own = (bool(p.search(said.plain)) for p in _patterns("said").values())
    theirs = (bool(reply.words and p.search(reply.plain)) for p in _patterns("replied").values())
    return np.array([*own, *theirs], np.float64)


def stands(name: str, said: Said, reply: Said) -> bool:
    """Whether one mark stands there, by its name of `names`."""
    if name.startswith(REPLY):
        return bool(_patterns("replied")[name.removeprefix(REPLY)].search(reply.plain))
    return bool(_patterns("said")[name].search(said.plain))


def together(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Marks of a message that stand together with a mark of the reply."""
    said, replied = list(_patterns("said")), list(_patterns("replied"))
    pairs = book("marks")["together"]
    ours = marks[[said.index(name) for name in pairs["said"]]]
    theirs = marks[[len(said) + replied.index(name) for name in pairs["replied"]]]
    return np.outer(ours, theirs).ravel()


@cache
def _patterns(part: str) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in book("marks")[part].items()}
