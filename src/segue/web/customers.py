"""The customer's side: one conversation with the assistant, and with people when it takes people.

Every message goes through the front door, so it is durable before the page answers. The page shows this browser's own
conversation and nothing else; works without scripts, and is live with them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from segue.domain.conversation import Author, Channel, Handler, Page, Status
from segue.domain.decision import Action
from segue.domain.errors import NotFound
from segue.store.inbox import Arrival
from segue.web.doors import refuse_foreign_origin
from segue.web.guest import CHAT, WHO, Guest, guest, key_to, own_conversation, remember, vouched
from segue.web.limits import Limit
from segue.web.news import News, news, stream_of
from segue.web.pages import PageRoute, go, render
from segue.web.rooms import Rooms, rooms
from segue.web.shapes import LONGEST_TEXT
from segue.web.thread import entries

router = APIRouter(route_class=PageRoute, include_in_schema=False)
House = Annotated[Rooms, Depends(rooms)]
Field = Annotated[str, Form()]
WISH = "I would like to talk to a person, please."
SOLVED = "Yes, that solved it, thank you."
NOT_SOLVED = "No, that did not solve it."
FINE = ("", "")
"""No field is wrong."""
_MESSAGES = Limit(20, 60)
"""What one conversation may send in a minute: more than anybody types."""


@router.get("/chat")
def chat(
    request: Request, house: House, identity: str | None = None, page: Annotated[str, Query()] = "",
    title: Annotated[str, Query()] = "",
) -> Response:  # fmt: skip
    """The conversation so far, or the form that begins one. `identity` is the host's signed word on who this is."""
    now = _now()
    if identity is not None:
        return _recognised(request, house, identity, now)
    who = guest(request, house.identity, now)
    answer = _chat(house, who, now, _page_of(page or request.headers.get("referer", ""), title, request))
    if who.conversation and answer.status_code == 200:
        remember(answer, request, CHAT, key_to(house.identity, who.conversation, who, now))
    elif request.cookies.get(CHAT):
        answer.delete_cookie(CHAT)
    return answer


@router.get("/chat/thread")
def thread(request: Request, house: House) -> Response:
    """The part of the page that changes."""
    row = own_conversation(request, house, _now())
    return render("parts/chat_live.html", live=_live(house, row))


@router.get("/chat/events")
async def events(request: Request, house: House, told: Annotated[News, Depends(news)]) -> Response:
    refuse_foreign_origin(request)
    row = await run_in_threadpool(own_conversation, request, house, _now())

    async def key_is_good() -> bool:
        return guest(request, house.identity, _now()).conversation == row["id"]

    return stream_of(told.about(row["id"], key_is_good))


@router.post("/chat/messages")
async def write(
    request: Request, house: House, text: Field = "", client_id: Field = "", name: Field = "", email: Field = "",
    page: Field = "", title: Field = "",
) -> Response:  # fmt: skip
    """Takes the message; 404 for a key that is not this browser's. What cannot be taken comes back with its text."""
    refuse_foreign_origin(request)
    now, who, place = _now(), guest(request, house.identity, _now()), _page_of(page, title)
    if who.has_bad_key:
        raise NotFound("There is no conversation here.", "Begin one on the chat page.")
    text, name, email = _plain(text), _plain(name).strip()[:300], _plain(email).strip()
    typed = {"text": text, "name": name, "email": email}
    if (error := _fault(text, email, who)) != FINE:
        return await run_in_threadpool(_chat, house, who, now, place, typed, error)
    taken = await house.front_door.accept(_arrival(who, typed, client_id[:100] or str(uuid4()), place))
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
    """Out of the address and into a cookie. A token that is not good makes a visitor, not an error."""
    is_good = vouched(house.identity, token, now) is not None
    rest = request.url.remove_query_params("identity").query
    answer = go("/chat" + (f"?{rest}" if rest else ""))
    if is_good:
        remember(answer, request, WHO, token)
    else:
        answer.delete_cookie(WHO)
    return answer


