"""Complexity fitted to what conversations cost here."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from segue.domain.assessment import Complexity
from segue.triage.complexity import Around, complexity, kinds, points_of
from segue.triage.effort import ENOUGH, EffortFit, effort, fit_effort, ranks, spearman
from segue.triage.said import Said


def past(count=600, seed=0):
    """Here a past story costs much and a long message nothing, unlike the rule supposes."""
    rng = np.random.default_rng(seed)
    points = [{"long": 4 * rng.random(), "past": 2.4 * rng.random()} for _ in range(count)]
    return points, [1 + p["past"] + 0.2 * rng.standard_normal() for p in points]


def test_the_fit_ranks_held_out_effort_better_than_the_rule_and_says_so():
    fitted, report = fit_effort(*past(), kinds())

    assert fitted
    assert report["used"]
    assert report["spearman"] > 0.9 > 0.7 > report["spearman_of_the_rule"]
    assert fitted.worth["past"] > 10 * fitted.worth["long"]


def test_no_driver_ever_makes_a_matter_simpler():
    points, costs = past()
    fitted, _ = fit_effort(points, [-c for c in costs], kinds())

    assert fitted is None or min(fitted.worth.values()) >= 0


def test_too_few_conversations_keep_the_rule():
    points, costs = past(ENOUGH - 1)

    assert fit_effort(points, costs, kinds()) == (None, {"conversations": 199, "used": False, "needed": 200})


def test_effort_that_nothing_explains_keeps_the_rule():
    points, _ = past()
    noise = np.random.default_rng(1).standard_normal(len(points)).tolist()

    fitted, report = fit_effort(points, noise, kinds())

    assert report["used"] == (fitted is not None)
    assert abs(float(report["spearman"])) < 0.2


def test_the_tiers_are_cut_at_the_quantiles_of_the_past():
    points, costs = past()
    fitted, _ = fit_effort(points, costs, kinds())
    assert fitted
    totals = np.array([sum(fitted.weighed(p).values()) for p in points])

    assert np.mean(totals >= fitted.moderate) == pytest.approx(0.4, abs=0.01)
    assert np.mean(totals >= fitted.high) == pytest.approx(0.1, abs=0.03)


def test_a_kind_never_seen_is_worth_what_a_point_is_worth():
    fitted, _ = fit_effort(*past(), kinds())

    assert fitted
    assert fitted.worth["grievance"] > 0


def test_minutes_count_before_replies_and_turns():
    assert effort(12.0, 9, 9) == pytest.approx(np.log1p(12))
    assert effort(None, 2, 1) == pytest.approx(np.log1p(7))


def test_a_fitted_tier_is_explained_by_what_brought_it():
    fitted = EffortFit({"question": 1.0}, 0.5, 1.5)
    said = Said.of("How do I add a seat? And what does it cost? And who may do it?")
    tier, drivers = complexity(said, Around(), EffortFit.from_bytes(fitted.to_bytes()))

    assert tier.value is Complexity.MODERATE
    assert drivers[0] == "several questions"
    assert points_of(said, Around())["question"] == pytest.approx(1.2)


def test_those_alike_share_their_mean_rank_as_scipy_has_it():
    values = np.random.default_rng(3).integers(0, 40, 500).astype(float)

    assert ranks(np.array([2.0, 1, 2, 9])).tolist() == [2.5, 1, 2.5, 4]
    assert ranks(values).tolist() == rankdata(values).tolist()


def test_ranks_are_compared_with_ties_at_their_mean():
    assert spearman(np.array([1.0, 2, 2, 3]), np.array([1.0, 5, 5, 9])) == pytest.approx(1.0)
    assert spearman(np.ones(4), np.arange(4.0)) == 0.0
