"""The whole of a mail behind a message, for agents: what the thread folds away or cuts off stands here, to be opened.

The one idea: the page asks nobody outside for anything. Text is shown as text, HTML in a frame that is written anew
(`mail_frame`), and pictures that lie elsewhere are counted, never fetched; those that came along are shown once they
are asked for. Whoever may see the conversation may see this, and whoever may not finds nothing (`sight.let_see`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from segue.domain.files import UNKNOWN
from segue.domain.mail import Attachment
from segue.domain.people import Agent
from segue.store.attachments import Attachments, Stored
from segue.store.mails_behind import MailsBehind
from segue.texts import _
from segue.web.doors import signed_in
from segue.web.files import Shelf, served
from segue.web.framing import POLICY
from segue.web.mail_frame import AROUND, Framed, framed
from segue.web.pages import PageRoute, render
from segue.web.queue_view import place_of
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
HERE = "/desk/conversations/{conversation}/mail/{seq}"
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(signed_in)]
Seq = Annotated[int, Path(ge=1, lt=2**31)]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a mail's text; all of them, put together, are the text."""

    kind: str
    """`said`, or what folds it away: `quote` or `signature`."""
    text: str

    @property
    def lines(self) -> int:
        return len(self.text.strip().splitlines())


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a mail stands: the page's title, the way back (an address and what it is called), its own address, and the
    list it is gone back to, as a query."""

    title: str
    back: tuple[str, str]
    here: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class NoMessage:
    """Of a mail that is no message: `why` and `state` say so, `deeds` are what can be done, with their words, `linked`
    is the conversation it names, and `wrong` why something could not be done just now."""

    why: str
    state: str
    deeds: Sequence[tuple[str, str]]
    linked: str = ""
    wrong: str = ""


@router.get(HERE)
def whole(
    conversation: str, seq: Seq, house: House, me: Me, view: Annotated[str, Query(max_length=40)] = "",
    q: Annotated[str, Query(max_length=300)] = "", pictures: bool = False,
) -> Response:  # fmt: skip
    """`pictures`: with those that came with the mail. `view` and `q` name the list it is gone back to."""
    row, mail = house.conversations.one(conversation), MailsBehind(house.db).one(conversation, seq)
    store = Attachments(house.db)
    return laid_open(
        house, me, mail, store.of_conversation(conversation).get(f"m{seq}", ()), pictures,
        Opened(
            _("Mail of #%(number)s, message %(seq)s", number=row["number"], seq=seq),
            (_back(row, seq, view, q), _("Conversation #%(number)s", number=row["number"])),
            f"/desk/conversations/{row['id']}/mail/{seq}", place_of(view, q),
        ),
    )  # fmt: skip


def laid_open(
    house: Rooms, me: Agent, mail: Any, files: Sequence[Stored], pictures: bool, at: Opened,
    no_message: NoMessage | None = None,
) -> Response:  # fmt: skip
    """The page of one mail, wherever it stands."""
    now = datetime.now(UTC)
    answer = render(
        "whole_mail.html", now=now, me=me, mail=mail, at=at, no_message=no_message, pictures=pictures,
        parts=list(parts(mail.text, mail.folds)) if mail.text.strip() else [],
        to=_said((mail.recipients or {}).get("to", ())), cc=_said((mail.recipients or {}).get("cc", ())),
        found=checked(mail.authentication), files=_files(house, files, now),
        frame=_frame(MailsBehind(house.db), mail, pictures) if mail.html else None,
        status=409 if no_message and no_message.wrong else 200,
    )  # fmt: skip
    answer.headers[POLICY] = AROUND
    return answer


def checked(authentication: Mapping[str, str] | None) -> str:
    """What our own mail server found out, as it is written; empty where it said nothing, or it was not kept."""
    said = {name: value for name, value in (authentication or {}).items() if value != "none"}
    return ", ".join(f"{name.upper()} {said[name]}" for name in ("spf", "dkim", "dmarc") if name in said)


@router.get(HERE + "/raw")
def raw(conversation: str, seq: Seq, house: House, me: Me) -> Response:  # noqa: ARG001
    """Byte for byte as it came, to be saved."""
    number = house.conversations.one(conversation)["number"]
    return as_it_came(f"mail-{number}-{seq}", MailsBehind(house.db).raw(conversation, seq))


def as_it_came(name: str, raw: bytes) -> Response:
    """To be saved, and opened by nothing of ours."""
    return served(Attachment(f"{name}.eml", UNKNOWN, raw), UNKNOWN)


@dataclass(frozen=True, slots=True)
class WholeMail:
    """Where the whole of a mail stands; `is_guessed`: it names no charset, and may read wrong; `is_unproven`: nobody
    vouches that the verified customer, in whose name it is written, wrote it."""

    there: str
    is_guessed: bool
    is_unproven: bool


def shown_whole(house: Rooms, conversation: str) -> dict[str, WholeMail]:
    """By the key of its message in the thread."""
    return {
        f"n{one.number}-m{one.seq}" if one.is_joined else f"m{one.seq}": WholeMail(
            f"/desk/conversations/{one.id}/mail/{one.seq}", one.is_guessed, one.is_unproven
        )
        for one in MailsBehind(house.db).came_by_mail(conversation)
    }


def parts(text: str, folds: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    """The text, cut where its folds begin and end; nothing of it is left out."""
    at = 0
    for fold in sorted(folds, key=lambda fold: fold["start"]):
        start, end = max(at, min(fold["start"], len(text))), min(fold["end"], len(text))
        if start > at:
            yield Part("said", text[at:start])
        if end > start:
            yield Part(fold["kind"], text[start:end])
        at = max(at, start, end)
    if at < len(text):
        yield Part("said", text[at:])


def _frame(mails: MailsBehind, mail: Any, pictures: bool) -> Framed:
    there = mails.inline(mail.id, pictures)
    return framed(
        mail.html, {one.content_id: one.kind for one in there},
        {one.content_id: bytes(one.body) for one in there if one.body is not None},
    )  # fmt: skip


def _files(house: Rooms, files: Sequence[Stored], now: datetime) -> list[Any]:
    """By their names alone: a picture is looked at when it is asked for."""
    shown = Shelf(Attachments(house.db), None, now).shown({"": files})[""]
    return [replace(file, is_shown=False) for file in shown]


def _said(named: Sequence[Mapping[str, str]]) -> list[str]:
    return [f"{one['name']} <{one['address']}>" if one["name"] else one["address"] for one in named]


def _back(row: Mapping[str, Any], seq: int, view: str, q: str) -> str:
    """To the message, also where its conversation was merged into another one."""
    there, key = (row["merged_into"], f"n{row['number']}-m{seq}") if row["merged_into"] else (row["id"], f"m{seq}")
    return f"/desk/conversations/{there}?{place_of(view, q)}#{key}"
