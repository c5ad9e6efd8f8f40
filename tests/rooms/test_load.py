"""The load generator: what it sends is fixed beforehand, and it knows when it was late itself."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from segue.app.load.customers import Customers
from segue.app.load.figures import figures_of
from segue.app.load.histogram import Histogram
from segue.app.load.lag import ALLOWED, Lag
from segue.app.load.people import Agents
from segue.app.load.plan import FOLLOWS, PROFILES, SETTLED, arrivals, profile_named
from segue.app.load.wire import Wire
from segue.domain.errors import Refused

TEXTS = ("Why is my invoice higher?", "How do I add a colleague?")


def test_the_same_seed_sends_the_same_at_the_same_time() -> None:
    realistic = PROFILES["realistic"]

    assert arrivals(realistic, TEXTS, 7) == arrivals(realistic, TEXTS, 7)
    assert arrivals(realistic, TEXTS, 7) != arrivals(realistic, TEXTS, 8)


def test_messages_come_at_the_rate_of_the_profile_and_none_is_like_another() -> None:
    extreme = PROFILES["extreme"]

    due = arrivals(extreme, TEXTS, 7)

    assert len(due) == pytest.approx(extreme.per_second * extreme.seconds, rel=0.1)
    assert len({d.text for d in due}) == len(due)
    assert [d.at for d in due] == sorted(d.at for d in due)


def test_who_goes_on_has_had_time_to_read_and_goes_on_in_a_conversation_that_began() -> None:
    due = arrivals(PROFILES["extreme"], TEXTS, 7)

    going_on = [d for d in due if d.begun_by is not None]

    assert len(going_on) / len(due) == pytest.approx(FOLLOWS, abs=0.06)
    assert all(due[d.begun_by].begun_by is None and d.at - due[d.begun_by].at > SETTLED for d in going_on)


def test_a_profile_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match="no profile quiet"):
        profile_named("quiet")


def test_a_generator_that_was_kept_from_running_says_its_figures_are_void() -> None:
    async def held_up() -> Lag:
        lag = Lag()
        measuring = asyncio.create_task(lag.measure())
        await asyncio.sleep(0.05)
        time.sleep(0.2)  # the fault
        await asyncio.sleep(0.05)
        measuring.cancel()
        return lag

    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test may have left a running loop in this thread
        assert elsewhere.submit(asyncio.run, held_up()).result().is_void


def test_a_histogram_is_right_to_one_part_in_a_thousand_from_a_microsecond_to_a_minute() -> None:
    seconds = 10 ** np.random.default_rng(7).uniform(-6, 1.8, 20_000)

    kept = Histogram.of(seconds)

    for percentile in (0.1, 50, 95, 99, 99.9, 100):
        exact = np.percentile(seconds, percentile, method="inverted_cdf")
        assert kept.at(percentile) == pytest.approx(exact, rel=1 / 1000, abs=1e-6)


def test_two_histograms_joined_are_one_of_all() -> None:
    fast, slow = [0.001 * n for n in range(1, 500)], [1.0 + 0.01 * n for n in range(100)]

    joined = Histogram.of(fast)
    joined.join(Histogram.of(slow))

    assert joined.told() == Histogram.of([*fast, *slow]).told()
    assert Histogram().at(99) == 0.0


def test_what_takes_longer_than_an_hour_is_kept_as_the_longest() -> None:
    kept = Histogram.of([-1.0, 1e9])

    assert kept.at(50) == 0.0
    assert kept.at(100) > 3600


def test_one_lost_message_a_late_generator_or_a_backlog_that_stays_misses_the_bars() -> None:
    realistic, wire = PROFILES["realistic"], Wire(1, "")
    customers = Customers(wire, (), str, "test", 1)
    customers.accepted.add(0.01)
    on_time, late = Lag(), Lag()
    late.late.add(2 * ALLOWED)

    def holds(lag: Lag = on_time, lost: int = 0, backlog: float | None = 1.0) -> bool:
        figures = figures_of(realistic, customers, Agents(wire, ["mira"], {}, 1, 7), lag, lost, backlog)
        return bool(figures["holds"])

    assert holds()
    assert not holds(lost=1)
    assert not holds(backlog=None)
    assert not holds(late)
