"""Whether a confidence means what it says."""

import numpy as np
import pytest

from segue.learning.reliability import BINS, reliability


def cases(size, seed=0, bent=1.0):
    """Said chances, and outcomes that come true with that chance to the power `bent`."""
    rng = np.random.default_rng(seed)
    sure = rng.uniform(0.1, 0.99, size)
    return sure, rng.random(size) < sure**bent, np.ones(size)


def test_a_confidence_that_means_what_it_says_is_hardly_ever_off():
    found = reliability(*cases(20_000))

    assert found["ece"] < 0.02
    assert [b["confidence"] for b in found["bins"]] == sorted(b["confidence"] for b in found["bins"])
    assert sum(b["n"] for b in found["bins"]) == found["cases"] == 20_000


def test_a_boastful_confidence_is_off_by_what_it_boasts():
    found = reliability(*cases(20_000, bent=2.0))

    assert found["ece"] == pytest.approx(np.mean([p - p * p for p in np.linspace(0.1, 0.99, 200)]), abs=0.02)
    assert all(b["right"] < b["confidence"] for b in found["bins"][1:-1])


def test_cases_count_for_what_they_count():
    right = np.arange(20) % 2 == 0

    found = reliability(np.full(20, 0.5), right, np.where(right, 3.0, 1.0))

    assert len(found["bins"]) == BINS
    assert {b["right"] for b in found["bins"]} == {0.75}
    assert found["ece"] == pytest.approx(0.25)


def test_fewer_cases_than_bins_make_fewer_bins_and_no_case_makes_none():
    assert len(reliability(*cases(3))["bins"]) == 3
    assert reliability(*cases(0)) == {"bins": [], "ece": None, "cases": 0}
