"""The desk: a queue, one conversation with its briefing, and what an agent's hands can do. Plain forms; live where
scripts run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from segue.desk.guard import flaws
from segue.domain.errors import Conflict, Refused
from segue.domain.ids import new_id
from segue.domain.people import Agent
from segue.store.desk import Solution
from segue.web.desk_view import opened
from segue.web.doors import COOKIE, refuse_foreign_origin, signed_in
from segue.web.news import News, news, stream_of
from segue.web.pages import PageRoute, go, plain, render
from segue.web.queue_view import open_queue
from segue.web.rooms import Rooms, rooms
from segue.web.sign_in import router as doors

router = APIRouter(route_class=PageRoute, include_in_schema=False)
router.include_router(doors)
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(signed_in)]
View = Annotated[str, Query(max_length=40)]
FormView = Annotated[str, Form()]
HERE = "/desk/conversations/{conversation}"


@router.get("/desk")
def desk(house: House, me: Me, view: View = "") -> Response:
    """The queue, with its most pressing conversation open."""
    return _desk(house, me, view, None)


@router.get(HERE)
def conversation(conversation: str, house: House, me: Me, view: View = "", draft: bool = False) -> Response:
    """`draft` puts the assistant's suggestion into the composer."""
    return _desk(house, me, view, conversation, wants_draft=draft)


@router.get(HERE + "/trace")
def trace(conversation: str, house: House, me: Me) -> Response:
    """Every turn as it was stored."""
    row = house.conversations.one(conversation)
    turns = [(t["seq"], _readable(t)) for t in house.conversations.turns(conversation)]
    return render("trace.html", me=me, row=row, turns=turns)


# what hands do


@router.post(HERE + "/reply")
def reply(
    conversation: str, house: House, me: Me, text: Annotated[str, Form()] = "", view: FormView = "",
    seen_seq: Annotated[int, Form(ge=0)] = 0, client_id: Annotated[str, Form(max_length=100)] = "",
) -> Response:  # fmt: skip
    """Sends, unless the customer wrote something the agent has not seen: then nothing is lost and they read first."""
    text = plain(text)
    if found := flaws(text):
        return _desk(house, me, view, conversation, text=text, flaw=f"{found[0].what_happened} {found[0].what_to_do}")
    try:
        house.hands.reply(conversation, me.id, text, _now(), client_id or None, seen_seq)
    except Conflict as conflict:
        return _desk(house, me, view, conversation, text=text, conflict=str(conflict))
    return _done(house, conversation, view)


@router.post(HERE + "/approve")
def approve(conversation: str, house: House, me: Me, seq: Annotated[int, Form(ge=1)], view: FormView = "") -> Response:
    """Sends the suggestion as it stands, under the agent's name."""
    return _act(house, me, conversation, view, lambda: house.ladder.approve_answer(conversation, seq, me.id, _now()))


@router.post(HERE + "/note")
def note(conversation: str, house: House, me: Me, text: Annotated[str, Form()] = "", view: FormView = "") -> Response:
    text = plain(text)
    if not text.strip() or len(text) > 20_000:
        flaw = "The note is empty. Write something." if not text.strip() else "The note is too long. Shorten it."
        return _desk(house, me, view, conversation, text=text, flaw=flaw, is_note=True)
    house.hands.note(conversation, me.id, text, _now())
    return _done(house, conversation, view)


@router.post(HERE + "/claim")
def claim(
    conversation: str, house: House, me: Me, view: FormView = "", force: Annotated[bool, Form()] = False
) -> Response:
    return _act(house, me, conversation, view, lambda: house.hands.take(conversation, me.id, _now(), force))


@router.post(HERE + "/assign")
def assign(conversation: str, house: House, me: Me, to: Annotated[str, Form()] = "", view: FormView = "") -> Response:
    """`to` is "agent:" or "team:" and an id."""
    kind, _, name = to.partition(":")
    whom = {"to": name} if kind == "agent" else {"team": name}
    return _act(house, me, conversation, view, lambda: house.hands.assign(conversation, me.id, _now(), **whom))


@router.post(HERE + "/hand-back")
def hand_back(conversation: str, house: House, me: Me, view: FormView = "") -> Response:
    answer = _act(house, me, conversation, view, lambda: house.hands.hand_back(conversation, me.id, _now()))
    house.bell.ring("ready")
    return answer


@router.post(HERE + "/resolve")
def resolve(conversation: str, house: House, me: Me, view: FormView = "") -> Response:
    """The last words sent count as what solved it."""
    return _act(house, me, conversation, view, lambda: house.hands.resolve(conversation, me.id, Solution(""), _now()))


@router.post(HERE + "/reopen")
def reopen(conversation: str, house: House, me: Me, view: FormView = "") -> Response:
    return _act(house, me, conversation, view, lambda: house.hands.reopen(conversation, me.id, _now()))


@router.post(HERE + "/hold", status_code=204)
def hold(conversation: str, house: House, me: Me) -> None:
    """The agent's hands are on the composer: the assistant does not speak meanwhile."""
    house.hands.hold(conversation, me.id, _now())
    house.bell.ring("events")


# what happens


@router.get("/desk/events", dependencies=[Depends(signed_in)])
async def events(request: Request, house: House, told: Annotated[News, Depends(news)]) -> Response:
    refuse_foreign_origin(request)
    token = request.cookies.get(COOKIE, "")

    async def still_signed_in() -> bool:
        return await run_in_threadpool(house.workspace.session, token, _now()) is not None

    return stream_of(told.about(None, still_signed_in))


def _act(house: Rooms, me: Agent, conversation: str, view: str, deed: Callable[[], object]) -> Response:
    try:
        deed()
    except (Conflict, Refused) as error:
        return _desk(house, me, view, conversation, refusal=str(error))
    return _done(house, conversation, view)


def _done(house: Rooms, conversation: str, view: str) -> Response:
    house.bell.ring("events")
    return go(f"/desk/conversations/{conversation}?view={quote(view)}")


def _desk(
    house: Rooms, me: Agent, view: str, conversation: str | None, *, text: str = "", flaw: str = "", conflict: str = "",
    refusal: str = "", is_note: bool = False, wants_draft: bool = False,
) -> Response:  # fmt: skip
    """The whole desk. `text` is what the agent had typed; `flaw`, `conflict` and `refusal` say why it was not taken."""
    now = _now()
    shown = open_queue(house.conversations, me.id, view, now)
    chosen = conversation or (shown.rows[0]["id"] if shown.rows else None)
    seen = opened(house, chosen, now) if chosen else None
    status = 409 if conflict or refusal else 422 if flaw else 200
    return render(
        "desk.html", status, now, me=me, queue=shown, seen=seen, is_list=conversation is None, flaw=flaw,
        conflict=conflict, refusal=refusal, is_note=is_note, client_id=new_id("cli", now),
        text=text or (seen.suggestion if seen and wants_draft else ""),
        agents=house.workspace.agents(), teams=house.workspace.teams(),
    )  # fmt: skip


def _readable(turn: dict[str, Any]) -> str:
    return orjson.dumps(turn, option=orjson.OPT_INDENT_2).decode()


def _now() -> datetime:
    return datetime.now(UTC)
