"""The switch of the assistant, thrown by a lead with a reason, from every page (learning/switching)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Response

from segue.domain.people import Agent
from segue.learning import switching
from segue.learning.switching import Switch
from segue.policy.settings import Policy, load
from segue.store.anew import Anew
from segue.texts import _, forms
from segue.web.doors import leading
from segue.web.pages import PageRoute, go, plain, render
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """Vectors made anew for another encoder."""

    done: int
    of: int

    @property
    def share(self) -> str:
        return forms.share(self.done / max(self.of, 1))


@dataclass(frozen=True, slots=True)
class Shown(Switch):
    """With how far it is with reading everything anew, None where it has no other encoder than before; and whether
    customers may be told that it answers first."""

    reads_anew: Progress | None = None
    speaks: bool = True


@router.get("/autonomy/switch")
def ask(house: Annotated[Rooms, Depends(rooms)], me: Annotated[Agent, Depends(leading)], back: str = "") -> Response:
    return _asked(house, me, back)


@router.post("/autonomy/switch")
def throw(
    house: Annotated[Rooms, Depends(rooms)], me: Annotated[Agent, Depends(leading)],
    to: Annotated[str, Form(pattern="^(on|off)$")], reason: Annotated[str, Form(max_length=300)] = "",
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """Publishes the live policy with the assistant on or off. Throwing it twice changes nothing."""
    why = plain(reason).strip()
    if not why:
        return _asked(house, me, back, _("Say why: whoever reads the history later was not there."), 422)
    if house.workspace.live_policy():
        _new, is_new = switching.throw(house.workspace, to == "on", me.id, why, datetime.now(UTC))
        if is_new:
            house.bell.ring("events")
    return go(_ours(back))


def _asked(house: Rooms, me: Agent, back: str, error: str = "", status: int = 200) -> Response:
    return render("switch.html", status, me=me, switch=switch_of(house), back=_ours(back), error=error)


def switch_of(house: Rooms) -> Shown:
    live, progress = house.workspace.live_policy(), Anew(house.db).progress()
    anew = Progress(int(progress["done"]), int(progress["of"])) if progress else None
    if not live:
        return Shown(True, 0, anew)
    policy = read(live[1])
    return Shown(policy.assistant, live[0], anew, speaks=policy.answers_alone and anew is None)


@lru_cache(maxsize=8)
def read(body: str) -> Policy:
    """A policy that was read before: every page of a lead, and every desk, asks for the live one."""
    return load(body)


def _ours(back: str) -> str:
    parts = urlsplit(back)
    is_ours = not parts.scheme and not parts.netloc and back.startswith("/") and not back.startswith("//")
    return back if is_ours and "\\" not in back else "/autonomy"
