"""Which answers are drawn for review: more often where a mistake is likelier, and never with a chance nobody knows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.policy.betting import alarm_at, gains, losses, sampling_weight
from segue.policy.sampling import EVEN, Sampling

SCORES = np.random.default_rng(9).beta(8, 0.5, 5_000)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1, 0.2, 0.5, 0.9, 1.0])
def test_as_many_are_drawn_as_the_lead_asked_for(share: float) -> None:
    sampling = Sampling.over(SCORES)

    chances = [sampling.chance(score, share) for score in SCORES]

    assert np.mean(chances) == pytest.approx(share, rel=0.01)
    assert 0.0 < sampling.least(share) <= min(chances)
    assert max(chances) <= 1.0


def test_uncertain_answers_are_looked_at_more_often() -> None:
    sampling = Sampling.over(SCORES)

    assert sampling.chance(0.6, 0.1) > 2 * sampling.chance(0.99, 0.1)


def test_without_a_rehearsal_all_are_alike() -> None:
    assert {EVEN.chance(score, 0.2) for score in (0.3, 0.9, 1.0)} == {EVEN.least(0.2)} == {0.2}
    assert Sampling.over([]) == EVEN


@given(st.floats(0.0, 1.0), st.floats(0.001, 1.0))
def test_a_chance_is_never_below_the_least_nor_above_one(score: float, share: float) -> None:
    sampling = Sampling.over(SCORES)

    assert sampling.least(share) <= sampling.chance(score, share) <= 1.0 + 1e-12


def judged(rng: np.random.Generator, answers: int) -> list[tuple[float, float]]:
    """Right and weight of what was drawn, where a twentieth is wrong and all of it among the unsure half."""
    sampling, found = Sampling.over(np.repeat([0.99, 0.85], 500)), []
    for is_sure in rng.random(answers) < 0.5:
        chance = sampling.chance(0.99 if is_sure else 0.85, 0.2)
        if rng.random() < chance:
            is_wrong = not is_sure and rng.random() < 0.1
            found.append((1.0 - is_wrong, sampling_weight(chance, sampling.least(0.2))))
    return found


def test_weighed_by_their_chance_the_drawn_ones_tell_of_all_answers() -> None:
    """Half of the drawn ones and more are unsure; taken as they come, they would say 7 % wrong where 5 % are."""
    right, weights = np.array(judged(np.random.default_rng(1), 60_000)).T

    assert 1.0 - np.average(right) > 0.06
    assert 1.0 - np.average(right, weights=weights) == pytest.approx(0.05, abs=0.005)


def test_the_promise_holds_however_often_one_looks_at_what_was_drawn_so() -> None:
    cells, proven, fallen = 200, 0, 0
    for seed in range(cells):
        right, weights = np.array(judged(np.random.default_rng(seed), 1_500)).T
        wealth = np.exp(np.log1p(gains(right, 0.05, weights)).cumsum(0)).mean(1)
        lost = np.log1p(losses(right, 0.05, weights)).cumsum()
        proven += bool(wealth.max() >= 20.0)
        fallen += bool((lost - np.minimum.accumulate(np.append(0.0, lost))[:-1]).max() >= np.log(alarm_at(0.05)))

    assert proven <= 0.05 * cells + 6
    assert fallen <= 0.04 * cells + 6
