"""What answering alone saves people: two observed figures with their ends, and a product that is called modelled."""

from __future__ import annotations

import numpy as np
import pytest

from segue.insight.figures import CategoryFigures, Figure
from segue.insight.saved import FEWEST, Rate, reckoned, typical
from segue.store.timed import Length
from segue.web.quality_page import read_rate


def standing(category: str, lasting: int) -> CategoryFigures:
    return CategoryFigures(category, lasting, (Figure("durable", "it lasted", lasting, lasting, 1.0, 0.9, 1.0),))


def lengths(category: str, *minutes: float) -> list[Length]:
    return [Length(category, m, 1) for m in sorted(minutes)]


def test_each_category_counts_with_its_own_median_and_one_with_few_borrows_that_of_all() -> None:
    noted = lengths("billing", 4, 6, 6, 6, 8, 10) + lengths("access", 30)

    whole, access, billing = reckoned([standing("", 15), standing("access", 5), standing("billing", 10)], noted)

    assert billing.typical is not None
    assert access.typical is not None
    assert (billing.typical.n, billing.typical.median, billing.is_borrowed) == (6, 6.0, False)
    assert (billing.minutes, billing.low, billing.high) == (60.0, 40.0, 100.0)
    assert (access.typical.n, access.typical.median, access.is_borrowed) == (7, 6.0, True)
    assert (access.minutes, whole.minutes) == (30.0, 90.0)
    assert Rate(40.0, "EUR").money(90.0) == 60.0


def test_where_too_few_noted_it_nothing_is_claimed() -> None:
    whole, billing = reckoned([standing("", 9), standing("billing", 9)], lengths("billing", 5, 5, 5, 5, 5))

    assert [(one.typical, one.minutes) for one in (whole, billing)] == [(None, None)] * 2
    assert reckoned([standing("", 0)], [])[0].minutes is None


@pytest.mark.parametrize(("n", "low", "high"), [(6, 1, 6), (10, 2, 9), (25, 8, 18), (100, 40, 61)])
def test_the_interval_of_a_median_is_that_of_the_tables(n: int, low: int, high: int) -> None:
    """Order statistics at 95 % (Conover, Practical Nonparametric Statistics, table A3)."""
    found = typical(lengths("x", *range(1, n + 1)))

    assert found is not None
    assert (found.low, found.high, found.median) == (low, high, (n + 1) / 2)


def test_alike_lengths_count_as_often_as_they_came() -> None:
    noted = [float(m) for m in np.random.default_rng(1).integers(1, 20, 75)]
    together = [Length("x", m, noted.count(m)) for m in sorted(set(noted))]

    assert typical(together) == typical(lengths("x", *noted))
    assert typical(lengths("x", *noted[: FEWEST - 1])) is None


@pytest.mark.parametrize("said", ["0", "-3", "a lot", "nan", "inf", "10001", "1e9", "0.001", "1,200"])
def test_a_rate_that_is_none_is_refused_beside_its_field(said: str) -> None:
    assert set(read_rate({"per_hour": said, "currency": "EUR"})[1]) == {"per_hour"}


def test_a_rate_is_read_as_it_is_written_here_or_there_and_an_empty_one_takes_it_back() -> None:
    assert read_rate({"per_hour": "42,50", "currency": "EUR"}) == (Rate(42.5, "EUR"), {})
    assert read_rate({"per_hour": "", "currency": "EUR"}) == (None, {})
    assert set(read_rate({"per_hour": "42.5", "currency": ""})[1]) == {"currency"}
