"""A starter policy in the workspace that opens it: routed to teams there are, in the zone where people work.

A starter says how far the assistant may go. Who works where it is opened, and in what time zone, it cannot know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segue.domain.people import Team
from segue.policy.settings.edit import changed
from segue.policy.settings.model import Policy
from segue.policy.settings.written import load, starter_text


def fitted(name: str, teams: Sequence[Team], live: str | None) -> str:
    """The starter with its comments. What goes to a team that is not there goes where the live policy sends it, else
    to the first team that everybody sees; without any team it stays as it is."""
    body, known = starter_text(name), {team.id for team in teams}
    said: dict[tuple[str, ...], Any] = {}
    policy, now = load(body), load(live) if live else None
    if now and now.sla.hours.timezone != policy.sla.hours.timezone:
        said["sla", "hours", "timezone"] = now.sla.hours.timezone
    if teams and policy.routing.default not in known:
        said["routing", "default"] = _usual(teams, now)
    if teams and policy.routing.urgent not in known | {None}:
        said["routing", "urgent"] = None
    return changed(body, said)


def _usual(teams: Sequence[Team], live: Policy | None) -> str:
    if live and live.routing.default in {team.id for team in teams}:
        return live.routing.default
    return next((team.id for team in teams if not team.is_closed), teams[0].id)
