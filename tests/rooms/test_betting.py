"""Promotion and drift under continuous looking, held against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.policy.betting import (
    Drift,
    Wager,
    gains,
    holm,
    least_right,
    sampling_weight,
    share_for_people,
)

outcomes = st.lists(st.booleans(), max_size=60)
budgets = st.floats(0.01, 0.5)


@given(outcomes, budgets)
def test_cases_one_by_one_make_the_same_wealth_as_all_at_once(right, budget):
    wager = Wager(budget)

    for outcome in right:
        wager = wager.after(float(outcome))

    assert wager.wealth == pytest.approx(Wager.over(budget, np.array(right, float)).wealth)
    assert wager.wrong == right.count(False)


@given(budgets, st.floats(0.0, 1.0))
def test_the_bet_is_fair_where_the_budget_is_just_kept_and_can_never_ruin(budget, weight):
    won, lost = (gains(np.array([outcome]), budget, weight)[0] for outcome in (1.0, 0.0))

    assert (1.0 - budget) * won + budget * lost == pytest.approx(np.zeros(len(won)), abs=1e-12)
    assert lost.min() > -1.0


def test_needed_is_just_enough():
    wager = Wager.over(0.05, [1.0] * 30)
    needed = wager.needed(0.05)

    for _ in range(needed - 1):
        wager = wager.after(1.0)

    assert not wager.is_proven(0.05)
    assert wager.after(1.0).is_proven(0.05)
    assert wager.after(1.0).needed(0.05) == 0


def test_the_share_that_is_surely_reached_is_one_the_truth_reaches():
    rng, missed, rounds = np.random.default_rng(2), 0, 150

    for _ in range(rounds):
        right = rng.random(200) < 0.9
        missed += any(least_right(right[:n], 0.1) > 0.9 for n in (50, 100, 150, 200))

    assert missed / rounds <= 0.1


def test_sure_answers_may_be_judged_more_rarely_without_a_false_promotion():
    """Half of the answers are wrong in 1 %, half in 13 %: over the budget together, though most of those judged at
    random by even chances would not show it if the first half were judged more often."""
    rng, rounds, weighted, naive = np.random.default_rng(3), 300, 0, 0

    for _ in range(rounds):
        is_sure = rng.random(1_500) < 0.5
        right = rng.random(1_500) >= np.where(is_sure, 0.01, 0.13)
        propensity = np.where(is_sure, 0.6, 0.2)
        judged = rng.random(1_500) < propensity
        weights = np.array([sampling_weight(p, 0.2) for p in propensity[judged]])
        weighted += Wager.over(0.07, right[judged].astype(float), weights).is_proven(0.1)
        naive += Wager.over(0.07, right[judged].astype(float)).is_proven(0.1)

    assert weighted / rounds <= 0.1
    assert naive / rounds > 0.5


def test_a_chance_below_the_least_is_refused():
    with pytest.raises(ValueError, match="least"):
        sampling_weight(0.05, 0.1)


def test_a_weight_above_one_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        Wager(0.05).after(1.0, weight=1.5)


def test_among_twenty_cells_at_their_budget_holm_hardly_ever_proves_one():
    rng, rounds, false = np.random.default_rng(4), 200, 0

    for _ in range(rounds):
        wealths = [Wager.over(0.1, rng.random(150) >= 0.1).wealth for _ in range(20)]
        false += any(holm(wealths, 0.1))

    assert false / rounds <= 0.1


def test_a_drop_is_noticed_and_a_good_cell_left_alone():
    good, bad = Drift(0.05), Drift(0.05)

    for n in range(400):
        good = good.after(float(n % 40 != 0))
        bad = bad.after(float(n % 4 != 0)) if not bad.is_alarming else bad

    assert not good.is_alarming
    assert bad.is_alarming
    assert bad.cases < 60


def test_what_must_go_to_people_is_what_the_budget_can_not_bear():
    assert share_for_people(0.24, 0.05) == pytest.approx(0.2)
    assert share_for_people(0.03, 0.05) == 0.0
