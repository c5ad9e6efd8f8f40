"""How long a person lets one wait, said as it is: what others waited, what is promised, or when somebody is there.

The one idea: never a figure nobody measured. Three of four is said, not the mean, because one long wait is what people
remember. Time in which nobody is there does not count.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from fastapi import Request

from segue.desk.notice import moment
from segue.policy.hours import is_open, next_opening, open_spans
from segue.policy.promise import promise
from segue.policy.settings import Policy, load
from segue.policy.settings.week import Hours
from segue.store.widget import WidgetStore
from segue.texts import _, _n

ENOUGH = 8
"""Waits below which nothing is said of what people usually wait."""
KEPT = 30.0
"""Seconds for which the last waits are taken as they were read."""
Waits = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Wait:
    """What stands beside "Talk to a person". `waiting`: how many wait already; None where that says nothing."""

    is_open: bool
    says: str
    waiting: int | None = None


class WaitingTimes:
    """What customers have to expect, as this process last read the queue."""

    def __init__(self, store: WidgetStore) -> None:
        self._store = store
        self._until = 0.0
        self._seen: tuple[Waits, int] = ((), 0)

    def wait(self, live: tuple[int, str] | None, tier: str | None, now: datetime, team: str | None = None) -> Wait:
        """`live` is the policy's version and text, `team` whoever has the conversation already."""
        policy = _read(live[1]) if live else None
        if time.monotonic() > self._until:
            self._seen = self._store.waits(now), self._store.waiting()
            self._until = time.monotonic() + KEPT
        return (
            expected(policy, *self._seen, tier, now, team)
            if policy
            else Wait(True, _("A person answers as soon as possible."))
        )


def expected(
    policy: Policy, waits: Waits, waiting: int, tier: str | None, now: datetime, team: str | None = None
) -> Wait:  # fmt: skip
    """Before anybody has it, as for the team that gets what no category names one for."""
    team = team or policy.routing.default
    hours = policy.sla.hours_of(team)
    due = promise(policy, tier, now, team).first_response
    if not is_open(now, hours):
        opens = next_opening(now, hours)
        if due and due < opens:
            return Wait(False, _("A person answers %(due)s.", due=moment(due, now, hours.zone, "by")))
        return Wait(False, _("Nobody is here now. Our team is back %(opens)s.", opens=moment(opens, now, hours.zone)))
    minutes = sorted(_minutes(waits, hours))
    if len(minutes) >= ENOUGH:
        return Wait(
            True,
            _("A person usually answers within %(span)s.", span=span(minutes[math.ceil(len(minutes) * 0.75) - 1])),
            waiting,
        )
    if due:
        return Wait(True, _("A person answers %(due)s.", due=moment(due, now, hours.zone, "by")), waiting)
    return Wait(True, _("A person answers as soon as possible."), waiting)


def span(minutes: float) -> str:
    """Rounded up, as a promise is: "3 minutes", "25 minutes", "2 hours"."""
    if minutes <= 1:
        return _("a minute")
    if minutes <= 10:
        return _n("%(num)s minute", "%(num)s minutes", math.ceil(minutes))
    if minutes <= 55:
        return _n("%(num)s minute", "%(num)s minutes", math.ceil(minutes / 5) * 5)
    hours = math.ceil(minutes / 60)
    return _("an hour") if hours == 1 else _n("%(num)s hour", "%(num)s hours", hours)


def zone_of(live: tuple[int, str] | None, team: str | None = None) -> tzinfo:
    """In which promises are said."""
    return _read(live[1]).sla.hours_of(team).zone if live else UTC


def _minutes(waits: Waits, hours: Hours) -> list[float]:
    return [
        sum((closes - opens).total_seconds() for opens, closes in open_spans(begin, end, hours)) / 60
        for begin, end in waits
    ]


@lru_cache(maxsize=4)
def _read(body: str) -> Policy:
    return load(body)


async def waiting_times(request: Request) -> WaitingTimes:
    """A dependency: made when the first widget asks."""
    state = request.app.state
    if not hasattr(state, "widget_watch"):
        state.widget_watch = WaitingTimes(WidgetStore(state.rooms.db))
    found = state.widget_watch
    assert isinstance(found, WaitingTimes)
    return found
