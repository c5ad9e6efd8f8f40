"""What a customer's form brings: checked, and made an arrival for the front door."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import Request

from segue.domain.conversation import Channel, Page
from segue.domain.errors import Conflict
from segue.domain.files import FileRefused, said_with
from segue.domain.mail import Attachment
from segue.domain.said import says_nothing
from segue.store.attachments import Attachments, Stored
from segue.store.inbox import Accepted, Arrival
from segue.store.outcomes import Outcomes
from segue.texts import _, forms
from segue.web import limits
from segue.web.claimed import is_address
from segue.web.files import wait_for
from segue.web.guest import Guest
from segue.web.pages import plain
from segue.web.rooms import Rooms
from segue.web.shapes import LONGEST_TEXT

MOST_KEPT = 50
FINE = ("", "")
"""No field is wrong."""


def arrival(
    who: Guest, typed: dict[str, str], client_id: str, place: Page | None, files: Sequence[Stored] = ()
) -> Arrival:
    """A visitor without an address is known by their first message, so that sending it twice begins one."""
    said = said_with(typed["text"], [file.name for file in files])
    bare = _arrival(who, typed | {"text": said}, client_id, place)
    return replace(bare, files=tuple(file.id for file in files), files_of=owner_of(who, client_id))


def _arrival(who: Guest, typed: dict[str, str], client_id: str, place: Page | None) -> Arrival:
    if who.conversation:
        return Arrival(typed["text"], conversation_id=who.conversation, client_id=client_id, page=place)
    if who.is_verified:
        return Arrival(typed["text"], Channel.CHAT, client_id=client_id, external_id=who.external_id, name=who.name,
                       email=who.email, is_verified=True, page=place)  # fmt: skip
    return Arrival(
        typed["text"], Channel.CHAT, client_id=client_id, name=typed["name"], email=typed["email"], page=place,
        external_id=None if typed["email"] else f"visitor:{client_id}",
    )  # fmt: skip


def hear_whether_solved(house: Rooms, taken: Accepted, is_solved: bool, now: datetime) -> None:
    """Once the words are taken: what comes twice is the same message, and so about the same answer."""
    with suppress(Conflict):  # nothing was answered: an old page, then
        Outcomes(house.db).feedback(taken.conversation_id, is_solved, now, taken.seq)


def owner_of(who: Guest, client_id: str) -> str:
    """Whose the files are that came with a form. Of somebody nobody knows: of this very form, which has a random id."""
    return f"who:{who.external_id}" if who.is_verified else f"chat:{client_id}"


def files_of(
    request: Request, house: Rooms, who: Guest, client_id: str, kept: Sequence[str], brought: Sequence[Attachment],
    now: datetime,
) -> tuple[list[Stored], str]:  # fmt: skip
    """As `keep_files`; of an address that brings too many nothing is taken, and it is said how long."""
    if seconds := wait_for(request, brought, house.caps):
        return [], _("Many files came from your address. Choose them again in %(seconds)s seconds.", seconds=seconds)
    return keep_files(house, owner_of(who, client_id), client_id, kept, brought, now)


def keep_files(
    house: Rooms, owner: str, client_id: str, kept: Sequence[str], brought: Sequence[Attachment], now: datetime
) -> tuple[list[Stored], str]:
    """What goes with the message, `kept` of an earlier try first, and what is wrong with the rest, in words. What is
    fine is kept, so that nobody has to choose it again."""
    store, caps, wrong, fresh = Attachments(house.db), house.caps, "", list[str]()
    for file in brought:
        try:
            caps.refuse(file.name, file.size)
            fresh.append(store.keep(file, owner, now, 2 * caps.most).id)
        except FileRefused as error:
            wrong = wrong or str(error)
    found = list[Stored]()
    for one in dict.fromkeys((*kept[:MOST_KEPT], *fresh)):
        with suppress(FileRefused):  # it was kept for a day only: whoever looks sees that it is not in the list
            found += store.mine([one], owner, client_id)
    try:
        caps.refuse_together([file.size for file in found])
    except FileRefused as error:
        wrong = wrong or str(error)
    return found, wrong


def fault(text: str, email: str, who: Guest, address: str, has_files: bool = False) -> tuple[str, str]:
    """What is wrong with the form: the field and the words beside it. What is fine counts, for the conversation or,
    where a visitor opens one, for their `address`."""
    if says_nothing(text) and not has_files:
        return "text", _("Your message is empty. Write what it is about.")
    if len(text) > LONGEST_TEXT:
        return "text", _(
            "Your message has %(n)s characters; %(longest_text)s fit. Shorten it or send two.",
            n=forms.number(len(text)),
            longest_text=forms.number(LONGEST_TEXT),
        )
    if email and not is_address(email):
        return "email", _("This is not an e-mail address. Correct it or leave it empty.")
    limit, key = (limits.MESSAGES, who.conversation) if who.conversation else (limits.NEWCOMERS, address)
    if who.is_verified and not who.conversation:
        return FINE
    if seconds := limit.wait(key):
        return "text", _(
            "That was many messages at once. Your text is kept; send it again in %(seconds)s seconds.", seconds=seconds
        )
    limit.count(key)
    return FINE


def page_of(url: str, title: str, request: Request | None = None) -> Page | None:
    """Where the customer was; our own pages and what is no web address don't count."""
    url = plain(url).strip()[:2000]
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()
    is_ours = request is not None and parts.netloc == request.headers.get("host")
    return Page(url, plain(title).strip()[:300]) if is_web and not is_ours else None
