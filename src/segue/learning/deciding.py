"""Who may decide what the assistant learns: a lead or an administrator, by name."""

from __future__ import annotations

from segue.domain.errors import Forbidden, Refused
from segue.domain.people import Agent
from segue.store.workspace import Workspace
from segue.texts import _

DECIDES = ("lead", "admin")


def decider(workspace: Workspace, by: str) -> Agent:
    """The lead with that id or e-mail address. Raises Refused where there is none, Forbidden otherwise."""
    who = next((a for a in workspace.agents() if by in (a.id, a.email)), None)
    if who is None:
        raise Refused(_("There is no agent %(by)s.", by=by), _("Name a lead by id or e-mail address."), "/agent")
    if who.role not in DECIDES:
        raise Forbidden(_("%(name)s may not decide this.", name=who.name), _("A lead has to."))
    return who
