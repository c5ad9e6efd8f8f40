"""Who may decide what the assistant learns: a lead or an administrator, by name."""

from __future__ import annotations

from segue.domain.errors import Forbidden, Refused
from segue.domain.people import Agent
from segue.store.workspace import Workspace

DECIDES = ("lead", "admin")


def decider(workspace: Workspace, by: str) -> Agent:
    """The lead with that id or e-mail address. Raises Refused where there is none, Forbidden otherwise."""
    who = next((a for a in workspace.agents() if by in (a.id, a.email)), None)
    if who is None:
        raise Refused(f"There is no agent {by}.", "Name a lead by id or e-mail address.", "/agent")
    if who.role not in DECIDES:
        raise Forbidden(f"{who.name} may not decide this.", "A lead has to.")
    return who
