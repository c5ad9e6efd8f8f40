"""A desk that learns from a cold start. Needs the development data beside the clone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.app.measure.stream import run

BANKING = Path(__file__).parents[3] / "shared" / "data" / "oos" / "banking77_oos_train_valid.jsonl"

pytestmark = [
    pytest.mark.measures,
    pytest.mark.long,
    pytest.mark.skipif(not BANKING.exists(), reason="the development data (../shared/data) is not on this machine"),
]


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """The first 3,000 of 10,003 messages: the steep part of the course."""
    found = run(f"{BANKING}:kind=in_scope|id", budget=0.05, seed=0, limit=3_000)
    print({name: found[name] for name in ("autonomy", "wrong", "over_budget", "by_thousand")})
    return found


def test_no_thousand_messages_after_the_first_break_the_budget(figures: dict[str, Any]) -> None:
    assert figures["windows_over_budget"] == 0
    assert figures["wrong"] <= 0.05


def test_no_category_is_significantly_over_its_budget(figures: dict[str, Any]) -> None:
    assert len(figures["over_budget"]) <= 1


def test_two_thirds_are_answered_alone_in_the_third_thousand(figures: dict[str, Any]) -> None:
    """About 78 % were measured; chance moves the day of opening."""
    assert figures["autonomy_at_end"] >= 0.65


def test_the_usual_rule_answers_less_and_falls_behind_as_the_desk_learns(figures: dict[str, Any]) -> None:
    """Measured: 45 against 55 % over the three thousand, 60 against 81 % in the last of them; in the first it answers
    more, for it waits for no proof. Over the whole stream a sixth less (65 against 78 %), and it spends a fifth of the
    budget. A gate that only answered more would fail the two tests above."""
    usual = figures["baseline"]
    assert usual["autonomy"] < 0.9 * figures["autonomy"]
    assert usual["autonomy_at_end"] < figures["autonomy_at_end"] - 0.10
    assert usual["wrong"] < 0.02


def test_about_a_tenth_of_what_was_answered_alone_is_judged(figures: dict[str, Any]) -> None:
    assert 0.07 <= figures["judged_share"] <= 0.13
