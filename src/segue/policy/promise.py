"""What a customer who is handed over is promised: instants, reckoned in the team's opening hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segue.domain.turn import Promise
from segue.policy.hours import NeverDue, due_after, is_open, next_opening
from segue.policy.settings import Policy
from segue.policy.settings.week import Hours, Span


@dataclass(frozen=True, slots=True)
class WhoAndWhen:
    """Who is next and when, for the customer to read."""

    team: str
    is_open: bool
    opens_at: datetime
    """The next opening; `now` while open."""
    first_response: datetime | None
    """None where nothing is promised."""


def promise(policy: Policy, tier: str | None, now: datetime, team: str | None = None) -> Promise:
    """The instants that are promised, in the opening hours of the team that has the conversation."""
    target, hours = policy.sla.target(tier), policy.sla.hours_of(team)
    return Promise(
        first_response=_due(hours, target.first_response, now),
        next_response=_due(hours, target.next_response, now),
        resolution=_due(hours, target.resolution, now),
    )


def who_and_when(policy: Policy, team: str | None, tier: str | None, now: datetime) -> WhoAndWhen:
    """`team` is the decision's; without one it is the default team."""
    team = team or policy.routing.default
    hours = policy.sla.hours_of(team)
    return WhoAndWhen(
        team=team,
        is_open=is_open(now, hours),
        opens_at=next_opening(now, hours),
        first_response=_due(hours, policy.sla.target(tier).first_response, now),
    )


def _due(hours: Hours, span: Span | None, now: datetime) -> datetime | None:
    """None also for what never falls due: lint names it, and nobody's message waits for it."""
    try:
        return None if span is None else due_after(now, span, hours)
    except NeverDue:
        return None
