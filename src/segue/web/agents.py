"""The desk: the pages an agent reads. What their hands do stands in `hands.py`, what they type in `composing.py`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from segue.desk.guard import LONGEST_REPLY
from segue.domain.errors import NotFound
from segue.domain.ids import message_id
from segue.domain.people import Agent
from segue.insight.explaining import Explainer
from segue.store.attention import Attention
from segue.store.drafts import Drafts
from segue.store.mentions import Mentions
from segue.store.trace import Traces
from segue.store.unsent import UnsentStore
from segue.texts import _, languages
from segue.web import (
    attaching,
    beside,
    bulk_page,
    company_sign_in,
    composing,
    hands,
    inserting,
    invited,
    macros_page,
    my_access,
    passkeys,
    second_step,
    telling,
    views_page,
    whole_mail,
)
from segue.web.desk_page import is_part, mine_of, show
from segue.web.doors import COOKIE, refuse_foreign_origin, signed_in
from segue.web.keys import AFTER, KEYS, preferences, wrong_with
from segue.web.lead_page import names, page
from segue.web.list_alone import named_in
from segue.web.news import News, news, stream_of
from segue.web.pages import PageRoute, go, plain, render
from segue.web.reasoned import title_of
from segue.web.rooms import Rooms, rooms
from segue.web.ruled import rule_of
from segue.web.sight import Shown
from segue.web.sign_in import router as doors

often = APIRouter(route_class=PageRoute, include_in_schema=False)
"""What every open desk asks for at every change: it is looked for before all else."""
router = APIRouter(route_class=PageRoute, include_in_schema=False)
router.include_router(doors)
router.include_router(second_step.router)
router.include_router(passkeys.router)
router.include_router(company_sign_in.router)
router.include_router(invited.router)
router.include_router(my_access.router)
router.include_router(hands.router)
router.include_router(composing.router)
router.include_router(attaching.router)
router.include_router(inserting.router)
router.include_router(macros_page.router)
router.include_router(bulk_page.router)
router.include_router(telling.router)
router.include_router(views_page.router)
router.include_router(whole_mail.router)
router.include_router(beside.router)
House = Annotated[Rooms, Depends(rooms)]
Me = Annotated[Agent, Depends(signed_in)]
View = Annotated[str, Query(max_length=40)]
HERE = "/desk/conversations/{conversation}"


@often.get("/desk")
def desk(request: Request, house: House, me: Me, view: View = "", q: str = "") -> Response:
    """A list, with its first conversation open. `q` searches the whole history."""
    return show(request, house, me, None, _now(), view=view, q=q)


@often.get(HERE)
def conversation(
    request: Request, conversation: str, house: House, me: Me, view: View = "", q: str = "", draft: bool = False
) -> Response:
    """`draft` puts the assistant's suggestion into the composer. Whoever was called here has been, once they see it."""
    heard = named_in(request)
    if not is_part(request) and (not heard or conversation in heard):
        Mentions(house.db).see(conversation, me.id, _now())
    return show(request, house, me, conversation, _now(), view=view, q=q, wants_draft=draft)


@router.get(HERE + "/why")
def why(
    request: Request, conversation: str, house: House, me: Me, seq: Annotated[int | None, Query(ge=1, lt=2**31)] = None
) -> Response:
    """The why-card of a message: of the newest that was decided, unless another is named."""
    row = house.conversations.one(conversation)
    decided = [turn["seq"] for turn in house.conversations.turns(conversation)]
    before = [n for n in decided if seq is None or n <= seq]
    if not before:
        raise NotFound(
            _("Nothing was decided here yet."), _("The assistant has considered no message of this conversation.")
        )
    card, record = Explainer(house.workspace, Traces(house.db)).explain(message_id(conversation, before[-1]))
    template = "parts/why_card.html" if is_part(request) else "why.html"
    return render(
        template,
        me=me,
        row=row,
        card=card,
        title=title_of(record),
        rule=rule_of(house, card, record),
        seq=before[-1],
        names=names(house),
    )


