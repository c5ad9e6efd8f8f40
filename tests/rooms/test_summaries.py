"""The yardsticks of a briefing: ROUGE, LexRank, and what of it is measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segue.app.measure.briefing import run
from segue.app.measure.lexrank import lexrank
from segue.app.measure.rouge import rouge
from segue.domain.errors import Refused

WRITTEN = Path(__file__).parents[1] / "measures" / "summaries.jsonl"


def test_the_same_words_are_a_full_mark_whatever_their_case() -> None:
    assert rouge("The invoice is wrong.", ["the invoice is WRONG"]) == {"rouge_1": 1.0, "rouge_2": 1.0, "rouge_l": 1.0}


def test_shared_words_pairs_and_order_are_counted_apart() -> None:
    marks = rouge("grace wants the credit", ["the credit grace wants soon"])

    assert marks["rouge_1"] == pytest.approx(2 * 4 / 9)
    assert marks["rouge_2"] == pytest.approx(2 * 2 / 7), "“grace wants” and “the credit”"
    assert marks["rouge_l"] == pytest.approx(2 * 2 / 9), "only two of them in one order"


def test_a_word_said_twice_is_shared_as_often_as_both_say_it() -> None:
    assert rouge("no no no", ["no"])["rouge_1"] == pytest.approx(2 * 1 / 4)


def test_of_several_references_the_nearest_counts() -> None:
    assert rouge("locked out", ["something else", "locked out"])["rouge_2"] == 1.0


def test_nothing_shared_or_nothing_said_is_a_zero() -> None:
    assert rouge("", ["a reference"])["rouge_l"] == 0.0
    assert rouge("words", ["others"]) == {"rouge_1": 0.0, "rouge_2": 0.0, "rouge_l": 0.0}


def test_the_sentences_that_others_echo_are_kept_in_their_order() -> None:
    said = [
        "Good morning to everybody.",
        "The invoice for March is wrong.",
        "The March invoice shows two seats.",
        "The invoice for March is wrong by two seats.",
    ]

    assert lexrank(said, 2) == [said[1], said[3]]
    assert lexrank(said, 9) == said
    assert lexrank([], 3) == []


def test_the_briefing_says_more_of_a_summary_than_lexrank_and_the_first_lines() -> None:
    figures = run(str(WRITTEN))

    for kind in ("rouge_1", "rouge_2", "rouge_l"):
        assert figures[kind] > figures["baseline"][kind]
        assert figures[kind] > figures["lead_3"][kind]


def test_a_row_without_a_summary_is_named(tmp_path: Path) -> None:
    file = tmp_path / "threads.jsonl"
    file.write_text(json.dumps({"turns": [{"role": "customer", "text": "Hello?"}]}) + "\n")

    with pytest.raises(Refused, match="Row 1 has no summary"):
        run(str(file))
