"""The switch of the assistant, thrown by a named person with a reason: one word in the policy.

The one idea: it is a policy version like any other, so it stands in the history with its author, workers take it up
within a second, and answers that wait for their moment are considered again, and go to people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segue.domain.errors import Refused
from segue.policy.settings import changed, load
from segue.store.workspace import Workspace
from segue.texts import _


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether the assistant may speak, and since which policy version."""

    is_on: bool
    version: int


def switch_of(workspace: Workspace) -> Switch:
    live = workspace.live_policy()
    return Switch(load(live[1]).assistant, live[0]) if live else Switch(True, 0)


def throw(workspace: Workspace, to_on: bool, by: str, why: str, now: datetime) -> tuple[Switch, bool]:
    """Publishes the live policy with the assistant on or off: how it stands then, and whether that is new. Throwing it
    twice changes nothing. Raises Refused without a reason, or where there is no policy."""
    reason = why.strip()
    if not reason:
        raise Refused(
            _("Say why: whoever reads the history later was not there."), _("One sentence is enough."), "/why"
        )
    live = workspace.live_policy()
    if live is None:
        raise Refused(_("There is no policy yet."), _("Publish one first: `segue policy apply`."))
    if load(live[1]).assistant is to_on:
        return Switch(to_on, live[0]), False
    note = f"{'Started' if to_on else 'Stopped'} the assistant: {reason}"
    workspace.apply_policy(changed(live[1], {("assistant",): to_on}), by, note, now, replaces=live[0])
    return switch_of(workspace), True
