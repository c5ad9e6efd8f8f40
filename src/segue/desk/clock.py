"""The customer's wait, as instants in columns: what is due, and what stops it.

A promise is an instant the customer was told, so no snooze, hand-back or assistant's courtesy moves it. Only a human
reply or a durable resolution stops a wait: resolving sets it to rest, and a customer who returns finds it running on.
All reckoning in business hours has happened before, in the policy's promise; here instants are only kept and compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from segue.domain.turn import Promise

DURABLE = timedelta(days=7)
"""A resolution the customer has not come back on for this long holds."""


class Clock(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Breach:
    """A clock past its promise."""

    clock: Clock
    due: datetime


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock columns of one conversation. A due column that is None does not run; while resolved, none does."""

    first_response_due: datetime | None = None
    next_response_due: datetime | None = None
    resolution_due: datetime | None = None
    answered_at: datetime | None = None
    """The last human reply since people have it; None while nobody has replied."""
    resolved_at: datetime | None = None
    wakes_at: datetime | None = None
    """End of a snooze."""

    def on_handoff(self, promise: Promise) -> Clocks:
        """Starts what is promised. What already runs keeps the earlier instant: a second handoff buys no time."""
        return replace(
            self,
            first_response_due=_earlier(self.first_response_due, promise.first_response),
            resolution_due=_earlier(self.resolution_due, promise.resolution),
            answered_at=None,
            wakes_at=None,
        )

    def on_customer_message(self, promise: Promise) -> Clocks:
        """Starts the next response once people have answered; an older message still unanswered keeps its own."""
        woken = replace(self, wakes_at=None)
        if self.answered_at is None or self.next_response_due is not None:
            return woken
        return replace(woken, next_response_due=promise.next_response)

    def on_assistant_reply(self) -> Clocks:
        """Moves nothing: a courtesy is not an answer from a person."""
        return self

    def on_human_reply(self, now: datetime) -> Clocks:
        """The wait is over; the resolution is still owed."""
        return replace(self, first_response_due=None, next_response_due=None, answered_at=now, wakes_at=None)

    def on_snoozed(self, until: datetime) -> Clocks:
        """Sets aside until then, or until the next promise falls due, whichever comes first."""
        return replace(self, wakes_at=_earlier(until, self.next_due))

    def on_handed_back(self) -> Clocks:
        """What people promised stays promised; further messages are the assistant's and start nothing."""
        return replace(self, answered_at=None, wakes_at=None)

    def on_resolved(self, now: datetime) -> Clocks:
        """Sets the clocks to rest, not to zero: whether the resolution is durable shows later."""
        return replace(self, resolved_at=now, wakes_at=None)

    def on_reopened(self, now: datetime) -> Clocks:
        """A return within DURABLE finds every unmet promise running as if nothing had been resolved."""
        is_durable = self.resolved_at is not None and now - self.resolved_at >= DURABLE
        return Clocks() if is_durable else replace(self, answered_at=None, resolved_at=None)

    @property
    def next_due(self) -> datetime | None:
        """The earliest promise still running."""
        return min((due for _, due in self.running), default=None)

    @property
    def running(self) -> tuple[tuple[Clock, datetime], ...]:
        if self.resolved_at:
            return ()
        dues = (self.first_response_due, self.next_response_due, self.resolution_due)
        return tuple((clock, due) for clock, due in zip(Clock, dues, strict=True) if due)

    def is_asleep(self, now: datetime) -> bool:
        return self.wakes_at is not None and now < self.wakes_at

    def breaches(self, now: datetime) -> tuple[Breach, ...]:
        """Clocks that have reached their promise at `now`, as the sweep over the due columns finds them."""
        return tuple(Breach(clock, due) for clock, due in self.running if due <= now)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((due for due in (one, other) if due), default=None)
