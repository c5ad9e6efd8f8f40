"""The widget: a loader that other pages carry, the frame it opens, and what the frame asks for.

The frame's page is the same for everybody and holds nothing; who is there shows only in what it asks for, with a key in
a header (`widget_keys`). Which sites may frame it is the workspace's setting, and none but our own by default.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from pydantic import Field, StringConstraints
from starlette.exceptions import HTTPException

from segue.domain.buttons import NOT_SOLVED, SOLVED, WISH
from segue.domain.conversation import Channel
from segue.domain.errors import NotFound, Refused
from segue.domain.files import said_with
from segue.domain.said import says_nothing
from segue.store.attachments import Attachments, Stored
from segue.store.inbox import Arrival
from segue.store.widget import ORIGIN, WidgetStore
from segue.texts import _
from segue.web.chat_form import hear_whether_solved, page_of
from segue.web.claimed import is_address
from segue.web.files import BroughtOne, as_json, wait_for
from segue.web.identity import IdentityRefused
from segue.web.loading import loader_for
from segue.web.news import News, news, stream_of
from segue.web.pages import render
from segue.web.rooms import Rooms, rooms
from segue.web.routes import json
from segue.web.shapes import LONGEST_TEXT, ClientId, NoNul, PageIn, Shape, Short
from segue.web.sight import held_conversation, written_to
from segue.web.switching import switch_of
from segue.web.tongue import speaks
from segue.web.widget_hints import Hints, hints
from segue.web.widget_keys import Holder, holder, too_soon
from segue.web.widget_look import SeenLook, look_of, seen_look
from segue.web.widget_seen import notice_page
from segue.web.widget_view import Talk, standing, subject, talk, transcript
from segue.web.widget_wait import Wait, WaitingTimes, waiting_times
from segue.web.zone import see_as_here

router = APIRouter(include_in_schema=False, dependencies=[Depends(speaks), Depends(see_as_here)])
House = Annotated[Rooms, Depends(rooms)]
Who = Annotated[Holder, Depends(holder)]
Looks = Annotated[WaitingTimes, Depends(waiting_times)]
Where = Annotated[str, Query(max_length=2000)]
BEATS = 4
"""Heartbeats between two looks whether a page may still listen: it hears only that it should look, and thousands do."""
HERE = "/widget/conversations/{conversation}"
FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


class SayIn(Shape):
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT), NoNul] = ""
    files: list[Short] = Field([], max_length=50, description="Ids of uploads; with some the text may be empty.")
    client_id: ClientId
    conversation: Short | None = None
    page: PageIn | None = None
    solved: bool | None = Field(
        None, description="Whether the last answer did, where one of the two buttons was pressed."
    )
    corrects: int | None = Field(None, ge=1, lt=2**31, description="The receipt that these words correct.")
    form: bool = Field(False, description="From a form in the page's own place; only what begins a conversation.")
    subject: Annotated[str, StringConstraints(max_length=200), NoNul] = ""
    email: Annotated[str, StringConstraints(max_length=254), NoNul] = Field(
        "", description="The mail address that a visitor leaves; a form needs it."
    )


class AddressIn(Shape):
    email: Short


@router.get("/widget.js")
def loader(request: Request, seen: Annotated[SeenLook, Depends(seen_look)]) -> Response:
    """The same for everybody; a page that demands isolation may carry it, too."""
    return loader_for(request, seen.now())


@router.get("/widget/look.css")
def sheet(request: Request, house: House) -> Response:
    """The workspace's colours. Its address changes with them, so that it is asked for once."""
    look = look_of(house.workspace)
    headers = {"Cache-Control": "public, max-age=300", "ETag": f'"{look.tag}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(look.sheet, headers=headers, media_type="text/css")


@router.get("/widget")
def frame(house: House) -> Response:
    words = {"wish": _(WISH), "yes": _(SOLVED), "no": _(NOT_SOLVED), "person": _("Talk to a person")}
    answer = render("widget/frame.html", words=words, caps=house.caps, look=look_of(house.workspace))
    answer.headers["Content-Security-Policy"] = " ".join([FRAME_POLICY, *origins(house)])
    return answer


@router.get("/widget/home")
def home(
    request: Request, house: House, who: Who, looks: Looks, offers: Annotated[Hints, Depends(hints)], url: Where = "",
    title: Where = "", name: Where = "",
) -> Response:  # fmt: skip
    """Who one is here, answers for this page, earlier conversations, and how long a person takes."""
    now, store, live = _now(), WidgetStore(house.db), house.workspace.live_policy()
    known = store.who(who.owner)
    wait = looks.wait(live, known.tier if known else None, now)
    page = page_of(url, title)
    if page:
        notice_page(house, page.url, origins(house), request.headers.get("host", ""), now)
    found = offers.on(page, name, now.date(), request.client.host if request.client else "")
    mine = [(row, subject(row), standing(row)) for row in store.mine(who.owner)]
    called = who.name or (known.name if known and who.is_verified else "")
    return render(
        "widget/home.html", now=now, called=called, wait=wait, hints=found, page=page, mine=mine,
        assistant_on=switch_of(house).speaks, greeting=look_of(house.workspace).greeting,
    )  # fmt: skip


@router.get(HERE)
def read(conversation: str, house: House, who: Who, looks: Looks) -> Response:
    """The conversation as it stands. 404, and the same 404, for a foreign one."""
    now = _now()
    row, shown = _shown(house, who, conversation, now)
    wait = _wait(house, looks, row, now)
    return render("widget/talk.html", now=now, talk=shown, wait=wait, row=row, subject=subject(row))


@router.get(HERE + "/transcript")
def download(conversation: str, house: House, who: Who, name: Where = "") -> Response:
    _row, shown = _shown(house, who, conversation, _now())
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="conversation-{shown.number}.txt"',
    }
    return PlainTextResponse(transcript(shown, name.strip()[:80]), headers=headers)


