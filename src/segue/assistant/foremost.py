"""Which part of an article is told first: the one that was asked about, where that is not its beginning.

The one idea: an article begins with what most readers want and goes on with what some do ("For a colleague: …"). Who
asks about that reads it first, and all the rest behind it, so a part that was taken wrongly hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
        self._known: dict[str, tuple[tuple[Part, ...], Vector]] = {}

    def part(self, article: Article, rests_on: Sequence[Ground], vector: Vector) -> Part | None:
        """Of what is quoted the part that goes before all else; None where the article is told as it is written."""
        parts, rows = self._parts(article)
        quoted = [n for n, part in enumerate(parts) if any(g.start <= part.start < part.end <= g.end for g in rests_on)]
        if len(quoted) < 2:
            return None
        near = rows[quoted] @ vector
        best = int(near.argmax())
        part = parts[quoted[best]]
        return part if near[best] >= near[0] + AHEAD and _stands_alone(part) else None

    def _parts(self, article: Article) -> tuple[tuple[Part, ...], Vector]:
        if article.id not in self._known:
            parts = parts_of(article.body)
            self._known[article.id] = parts, self._encode([f"{part.heading}\n{part.text}".strip() for part in parts])
        return self._known[article.id]


def _stands_alone(part: Part) -> bool:
    words = part.text.split(maxsplit=1)
    return bool(words) and words[0].strip(",.:").casefold() not in _GOES_ON
