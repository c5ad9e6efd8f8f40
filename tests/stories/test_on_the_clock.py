"""What runs by the clock: nothing that takes long keeps a worker from saying that it lives, or from hearing a lead."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from segue.app import schedule
from segue.app.schedule import Schedule, follow
from segue.learning.switching import throw
from stage import Stage

INVOICE = "Why is my invoice higher this month?"


def test_many_events_keep_a_worker_neither_from_saying_that_it_lives_nor_from_hearing_the_switch(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bulk of replies is followed for minutes: each is encoded."""
    has_begun, may_end = threading.Event(), threading.Event()

    def takes_long(*_: object) -> None:
        has_begun.set()
        assert may_end.wait(30)

    names = ("say that this worker lives", "take up a new policy, head or article", "follow events")
    monkeypatch.setattr(schedule, "EVERY", {name: schedule.EVERY[name] for name in names})
    monkeypatch.setitem(schedule.WHEN, "message.received", takes_long)
    runs = Schedule(house.house, house.mind)
    house.customer_writes(INVOICE)
    try:
        runs.run_due(0.0, house.now)
        assert has_begun.wait(30)
        throw(house.house.workspace, False, "agt_lena", "Wrong prices.", house.now)
        house.now += timedelta(seconds=20)
        runs.run_due(20.0, house.now)

        assert house.house.inbox.workers(house.now) == 1
        assert not house.mind.policy.policy.assistant
    finally:
        may_end.set()


def test_however_many_events_came_all_are_followed(house: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """More batches than Python nests calls."""
    batches = iter([house.house.follower.AT_ONCE] * 2_000 + [7])
    monkeypatch.setattr(type(house.house.follower), "follow", lambda self, actions: next(batches))

    assert follow(house.house, house.mind, house.now) == 2_000 * house.house.follower.AT_ONCE + 7
