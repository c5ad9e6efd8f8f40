"""Cuts an article into passages: stretches that can stand as grounds, each with its offsets into the body.

A passage ends at a heading, and otherwise where paragraphs have gathered to about `ROOM` characters; a list stays with
the sentence that introduces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segue.domain.knowledge import Article, Passage

ROOM = 600
_BLOCK = re.compile(r"^#{1,6}\s.*$|^[^\S\n]*\S(?:.|\n(?!\s*\n|#))*", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


def passages_of(article: Article) -> tuple[Passage, ...]:
    """In reading order; `body[start:end]` of each is its text. An empty body has none."""
    return tuple(
        Passage(f"{article.id}.{start}", article.id, article.version, heading, article.body[start:end], start, end)
        for heading, start, end in _stretches(article.body)
    )


def _stretches(body: str) -> Iterator[tuple[str, int, int]]:
    heading, start, end = "", -1, -1
    for block in _BLOCK.finditer(body):
        text = block.group().strip()
        title = _HEADING.match(text)
        is_full = start >= 0 and block.end() - start > ROOM and not _introduces(body[start:end])
        if start >= 0 and (title or is_full):
            yield heading, start, end
            start = -1
        if title:
            heading = title.group(1)
            continue
        if text:
            start = block.start() if start < 0 else start
            end = block.start() + len(block.group().rstrip())
    if start >= 0:
        yield heading, start, end


def _introduces(text: str) -> bool:
    return text.rstrip().endswith(":")
