"""Cuts an article into passages: stretches that can stand as grounds, each with its offsets into the body.

A passage ends at a heading, and otherwise where paragraphs have gathered to about `ROOM` characters; a list stays with
the sentence that introduces it. A paragraph much longer than that is cut between its sentences, so that all of it is
read: the encoder sees only the first 256 tokens of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def _stretches(body: str) -> Iterator[tuple[str, int, int]]:
    heading, start, end = "", -1, -1
    for text, begins, ends in _blocks(body):
        title = _HEADING.match(text)
        is_full = start >= 0 and ends - start > ROOM and not _introduces(body[start:end])
        if start >= 0 and (title or is_full):
            yield heading, start, end
            start = -1
        if title:
            heading = title.group(1)
            continue
        start, end = begins if start < 0 else start, ends
    if start >= 0:
        yield heading, start, end


def _blocks(body: str) -> Iterator[tuple[str, int, int]]:
    """Headings, paragraphs, and the sentences of paragraphs that are too long; each with its offsets."""
    for block in _BLOCK.finditer(body):
        text, at = block.group().rstrip(), block.start()
        cut = _SENTENCE if len(text) > LONGEST else _WHOLE
        yield from ((part.group().strip(), at + part.start(), at + part.end()) for part in cut.finditer(text))


def _introduces(text: str) -> bool:
    return text.rstrip().endswith(":")
