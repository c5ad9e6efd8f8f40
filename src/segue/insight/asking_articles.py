"""Whether an article answers the questions it should: each is asked of the real search, with the article as written.

The one idea: as in `trying_articles`, it is published in a transaction that is taken back, so that it stands among the
others as customers would meet it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from segue.domain.knowledge import Article
from segue.knowledge.library import Library
from segue.store.database import Database

DEPTH = 8
MOST = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """`place`: where the article comes up, from 1; None where it does not. `first` is what comes up before all."""

    question: str
    place: int | None
    first: str

    @property
    def passes(self) -> bool:
        return self.place == 1


def ask(db: Database, library: Library, article: Article, questions: Sequence[str], now: datetime) -> list[Asked]:
    """At most MOST questions. Nothing is kept."""
    wanted = [q for q in questions if q.strip()][:MOST]
    if not wanted:
        return []
    vectors = library.encoder.encode(wanted)
    found: list[Asked] = []
    with db.kept(), db.connection() as connection, connection.transaction(force_rollback=True):
        slug = library.publish(article, "trial", now).slug
        for question, vector in zip(wanted, vectors, strict=True):
            hits = library.search(question, vector, now.date(), DEPTH, internal=article.audience == "internal")
            slugs = list(dict.fromkeys(hit.slug for hit in hits))
            place = slugs.index(slug) + 1 if slug in slugs else None
            found.append(Asked(question, place, hits[0].title if hits else ""))
    return found
