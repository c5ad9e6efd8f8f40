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
from segue.intake.worker import Worker
from segue.store.inbox import Arrival


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    scene: int
    text: str
    is_last: bool


def morning(house: House, now: datetime) -> int:
    """Writes it all into a seeded house; returns how many conversations there are."""
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
        if moment.is_last and "takes" in scene:
            house.hands.take(begun[moment.scene], f"agt_{scene['takes']}", moment.at + timedelta(minutes=1))
    return len(begun)


def _moments(scenes: list[dict[str, Any]], now: datetime) -> Iterator[Moment]:
    for number, scene in enumerate(scenes):
        last = len(scene["messages"]) - 1
        for place, (text, ago) in enumerate(zip(scene["messages"], scene["ago"], strict=True)):
            yield Moment(now - timedelta(minutes=ago), number, text, place == last)
