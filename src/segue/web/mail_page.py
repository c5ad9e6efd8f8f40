"""Mails that became no message, for leads: why each was set aside, what it says, and a person's word on it.

The one idea: nothing is lost here. What is let in becomes a conversation for people, what is put away can be taken out
again, and what a mail says is shown as bare text: neither its HTML nor its links are anybody's to follow by mistake.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from segue.domain.errors import Conflict
from segue.domain.mail import Cause
from segue.domain.people import Agent
from segue.intake.mail import release
from segue.store.mail import MailStore
from segue.texts import _
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, moment, page
from segue.web.pages import PageRoute, go
from segue.web.rooms import Rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
HERE = "/settings/mail"
DOOR = [Depends(leading)]
PAGE = 50
MailCursor = Annotated[str, Query(max_length=80, pattern=r"^[\w-]*$")]


@router.get(HERE)
def set_aside(house: House, me: Lead, done: ToldDone, show: str = "", after: MailCursor = "",
              dropped: MailCursor = "") -> Response:  # fmt: skip
    """`show`: "dropped" for those that were put away; `dropped`: the one that was put away just now."""
    return _page(house, me, show == "dropped", after, done=done, dropped=dropped)


@router.post(HERE + "/{suspended}/release", dependencies=DOOR)
def let_in(house: House, me: Lead, suspended: str) -> Response:
    """It is a conversation for people from now on."""
    try:
        taken = release(MailStore(house.db), suspended, me.id, moment())
    except Conflict as error:
        return _page(house, me, wrong=str(error))
    house.bell.ring("ready")
    house.bell.ring("events")
    return go(f"/desk/conversations/{taken.conversation_id}")


@router.post(HERE + "/{suspended}/drop", dependencies=DOOR)
def drop(house: House, me: Lead, suspended: str) -> Response:
    try:
        MailStore(house.db).drop(suspended, me.id, moment())
    except Conflict as error:
        return _page(house, me, wrong=str(error))
    return go(f"{HERE}?dropped={suspended}", _("It is put away."))


@router.post(HERE + "/{suspended}/restore", dependencies=DOOR)
def restore(house: House, me: Lead, suspended: str) -> Response:
    """As it was before it was put away."""
    try:
        MailStore(house.db).restore(suspended, me.id, moment())
    except Conflict as error:
        return _page(house, me, True, wrong=str(error))
    return go(HERE, _("It waits here again."))


def _page(
    house: Rooms, me: Agent, is_dropped: bool = False, after: str = "", wrong: str = "", done: str = "",
    dropped: str = "",
) -> Response:  # fmt: skip
    store = MailStore(house.db)
    found = store.put_away(after or None, PAGE + 1) if is_dropped else store.suspended(after or None, PAGE + 1)
    return page(
        house, me, "settings_mail.html", 409 if wrong else 200, part="mail", done=done, wrong=wrong, dropped=dropped,
        mails=[_shown(mail) for mail in found[:PAGE]], is_dropped=is_dropped, waiting=store.suspended_count(),
        next=found[PAGE - 1]["id"] if len(found) > PAGE else "",
    )  # fmt: skip


def _shown(mail: dict[str, Any]) -> dict[str, Any]:
    return {**mail, "why": Cause(mail["cause"]).sentence, "who": mail["sender_name"] or mail["sender"]}
