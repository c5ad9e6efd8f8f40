"""Whether the part of an article that was asked about is told first, with the real encoder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from segue.app.demo.read import company
from segue.assistant.foremost import Foremost
from segue.domain.answer import Ground
from segue.domain.knowledge import Article
from segue.knowledge.encoder import MiniLM
from segue.knowledge.parts import parts_of

LIST = Path(__file__).parents[1] / "lists" / "parts.tsv"
BEGINNING = "-"

pytestmark = pytest.mark.measures


@pytest.fixture(scope="module")
def told() -> list[tuple[str, str, str]]:
    """Of each question the part that is wanted, the part that is told first, and the question."""
    encoder = MiniLM()
    foremost = Foremost(encoder.encode)
    written = company(date(2026, 3, 2)).articles
    articles = {own.slug: Article(own.slug, own.slug, own.title, own.body, intent=own.intent) for own in written}
    found = []
    for line in LIST.read_text("utf8").splitlines():
        if not line.startswith("#"):
            slug, wanted, question = line.split("\t")
            found.append((wanted, _first(foremost, articles[slug], encoder, question), question))
    for wanted, first, question in found:
        if not _is(wanted, first):
            print(f"{question}  wanted: {wanted}  told: {first[:40] or BEGINNING}")
    return found


def _first(foremost: Foremost, article: Article, encoder: MiniLM, question: str) -> str:
    """How the part begins that is told first, without marks; empty for the article's own beginning."""
    whole = Ground("", article.id, article.title, article.slug, article.version, 0, len(article.body), article.body)
    part = foremost.part(article, [whole], encoder.encode([question])[0])
    return "" if part is None or part == parts_of(article.body)[0] else part.text.replace("*", "")


def _is(wanted: str, first: str) -> bool:
    return not first if wanted == BEGINNING else first.startswith(wanted)


def test_who_asks_about_one_part_is_mostly_told_it_first(told: list[tuple[str, str, str]]) -> None:
    right = [_is(wanted, first) for wanted, first, _question in told if wanted != BEGINNING]
    another = [bool(first) and not _is(wanted, first) for wanted, first, _question in told if wanted != BEGINNING]
    print(f"{sum(right)} of {len(right)} are told their part first, {sum(another)} another one")
    assert sum(right) >= 0.65 * len(right)
    assert sum(another) <= 0.13 * len(another)


def test_who_asks_about_the_matter_itself_is_mostly_told_the_article_as_it_is_written(
    told: list[tuple[str, str, str]],
) -> None:
    kept = [not first for wanted, first, _question in told if wanted == BEGINNING]
    print(f"{sum(kept)} of {len(kept)} keep the beginning")
    assert sum(kept) >= 0.85 * len(kept)
