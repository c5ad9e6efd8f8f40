"""The customer's side: one conversation with the assistant, and with people when it takes people.

Every message goes through the front door, so it is durable before the page answers. The page shows this browser's own
conversation and nothing else; works without scripts, and is live with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from segue.domain.buttons import NOT_SOLVED, SOLVED, WISH
from segue.domain.conversation import Author, Handler, Page, Status
from segue.domain.decision import Action
from segue.domain.errors import NotFound
from segue.store.attachments import Attachments, Stored
from segue.store.mail import MailStore
from segue.texts import N_, _
from segue.web.chat_form import FINE, arrival, fault, files_of, hear_whether_solved, page_of
from segue.web.desk_assistant import is_held
from segue.web.done import ToldDone, tell
from segue.web.doors import refuse_foreign_origin
from segue.web.files import Brought, Shelf, enclosed, named
from segue.web.guest import CHAT, WHO, Guest, guest, key_to, remember, vouched
from segue.web.news import News, news, stream_of
from segue.web.pages import PageRoute, go, plain, render
from segue.web.rooms import Rooms, rooms
from segue.web.sight import as_it_stands, own_conversation
from segue.web.switching import switch_of
from segue.web.thread import entries
from segue.web.widget_look import look_of
from segue.web.widget_wait import WaitingTimes, waiting_times
from segue.web.woven import woven

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
Field = Annotated[str, Form()]
Looks = Annotated[WaitingTimes, Depends(waiting_times)]


_REFUSED = N_(
    "We could not confirm who you are, or your sign-in has expired. "
    "You can write as a guest, or go back and sign in again."
)


_LOCKED = N_(
    "This was not sent: your sign-in has run out, or the conversation is another's. "
    "Send it again to write as a guest, or go back and sign in first."
)


@dataclass(frozen=True, slots=True)
class ChatForm:
    """What the form of the chat page sends."""

    brought: Brought
    """Files that come with it."""
    kept: Annotated[list[str], Depends(named("kept"))]
    """Files of a try before, by id."""
    text: Field = ""
    client_id: Field = ""
    name: Field = ""
    email: Field = ""
    page: Field = ""
    title: Field = ""
    person: Field = ""
    """Anything: a wish for a person, which takes along what was typed."""
    solved: Field = ""
    """Yes or no, where one of the two buttons under an answer was pressed."""

    def typed(self) -> dict[str, str]:
        text = plain(self.text)
        return {
            "text": f"{text.strip()}\n\n{_(WISH)}".strip() if self.person else text,
            "name": plain(self.name).strip()[:300], "email": plain(self.email).strip(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Again:
    """What comes back with a form that could not be taken, so that nothing has to be typed or chosen again."""

    typed: dict[str, str] = field(default_factory=lambda: {"text": "", "name": "", "email": ""})
    error: tuple[str, str] = FINE
    client_id: str = field(default_factory=lambda: str(uuid4()))
    files: Sequence[Stored] = ()


@router.get("/chat")
def chat(
    request: Request, house: House, looks: Looks, done: ToldDone, identity: str | None = None,
    page: Annotated[str, Query()] = "", title: Annotated[str, Query()] = "",
) -> Response:  # fmt: skip
    """The conversation so far, or the form that begins one. `identity` is the host's signed word on who this is."""
    now = _now()
    if identity is not None:
        return _recognised(request, house, identity, now)
    who = guest(request, house.identity, now)
    row = _row(house, who)
    if row:
        MailStore(house.db).seen(row["id"], now)
    place = page_of(page or request.headers.get("referer", ""), title, request)
    answer = _chat(house, looks, who, row, now, place, told=done)
    if row:
        remember(answer, request, CHAT, key_to(house.identity, row["id"], who, now))
    elif request.cookies.get(CHAT):
        answer.delete_cookie(CHAT)
    return answer


@router.get("/chat/thread")
def thread(request: Request, house: House) -> Response:
    """The part of the page that changes."""
    row = own_conversation(house, guest(request, house.identity, _now()))
    MailStore(house.db).seen(row["id"], _now())
    return render("parts/chat_live.html", live=_live(house, row))


@router.get("/chat/events")
async def events(request: Request, house: House, told: Annotated[News, Depends(news)]) -> Response:
    refuse_foreign_origin(request)
    row = await run_in_threadpool(own_conversation, house, guest(request, house.identity, _now()))

    async def key_is_good() -> bool:
        try:
            found = await run_in_threadpool(own_conversation, house, guest(request, house.identity, _now()))
        except NotFound:
            return False
        return bool(found["id"] == row["id"])

    return stream_of(told.about(row["id"], key_is_good))


