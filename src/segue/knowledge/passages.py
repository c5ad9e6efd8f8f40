"""Cuts an article into passages: stretches that can stand as grounds, each with its offsets into the body.

A passage ends at a heading, and otherwise where paragraphs have gathered to about `ROOM` characters; a list stays with
the sentence that introduces it. A paragraph much longer than that is cut between its sentences, so that all of it is
read: the encoder sees only the first 256 tokens of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from segue.domain.knowledge import Article, Passage

ROOM = 600
LONGEST = 900
"""Characters of a paragraph that is left whole."""
_BLOCK = re.compile(r"^#{1,6}\s.*$|^[^\S\n]*\S(?:.|\n(?!\s*\n|#))*", re.MULTILINE)
_SENTENCE = re.compile(r"(?s)\S.*?(?:(?<=[.!?:;])(?=\s)|(?=\n)|\Z)")
_WHOLE = re.compile(r"(?s).+")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


def passages_of(article: Article) -> tuple[Passage, ...]:
    """In reading order; `body[start:end]` of each is its text. An empty body has none."""
    return tuple(
        Passage(f"{article.id}.{start}", article.id, article.version, heading, article.body[start:end], start, end)
        for heading, start, end in _stretches(article.body)
    )


class Block(NamedTuple):
    """`section` counts the headings before it: two sections may be headed alike."""

    heading: str
    section: int
    start: int
    end: int


def blocks_of(body: str) -> Iterator[Block]:
    """Paragraphs, lists and tables, with their offsets."""
    heading, section = "", 0
    for found in _BLOCK.finditer(body):
        text = found.group().rstrip()
        if title := _HEADING.match(text):
            heading, section = title.group(1), section + 1
        else:
            yield Block(heading, section, found.start(), found.start() + len(text))


def _stretches(body: str) -> Iterator[tuple[str, int, int]]:
    under, start, end = Block("", 0, 0, 0), -1, -1
    for piece in _pieces(body):
        is_full = piece.end - start > ROOM and not _introduces(body[start:end])
        if start >= 0 and (piece.section != under.section or is_full):
            yield under.heading, start, end
            start = -1
        under, start, end = piece, piece.start if start < 0 else start, piece.end
    if start >= 0:
        yield under.heading, start, end


def _pieces(body: str) -> Iterator[Block]:
    """The blocks, and of those that are too long the sentences."""
    for block in blocks_of(body):
        cut = _SENTENCE if block.end - block.start > LONGEST else _WHOLE
        for m in cut.finditer(body[block.start : block.end]):
            yield block._replace(start=block.start + m.start(), end=block.start + m.end())


def _introduces(text: str) -> bool:
    return text.rstrip().endswith(":")
