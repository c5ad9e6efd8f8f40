"""The tags, looked after: how often each is used, another name, two that mean the same made one, unused ones gone.

The one idea: renaming and merging are one deed, putting a name in the place of another; where the other is there
already it cannot be told apart afterwards, so it is shown first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from segue.desk.tagging import tag_name
from segue.domain.errors import Refused
from segue.domain.people import Agent
from segue.store.tags import Tags
from segue.texts import _, _n
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, moment, page
from segue.web.pages import PageRoute, go, plain
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Typed = Annotated[str, Form(max_length=100)]


@router.get("/settings/tags")
def tags(house: House, me: Lead, done: ToldDone) -> Response:
    return _page(house, me, done=done)


@router.post("/settings/tags", dependencies=[Depends(leading)])
def rename(house: House, me: Lead, tag: Typed = "", to: Typed = "", sure: Typed = "") -> Response:
    """Another name. One that is there already is merged into, once that was looked at (`sure`)."""
    tag, store = plain(tag), Tags(house.db)
    try:
        into = tag_name(plain(to))
    except Refused as error:
        return _page(house, me, {tag: str(error)}, {tag: to})
    if into == tag:
        return _page(house, me, {tag: _("That is its name already.")}, {tag: to})
    move = store.move(tag, into)
    if move.is_merge and not sure:
        return page(house, me, "settings_tags_merge.html", part="tags", tag=tag, into=into, move=move)
    store.put_in_place(tag, into, me.id, moment())
    house.bell.ring("events")
    said = _("%(tag)s is merged into %(into)s.", tag=tag, into=into) if move.is_merge else _(
        "%(tag)s is called %(into)s now.", tag=tag, into=into)  # fmt: skip
    return go("/settings/tags", said)


@router.post("/settings/tags/remove-unused", dependencies=[Depends(leading)])
def remove_unused(house: House, me: Lead) -> Response:
    count = Tags(house.db).remove_unused(me.id, moment())
    house.bell.ring("events")
    return go("/settings/tags", _n("%(num)s tag is gone.", "%(num)s tags are gone.", count))


def _page(
    house: Rooms, me: Agent, wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None,
    done: str = "",
) -> Response:  # fmt: skip
    found = Tags(house.db).with_uses()
    return page(
        house, me, "settings_tags.html", 422 if wrong else 200, part="tags", found=found, wrong=wrong or {},
        typed=typed or {}, done=done, unused=sum(one.is_unused for one in found),
    )  # fmt: skip
