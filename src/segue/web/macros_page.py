"""Where macros are kept: an agent's own, and those that leads write for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from segue.desk.guard import LONGEST_REPLY
from segue.desk.macros import fault_of
from segue.desk.snoozing import NAMES
from segue.desk.tagging import tag_names
from segue.domain.errors import Forbidden, Refused
from segue.domain.ids import new_id
from segue.domain.people import LEADS, Agent
from segue.domain.variables import VARIABLES
from segue.store.macros import Macro, MacroStore
from segue.store.tags import Tags
from segue.texts import _, forms
from segue.web.done import ToldDone
from segue.web.doors import handling
from segue.web.lead_page import House, moment, page
from segue.web.macro_words import also, who_is_who
from segue.web.pages import PageRoute, go, plain
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Me = Annotated[Agent, Depends(handling)]
Field = Annotated[str, Form(max_length=1000)]
LONGEST_NAME = 60
NEW = "new"
"""Stands in the address for one that is not kept yet."""


@router.get("/desk/macros")
def macros(house: House, me: Me, done: ToldDone) -> Response:
    names = who_is_who(house)
    found = [(macro, also(macro, names), may_change(macro, me)) for macro in MacroStore(house.db).for_agent(me.id)]
    return page(house, me, "macros.html", found=found, done=done)


@router.get("/desk/macros/{macro}")
def ask(house: House, me: Me, macro: str) -> Response:
    empty = Macro("", "", "", owner_id=me.id)
    return _form(house, me, macro, empty if macro == NEW else _mine(house, me, macro))


@router.post("/desk/macros/{macro}")
def keep(
    house: House, me: Me, macro: str, name: Field = "", text: Annotated[str, Form()] = "", tags: Field = "",
    snooze: Annotated[str, Form(max_length=20)] = "", assign: Field = "", resolves: Annotated[bool, Form()] = False,
    shared: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Wrong fields are told of beside them, and what was typed stays."""
    old = None if macro == NEW else _mine(house, me, macro)
    owner = old.owner_id if old and me.role not in LEADS else None if shared and me.role in LEADS else me.id
    wrong: dict[str, str] = {}
    typed = Macro(
        old.id if old else new_id("mac", moment()), " ".join(plain(name).split()), plain(text).strip(),
        _tags(tags, wrong), snooze, assign, resolves, owner,
    )  # fmt: skip
    wrong |= _faults(typed, who_is_who(house))
    if not wrong:
        try:
            MacroStore(house.db).put(typed, me.id, moment())
        except Refused as error:
            wrong["name"] = str(error)
    if wrong:
        return _form(house, me, macro, typed, wrong, tags)
    return go("/desk/macros", _("“%(name)s” is kept.", name=typed.name))


@router.post("/desk/macros/{macro}/remove")
def remove(house: House, me: Me, macro: str) -> Response:
    """Where it waits with a reply, the reply goes without it."""
    gone = _mine(house, me, macro)
    MacroStore(house.db).remove(gone.id, me.id, moment())
    return go("/desk/macros", _("“%(name)s” is removed.", name=gone.name))


def may_change(macro: Macro, me: Agent) -> bool:
    return me.role in LEADS if macro.is_shared else macro.owner_id == me.id


def _mine(house: Rooms, me: Agent, macro: str) -> Macro:
    found = MacroStore(house.db).one(macro, me.id)
    if not may_change(found, me):
        raise Forbidden(_("This macro is everybody's."), _("Ask a lead to change it, or make one of your own."))
    return found


def _tags(typed: str, wrong: dict[str, str]) -> tuple[str, ...]:
    try:
        return tag_names(plain(typed))
    except Refused as error:
        wrong["tags"] = str(error)
        return ()


def _faults(macro: Macro, names: dict[str, str]) -> dict[str, str]:
    """By field."""
    found = {
        "name": "" if macro.name else _("Name it: you find it by its name."),
        "text": fault_of(macro.text),
        "assign": "" if macro.assign in ("", *names) else _("There is no such agent or team. Choose one of the list."),
        "snooze": "" if macro.snooze in ("", *NAMES) else _("There is no such time. Choose one of the list."),
    }
    if len(macro.name) > LONGEST_NAME:
        found["name"] = _("The name is too long. %(longest_name)s characters fit.", longest_name=LONGEST_NAME)
    if len(macro.text) > LONGEST_REPLY:
        found["text"] = _(
            "The text is too long. %(longest_reply)s characters fit.", longest_reply=forms.number(LONGEST_REPLY)
        )
    if macro.resolves and macro.snooze:
        found["snooze"] = _("What is resolved cannot be snoozed. Choose one of the two.")
    if not (macro.text or macro.tags or macro.assign or macro.snooze or macro.resolves):
        found["text"] = _("It does nothing. Write a text, or choose something it does.")
    return {field: said for field, said in found.items() if said}


def _form(
    house: Rooms, me: Agent, address: str, macro: Macro, wrong: dict[str, str] | None = None, tags: str | None = None
) -> Response:
    return page(
        house, me, "macro.html", 422 if wrong else 200, macro=macro, address=address, wrong=wrong or {},
        tags=", ".join(macro.tags) if tags is None else tags, variables=VARIABLES, snoozes=NAMES,
        is_lead=me.role in LEADS, agents=house.workspace.agents(), teams=house.workspace.teams(),
        known=Tags(house.db).all(),
    )  # fmt: skip
