"""The load generator: what it sends is fixed beforehand, and it knows when it was late itself."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from segue.app.load.lag import Lag
from segue.app.load.plan import FOLLOWS, PROFILES, SETTLED, arrivals, profile_named
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
