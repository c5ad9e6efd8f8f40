"""The contact page, and the form a product links to: a real conversation, begun without a script.

The one idea: the page promises only what it can keep. It says the number, who reads first, when a person answers, and
where the answer will stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from segue.domain.conversation import Channel, Page
from segue.domain.files import said_with
from segue.domain.said import says_nothing
from segue.store.attachments import Stored
from segue.store.inbox import Arrival
from segue.texts import _, forms
from segue.web.chat_form import files_of, owner_of, page_of
from segue.web.claimed import is_address
from segue.web.doors import refuse_foreign_origin
from segue.web.files import Brought, enclosed, named
from segue.web.guest import CHAT, WHO, Guest, guest, key_to, remember
from segue.web.identity import IdentityRefused
from segue.web.limits import Limit
from segue.web.pages import PageRoute, go, plain, render
from segue.web.rooms import Rooms, rooms
from segue.web.shapes import LONGEST_TEXT
from segue.web.sight import own_conversation
from segue.web.switching import switch_of
from segue.web.widget_look import look_of
from segue.web.widget_wait import WaitingTimes, waiting_times

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
Looks = Annotated[WaitingTimes, Depends(waiting_times)]
Typed = Annotated[str, Form()]
Where = Annotated[str, Query()]
_FORMS = Limit(30, 600)
"""How many one address may send in ten minutes."""


@dataclass(frozen=True, slots=True)
class ContactForm:
    """What was typed, and what is wrong with it by field."""

    name: str = ""
    email: str = ""
    subject: str = ""
    text: str = ""
    page: Page | None = None
    client_id: str = field(default_factory=lambda: str(uuid4()))
    faults: dict[str, str] = field(default_factory=dict)
    files: Sequence[Stored] = ()


@dataclass(frozen=True, slots=True)
class SentForm:
    """What the form sends; `kept` are files of a try before, by id."""

    brought: Brought
    kept: Annotated[list[str], Depends(named("kept"))]
    name: Typed = ""
    email: Typed = ""
    subject: Typed = ""
    text: Typed = ""
    page: Typed = ""
    title: Typed = ""
    client_id: Typed = ""

    def filled(self) -> ContactForm:
        return ContactForm(
            plain(self.name).strip()[:300], plain(self.email).strip(), plain(self.subject).strip()[:200],
            plain(self.text), page_of(self.page, self.title), plain(self.client_id)[:100] or str(uuid4()),
        )  # fmt: skip


@router.get("/contact")
def ask(
    request: Request, house: House, looks: Looks, page: Where = "", title: Where = "", subject: Where = "",
    identity: str | None = None,
) -> Response:  # fmt: skip
    """The empty form. `identity` is the host's signed word on who this is; one that does not hold is said so."""
    if identity is not None:
        return _recognised(request, house, looks, identity)
    place = page_of(page or request.headers.get("referer", ""), title, request)
    return _form(request, house, looks, ContactForm(subject=plain(subject)[:200], page=place))


@router.post("/contact")
async def send(
    request: Request, house: House, looks: Looks, sent: Annotated[SentForm, Depends(SentForm)]
) -> Response:  # fmt: skip
    """Takes it, or brings it back with what is wrong beside each field."""
    refuse_foreign_origin(request)
    now, who = datetime.now(UTC), guest(request, house.identity, datetime.now(UTC))
    filled, address = sent.filled(), request.client.host if request.client else ""
    files, wrong = await run_in_threadpool(
        files_of, request, house, who, filled.client_id, sent.kept, sent.brought, now
    )  # fmt: skip
    filled = replace(filled, files=files)
    if faults := _faults(filled, who, address) | ({"file": wrong} if wrong else {}):
        return _form(request, house, looks, replace(filled, faults=faults), 422)
    _FORMS.count(address)
    taken = await house.front_door.accept(_arrival(filled, who))
    house.bell.ring("events")
    answer = go("/contact/received")
    remember(answer, request, CHAT, key_to(house.identity, taken.conversation_id, who, now))
    return answer


@router.get("/contact/received")
def received(request: Request, house: House, looks: Looks) -> Response:
    """The number, and what happens next. 404 for a browser that holds no key."""
    now = datetime.now(UTC)
    row = own_conversation(house, guest(request, house.identity, now))
    wait = looks.wait(house.workspace.live_policy(), row["tier"] if row["is_verified"] else None, now)
    return render("widget/received.html", now=now, row=row, wait=wait, assistant_on=switch_of(house).speaks,
                  look=look_of(house.workspace))  # fmt: skip


def _recognised(request: Request, house: Rooms, looks: WaitingTimes, token: str) -> Response:
    try:
        house.identity.judge(token, datetime.now(UTC))
    except IdentityRefused as refused:
        return _form(request, house, looks, ContactForm(faults={"identity": refused.what_happened}), 403)
    rest = request.url.remove_query_params("identity").query
    answer = go("/contact" + (f"?{rest}" if rest else ""))
    remember(answer, request, WHO, token)
    return answer


def _form(request: Request, house: Rooms, looks: WaitingTimes, filled: ContactForm, status: int = 200) -> Response:
    now = datetime.now(UTC)
    who = guest(request, house.identity, now)
    wait = looks.wait(house.workspace.live_policy(), None, now)
    return render(
        "widget/contact.html", status, now, f=filled, who=who, wait=wait, assistant_on=switch_of(house).speaks,
        kept=[enclosed(file, None, now) for file in filled.files], caps=house.caps,
        look=look_of(house.workspace),
    )  # fmt: skip


def _faults(filled: ContactForm, who: Guest, address: str) -> dict[str, str]:
    found = {}
    if not who.is_verified and not filled.email:
        found["email"] = _("Your e-mail address is missing. Without it we cannot reach you.")
    elif filled.email and not is_address(filled.email):
        found["email"] = _("This is not an e-mail address. Correct it: it looks like name@company.com.")
    if says_nothing(filled.text) and not filled.files:
        found["text"] = _("Your message is empty. Write what it is about.")
    elif len(filled.text) > LONGEST_TEXT:
        found["text"] = _(
            "Your message has %(n)s characters; %(longest_text)s fit. Shorten it or send two.",
            n=forms.number(len(filled.text)),
            longest_text=forms.number(LONGEST_TEXT),
        )
    elif seconds := _FORMS.wait(address):
        found["text"] = _(
            "Many messages came from your address. Your text is kept; send it again in %(seconds)s seconds.",
            seconds=seconds,
        )
    return found


def _arrival(filled: ContactForm, who: Guest) -> Arrival:
    """Always a conversation of its own: whoever fills a form in has another matter."""
    text = said_with(filled.text, [file.name for file in filled.files])
    ids = tuple(file.id for file in filled.files)
    bare = _from(replace(filled, text=text), who)
    return replace(bare, files=ids, files_of=owner_of(who, filled.client_id))


def _from(filled: ContactForm, who: Guest) -> Arrival:
    if who.is_verified:
        return Arrival(filled.text, Channel.FORM, client_id=filled.client_id, external_id=who.external_id,
                       name=who.name, email=who.email, is_verified=True, subject=filled.subject,
                       page=filled.page)  # fmt: skip
    return Arrival(filled.text, Channel.FORM, client_id=filled.client_id, name=filled.name, email=filled.email,
                   subject=filled.subject, page=filled.page)  # fmt: skip
