"""The replay of a fictional bank's real messages holds its promises. Needs the development data beside the clone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from databases import fresh_database
from segue.app.replay.run import read, run
from segue.app.settings import Settings
from segue.store.migrate import migrate

BANK = Path(__file__).parents[3] / "shared" / "data" / "demo_bank"
ITEMS = int(os.environ.get("SEGUE_REPLAY_ITEMS", "500"))

pytestmark = [
    pytest.mark.measures,
    pytest.mark.long,
    pytest.mark.skipif(not BANK.exists(), reason="the development data (../shared/data) is not on this machine"),
]


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    with fresh_database() as url:
        migrate(url)
        found = run(Settings(database_url=url), *read(BANK, BANK / "stream_dev.jsonl", ITEMS), learn=False, budget=None)
    print({kind: (c["items"], c["right"], c["wrong"]) for kind, c in found["kinds"].items()}, found["all"])
    return found


def test_of_what_the_assistant_answers_alone_at_most_one_in_twenty_is_wrong(figures: dict[str, Any]) -> None:
    """The floor leaves room for the size of the sample: the whole stream is 4 % (docs/measures.md)."""
    assert figures["all"]["wrong_of_answered"] <= 0.06


def test_no_category_is_significantly_over_its_budget(figures: dict[str, Any]) -> None:
    assert figures["over_budget"] == []


def test_it_answers_most_of_what_it_may(figures: dict[str, Any]) -> None:
    assert figures["kinds"]["known"]["answered_alone_share"] >= 0.60


@pytest.mark.parametrize("kind", ["foreign", "complaint"])
def test_foreign_text_and_complaint_letters_are_hardly_ever_answered(figures: dict[str, Any], kind: str) -> None:
    assert figures["kinds"][kind]["answered_alone_share"] <= 0.04


def test_every_wish_for_a_person_is_honoured_in_the_same_turn(figures: dict[str, Any]) -> None:
    assert figures["wishes"]["honoured"] == figures["wishes"]["made"]


def test_always_human_categories_are_never_answered(figures: dict[str, Any]) -> None:
    assert figures["always_human_answered"] == 0


def test_every_handoff_has_a_complete_briefing(figures: dict[str, Any]) -> None:
    assert figures["incomplete_briefings"] == {}
