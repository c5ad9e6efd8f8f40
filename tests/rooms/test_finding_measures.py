"""The yardsticks of finding: BM25, reciprocal ranks, average precision, V-measure and the adjusted Rand index."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segue.app.measure.retrieval import articles_of, figures, questions_of
from segue.app.measure.similar import average_precision
from segue.app.measure.topics import adjusted_rand, k_means, v_measure
from segue.app.measure.words import BM25
from segue.domain.errors import Refused

ONE_GROUP = np.array([0, 0, 0, 0])
TWO_PAIRS = np.array([0, 0, 1, 1])
CROSSED = np.array([0, 1, 0, 1])


def test_bm25_is_the_formula() -> None:
    scores = BM25.of(["refund refund card", "card", "transfer fee now please"]).scores("Refund?")

    rare = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    longer = 1 - 0.75 + 0.75 * 3 / (8 / 3)
    assert scores == pytest.approx([rare * 2 * 2.2 / (2 + 1.2 * longer), 0.0, 0.0])


def test_bm25_prefers_the_rare_word_and_the_short_document() -> None:
    search = BM25.of(["card fee", "card limit", "card card lost abroad on a long trip", "fee"])

    assert search.scores("card fee").argmax() == 0
    assert search.scores("lost card").argmax() == 2
    assert search.scores("fee").argmax() == 3


def test_the_place_of_the_first_right_article_makes_the_figures() -> None:
    ranked = [["a", "b"], ["b", "a"], ["c"] * 5 + ["a"], ["b"]]

    found = figures(ranked, [frozenset("a")] * 4)

    assert found == {"top_1": 0.25, "top_5": 0.5, "top_10": 0.75, "mrr": round((1 + 1 / 2 + 1 / 6) / 4, 4)}


def test_a_knowledge_base_of_questions_and_answers_is_one_of_articles() -> None:
    kb = articles_of([{"id": 7, "question": "Where is my card?", "answer": "On its way."}])
    asked = questions_of([{"question": "card?", "gold": ["7", "99"]}, {"question": "?", "gold": ["99"]}], kb)

    assert (kb[0].slug, kb[0].title, kb[0].body) == ("7", "Where is my card?", "On its way.")
    assert [question.gold for question in asked] == [frozenset({"7"})], "what no article answers is not asked"


def test_questions_that_name_no_article_are_refused() -> None:
    with pytest.raises(Refused, match="No question names an article"):
        questions_of([{"question": "card?", "gold": "99"}], articles_of([{"id": "7", "title": "Card", "body": "…"}]))


def test_average_precision_is_over_what_could_have_been_found() -> None:
    assert average_precision(np.array([True, False, True]), 2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.array([True, True]), 50) == 1.0
    assert average_precision(np.array([False, False]), 3) == 0.0


def test_groups_are_judged_by_what_they_hold_not_by_their_numbers() -> None:
    assert v_measure(TWO_PAIRS, 1 - TWO_PAIRS) == pytest.approx(1.0)
    assert adjusted_rand(TWO_PAIRS, 1 - TWO_PAIRS) == pytest.approx(1.0)


def test_one_heap_and_a_crossing_tell_nothing() -> None:
    assert v_measure(TWO_PAIRS, ONE_GROUP) == pytest.approx(0.0)
    assert v_measure(TWO_PAIRS, CROSSED) == pytest.approx(0.0)
    assert adjusted_rand(TWO_PAIRS, ONE_GROUP) == pytest.approx(0.0)
    assert adjusted_rand(TWO_PAIRS, CROSSED) == pytest.approx(-0.5)


def test_a_group_cut_in_two_is_pure_but_not_whole() -> None:
    true, found = np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 2, 2, 1, 1, 1, 1])

    assert v_measure(true, found) == pytest.approx(2 * 1 * (1 / 1.5) / (1 + 1 / 1.5))


def test_k_means_parts_what_has_no_word_in_common() -> None:
    from segue.app.measure.plain import Tfidf

    texts = ["lost card", "card lost", "exchange rate", "rate of exchange"]
    rows = Tfidf.fit(texts).rows(texts)

    labels = [k_means(rows, 2, np.random.default_rng(seed)) for seed in range(4)]

    assert any(found[0] == found[1] != found[2] == found[3] for found in labels)
