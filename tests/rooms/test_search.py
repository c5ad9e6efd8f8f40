"""How articles are cut, and how words and meaning are weighed when they are searched."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from segue.domain.knowledge import Article, Found
from segue.domain.ports import DIMENSIONS, Vector
from segue.knowledge.encoder import StandIn
from segue.knowledge.library import Library
from segue.knowledge.passages import LONGEST, ROOM, passages_of
from segue.store.database import Database
from segue.store.knowledge import KnowledgeStore

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BLANK = np.zeros(DIMENSIONS, np.float32)
"""A question that means nothing: only its words can find something."""
BLANK[0] = 1.0


@pytest.fixture
def library(db: Database) -> Library:
    return Library(KnowledgeStore(db), StandIn())


def publish(library: Library, slug: str, body: str, title: str = "Cards") -> None:
    library.publish(Article("", slug, title, body), "lena", NOW)


def found(library: Library, question: str, vector: Vector | None = None) -> list[Found]:
    meant = library.encoder.encode([question])[0] if vector is None else vector
    return library.search(question, meant, date(2026, 3, 2))


def test_a_long_paragraph_is_cut_between_its_sentences() -> None:
    body = "Open the card page and tap Freeze. " * 60
    passages = passages_of(Article("art", "freeze", "Freeze a card", body))

    assert len(passages) > 2
    assert all(len(p.text) <= ROOM and p.text.endswith("Freeze.") for p in passages)
    assert all(body[p.start : p.end] == p.text for p in passages)


def test_a_paragraph_of_usual_length_stays_whole() -> None:
    body = ("Short words make a sentence. " * 40)[: LONGEST - 1].strip()

    assert [p.text for p in passages_of(Article("art", "a", "A", body))] == [body]


def test_the_rare_word_of_a_question_outweighs_the_common_one(library: Library) -> None:
    for n in range(8):
        publish(library, f"common-{n}", f"About the card, part {n}: limits and colours.", "Part")
    publish(library, "rare", "A swallowed piece of plastic comes back by post.", "Machines")

    best, second, *_ = found(library, "card swallowed", BLANK)

    assert best.slug == "rare"
    assert best.lexical_rank == 1
    assert best.score > second.score + 0.1


def test_a_word_counts_once_however_often_it_is_said(library: Library) -> None:
    publish(library, "both", "Refunds reach your card.", "One")
    publish(library, "often", "Refund, refund, refund, refund, and again a refund.", "Two")

    assert found(library, "refund card", BLANK)[0].slug == "both"


def test_words_alone_do_not_beat_what_is_meant(library: Library) -> None:
    publish(library, "meant", "Freeze a stolen card.", "Freeze")
    publish(library, "said", "Unrelated words about colours.", "Colours")
    meant = library.encoder.encode(["Freeze. Freeze a stolen card."])[0]

    assert found(library, "colours", meant)[0].slug == "meant"


def test_a_question_of_unknown_words_is_answered_by_meaning(library: Library) -> None:
    publish(library, "only", "Cards arrive by post.")

    (only,) = found(library, "zzyzx qwrt")

    assert (only.lexical_rank, only.dense_rank) == (None, 1)
    assert only.score == pytest.approx(only.cosine)


def test_a_question_without_a_word_is_no_error(library: Library) -> None:
    publish(library, "only", "Cards arrive by post.")

    assert [f.slug for f in found(library, "?! the of", BLANK)] == ["only"]
    assert [f.slug for f in found(library, "it's 'quoted' \\ & | ! <-> :*", BLANK)] == ["only"]


def test_words_are_counted_in_live_passages_only(library: Library, db: Database) -> None:
    publish(library, "card", "The card arrives by post.")
    publish(library, "card", "The parcel arrives by courier.")
    publish(library, "other", "A courier came.", "Visits")

    counts = {row.word: row.passages for row in db.all("select word, passages from words where passages > 0", {})}

    assert counts[""] == 2
    assert counts["courier"] == 2
    assert counts["parcel"] == counts["card"] == 1, "card stands in the title"
    assert "post" not in counts
