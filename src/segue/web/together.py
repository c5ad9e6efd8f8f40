"""Desks that ask for their list at the same moment are answered together.

The one idea: all of them heard of the same change, so they come at once, and what one list costs is hardly its own. Who
asks, what they may see and what is theirs alone is read for all of them in one statement, which begins after the last
of them asked: so each is let in by their own session, and is shown their own deed. Whatever is not a plain list goes
on as if it had never been here, to the page's own route.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

import structlog
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.types import ASGIApp, Receive, Scope, Send

from segue.domain.errors import SegueError
from segue.domain.traces import traced
from segue.store.database import Database
from segue.store.own import own_of_sessions
from segue.texts import ENGLISH, forms, speaking
from segue.web.doors import COOKIE
from segue.web.held import TOLD
from segue.web.line import LONGEST, Line, refuse
from segue.web.list_alone import Kept, is_elsewhere, made_alone, named_in
from segue.web.pages import PRIVATE, is_mac, on_a_mac
from segue.web.rail import MOST, is_counted
from segue.web.tongue import browsers, workspace_language
from segue.web.waiting import CONVERSATION, PASSING, Round, Turn
from segue.web.zone import see_as_here

log = structlog.get_logger()
MOST_AT_ONCE = 16
"""Lists made in one go: some five milliseconds, in which whoever writes is let in between."""
WEIGHT = 0.05
"""Of the newest in the mean time that a list takes."""
VIEWS = frozenset(view.id for view in TOLD)
"""Views whose rows all desks share; others are read or searched for."""
_HERE = re.compile(re.escape(CONVERSATION) + r"(cnv_[0-9A-Z]{26})")


@dataclass(frozen=True, slots=True)
class Ask:
    """A list that is asked for."""

    session: str
    conversation: str
    """What stands open there; empty for nothing."""
    view: str
    named: frozenset[str]
    """What the page heard of."""
    language: str
    """Which the workspace has chosen, or else the browser asks for; empty where neither does. One's own goes first."""
    is_mac: bool
    zone: tzinfo = UTC


class Lists:
    """Of one process: who waits for a list, and what is made for them."""

    def __init__(self, db: Database, kept: Kept) -> None:
        self._db, self._kept = db, kept
        self._waiting, self._asks = Round(), dict[Turn, Ask]()
        self._making: asyncio.Task[None] | None = None
        self._takes = 0.0

    @property
    def each(self) -> float:
        """Seconds from one list to the next while several are waited for, in the mean."""
        return self._takes

    async def one(self, ask: Ask) -> Markup | None:
        """None for who must ask the page's own route. Raises TimeoutError for who would have to wait for longer than
        for a place in the line."""
        if ask.conversation and not is_elsewhere(self._kept, ask.conversation, ask.named):
            return None
        turn: asyncio.Future[Markup | None] = asyncio.get_running_loop().create_future()
        self._asks[turn] = ask
        self._waiting.add(ask.session, turn)
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._make())
        try:
            return await asyncio.wait_for(turn, LONGEST)
        finally:
            self._waiting.remove(ask.session, turn)
            self._asks.pop(turn, None)

    async def _make(self) -> None:
        while turns := self._next():
            asks, begun = [self._asks[turn] for turn in turns], time.monotonic()
            try:
                made: Sequence[Markup | None] = await run_in_threadpool(self._made, asks)
            except SegueError:
                made = [None] * len(asks)  # the route says what is wrong, to each in their language
            except Exception as error:  # a fault in one of them is nobody else's: their own route finds whose it is
                log.error("lists.failed", lists=len(asks), **traced(error))
                made = [None] * len(asks)
            self._takes += WEIGHT * ((time.monotonic() - begun) / len(asks) - self._takes)
            for turn, one in zip(turns, made, strict=True):
                if not turn.done():
                    turn.set_result(one)

    def _next(self) -> list[Turn]:
        turns = list[Turn]()
        while len(turns) < MOST_AT_ONCE and (turn := self._waiting.next()):
            turns.append(turn)
        return turns

    def _made(self, asks: Sequence[Ask]) -> list[Markup | None]:
        now = datetime.now(UTC)
        with self._db.kept():
            who = [(ask.session, ask.conversation) for ask in asks]
            theirs = own_of_sessions(self._db, who, now, MOST, self._kept.unresolved.known)
            made = list[Markup | None]()
            for ask, found in zip(asks, theirs, strict=True):
                if found is None or not is_counted(self._db.conninfo, found[1].saved, found[0].id, now):
                    made.append(None)
                    continue
                me, its = found
                here, said = ask.conversation or None, me.language or ask.language or ENGLISH
                with speaking(said), forms.seeing_in(ask.zone), on_a_mac(ask.is_mac):
                    made.append(made_alone(self._kept, self._db, me, here, ask.view, "", ask.named, now, its))
            return made


class Together:
    """The layer before the line: lists take no place in it, for together they cost little."""

    def __init__(self, app: ASGIApp, lists: Lists, line: Line) -> None:
        self._app, self._lists, self._line = app, lists, line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ask = asked(scope)
        if ask is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        await see_as_here(request)
        language = await workspace_language(request) or ask.language
        try:
            made = await self._lists.one(replace(ask, language=language, zone=forms.zone()))
        except TimeoutError:
            await refuse(self._line.refusal(LONGEST), scope, receive, send)
            return
        if made is None:
            await self._app(scope, receive, send)
        else:
            await HTMLResponse(made, headers=PRIVATE)(scope, receive, send)


def asked(scope: Scope) -> Ask | None:
    """None where a request is for anything else than a plain list, as a page asks that stands open."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/desk"):
        return None
    at = _HERE.fullmatch(scope["path"])
    if at is None and scope["path"] != "/desk":
        return None
    request = Request(scope)
    headers, wishes, session = request.headers, request.query_params, request.cookies.get(COOKIE, "")
    named, view = named_in(request), wishes.get("view", "")
    is_plain = "x-part" not in headers and headers.get("sec-fetch-dest", "empty") == "empty"
    is_known = len(wishes.multi_items()) <= 1 and (view in VIEWS or not wishes)
    if not named or not session or not is_plain or not is_known or (at and named & {at[1], at[1] + PASSING}):
        return None
    return Ask(session, at[1] if at else "", view, named, browsers(request), is_mac(request))
