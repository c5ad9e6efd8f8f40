"""What answering alone does by a holdout: shares with intervals, and a difference that is told when it is one."""

from __future__ import annotations

import pytest

from segue.insight.calibration import Bin, error
from segue.insight.holdout import compared, newcombe
from segue.store.holdout import DrawnEpisode


def tried(count: int, back: int, is_held_out: bool, over: bool = True) -> list[DrawnEpisode]:
    return [DrawnEpisode(is_held_out, 0.1, over, n < back, 2.0 if over else None) for n in range(count)]


@pytest.mark.parametrize(
    ("one", "of_one", "other", "of_other", "low", "high"),
    [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 20, 0.6791, 1.0)],
)
def test_the_difference_is_newcombes(one: int, of_one: int, other: int, of_other: int, low: float, high: float) -> None:
    """The examples of his table II, method 10."""
    difference, lower, upper = newcombe(one, of_one, other, of_other)

    assert difference == pytest.approx(one / of_one - other / of_other)
    assert (lower, upper) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_only_what_has_been_over_long_enough_says_something() -> None:
    found = compared(tried(90, 9, False) + tried(40, 0, False, over=False) + tried(10, 1, True))

    assert (found.alone.episodes, found.alone.of, found.alone.came_back, found.alone.share) == (130, 90, 9, 0.1)
    assert (found.people.of, found.people.hours, found.expected) == (10, 2.0, 14.0)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
    assert not found.is_telling


def test_a_difference_is_told_when_chance_does_not_explain_it() -> None:
    worse = compared(tried(400, 80, False) + tried(100, 5, True))
    better = compared(tried(400, 20, False) + tried(100, 30, True))

    assert (worse.is_telling, worse.difference) == (True, 0.15)
    assert (better.is_telling, better.difference) == (True, -0.25)


def test_one_side_alone_says_nothing() -> None:
    found = compared(tried(50, 5, False) + tried(5, 0, True, over=False))

    assert (found.difference, found.low, found.high, found.is_telling) == (None, None, None, False)
    assert found.people.share is None


def test_the_calibration_error_is_a_mean_over_cases() -> None:
    bins = [Bin(0.5, 0.6, 0.55, 10, 20, 0.3, 0.7), Bin(0.9, 1.0, 0.95, 75, 80, 0.86, 0.98)]

    assert error(bins) == pytest.approx((20 * 0.05 + 80 * 0.0125) / 100)
    assert error([]) is None
