"""Who stands for what a key decides.

The one idea: the key says whose it is, the call never does. A program that may write knowledge or policy must not be
able to decide in the name of a lead who knows nothing of it.
"""

from __future__ import annotations

from segue.domain.errors import Forbidden
from segue.domain.evidence import KEY
from segue.learning.deciding import decider, person
from segue.web.doors import Caller
from segue.web.rooms import Rooms


def owner(house: Rooms, caller: Caller, claimed: str | None, field: str = "by") -> str:
    """The id of the agent who stands for what this key does. Raises Forbidden where that is nobody, or where somebody
    else is `claimed` in `field`."""
    if caller.owner is None:
        raise Forbidden(
            f"The key {caller.name} is nobody's.",
            "A person has to stand for this. Make a key as that person: Settings, API keys, or `segue key … --by`.",
        )
    if claimed is not None and person(house.workspace, claimed, f"/{field}").id != caller.owner:
        raise Forbidden(
            "This key is somebody else's.",
            f"It acts for its owner alone: leave `{field}` out, or use that person's own key.",
        )
    return caller.owner


def lead(house: Rooms, caller: Caller, claimed: str | None) -> str:
    """The same, of an owner who is a lead at this moment. Raises Forbidden where they are none, or no longer."""
    return decider(house.workspace, owner(house, caller, claimed, "agent")).id


def asker(house: Rooms, caller: Caller, claimed: str | None) -> str:
    """Who asks for what needs no person: the owner, or the key itself where it is nobody's and claims nobody."""
    if caller.owner is None and claimed is None:
        return f"{KEY}{caller.name}"
    return owner(house, caller, claimed, "agent")
