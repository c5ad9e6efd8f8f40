"""A desk that stands open and heard of changes elsewhere is shown its list alone, not its conversation again.

The one idea: the page says of which conversations it heard; whether one of them shows in what stands open is decided
here, where it is known what a page shows. Where that is not sure the whole page is the answer: it is never wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from segue.domain.people import Agent
from segue.store.database import Database
from segue.store.own import Own
from segue.store.unresolved import Snapshot, Unresolved
from segue.web.desk_view import Opened
from segue.web.listed import listed, views_of
from segue.web.news import FOR_EVERY_DESK
from segue.web.not_gone import notice
from segue.web.pages import PRIVATE, piece
from segue.web.queue_view import open_queue
from segue.web.rooms import Rooms
from segue.web.waiting import CHANGED, PASSING

MANY = 100
"""Names in a request; whoever heard of more is shown all."""
KEPT = 2000


class _Beside(NamedTuple):
    """What a conversation's page shows besides it: anything of its customer's, and what it names."""

    customer: str
    others: frozenset[str]

    def is_without(self, conversation: str, named: frozenset[str]) -> bool:
        """Whether the page of `conversation` names none of those."""
        return not named & {conversation, conversation + PASSING} and not named & self.others


def named_in(request: Request) -> frozenset[str]:
    """The conversations that the page heard of, with `PASSING` behind those that somebody only came to or left; empty
    where anything may have changed."""
    names = request.headers.get(CHANGED, "").split(",")
    return frozenset() if "" in names or len(names) > MANY else frozenset(names)


def keep_beside(request: Request, seen: Opened) -> None:
    """That a page of that conversation shows this."""
    beside = _kept(request).beside
    beside.pop(seen.row["id"], None)  # the newest stands last
    beside[seen.row["id"]] = _Beside(seen.row["contact_id"], seen.beside)
    if len(beside) > KEPT:
        beside.popitem(last=False)


def list_alone(
    request: Request, house: Rooms, me: Agent, conversation: str | None, view: str, q: str, now: datetime
) -> Response | None:  # fmt: skip
    """None where the whole page is wanted, or what was named may show in `conversation`."""
    named = named_in(request)
    if request.method != "GET" or not named:
        return None
    made = made_alone(_kept(request), house.db, me, conversation, view, q, named, now)
    return None if made is None else HTMLResponse(made, headers=PRIVATE)


def made_alone(
    kept: Kept, db: Database, me: Agent, conversation: str | None, view: str, q: str, named: frozenset[str],
    now: datetime, its: Own | None = None,
) -> Markup | None:  # fmt: skip
    """The same as a text, for who heard of `named`; `its`: what is theirs alone, where it was read just now."""
    beside = kept.beside.get(conversation) if conversation else None
    if conversation and (beside is None or not beside.is_without(conversation, named)):
        return None
    shown = open_queue(db, me.id, view, q, now, kept.unresolved, its)
    if beside and (shown.standing is None or _is_concerned(beside, shown.standing, named)):
        return None
    return piece(
        "parts/list.html", now=now, me=me, queue=shown, conversation=conversation, mine=shown.mine, place=shown.place,
        rows=listed(shown, me, conversation, now), views=views_of(shown),
        not_gone=notice(shown.unsent),
    )  # fmt: skip


def is_elsewhere(kept: Kept, conversation: str, named: frozenset[str]) -> bool:
    """Whether none of `named` is known to show on that one's page; whose they are is not looked at."""
    beside = kept.beside.get(conversation)
    return beside is not None and beside.is_without(conversation, named)


def for_all(request: Request) -> Unresolved | None:
    """What all share, for a page that stands open and asks again, whatever it heard of; None for who comes to it."""
    return _kept(request).unresolved if CHANGED in request.headers else None


def _is_concerned(beside: _Beside, standing: Snapshot, named: frozenset[str]) -> bool:
    """Of whom one is that was resolved long ago is not known here: it may be this customer's."""
    told = (one for one in named if not one.endswith(PASSING))
    is_theirs = any(standing.contacts.get(one, beside.customer) == beside.customer for one in told)
    return is_theirs or bool(named & standing.wide)


class Kept:
    """Of this process."""

    def __init__(self, db: Database) -> None:
        self.unresolved = Unresolved(db, FOR_EVERY_DESK)
        self.beside: OrderedDict[str, _Beside] = OrderedDict()


def _kept(request: Request) -> Kept:
    found = request.app.state.desk_lists
    assert isinstance(found, Kept)
    return found
