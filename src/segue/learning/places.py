"""Which cells there are. Whoever lowers one believes that less goes out alone from then on, so a name that nothing fits
is refused, not written into a history that keeps everything.
"""

from __future__ import annotations

from segue.domain.errors import NotFound
from segue.domain.evidence import ANY, CellName
from segue.policy.settings import Policy, load
from segue.store.workspace import Workspace
from segue.texts import _


def must_exist(workspace: Workspace, cell: CellName) -> None:
    """Raises NotFound for a category that is not in the catalogue, or a tier that no account has and the policy does
    not name."""
    if workspace.catalogue().category(cell.category) is None:
        raise NotFound(
            _("There is no category %(category)s.", category=cell.category), _("The page Autonomy lists the cells.")
        )
    live = workspace.live_policy()
    tiers = {ANY, *workspace.tiers(), *(named(load(live[1])) if live else ())}
    if cell.tier not in tiers:
        known = ", ".join(sorted(tiers - {ANY})) or _("none")
        raise NotFound(
            _("No customer is on the tier %(tier)s.", tier=cell.tier), _("Known tiers: %(these)s.", these=known)
        )


def named(policy: Policy) -> set[str]:
    """The tiers of which the policy says anything."""
    said = (*policy.categories.values(), *policy.groups.values())
    return {*policy.triggers.tiers, *policy.sla.targets, *(tier for one in said for tier in one.tiers)}