@router.get("/widget/events")
async def events(
    request: Request, house: House, who: Who, told: Annotated[News, Depends(news)],
    conversation: Annotated[str, Query(max_length=80)],
) -> Response:  # fmt: skip
    """That something changed, never what. Ends when the identity does, or the conversation goes into another."""
    row = await run_in_threadpool(held_conversation, house, who, conversation)

    async def still_holds() -> bool:
        try:
            found = await run_in_threadpool(held_conversation, house, await holder(request), conversation)
        except (IdentityRefused, NotFound):
            return False
        return bool(found["id"] == row["id"])

    return stream_of(told.about(row["id"], still_holds, beats=BEATS))


@router.post("/widget/messages", status_code=202)
async def say(body: SayIn, request: Request, house: House, who: Who) -> Response:
    """Durable when the 202 arrives; the same `client_id` again is the same message.

    What is said of an answer is kept as an outcome of the one that stood above the message.
    """
    now, store = _now(), WidgetStore(house.db)
    row = await written_to(house, who, body.conversation) if body.conversation else None
    if seconds := too_soon(who, request.client.host if request.client else "", row is None):
        raise Refused(
            _("That was many messages at once."),
            _("Your text is kept; send it again in %(seconds)s seconds.", seconds=seconds),
            "/text",
        )
    if says_nothing(body.text) and not body.files:
        raise Refused(_("Your message is empty."), _("Write what it is about."), "/text")
    left = _address_left(body, who)
    files = await run_in_threadpool(_files, house, who, body) if body.files else []
    taken = await house.front_door.accept(_arrival(body, who, row["id"] if row else None, files, left))
    if body.solved is not None and row:
        await run_in_threadpool(hear_whether_solved, house, taken, body.solved, now)
    if body.corrects is not None and row:
        await run_in_threadpool(store.correct, row["id"], taken.seq, body.corrects, now)
    if left:
        await run_in_threadpool(store.give_address, taken.conversation_id, left, now)
    house.bell.ring("events")
    return json({"conversation": taken.conversation_id, "number": taken.number, "seq": taken.seq}, 202)


