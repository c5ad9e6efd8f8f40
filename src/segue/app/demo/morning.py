"""The morning on which the demo company opens its desk for the first time: conversations that are under way.

Each message is accepted and considered in its own minute by the real house; only the customers' words are written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.app.demo.read import written
from segue.app.door import House
from segue.app.mind import Mind
from segue.domain.conversation import Channel, Page
from segue.domain.ids import new_id
from segue.intake.worker import Worker
from segue.policy.settings import changed
from segue.store.attention import Attention
from segue.store.inbox import Arrival
from segue.store.macros import Macro, MacroStore
from segue.store.saved_views import SavedView, SavedViews
from segue.store.tags import Tags


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    scene: int
    text: str
    is_last: bool


def morning(house: House, now: datetime) -> int:
    """Writes it all into a seeded house; returns how many conversations there are."""
    _tools(house, now)
    scenes = written("morning.yaml")
    pages = {page["id"]: Page(page["url"], page["title"]) for page in written("company.yaml")["pages"]}
    clock, mind, begun = [now], Mind(house), dict[int, str]()
    worker = Worker(house.inbox, mind, lambda: clock[0])
    for moment in sorted(_moments(scenes, now), key=lambda moment: moment.at):
        scene, clock[0] = scenes[moment.scene], moment.at
        arrival = Arrival(
            moment.text, Channel(scene["channel"]), begun.get(moment.scene), external_id=f"con_{scene['contact']}",
            is_verified=True, page=pages[scene["page"]],
        )  # fmt: skip
        begun[moment.scene] = house.inbox.accept(arrival, moment.at).conversation_id
        worker.work_off()
        if moment.is_last:
            _dealt_with(house, begun[moment.scene], scene, moment.at + timedelta(minutes=1))
    return len(begun)


def _tools(house: House, now: datetime) -> None:
    """What people have made for themselves by then."""
    found = written("tools.yaml")
    for one in found["macros"]:
        owner = f"agt_{one['owner']}" if "owner" in one else None
        macro = Macro(
            new_id("mac", now), one["name"], one["text"], tuple(one.get("tags", ())), one.get("snooze", ""),
            resolves=one.get("resolves", False), owner_id=owner,
        )  # fmt: skip
        MacroStore(house.db).put(macro, owner or "agt_lena", now)
    for one in found["views"]:
        owner = f"agt_{one['owner']}" if "owner" in one else None
        SavedViews(house.db).put(
            SavedView(new_id("sav", now), one["name"], one["query"], owner), owner or "agt_lena", now
        )
    second, (_number, live) = found["policy"], house.workspace.live_policy() or (0, "")
    body = changed(live, {tuple(path.split(".")): value for path, value in second["changes"].items()})
    house.workspace.apply_policy(body, "agt_lena", second["note"], now)


def _dealt_with(house: House, conversation: str, scene: dict[str, Any], now: datetime) -> None:
    """What people did with it, once the customer had written: filed, taken, set aside."""
    who = f"agt_{scene.get('takes', 'mira')}"
    for tag in scene.get("tags", ()):
        Tags(house.db).put(conversation, tag, who, now)
    if "takes" in scene:
        house.hands.take(conversation, who, now)
    if "aside" in scene:
        Attention(house.db).snooze(conversation, who, now + timedelta(hours=scene["aside"]), now)


def _moments(scenes: list[dict[str, Any]], now: datetime) -> Iterator[Moment]:
    for number, scene in enumerate(scenes):
        last = len(scene["messages"]) - 1
        for place, (text, ago) in enumerate(zip(scene["messages"], scene["ago"], strict=True)):
            yield Moment(now - timedelta(minutes=ago), number, text, place == last)
