"""Whether somebody may see what their request names: the one place where objects are checked, for every face.

Agents are asked about at the door (`doors.signed_in`) by what stands in the address, so no page can forget it.
Customers hold the key of what is theirs. Machines' keys are the workspace's own and see all of it, but the hands they
lend to an agent reach no further than that agent's (`desk.hands`). A foreign object is answered like a missing one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from segue.domain.errors import Forbidden, NotFound
from segue.domain.ids import message_place
from segue.domain.people import READS_ONLY, Agent
from segue.store.database import Database
from segue.store.sight import Sight
from segue.store.widget import WidgetStore, statement_for_one, the_one
from segue.texts import _
from segue.web.waiting import PASSING

if TYPE_CHECKING:
    from segue.web.guest import Guest
    from segue.web.rooms import Rooms
    from segue.web.widget_keys import Holder

Check = Callable[[Sight, str, str], None]
BY_NAME: Mapping[str, Check] = {
    "conversation": Sight.require,
    "message": lambda sight, agent, message: sight.require(agent, message_place(message)[0]),
    "mail": Sight.require_mail,
    "attachment": Sight.require_attachment,
}
"""What an address names that belongs to a conversation, by the name of its place there."""
TYPED = "/desk/conversations/{conversation}/draft"
"""Where one's own words are kept, and nothing is shown."""


def let_see(request: Request, db: Database, agent: str) -> None:
    """Raises NotFound unless `agent` may see everything that the address names."""
    for name, value in request.path_params.items():
        check = Sight.require_to_type if request.scope["route"].path == TYPED else BY_NAME.get(name)
        if check and "\0" not in value:
            check(Sight(db), agent, value)


def may_handle(db: Database, agent: Agent, conversation: str) -> None:
    """For a machine that lends a hand to `agent`. Raises NotFound, and Forbidden for who only reads."""
    Sight(db).require(agent.id, conversation)
    refuse_readers(agent)


def refuse_readers(agent: Agent) -> None:
    """Raises Forbidden."""
    if agent.role == READS_ONLY:
        raise Forbidden(_("%(name)s reads, and handles nothing.", name=agent.name), _("Ask a lead for another role."))


def own_conversation(house: Rooms, who: Guest) -> dict[str, Any]:
    """The conversation this browser may see, or the one it was merged into. No key, a forged one and another's all find
    nothing."""
    if who.conversation and (row := as_it_stands(house, who.conversation)):
        return row
    raise NotFound(_("There is no conversation here."), _("Begin one on the chat page."))


def as_it_stands(house: Rooms, conversation: str) -> dict[str, Any] | None:
    """None where it is gone."""
    try:
        row = house.conversations.one(conversation)
        return house.conversations.one(row["merged_into"]) if row["merged_into"] else row
    except NotFound:
        return None


def held_conversation(house: Rooms, who: Holder, conversation: str) -> dict[str, Any]:
    """The one of that id that the widget's holder opened. Raises NotFound, the same for a foreign one as for none."""
    return WidgetStore(house.db).one(who.owner, conversation.replace("\0", ""))


async def written_to(house: Rooms, who: Holder, conversation: str) -> dict[str, Any]:
    """The same, for a message that is about to be taken: it waits for nobody who only looks."""
    return the_one(await house.front_door.find(*statement_for_one(who.owner, conversation.replace("\0", ""))))


_CLOSED: dict[str, tuple[float, bool]] = {}
REMEMBERED = 1.0
"""Seconds for which it is taken without asking that no team is closed: every open desk hears of every change."""


async def _is_anything_closed(sight: Sight) -> bool:
    until, known = _CLOSED.get(sight.db.conninfo, (0.0, True))
    if until < time.monotonic():
        known = await run_in_threadpool(sight.is_anything_closed)
        _CLOSED[sight.db.conninfo] = (time.monotonic() + REMEMBERED, known)
    return known


class Shown:
    """What of the news one agent may hear: that something changed is told without a name where it is closed to them."""

    def __init__(self, db: Database, agent: str) -> None:
        self._sight, self._agent = Sight(db), agent

    async def __call__(self, changed: set[str]) -> set[str]:
        if not await _is_anything_closed(self._sight):
            return changed
        return await run_in_threadpool(self._of, changed)

    def _of(self, changed: set[str]) -> set[str]:
        hidden = self._sight.hidden(self._agent, {name.removesuffix(PASSING) for name in changed} - {""})
        return {"" if name.removesuffix(PASSING) in hidden else name for name in changed}