def _chat(
    house: Rooms, who: Guest, now: datetime, place: Page | None, typed: dict[str, str] | None = None,
    error: tuple[str, str] = FINE,
) -> Response:  # fmt: skip
    row = _row(house, who)
    live = _live(house, row) if row else None
    status = 422 if error[0] else 200
    return render(
        "chat.html", status, now, who=who, live=live, place=place, client_id=str(uuid4()), error=error,
        typed=typed or {"text": "", "name": "", "email": ""}, wish=WISH, longest=LONGEST_TEXT,
    )  # fmt: skip


def _row(house: Rooms, who: Guest) -> dict[str, Any] | None:
    try:
        return house.conversations.one(who.conversation) if who.conversation else None
    except NotFound:
        return None


def _live(house: Rooms, row: dict[str, Any]) -> dict[str, Any]:
    """What changes on the customer's page. Notes, assessments and decisions are not among it."""
    turns = house.conversations.turns(row["id"])
    said = entries(house.conversations.thread(row["id"]), turns, "You")
    is_answer = bool(turns) and turns[-1]["decision"]["action"] == Action.ANSWER and said[-1].author == Author.ASSISTANT
    with_assistant = row["handler"] == Handler.ASSISTANT
    return {
        "number": row["number"],
        "entries": said,
        "is_considering": with_assistant and row["ready_at"] is not None,
        "asks_whether_solved": is_answer and with_assistant and row["status"] == Status.WAITING,
        "is_resolved": row["status"] == Status.RESOLVED,
        "agent": row["assignee"],
        "with_people": not with_assistant,
        "solved": SOLVED, "not_solved": NOT_SOLVED, "uuid": uuid4,
    }  # fmt: skip


def _arrival(who: Guest, typed: dict[str, str], client_id: str, place: Page | None) -> Arrival:
    """A visitor without an address is known by their first message, so that sending it twice begins one conversation."""
    if who.conversation:
        return Arrival(typed["text"], conversation_id=who.conversation, client_id=client_id, page=place)
    if who.is_verified:
        return Arrival(typed["text"], Channel.CHAT, client_id=client_id, external_id=who.external_id, name=who.name,
                       email=who.email, is_verified=True, page=place)  # fmt: skip
    return Arrival(
        typed["text"], Channel.CHAT, client_id=client_id, name=typed["name"], email=typed["email"], page=place,
        external_id=None if typed["email"] else f"visitor:{client_id}",
    )  # fmt: skip


def _fault(text: str, email: str, who: Guest) -> tuple[str, str]:
    """What is wrong with the form: the field and the words beside it."""
    if not text.strip():
        return "text", "Your message is empty. Write what it is about."
    if len(text) > LONGEST_TEXT:
        return "text", f"Your message has {len(text):,} characters; {LONGEST_TEXT:,} fit. Shorten it or send two."
    at = email.partition("@")
    if email and (len(email) > 254 or not at[0] or not at[2] or " " in email):
        return "email", "This is not an e-mail address. Correct it or leave it empty."
    key = who.conversation or ""
    if key and (seconds := _MESSAGES.wait(key)):
        return "text", f"That was many messages at once. Your text is kept; send it again in {seconds} seconds."
    if key:
        _MESSAGES.count(key)
    return FINE


def _page_of(url: str, title: str, request: Request | None = None) -> Page | None:
    """Where the customer was; our own pages and what is no web address don't count."""
    url = _plain(url).strip()[:2000]
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()
    is_ours = request is not None and parts.netloc == request.headers.get("host")
    return Page(url, _plain(title).strip()[:300]) if is_web and not is_ours else None


def _plain(text: str) -> str:
    """As typed: forms send CRLF, and PostgreSQL keeps no NUL."""
    return text.replace("\r\n", "\n").replace("\0", "")


def _now() -> datetime:
    return datetime.now(UTC)
