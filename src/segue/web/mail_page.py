"""Mails that became no message, for leads: why each was set aside, what it says, and a person's word on it.

The one idea: nothing is lost here. What is let in becomes a conversation for people, what is put away can be taken out
again, and what a mail says is shown as bare text: neither its HTML nor its links are anybody's to follow by mistake.
Each opens as a whole before anybody decides on it, as one behind a message does (`whole_mail`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from segue.domain.errors import Conflict
from segue.domain.mail import Cause
from segue.domain.people import Agent
from segue.intake.mail import release
from segue.store.attachments import Attachments
from segue.store.mail import MailStore
from segue.texts import N_, _, word
from segue.web.done import ToldDone
from segue.web.doors import leading
from segue.web.lead_page import House, Lead, moment, page
from segue.web.pages import PageRoute, go
from segue.web.rooms import Rooms
from segue.web.whole_mail import NoMessage, Opened, as_it_came, laid_open

router = APIRouter(route_class=PageRoute, include_in_schema=False)
HERE = "/settings/mail"
DOOR = [Depends(leading)]
PAGE = 50


@dataclass(frozen=True, slots=True)
class State:
    """How a mail stands that is no message: its list, what is said of it, and what can be done, each with its words."""

    query: str
    said: str
    deeds: tuple[tuple[str, str], ...]


STATES = {
    "suspended": State("", N_("It waits for somebody to decide:"),
                       (("release", N_("Let in")), ("drop", N_("Put it away")))),
    "dropped": State("?show=dropped", N_("It was put away:"), (("restore", N_("Take out again")),)),
    "noted": State("?show=noted", N_("It was heard, and needs nobody:"), (("release", N_("Make a message of it")),)),
}  # fmt: skip
MailCursor = Annotated[str, Query(max_length=80, pattern=r"^[\w-]*$")]


@router.get(HERE)
def set_aside(house: House, me: Lead, done: ToldDone, show: str = "", after: MailCursor = "",
              dropped: MailCursor = "") -> Response:  # fmt: skip
    """`show`: "dropped" for those that were put away, "noted" for those that only told us something; `dropped`: the one
    that was put away just now."""
    return _page(house, me, show, after, done=done, dropped=dropped)


@router.get(HERE + "/{suspended}")
def whole(house: House, me: Lead, suspended: str, pictures: bool = False) -> Response:
    """All of it, before it is decided on. What became a message is looked at beside that."""
    row = MailStore(house.db).one(suspended)
    if row.state not in STATES:
        return go(f"/desk/conversations/{row.conversation_id}/mail/{row.seq}" if row.seq else HERE)
    linked = row.linked_to or row.conversation_id
    state = STATES[row.state]
    return laid_open(
        house, me, row, Attachments(house.db).of_mail(suspended), pictures,
        Opened(_("Mail set aside"), (f"{HERE}{state.query}", _("Mail set aside")), f"{HERE}/{suspended}"),
        NoMessage(
            Cause(row.cause).sentence, word(state.said), [(does, word(label)) for does, label in state.deeds],
            linked=f"/desk/conversations/{linked}" if linked else "",
        ),
    )  # fmt: skip


@router.get(HERE + "/{suspended}/raw")
def raw(house: House, me: Lead, suspended: str) -> Response:  # noqa: ARG001
    """Byte for byte as it came, to be saved."""
    return as_it_came(suspended, MailStore(house.db).raw(suspended))


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
        return _page(house, me, "dropped", wrong=str(error))
    return go(HERE, _("It waits here again."))


def _page(
    house: Rooms, me: Agent, show: str = "", after: str = "", wrong: str = "", done: str = "", dropped: str = "",
) -> Response:  # fmt: skip
    store, show = MailStore(house.db), show if show in ("dropped", "noted") else ""
    listed = {"dropped": store.put_away, "noted": store.noted}.get(show, store.suspended)
    found = listed(after or None, PAGE + 1)
    return page(
        house, me, "settings_mail.html", 409 if wrong else 200, part="mail", done=done, wrong=wrong, dropped=dropped,
        mails=[_shown(mail) for mail in found[:PAGE]], show=show, waiting=store.suspended_count(),
        next=found[PAGE - 1]["id"] if len(found) > PAGE else "",
    )  # fmt: skip


def _shown(mail: dict[str, Any]) -> dict[str, Any]:
    return {**mail, "why": Cause(mail["cause"]).sentence, "who": mail["sender_name"] or mail["sender"]}
