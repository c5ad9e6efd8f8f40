"""`segue measure retrieval`: whether the real search finds the article that answers a question.

The articles are published into a throwaway database and searched there like any workspace's. Beside the whole search
stand its two halves, words alone and meaning alone, and BM25.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from segue.app.door import open_house
from segue.app.measure.given import Row, encoder, rows_of, texts_of
from segue.app.measure.scores import rounded
from segue.app.measure.words import BM25
from segue.app.settings import Settings
from segue.domain.errors import Refused
from segue.domain.knowledge import Article, Found
from segue.knowledge.library import Library
from segue.store.knowledge import DEPTH

GOLD = ("gold", "gold_sections", "section_paths", "resolution_id")
"""Fields that may say which articles answer a question, the first that is there."""


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    gold: frozenset[str]
    """Ids of articles, any of which answers it."""


def given(kb: str, questions: str) -> tuple[list[Article], list[Question]]:
    """What the two files hold. Raises Refused, before a database is made, where that cannot be measured."""
    articles = articles_of(rows_of(kb))
    return articles, questions_of(rows_of(questions), articles)


def run(at: Settings, articles: Sequence[Article], asked: Sequence[Question]) -> dict[str, Any]:
    """`at`: an empty database. Figures over questions; `mrr` counts what is beyond the first DEPTH passages as 0."""
    house = open_house(at, encoder())
    now = datetime.now(UTC)
    for article in articles:
        house.library.publish(article, "measure", now)
    found = [_found(house.library, question) for question in asked]
    house.db.close()
    gold = [question.gold for question in asked]
    return {
        "articles": len(articles),
        "questions": len(asked),
        **figures([_slugs(f) for f in found], gold),
        "words_alone": figures([_slugs(_by_words(f)) for f in found], gold),
        "meaning_alone": figures([_slugs(_by_meaning(f)) for f in found], gold),
        "baseline": figures(_plain(articles, asked), gold),
    }


def articles_of(rows: Iterable[Row]) -> list[Article]:
    """Rows with id, title and body; `question` and `answer` are taken for title and body. Internal ones are public
    here: it is the search that is measured. Rows without words are left out."""
    found = []
    for number, row in enumerate(rows, 1):
        slug = row.get("id") or row.get("resolution_id")
        title, body = row.get("title") or row.get("question") or "", row.get("body") or row.get("answer") or ""
        if slug is None or not str(title) + str(body):
            raise Refused(f"Row {number} of the knowledge base has no id or no words.", "Give id, title and body.")
        if str(body).strip():
            found.append(Article("", str(slug), str(title), str(body)))
    return found


def questions_of(rows: Sequence[Row], articles: Sequence[Article]) -> list[Question]:
    """Questions some article answers; raises Refused where there are none."""
    held = frozenset(article.slug for article in articles)
    texts = texts_of(rows, "question" if "question" in rows[0] else "text")
    asked = [Question(text, _gold(row) & held) for text, row in zip(texts, rows, strict=True)]
    kept = [question for question in asked if question.gold]
    if not kept:
        raise Refused("No question names an article of the knowledge base.", f"Give the ids in {' or '.join(GOLD)}.")
    return kept


def figures(ranked: Sequence[Sequence[str]], gold: Sequence[frozenset[str]]) -> dict[str, Any]:
    """Shares of questions with a right article among the first 1, 5, 10, and the mean reciprocal rank of the first."""
    places = np.array([_place(row, own) for row, own in zip(ranked, gold, strict=True)], np.float64)
    return {
        **{f"top_{depth}": rounded(float((places <= depth).mean())) for depth in (1, 5, 10)},
        "mrr": rounded(float((1.0 / places).mean())),
    }


def _found(library: Library, question: Question) -> list[Found]:
    """Everything the two halves bring."""
    vector = library.encode([question.text])[0]
    return library.search(question.text, vector, datetime.now(UTC).date(), limit=2 * DEPTH)


def _by_words(found: Sequence[Found]) -> list[Found]:
    return sorted((f for f in found if f.lexical_rank), key=lambda f: f.lexical_rank or 0)


def _by_meaning(found: Sequence[Found]) -> list[Found]:
    return sorted((f for f in found if f.dense_rank), key=lambda f: f.dense_rank or 0)


def _slugs(found: Sequence[Found]) -> list[str]:
    """Articles in the order of their best passage."""
    return list(dict.fromkeys(f.slug for f in found))


def _plain(articles: Sequence[Article], asked: Sequence[Question]) -> list[list[str]]:
    plain = BM25.of([f"{article.title} {article.body}" for article in articles])
    orders = (np.argsort(-plain.scores(question.text), kind="stable")[: 2 * DEPTH] for question in asked)
    return [[articles[int(n)].slug for n in order] for order in orders]


def _place(ranked: Sequence[str], gold: frozenset[str]) -> float:
    return next((n for n, slug in enumerate(ranked, 1) if slug in gold), float("inf"))


def _gold(row: Row) -> frozenset[str]:
    named = next((row[field] for field in GOLD if row.get(field)), ())
    return frozenset(str(one) for one in named) if isinstance(named, list | tuple) else frozenset([str(named)])