@router.post("/chat/messages")
async def write(
    request: Request, house: House, looks: Looks, sent: Annotated[ChatForm, Depends(ChatForm)]
) -> Response:  # fmt: skip
    """Takes the message, with its files. What cannot be taken comes back with its text, and the files that could; so
    does what was typed under a key that opens nothing, or no longer, and the key is let go of."""
    refuse_foreign_origin(request)
    now, who, place = _now(), guest(request, house.identity, _now()), page_of(sent.page, sent.title)
    typed, client_id = sent.typed(), plain(sent.client_id)[:100] or str(uuid4())
    address = request.client.host if request.client else ""
    files, wrong = await run_in_threadpool(files_of, request, house, who, client_id, sent.kept, sent.brought, now)
    error = ("file", wrong) if wrong else FINE
    if error == FINE:
        is_locked = who.has_bad_key
        error = ("text", _(_LOCKED)) if is_locked else fault(typed["text"], typed["email"], who, address, bool(files))
    if error != FINE:
        row = await run_in_threadpool(_row, house, who)
        again = Again(typed, error, client_id, files)
        page_again = await run_in_threadpool(_chat, house, looks, who, row, now, place, again)
        if who.has_bad_key:
            page_again.delete_cookie(CHAT)
        return page_again
    taken = await house.front_door.accept(arrival(who, typed, client_id, place, files))
    if sent.solved in ("yes", "no") and who.conversation:
        await run_in_threadpool(hear_whether_solved, house, taken, sent.solved == "yes", now)
    house.bell.ring("events")
    answer = go("/chat")
    remember(answer, request, CHAT, key_to(house.identity, taken.conversation_id, who, now))
    return answer


@router.post("/chat/new")
def begin_anew(request: Request) -> Response:
    """Lets go of the conversation; it stays with us, and this browser starts another."""
    refuse_foreign_origin(request)
    answer = go("/chat")
    answer.delete_cookie(CHAT)
    return answer


def _recognised(request: Request, house: Rooms, token: str, now: datetime) -> Response:
    """Out of the address and into a cookie. A token that is not good makes a visitor, who is told so, not an error."""
    is_good = vouched(house.identity, token, now) is not None
    rest = request.url.remove_query_params("identity").query
    answer = go("/chat" + (f"?{rest}" if rest else ""))
    if is_good:
        remember(answer, request, WHO, token)
    else:
        answer.delete_cookie(WHO)
        tell(request, answer, _(_REFUSED))
    return answer


def _chat(
    house: Rooms, looks: WaitingTimes, who: Guest, row: dict[str, Any] | None, now: datetime, place: Page | None,
    again: Again | None = None, told: str = "",
) -> Response:  # fmt: skip
    again = again or Again()
    live = _live(house, row) if row else None
    wait = looks.wait(house.workspace.live_policy(), None, now)
    return render(
        "chat.html", 422 if again.error[0] else 200, now, who=who, live=live, place=place, client_id=again.client_id,
        error=again.error, typed=again.typed, kept=[enclosed(file, None, now) for file in again.files],
        caps=house.caps, told=told, look=look_of(house.workspace),
        called=who.name or who.email or (row and row["contact"]) or _("a known customer"),
        assistant_on=switch_of(house).speaks, wait=wait,
    )  # fmt: skip


def _row(house: Rooms, who: Guest) -> dict[str, Any] | None:
    return as_it_stands(house, who.conversation) if who.conversation else None


def _live(house: Rooms, row: dict[str, Any]) -> dict[str, Any]:
    """What changes on the customer's page. Notes, assessments and decisions are not among it."""
    turns = house.conversations.turns(row["id"])
    shelf = Shelf(Attachments(house.db), house.links, _now())
    own = entries(house.conversations.thread(row["id"]), turns, _("You"))
    said = woven(house.conversations, shelf, row["id"], own, _("You"))
    is_answer = bool(turns) and turns[-1]["decision"]["action"] == Action.ANSWER and said[-1].author == Author.ASSISTANT
    with_assistant = row["handler"] == Handler.ASSISTANT
    return {
        "number": row["number"],
        "entries": said,
        "is_considering": with_assistant and row["ready_at"] is not None,
        "is_checked": is_held(row, _now()),
        "asks_whether_solved": is_answer and with_assistant and row["status"] == Status.WAITING,
        "is_resolved": row["status"] == Status.RESOLVED,
        "agent": row["assignee"],
        "with_people": not with_assistant,
        "solved": _(SOLVED),
        "not_solved": _(NOT_SOLVED),
    }


def _now() -> datetime:
    return datetime.now(UTC)