@router.get(HERE + "/trace")
def trace(conversation: str, house: House, me: Me) -> Response:
    """Every turn as it was stored."""
    row = house.conversations.one(conversation)
    turns = [(t["seq"], _readable(t)) for t in house.conversations.turns(conversation)]
    return render("trace.html", me=me, row=row, turns=turns)


# one's own desk


@router.get("/desk/me")
def ask_preferences(house: House, me: Me, kept: bool = False) -> Response:
    return _preferences(house, me, kept=kept)


@router.post("/desk/me")
async def keep_preferences(
    request: Request, house: House, me: Me, after: Annotated[str, Form()] = "next",
    letters: Annotated[bool, Form()] = False, notify: Annotated[bool, Form()] = False,
    language: Annotated[str, Form(max_length=10)] = "",
) -> Response:  # fmt: skip
    """Keys come as `key:ACTION`; an empty one, or the usual one, is nothing of one's own."""
    form = await request.form()
    usual = {key.action: key.keys[0] for key in KEYS}
    asked = {a: str(form.get(f"key:{a}", "")).strip()[:20] for a in usual}
    own = {action: key for action, key in asked.items() if key and key != usual[action]}
    wishes = {"letters": letters, "notify": notify, "after": after if after in AFTER else "next", "keys": own,
              "language": language if language in languages() else ""}  # fmt: skip
    if wrong := wrong_with(own):
        return await run_in_threadpool(_preferences, house, me, wishes, wrong)
    await run_in_threadpool(Attention(house.db).prefer, me.id, wishes, _now())
    house.bell.ring("events")
    return go("/desk/me?kept=true")


@router.post("/desk/me/forget")
def forget_draft(
    house: House, me: Me, number: Annotated[int, Form(ge=1, lt=2**62)],
    kind: Annotated[Literal["reply", "note"], Form()], text: Annotated[str, Form()] = "",
    reply: Annotated[str, Form(max_length=200)] = "",
) -> Response:  # fmt: skip
    """What was typed where one may not look any more; with its `text` it comes back. `reply`: one that was refused,
    which comes back by its id."""
    if reply:
        return _forget_refused(house, me, reply, back=bool(text))
    was = Drafts(house.db).forget(number, me.id, kind, _now(), plain(text)[:LONGEST_REPLY])
    return _preferences(
        house, me, forgotten={"number": number, "kind": kind, "text": was, "reply": ""} if was else None
    )


def _forget_refused(house: Rooms, me: Agent, reply: str, back: bool) -> Response:
    theirs = next((one for one in Drafts(house.db).no_longer_seen(me.id) if one["reply"] == reply), None)
    UnsentStore(house.db).drop_reply(reply, me.id, _now(), back)
    return _preferences(house, me, forgotten=None if theirs is None else theirs | {"text": theirs["body"]})


def _preferences(
    house: Rooms, me: Agent, wishes: dict[str, Any] | None = None, wrong: dict[str, str] | None = None,
    kept: bool = False, forgotten: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    return page(
        house, me, "me.html", 422 if wrong else 200, wished=preferences(wishes) if wishes else mine_of(house, me),
        afters=AFTER, remappable=[key for key in KEYS if not key.is_typed], wrong=wrong or {}, kept=kept,
        languages=languages(), typed=Drafts(house.db).no_longer_seen(me.id), forgotten=forgotten,
    )  # fmt: skip


# what happens


@router.get("/desk/events", dependencies=[Depends(signed_in)])
async def events(request: Request, house: House, me: Me, told: Annotated[News, Depends(news)]) -> Response:
    refuse_foreign_origin(request)
    token = request.cookies.get(COOKIE, "")

    async def still_signed_in() -> bool:
        return await run_in_threadpool(house.workspace.session, token, _now()) is not None

    there = await run_in_threadpool(Attention(house.db).before, me.id, _now())
    return stream_of(told.about(None, still_signed_in, Shown(house.db, me.id), me=me.id, open_there=there))


def _readable(turn: dict[str, Any]) -> str:
    return orjson.dumps(turn, option=orjson.OPT_INDENT_2).decode()


def _now() -> datetime:
    return datetime.now(UTC)
