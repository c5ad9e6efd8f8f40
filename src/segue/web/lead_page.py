"""What a lead's pages share: the frame around every page, and what everybody in it is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from segue.domain.errors import NotFound
from segue.domain.evidence import JudgedCase
from segue.domain.people import LEADS, Agent
from segue.learning.record import Record
from segue.store.leaving import Leaving
from segue.store.sight import Sight
from segue.store.unsent import UnsentStore
from segue.texts import _
from segue.web.bounds import takes_long
from segue.web.desk_page import as_json, mine_of
from segue.web.doors import leading, overseeing
from segue.web.keys import AREAS, registry
from segue.web.managing import may_manage
from segue.web.not_gone import notice
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
        not_gone=notice(UnsentStore(house.db).of(me.id)), wants_setup=me.role in LEADS and wants_setup(house),
        manages=lambda: may_manage(house, me), **values,
    )  # fmt: skip


def hidden_from(house: Rooms, me: Agent, conversations: Iterable[str | None]) -> set[str]:
    """Those of them that are closed to a reader of this page; to leads none is."""
    return set() if me.role in LEADS else Sight(house.db).hidden(me.id, {c for c in conversations if c})


def record_of(house: Rooms, now: datetime) -> Record:
    """What a look at the boundary rests on."""
    return house.ladder.record(now, cases=cases_of(house, now))


def cases_of(house: Rooms, now: datetime) -> Sequence[JudgedCase]:
    """Over a long past they may be some minutes old, but never of a customer who was erased."""
    erasures = house.ladder.store.mark()[2]
    kept: Sequence[JudgedCase] = CASES.of(house.db.conninfo, lambda: house.ladder.cases(now), erasures)
    return kept


async def patient(request: Request) -> None:
    """A dependency of pages that reckon over months: the first look may take longer than a page does."""
    takes_long(request.scope)


def names(house: Rooms) -> dict[str, str]:
    """What authors are called, by id, also of who has left; keys and commands go by their own names."""
    called = {agent.id: agent.name for agent in house.workspace.agents()}
    called |= {agent.id: agent.name for agent in Leaving(house.db).gone()}
    return {agent.removeprefix("agt_"): name for agent, name in called.items()} | called | {"segue": "Segue"}


def live_policy(house: Rooms) -> tuple[int, str]:
    """Version and text. Raises NotFound."""
    live = house.workspace.live_policy()
    if live is None:
        raise NotFound(_("There is no policy yet."), _("Choose one under Set up."))
    return live


def moment() -> datetime:
    return datetime.now(UTC)
