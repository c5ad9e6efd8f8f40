"""What is promised about moves of the boundary, in simulation. 10,000 cells are one call of `segue measure promise`."""

from __future__ import annotations

import math

import pytest

from segue.app.measure.promise import run

pytestmark = pytest.mark.measures
CELLS = 1_500


@pytest.mark.parametrize(("budget", "delay"), [(0.02, 26), (0.05, 40), (0.10, 116)])
def test_moves_are_as_rarely_false_as_promised_however_often_one_looks(budget: float, delay: float) -> None:
    found = run(budget, delta=0.05, simulations=CELLS, seed=1)
    names = ("false_promotion", "false_demotion", "false_demotion_simulated", "median_delay")
    print({name: found[name] for name in names})

    assert found["false_promotion"] <= 0.05
    assert found["false_demotion"] <= 0.04
    assert abs(found["false_demotion_simulated"] - found["false_demotion"]) <= 3.5 * math.sqrt(0.04 * 0.96 / CELLS)
    assert found["median_delay"] <= delay + 3


def test_the_repeated_fixed_test_breaks_its_promise() -> None:
    assert run(0.05, delta=0.05, simulations=300, seed=1)["baseline"]["false_promotion"] > 0.15
