"""Cuts an article into the parts a reader sees: paragraphs, each with the list or table that belongs to it."""

from __future__ import annotations

import re
from typing import NamedTuple

from segue.knowledge.passages import blocks_of

_ITEM = re.compile(r"[^\S\n]*(?:[-*+]|\d+[.)])\s|\|")
_TITLE = re.compile(r"\*\*[^*\n]+\*\*:?$")


class Part(NamedTuple):
    """`start` and `end` are offsets into the article's body."""

    heading: str
    text: str
    start: int
    end: int


def parts_of(body: str) -> tuple[Part, ...]:
    """In reading order; `body[start:end]` of each is its text."""
    parts: list[Part] = []
    section = -1
    for block in blocks_of(body):
        start = block.start
        if block.section == section and (_leads_on(parts[-1].text) or _ITEM.match(body, start)):
            start = parts.pop().start
        section = block.section
        parts.append(Part(block.heading, body[start : block.end], start, block.end))
    return tuple(parts)


def _leads_on(text: str) -> bool:
    """Whether it introduces what follows, or is its title in bold."""
    return text.rstrip().endswith(":") or _TITLE.match(text.rpartition("\n\n")[2]) is not None
