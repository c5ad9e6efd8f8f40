"""Promises with a finite number of cases, held against simulation."""

import numpy as np
import pytest

from segue.policy.guarantee import (
    LADDER,
    Tally,
    cases_needed,
    descend,
    lower_bound,
    over_budget,
    tail,
    tally,
    threshold,
    upper_bound,
)

GRID = np.linspace(0.0005, 0.9995, 2000)


@pytest.mark.parametrize(
    ("target", "needed"),
    [(0.90, [29, 46, 61, 76, 103]), (0.95, [59, 93, 124, 153, 208]), (0.98, [149, 236, 313, 386, 523])],
)
def test_the_minimum_evidence_is_the_published_one(target, needed):
    assert [cases_needed(target, errors, sure=0.95) for errors in (0, 1, 2, 3, 5)] == needed


def test_one_case_fewer_than_needed_does_not_prove_it():
    assert tail(59, 0, 0.05) <= 0.05 < tail(58, 0, 0.05)


def test_bounds_are_those_of_clopper_and_pearson():
    assert upper_bound(100, 3, sure=0.95) == pytest.approx(0.0757, abs=1e-4)
    assert lower_bound(100, 3, sure=0.95) == pytest.approx(0.0082, abs=1e-4)
    assert upper_bound(59, 0, sure=0.95) == pytest.approx(0.0495, abs=1e-4)


def test_without_cases_everything_is_possible():
    assert (lower_bound(0, 0, 0.95), upper_bound(0, 0, 0.95)) == (0.0, 1.0)
    assert threshold([], [], 0.05, 0.95).threshold is None


def wrongs(rng, chance_of, size):
    scores = rng.random(size)
    return scores, rng.random(size) < chance_of(scores)


def risk_from(step, chance_of):
    return float(chance_of(GRID[step <= GRID]).mean())


@pytest.mark.parametrize(
    "chance_of",
    [
        pytest.param(lambda s: np.full_like(s, 0.0501), id="just over the budget everywhere"),
        pytest.param(lambda s: np.clip(0.2 * (1 - s), 0, 1), id="better the surer"),
        pytest.param(lambda s: np.where(s > 0.7, 0.02, 0.2), id="a cliff"),
        pytest.param(lambda s: np.where(s > 0.9, 0.10, 0.03), id="surest where it is worst"),
    ],
)
@pytest.mark.parametrize("size", [150, 800])
def test_the_promise_is_broken_no_more_often_than_stated(chance_of, size):
    rng, rounds, broken = np.random.default_rng(7), 80, 0

    for _ in range(rounds):
        proof = threshold(*wrongs(rng, chance_of, size), budget=0.05, sure=0.9)
        broken += proof.threshold is not None and risk_from(proof.threshold, chance_of) > 0.05

    assert broken / rounds <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / rounds)


def test_picking_the_best_looking_threshold_would_break_it():
    rng, broken = np.random.default_rng(7), 0

    def chance_of(s):
        return np.full_like(s, 0.06)

    for _ in range(200):
        scores, wrong = wrongs(rng, chance_of, 400)
        looks_fine = [step for step in LADDER if (scores >= step).sum() > 20 and wrong[scores >= step].mean() <= 0.05]
        broken += bool(looks_fine)

    assert broken / 200 > 0.3


def test_a_good_record_earns_the_loosest_threshold_it_deserves():
    rng = np.random.default_rng(1)
    scores, wrong = wrongs(rng, lambda s: np.where(s > 0.6, 0.01, 0.5), 4000)

    proof = threshold(scores, wrong, budget=0.05, sure=0.95)

    assert proof.threshold is not None
    assert 0.5 < proof.threshold < 0.65
    assert proof.bound <= 0.05
    assert proof.needed == 0


def test_a_smaller_budget_asks_for_more():
    scores, wrong = wrongs(np.random.default_rng(2), lambda s: 0.3 * (1 - s), 5000)

    easy, hard = (threshold(scores, wrong, budget, 0.95).threshold for budget in (0.10, 0.04))

    assert easy is not None
    assert hard is not None
    assert hard > easy


def test_too_few_cases_say_how_many_more_it_takes():
    proof = threshold([0.99] * 40, [False] * 40, budget=0.05, sure=0.95)

    assert proof.threshold is None
    assert proof.needed == 19


def test_the_first_failure_ends_the_walk_whatever_comes_after():
    bad_at_the_top = [Tally(200, 30, 200), Tally(5000, 40, 5000)]

    proof = descend(bad_at_the_top, 0.05, 0.95, ladder=np.array([0.9, 0.5]))

    assert proof.threshold is None


def test_where_the_walk_begins_depends_on_no_mistake():
    """Twenty wrong of two hundred, all of one matter, are worth so few cases that the step could be passed over for a
    looser one that happens to hold."""
    clustered = Tally(200.0, 20.0, 40.0, 200.0)

    proof = descend([clustered, Tally(400.0, 2.0, 400.0, 400.0)], 0.05, 0.95, ladder=LADDER[:2])

    assert (proof.threshold, proof.cases, proof.wrong) == (None, 200, 20)


def test_independent_cases_are_worth_what_they_count():
    rng = np.random.default_rng(3)
    wrong = rng.random(2000) < 0.1

    found = tally(wrong, np.arange(2000).astype(str), np.ones(2000))

    assert found.worth == pytest.approx(2000, rel=0.01)


def test_mistakes_that_come_together_are_worth_fewer_cases():
    matters = np.repeat(np.arange(100), 20).astype(str)
    wrong = np.isin(matters, ["3", "14", "15", "92"])

    found = tally(wrong, matters, np.ones(2000))

    assert (found.cases, found.wrong) == (2000, 80)
    assert found.worth < 150


def test_the_promise_holds_over_matters_that_go_wrong_together():
    """Each matter is right or wrong as a whole; a test that takes cases for independent would break it."""
    rng, rounds, broken, naive = np.random.default_rng(5), 200, 0, 0
    matters = np.repeat(np.arange(60), 10).astype(str)

    for _ in range(rounds):
        wrong = np.repeat(rng.random(60) < 0.06, 10)
        one = tally(wrong, matters, np.ones(600))
        broken += descend([one], 0.05, 0.9, ladder=np.array([0.5])).threshold is not None
        naive += descend([one._replace(worth=600.0)], 0.05, 0.9, ladder=np.array([0.5])).threshold is not None

    assert broken / rounds <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / rounds)
    assert naive / rounds > 0.2


def test_a_category_is_over_its_budget_only_beyond_chance_and_with_all_that_were_looked_at() -> None:
    counts = {"billing": (100, 12), "login": (100, 9), "plans": (40, 0), "unasked": (0, 0)}
    assert over_budget(counts, 0.05, 0.95) == ["billing"]

    many = counts | {f"other{n}": (100, 5) for n in range(60)}
    assert over_budget(many, 0.05, 0.95) == []