@router.post("/widget/attachments", status_code=201)
async def bring(request: Request, house: House, who: Who, file: BroughtOne) -> Response:
    """Keeps a file until a message takes it, a day at most. It is the holder's alone."""
    if seconds := wait_for(request, [file], house.caps):
        raise HTTPException(429, _("That was many files at once. Try again in %(seconds)s seconds.", seconds=seconds))
    house.caps.refuse(file.name, file.size)
    store, most = Attachments(house.db), 2 * house.caps.most
    return json(as_json(await run_in_threadpool(store.keep, file, _owner(who), _now(), most)), 201)


@router.post("/widget/attachments/{attachment}/remove", status_code=204)
def take_off(attachment: str, house: House, who: Who) -> None:
    """One that no message took; of any other nothing is told."""
    Attachments(house.db).remove(attachment.replace("\0", ""), _owner(who))


@router.post(HERE + "/address", status_code=204)
def leave_address(conversation: str, body: AddressIn, house: House, who: Who) -> None:
    """Where people may write to a visitor who has gone, or to a customer of whom their company told no address."""
    email = body.email.strip()
    row = held_conversation(house, who, conversation)
    _refuse_no_address(email)
    WidgetStore(house.db).give_address(row["id"], email, _now())
    house.bell.ring("events")


def origins(house: Rooms) -> list[str]:
    """Sites that may frame the widget, besides our own. What is no origin does not get into a header."""
    setting = house.workspace.setting("widget") or {}
    return [origin for origin in setting.get("origins", ()) if ORIGIN.fullmatch(str(origin))]


def _shown(house: Rooms, who: Holder, conversation: str, now: datetime) -> tuple[dict[str, Any], Talk]:
    row = held_conversation(house, who, conversation)
    return row, talk(house, row, WidgetStore(house.db).thread(row["id"]), now, who.owner.mark)


def _wait(house: Rooms, looks: WaitingTimes, row: dict[str, Any], now: datetime) -> Wait:
    return looks.wait(
        house.workspace.live_policy(), row["tier"] if row["is_verified"] else None, now, row["team_id"]
    )  # fmt: skip


def _address_left(body: SayIn, who: Holder) -> str:
    """The mail address that a visitor who fills a form in leaves; empty for everybody else. Raises Refused."""
    if not body.form or body.conversation or who.is_verified:
        return ""
    _refuse_no_address(body.email.strip())
    return body.email.strip()


def _refuse_no_address(email: str) -> None:
    if not is_address(email):
        raise Refused(_("This is not an e-mail address."), _("Correct it: it looks like name@company.com."), "/email")


def _files(house: Rooms, who: Holder, body: SayIn) -> list[Stored]:
    """Raises FileRefused."""
    client_id = body.client_id if body.conversation else who.owner.mark + body.client_id
    found = Attachments(house.db).mine(list(dict.fromkeys(body.files)), _owner(who), client_id)
    house.caps.refuse_together([file.size for file in found], "/files")
    return found


def _owner(who: Holder) -> str:
    return f"who:{who.owner.external_id}"


def _arrival(body: SayIn, who: Holder, conversation: str | None, files: list[Stored], left: str) -> Arrival:
    """`left`: the mail address that a guest leaves, known from the first word on."""
    text, ids = said_with(body.text, [file.name for file in files]), tuple(file.id for file in files)
    page = page_of(body.page.url, body.page.title or "") if body.page else None
    if conversation:
        return Arrival(text, conversation_id=conversation, client_id=body.client_id, page=page, files=ids,
                       files_of=_owner(who))  # fmt: skip
    return Arrival(
        text, Channel.FORM if body.form else Channel.CHAT, client_id=who.owner.mark + body.client_id,
        external_id=who.owner.external_id, name=who.name, email=who.email or left, is_verified=who.is_verified,
        subject=body.subject.strip() if body.form else "", page=page, files=ids, files_of=_owner(who),
    )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)
