"""What a lead's pages share: the frame around every page, and what everybody in it is called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from segue.domain.errors import NotFound
from segue.domain.people import Agent
from segue.learning.boundary import Record
from segue.store.sight import Sight
from segue.texts import _
from segue.web.bounds import takes_long
from segue.web.desk_page import as_json, mine_of
from segue.web.doors import LEADS, leading, overseeing
from segue.web.keys import AREAS, registry
from segue.web.pages import render
from segue.web.reckoned import CASES
from segue.web.rooms import Rooms, rooms
from segue.web.setup_steps import wants_setup
from segue.web.switching import switch_of

House = Annotated[Rooms, Depends(rooms)]
Lead = Annotated[Agent, Depends(leading)]
Overseer = Annotated[Agent, Depends(overseeing)]


def page(
    house: Rooms, me: Agent, template: str, status: int = 200, now: datetime | None = None, **values: Any
) -> Response:
    """A whole page in the frame of a lead's pages."""
    mine = mine_of(house, me)
    return render(
        template, status, now, me=me, mine=mine, areas=AREAS, names=names(house), switch=switch_of(house),
        keys=as_json(mine, "lead", me.role), sheet=registry(mine, "lead", me.role),
        wants_setup=me.role in LEADS and wants_setup(house), **values,
    )  # fmt: skip


def hidden_from(house: Rooms, me: Agent, conversations: Iterable[str | None]) -> set[str]:
    """Those of them that are closed to a reader of this page; to leads none is."""
    return set() if me.role in LEADS else Sight(house.db).hidden(me.id, {c for c in conversations if c})


def record_of(house: Rooms, now: datetime) -> Record:
    """What a look at the boundary rests on. Over a long past its cases may be some minutes old; moves never are."""
    cases = CASES.of(house.db.conninfo, lambda: house.ladder.cases(now))
    return house.ladder.record(now, cases=cases)


async def patient(request: Request) -> None:
    """A dependency of pages that reckon over months: the first look may take longer than a page does."""
    takes_long(request.scope)


def names(house: Rooms) -> dict[str, str]:
    """What authors are called, by id; keys and commands go by their own names."""
    agents = house.workspace.agents()
    short = {agent.id.removeprefix("agt_"): agent.name for agent in agents}
    return short | {agent.id: agent.name for agent in agents} | {"segue": "Segue"}


def live_policy(house: Rooms) -> tuple[int, str]:
    """Version and text. Raises NotFound."""
    live = house.workspace.live_policy()
    if live is None:
        raise NotFound(_("There is no policy yet."), _("`segue policy apply FILE` makes one."))
    return live


def moment() -> datetime:
    return datetime.now(UTC)
