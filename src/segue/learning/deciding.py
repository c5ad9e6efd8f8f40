"""Who may decide what the assistant learns and how far it goes: a lead or an administrator, by name."""

from __future__ import annotations

from segue.domain.errors import Forbidden, Refused
from segue.domain.people import LEADS, Agent
from segue.store.workspace import Workspace
from segue.texts import _


def decider(workspace: Workspace, by: str) -> Agent:
    """The lead with that id or e-mail address. Raises Refused where there is none, Forbidden otherwise."""
    who = next((a for a in workspace.agents() if by in (a.id, a.email)), None)
    if who is None:
        raise Refused(_("There is no agent %(by)s.", by=by), _("Name a lead by id or e-mail address."), "/agent")
    if who.role not in LEADS:
        raise Forbidden(_("%(name)s may not decide this.", name=who.name), _("A lead has to."))
    return who


def person(workspace: Workspace, name: str, field: str = "/by") -> Agent:
    """One of ours by id, e-mail address, name or first name. Raises Refused, at `field`."""
    called = name.casefold()
    found = [
        a for a in workspace.agents()
        if name in (a.id, a.email) or called in (a.name.casefold(), a.name.casefold().split()[0])
    ]  # fmt: skip
    if len(found) != 1:
        told = (
            _("Several agents are called %(name)s.", name=name)
            if found
            else _("There is no agent %(agent)s.", agent=name)
        )
        raise Refused(told, _("Name one by id or e-mail address."), field)
    return found[0]
