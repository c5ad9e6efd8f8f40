"""One replay from folder to figures, in an empty database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from segue.app.cli.common import err
from segue.app.door import House, open_house
from segue.app.encoding import encoder_for
from segue.app.fitting import fit
from segue.app.mind import Mind
from segue.app.replay.play import Course, Play
from segue.app.replay.report import report
from segue.app.replay.stream import Item, items
from segue.app.replay.watching import TimedEncoder, Witness
from segue.app.replay.workspace import LEAD, Folder, load
from segue.app.schedule import follow
from segue.app.settings import Settings
from segue.policy.settings import load as load_policy


def read(workspace: Path, stream: Path, limit: int | None) -> tuple[Folder, list[Item]]:
    """Both as they can be played, before anything is started for them. Raises Refused."""
    folder = Folder(workspace)
    folder.check()
    return folder, items(stream, limit)


def run(settings: Settings, folder: Folder, played: list[Item], learn: bool, budget: float | None) -> dict[str, Any]:
    """The figures of `report`, with what the fit said of itself under `fit`."""
    encoder = TimedEncoder(encoder_for(replace(settings, encoder_socket="")))
    house = open_house(settings, encoder)
    try:
        fitted = _prepare(folder, house, played, budget)
        courses, watch, seconds = _play(folder, house, encoder, played, learn)
        return {"fit": fitted, **report(courses, watch, seconds, _budget(house))}
    finally:
        house.db.close()


def _prepare(folder: Folder, house: House, played: list[Item], budget: float | None) -> dict[str, Any]:
    begin = min((item.at for item in played), default=datetime.now().astimezone())
    err.print("Loading the workspace and encoding its history.")
    load(folder, house)
    if budget is not None:
        _set_budget(house, budget, begin)
    err.print("Fitting the heads and the day-0 threshold.")
    return fit(house, begin)


def _budget(house: House) -> float:
    live = house.workspace.live_policy()
    assert live is not None
    return load_policy(live[1]).budget.wrong


def _set_budget(house: House, budget: float, now: datetime) -> None:
    live = house.workspace.live_policy()
    assert live is not None
    written = yaml.safe_load(live[1]) | {"budget": {"wrong": budget, "sure": 0.95}}
    house.workspace.apply_policy(yaml.safe_dump(written, sort_keys=False), LEAD.id, "The budget asked for.", now)


def _play(
    folder: Folder, house: House, encoder: TimedEncoder, played: list[Item], learn: bool
) -> tuple[list[Course], Witness, float]:
    mind = Mind(house)
    watch = Witness(mind, encoder)
    play = Play(
        house, watch, folder.always_human, frozenset(i.id for i in folder.catalogue.intents),
        _daily(house, mind) if learn else None,
    )  # fmt: skip
    begin = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("Replaying", total=len(played))
        courses = [_counted(course, progress, task) for course in play.run(played)]
    return courses, watch, time.monotonic() - begin


def _counted(course: Course, progress: Progress, task: Any) -> Course:
    progress.advance(task)
    return course


def _daily(house: House, mind: Mind) -> Callable[[datetime], None]:
    """Refits when a simulated day has passed since the last time."""
    last: list[datetime] = []

    def relearn(now: datetime) -> None:
        follow(house, mind, now)
        if not last:
            last.append(now)
        if now - last[0] >= timedelta(days=1):
            last[0] = now
            fit(house, now)
            mind.refresh()

    return relearn
