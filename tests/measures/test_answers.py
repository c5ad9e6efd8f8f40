"""What customers of the demo company type, with the real encoder: what is quoted, and whether anything tells it.

A head of few past messages proves no threshold, so whatever the assistant would say counts as said here; what it then
sends alone is for `segue measure answers --file tests/lists/answers.tsv` (docs/measures.md), which takes longer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.app.measure.answers import Demo, heard, questions_of
from segue.app.measure.given import encoder

pytestmark = pytest.mark.measures
LISTS = Path(__file__).parents[1] / "lists"
EACH = 8
"""Past messages of a matter that the head learns from."""


@pytest.fixture(scope="module")
def house() -> Demo:
    return Demo(encoder(), each=EACH)


@pytest.fixture(scope="module")
def kinds(house: Demo) -> dict[str, Any]:
    found = heard(questions_of(LISTS / "answers.tsv"), house)
    for told in found["told"]:
        if told["came"] != ("right" if told["wanted"] else "person"):
            print(told["came"], told["why"], told["intent"], told["text"])
    print({kind: {name: n for name, n in of.items() if n} for kind, of in found["kinds"].items()})
    kinds: dict[str, Any] = found["kinds"]
    return kinds


def test_what_an_article_solves_is_answered_from_it(kinds: dict[str, Any]) -> None:
    assert kinds["plain"]["right"] >= 0.8 * kinds["plain"]["asked_of"]


def test_slips_of_the_finger_change_nothing(kinds: dict[str, Any]) -> None:
    """3 of 12 before they were mended."""
    assert kinds["typo"]["right"] >= 0.85 * kinds["typo"]["asked_of"]


def test_what_is_to_be_done_and_no_article_tells_is_mostly_left_to_people(kinds: dict[str, Any]) -> None:
    assert kinds["act"]["person"] >= 0.6 * kinds["act"]["asked_of"]


def test_who_is_sent_to_us_by_the_article_gets_a_person(kinds: dict[str, Any]) -> None:
    assert kinds["us"]["person"] >= 0.6 * kinds["us"]["asked_of"]


@pytest.fixture(scope="module")
def more(house: Demo) -> dict[str, Any]:
    return heard(questions_of(LISTS / "answers_more.tsv"), house)


def test_orders_in_few_words_and_matters_under_a_condition_are_mostly_not_answered_beside_the_point(
    more: dict[str, Any],
) -> None:
    """Left out is what the policy gives to people anyhow."""
    told = [t for t in more["told"] if t["kind"] in ("terse", "condition") and not t["why"].startswith("always_human")]
    wrong = [t["text"] for t in told if t["came"] == "wrong"]

    assert len(told) >= 8
    assert len(wrong) <= 2, wrong


def test_how_urgent_it_is_is_heard_without_crying_wolf(more: dict[str, Any]) -> None:
    assert more["urgency_right"] >= 0.95 * more["asked_of"]
