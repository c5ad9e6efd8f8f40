"""Inbox, ownership and outbox against a model of them, over courses that hypothesis makes up.

Half of them are played here, half in test_model_again.py, so that two processes of a run share them. A course that
fails is kept (`fuzzing.py`), and both play it first from then on; no such course is known.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test

import fuzzing
from faults.bugs import plant
from faults.model import Counting, Model
from segue.app.drill import small
from segue.app.drill.small import SmallHouse, small_house

EXAMPLES = int(os.environ.get("SEGUE_MODEL_EXAMPLES", "1000"))
STEPS = 50


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHouse]:
    monkeypatch.setattr(small, "Database", Counting)
    with small_house(database_url) as house, house.db.kept():
        yield house


def courses(examples: int, **more: object) -> settings:
    return settings(max_examples=examples, stateful_step_count=STEPS, deadline=None,
                    suppress_health_check=list(HealthCheck), database=None, **more)  # type: ignore[arg-type] # fmt: skip


def play(house: SmallHouse, how: settings) -> None:
    class Here(Model):
        pass

    Here.house = house
    run_state_machine_as_test(Here, settings=how)


def play_and_keep(house: SmallHouse) -> None:
    fuzzing.play("courses of the model", courses(EXAMPLES), lambda how: play(house, how))


def test_whatever_course_is_played_the_database_looks_like_the_model(house: SmallHouse) -> None:
    play_and_keep(house)


@pytest.mark.parametrize(
    "bug",
    [
        "commits_ignore_the_token",
        "taking_over_keeps_the_token",
        "holding_keeps_the_token",
        "closing_looks_at_nothing",
        "replies_take_no_number",
        "the_newest_message_first",
        "who_waited_least_comes_first",
        "mails_go_out_that_were_taken_back",
    ],
)
def test_the_model_notices_a_bug(bug: str, house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself: what the database refuses, or a statement that no longer reads, is no notice of the model's."""
    plant(bug, monkeypatch.setattr)

    with pytest.raises((AssertionError, FlakyFailure)) as noticed:
        play(house, courses(100, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False))
    error = noticed.value
    if isinstance(error, FlakyFailure):  # a mistake that stays in the database shows another way when played again
        error = next(one for one in error.exceptions if isinstance(one, AssertionError))
    assert Path(traceback.extract_tb(error.__traceback__)[-1].filename).name == "model.py"
