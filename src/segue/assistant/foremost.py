"""Which part of an article is told first: the one that was asked about, where that is not its beginning.

The one idea: an article begins with what most readers want and goes on with what some do ("For a colleague: …"). Who
asks about that reads it first, and all the rest behind it, so a part that was taken wrongly hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from segue.domain.answer import Ground
from segue.domain.knowledge import Article
from segue.domain.ports import Vector
from segue.knowledge.parts import Part, parts_of

Encode = Callable[[Sequence[str]], Vector]
AHEAD = 0.07
"""How much nearer to the message than the beginning a part must be, in cosine. Of 102 questions about one part 72 are
told that part first by it and 11 another, and 21 of 24 about the article's own matter keep its beginning
(tests/lists/parts.tsv); 0.03 to 0.10 differ by a few."""
_LEANING = """
    then next now after afterwards finally also and but or so otherwise instead it this that these those they he she
    there here such both if
    dann danach anschließend nun zuletzt auch außerdem und aber oder sonst andernfalls stattdessen es dies das diese
    dieser dieses sie er dort hier beide wenn falls
"""
_GOES_ON = frozenset(_LEANING.split())
"""What begins with one of these leans on the sentence before it, unless it is a name of its own ("**If …:**")."""


class Foremost:
    """Remembers where the parts of articles stand; belongs to one state of them. `encode`: float32 [n, DIMENSIONS]."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._parts: dict[str, tuple[Part, ...]] = {}
        self._rows: dict[tuple[str, int], Vector] = {}
        """By article and beginning, of the parts that were quoted: of a long article few ever are."""

    def part(self, article: Article, rests_on: Sequence[Ground], vector: Vector) -> Part | None:
        """Of what is quoted the part that goes before all else; None where the article is told as it is written."""
        quoted = [p for p in self._parts_of(article) if any(g.start <= p.start < p.end <= g.end for g in rests_on)]
        if len(quoted) < 2:
            return None
        near = self._rows_of(article, quoted) @ vector
        best = int(near.argmax())
        is_ahead = near[best] >= near[0] + AHEAD
        return quoted[best] if is_ahead and _stands_alone(quoted[best]) else None

    def _parts_of(self, article: Article) -> tuple[Part, ...]:
        if article.id not in self._parts:
            self._parts[article.id] = parts_of(article.body)
        return self._parts[article.id]

    def _rows_of(self, article: Article, parts: Sequence[Part]) -> Vector:
        fresh = [part for part in parts if (article.id, part.start) not in self._rows]
        if fresh:
            rows = self._encode([f"{part.heading}\n{part.text}".strip() for part in fresh])
            self._rows |= {(article.id, part.start): row for part, row in zip(fresh, rows, strict=True)}
        return np.stack([self._rows[article.id, part.start] for part in parts])


def _stands_alone(part: Part) -> bool:
    words = part.text.split(maxsplit=1)
    return bool(words) and words[0].strip(",.:").casefold() not in _GOES_ON
