"""The desk as a page: list, conversation, briefing. A page that is already open asks for the conversation only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from fastapi import Request, Response

from segue.desk.finding import OPERATORS
from segue.desk.snoozing import choices
from segue.desk.tagging import rule
from segue.domain.errors import NotFound
from segue.domain.ids import new_id
from segue.domain.people import LEADS, READS_ONLY, Agent
from segue.store.attention import Attention
from segue.store.macros import MacroStore
from segue.store.tags import Tags
from segue.web.desk_view import Opened, opened
from segue.web.keys import AREAS, Preferences, preferences, registry
from segue.web.list_alone import for_all, keep_beside, list_alone
from segue.web.listed import listed, views_of
from segue.web.macro_words import also, who_is_who
from segue.web.mail_health import sick_line
from segue.web.not_gone import notice
from segue.web.pages import go, render
from segue.web.queue_view import open_queue, place_of
from segue.web.rooms import Rooms
from segue.web.switching import switch_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """What had been typed, and why it was not taken."""

    text: str = ""
    flaw: str = ""
    """Something is wrong with the text."""
    file: str = ""
    """Something is wrong with a file."""
    conflict: str = ""
    """Somebody wrote meanwhile."""
    refusal: str = ""
    """The deed is not possible, or not now."""
    tag: str = ""
    """What cannot be a tag; `refusal` says why."""
    address: str = ""
    """What was typed as the customer's address; `address_flaw` says what is wrong with it."""
    address_flaw: str = ""
    is_note: bool = False
    is_sent: bool = False
    """The reply went out; only what was to follow it is refused."""
    macro: str | None = None
    """What was posted with a reply; None where no reply was, then what the draft carries counts."""

    @property
    def status(self) -> int:
        return 409 if self.conflict or self.refusal else 422 if self.flaw or self.file or self.address_flaw else 200


def show(
    request: Request, house: Rooms, me: Agent, conversation: str | None, now: datetime, *, view: str = "", q: str = "",
    refused: Refusal | None = None, wants_draft: bool = False,
) -> Response:  # fmt: skip
    """The whole desk, or, for a page that is open already, the conversation alone, or what stands beside it."""
    if (alone := list_alone(request, house, me, conversation, view, q, now)) is not None:
        return alone
    refused = refused or Refusal()
    values = {
        "me": me, "refused": refused, "client_id": new_id("cli", now), "place": place_of(view, q),
        "agents": [a for a in house.workspace.agents() if a.role != READS_ONLY],
        "teams": house.workspace.teams(), "snoozes": choices(now),
        "catalogue": house.workspace.catalogue(), "caps": house.caps,
        "known_tags": [tag.name for tag in Tags(house.db).all()], "tag_rule": rule(),
    }  # fmt: skip
    if conversation and is_part(request):
        part = _opened(request, house, me, conversation, now, refused)
        return render(
            "parts/stage.html", refused.status, now, seen=part, is_list=False, wants_draft=wants_draft,
            carried=_carried(house, part), **values,
        )  # fmt: skip
    shown = open_queue(house.db, me.id, view, q, now, for_all(request))
    chosen = conversation or (shown.rows[0]["id"] if shown.rows else None)
    seen = _opened(request, house, me, chosen, now, refused) if chosen else None
    mine, values["place"] = shown.mine, shown.place
    return render(
        "desk.html", refused.status, now, queue=shown, seen=seen, is_list=conversation is None, mine=mine,
        keys=as_json(mine, role=me.role), areas=AREAS, sheet=registry(mine, role=me.role),
        switch=switch_of(house), leads=me.role in LEADS, operators=OPERATORS, wants_draft=wants_draft,
        carried=_carried(house, seen), rows=listed(shown, me, chosen, now), views=views_of(shown),
        not_gone=notice(shown.unsent), sick=sick_line(house, now), **values,
    )  # fmt: skip


def _opened(
    request: Request, house: Rooms, me: Agent, conversation: str, now: datetime, refused: Refusal
) -> Opened:  # fmt: skip
    seen = opened(house, me.id, conversation, now)
    keep_beside(request, seen)
    return _as_posted(house, me, seen, refused)


def _as_posted(house: Rooms, me: Agent, seen: Opened, refused: Refusal) -> Opened:
    """With the macro of the reply that was refused; what the stored draft carries may be older, or nothing."""
    if refused.macro is None:
        return seen
    macro = None
    with suppress(NotFound):
        macro = MacroStore(house.db).one(refused.macro, me.id) if refused.macro else None
    return replace(seen, carried=macro)


def _carried(house: Rooms, seen: Opened | None) -> str:
    """What is done besides once the reply has gone, in words."""
    return " · ".join(also(seen.carried, who_is_who(house))) if seen and seen.carried else ""


def is_part(request: Request) -> bool:
    return request.headers.get("x-part") == "conversation"


def back_to(conversation: str, place: str) -> Response:
    """To the conversation, in the list it was opened from."""
    return go(f"/desk/conversations/{conversation}?{place}")


def mine_of(house: Rooms, me: Agent) -> Preferences:
    return preferences(Attention(house.db).preferences(me.id))


def as_json(mine: Preferences, page: str = "desk", role: str = "agent") -> str:
    return orjson.dumps(registry(mine, page, role)).decode()
