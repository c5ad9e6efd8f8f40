"""The gate of a learning workspace, on simulated cases whose truth is known."""

import numpy as np
import pytest

from segue.learning.gate import Gate, Records, set_gate
from segue.learning.pooling import pool
from segue.policy.settings.cells import Budget

BUDGET = Budget(wrong=0.05, sure=0.95)


def records(rng, cases, categories=10, worse=(), honest=1.0):
    """Scores that say the truth, but for the categories that are `worse`: there a third of what is sure is wrong."""
    places = rng.integers(0, categories, cases)
    scores = rng.beta(4, 0.5, cases)
    chances = np.where(np.isin(places, worse), scores * 0.67, scores * honest)
    return Records(
        np.array([f"c{p}" for p in places]), scores, rng.random(cases) < chances, np.ones(cases), np.arange(cases) * 1.0
    )


def wrong_share(gate, rng, worse=(), only=None, honest=1.0):
    coming = records(rng, 20_000, worse=worse, honest=honest)
    out = [
        not r
        for c, s, r in zip(coming.categories, coming.scores, coming.right, strict=True)
        if gate.lets_out(c, s) and (only is None or c == only)
    ]
    return float(np.mean(out)) if out else 0.0


def test_with_too_few_cases_everything_goes_to_people_and_it_is_said_how_many_are_missing():
    rng = np.random.default_rng(1)

    gate = set_gate(records(rng, 70), BUDGET, now=70.0)

    assert not gate.is_open
    assert gate.threshold("c1") is None
    assert gate.certificate is not None
    assert gate.certificate.needed > 0


def test_an_open_gate_keeps_the_budget_on_what_comes():
    kept = 0

    for seed in range(20):
        rng = np.random.default_rng(seed)
        gate = set_gate(records(rng, 1_500), BUDGET, now=1_500.0)
        kept += gate.is_open and wrong_share(gate, rng) <= 0.05

    assert kept >= 18


def test_scores_that_promise_too_much_are_seen_through():
    rng = np.random.default_rng(3)

    gate = set_gate(records(rng, 3_000, honest=0.93), BUDGET, now=3_000.0)

    assert wrong_share(gate, rng, honest=0.93) <= 0.05


def test_a_category_that_is_worse_than_the_others_pays_for_itself():
    rng = np.random.default_rng(4)

    gate = set_gate(records(rng, 4_000, worse=[3]), BUDGET, now=4_000.0)

    assert gate.is_open
    assert gate.thresholds["c3"] > max(t for c, t in gate.thresholds.items() if c != "c3")
    assert wrong_share(gate, rng, worse=[3], only="c1") <= 0.05


def test_a_thin_category_borrows_from_the_whole():
    rng = np.random.default_rng(5)
    many = records(rng, 3_000)
    few = Records(
        np.concatenate([many.categories, ["new"] * 4]), np.append(many.scores, [0.9] * 4),
        np.append(many.right, [True] * 4),
        np.append(many.weights, [1.0] * 4), np.append(many.when, [3_000.0] * 4),
    )  # fmt: skip

    gate = set_gate(few, BUDGET, now=3_000.0)

    assert gate.lets_out("new", 0.995)


def test_an_open_gate_stays_open_and_a_shut_one_begins_anew():
    rng = np.random.default_rng(6)
    opened = set_gate(records(rng, 3_000), BUDGET, now=3_000.0)
    bad = records(rng, 300, honest=0.6)

    assert set_gate(bad, BUDGET, now=300.0, before=opened).is_open
    assert not set_gate(bad, BUDGET, now=300.0, before=Gate(BUDGET)).is_open


def test_it_says_what_must_go_to_people():
    rng = np.random.default_rng(7)

    gate = set_gate(records(rng, 2_000, honest=0.8), BUDGET, now=2_000.0)

    assert gate.for_people == pytest.approx((gate.base_error - 0.05) / 0.95)


def test_thin_categories_are_taken_for_the_whole_and_thick_ones_for_themselves():
    rng = np.random.default_rng(8)
    places = np.repeat([0, 1, 2], [1_000, 1_000, 4])
    right = rng.random(len(places)) < np.where(places == 1, 0.6, 0.9)
    right[-4:] = False

    found = pool(np.full(len(places), 0.9), places, right, np.ones(len(places)), 3)
    chances = found.chances(np.array([0.9, 0.9, 0.9]), np.arange(3))

    assert chances[0] == pytest.approx(right[places == 0].mean(), abs=0.01)
    assert chances[1] == pytest.approx(right[places == 1].mean(), abs=0.01)
    assert 0.05 < chances[2] < 0.6


def test_hopeless_cases_that_come_right_now_and_then_do_not_make_sure_answers_look_worse():
    """They bend a line through all scores: its upper end, where the thresholds are, then lies too low."""
    rng = np.random.default_rng(6)
    fine, hopeless = records(rng, 2_000), rng.uniform(0.02, 0.24, 2_000)
    both = Records(
        np.concatenate([fine.categories, fine.categories]), np.concatenate([fine.scores, hopeless]),
        np.concatenate([fine.right, rng.random(2_000) < 0.5]), np.ones(4_000), np.tile(fine.when, 2),
    )  # fmt: skip

    alone, beside = (set_gate(some, BUDGET, now=2_000.0) for some in (fine, both))

    assert beside.threshold("c1") == pytest.approx(alone.threshold("c1"), abs=0.01)
    assert wrong_share(beside, rng) <= 0.05
