"""Mails about a conversation that are no message of it, for agents: a bounce that was heard, an absence note, whatever
carries one of our keys and was set aside.

The one idea: nothing that names a conversation is out of sight there. In the thread each is one quiet line that says
why; behind it stands the whole of the mail, and one button that makes a message of it. Whoever may see the conversation
may see this (`sight.let_see`), and a mail that is not beside that conversation is answered like none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from heapq import merge
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from segue.domain.errors import Conflict, NotFound
from segue.domain.mail import Cause
from segue.domain.people import READS_ONLY, Agent
from segue.intake.mail import release
from segue.store.attachments import Attachments
from segue.store.mail import MailStore
from segue.store.mails_beside import MailsBeside
from segue.store.sight import Sight
from segue.texts import N_, _, word
from segue.web.doors import handling, signed_in
from segue.web.pages import PageRoute, go
from segue.web.queue_view import place_of
from segue.web.rooms import Rooms, rooms
from segue.web.thread import Entry
from segue.web.whole_mail import NoMessage, Opened, as_it_came, laid_open

router = APIRouter(route_class=PageRoute, include_in_schema=False)
HERE = "/desk/conversations/{conversation}/beside/{beside}"
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(signed_in)]
STATES = {
    "noted": N_("No message, for it was heard already:"), "suspended": N_("No message yet, but set aside:"),
    "dropped": N_("No message, for it was put away:"),
}  # fmt: skip


def woven_in(house: Rooms, conversation: str, said: Sequence[Entry]) -> list[Entry]:
    """What was said, and between it by the clock a line for each mail that is no message."""
    lines = [_line(mail) for mail in MailsBeside(house.db).of(conversation)]
    return list(merge(said, lines, key=lambda entry: entry.at)) if lines else list(said)


def _line(mail: Any) -> Entry:
    who = mail.sender_name or mail.sender or _("nobody is named")
    return Entry(mail.id, "mail", who, word(Cause(mail.cause).sentence), mail.received_at)


@router.get(HERE)
def whole(
    conversation: str, beside: str, house: House, me: Me, view: Annotated[str, Query(max_length=40)] = "",
    q: Annotated[str, Query(max_length=300)] = "", pictures: bool = False,
) -> Response:  # fmt: skip
    return _page(house, me, conversation, beside, pictures, view, q)


@router.get(HERE + "/raw")
def raw(conversation: str, beside: str, house: House, me: Me) -> Response:  # noqa: ARG001
    """Byte for byte as it came, to be saved."""
    return as_it_came(beside, bytes(MailsBeside(house.db).one(conversation, beside).raw))


@router.post(HERE + "/release", dependencies=[Depends(handling)])
def let_in(conversation: str, beside: str, house: House, me: Me) -> Response:
    """A message of this conversation where its sender has a part in it, else the first of one beside it. Where it is
    one already, that is shown."""
    there = MailsBeside(house.db)
    try:
        there.one(conversation, beside)
    except NotFound:
        if (known := there.taken_as(beside)) and Sight(house.db).sees(me.id, known[0]):
            return _shown(*known)
        raise
    try:
        taken = release(MailStore(house.db), beside, me.id, datetime.now(UTC))
    except Conflict as error:
        return _page(house, me, conversation, beside, wrong=str(error))
    house.bell.ring("ready")
    house.bell.ring("events")
    return _shown(taken.conversation_id, taken.seq)


def _shown(conversation: str, seq: int) -> Response:
    return go(f"/desk/conversations/{conversation}#m{seq}")


def _page(
    house: Rooms, me: Agent, conversation: str, mail: str, pictures: bool = False, view: str = "", q: str = "",
    wrong: str = "",
) -> Response:  # fmt: skip
    row, place = MailsBeside(house.db).one(conversation, mail), place_of(view, q)
    there = house.conversations.one(conversation)
    may = row.state != "dropped" and me.role != READS_ONLY
    back = f"/desk/conversations/{conversation}?{place}#{mail}", _("Conversation #%(number)s", number=there["number"])
    return laid_open(
        house, me, row, Attachments(house.db).of_mail(mail), pictures,
        Opened(_("A mail beside #%(number)s", number=there["number"]), back,
               f"/desk/conversations/{conversation}/beside/{mail}", place),
        NoMessage(Cause(row.cause).sentence, word(STATES[row.state]),
                  [("release", _("Make a message of it"))] if may else [], wrong=wrong),
    )  # fmt: skip
