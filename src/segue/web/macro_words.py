"""What a macro does besides writing, in words."""

from __future__ import annotations

from collections.abc import Mapping

from segue.desk.snoozing import NAMES
from segue.store.macros import Macro
from segue.texts import _
from segue.web.rooms import Rooms


def also(macro: Macro, names: Mapping[str, str]) -> tuple[str, ...]:
    """What it does besides writing, in words. `names` of agents and teams by "agent:" or "team:" and id."""
    return (
        *(_("tag %(tag)s", tag=tag) for tag in macro.tags),
        *([_("assign to %(name)s", name=names.get(macro.assign, _("somebody who is gone")))] if macro.assign else ()),
        *([_("snooze %(until)s", until=_(NAMES[macro.snooze]))] if macro.snooze in NAMES else ()),
        *([_("resolve")] if macro.resolves else ()),
    )


def who_is_who(house: Rooms) -> dict[str, str]:
    agents = {f"agent:{agent.id}": agent.name for agent in house.workspace.agents()}
    return agents | {f"team:{team.id}": team.name for team in house.workspace.teams()}
