"""Trying Segue out: the demo company, its story, and replays of real messages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.app.cli.common import Data, Json, err, out, print_json, settings, show
from segue.app.reach import place, reached, throwaway

if TYPE_CHECKING:
    from segue.app.door import House


def add_to(app: typer.Typer) -> None:
    for command in (seed, demo, replay, screenshots):
        app.command()(command)


def seed(
    conversations: Annotated[
        int | None, typer.Option(help="Grow its past to so many, by copies: for measuring at size.", min=2_000)
    ] = None,
    chance: Annotated[int, typer.Option("--seed", help="Of those copies: the same seed, the same past.")] = 7,
    lived: Annotated[
        int, typer.Option(help="So many of the last weeks are lived through, so that figures say something.", min=0)
    ] = 80,
    data: Data = None,
    json: Json = False,
) -> None:
    """Load the demo company: 12 accounts, 4 agents, their lead, 41 articles, 1,500 past conversations, weeks with the
    assistant, a morning's open ones."""
    from segue.app.door import open_house
    from segue.app.up import begin_anew_if_half_loaded, is_untouched
    from segue.domain.errors import Conflict
    from segue.store.furnished import loading

    with reached(chosen := settings(data)) as at:
        err.print(f"This is about {place(chosen)}.", markup=False, highlight=False)
        begin_anew_if_half_loaded(at.database_url)
        if not is_untouched(at.database_url):
            raise Conflict("The database is not empty.", "Seed a new one with --data DIR.")
        err.print("Loading the demo company (once).")
        house = open_house(at)
        with house.db.kept():
            house.db.run("set synchronous_commit = off")  # what is loaded halfway is of no use to anybody
            with loading(house.db):
                loaded = _loaded(house, conversations, chance, lived)
        house.db.close()
    show(loaded, json)


def _loaded(house: House, conversations: int | None, chance: int, lived: int) -> dict[str, Any]:
    from segue.app.demo.lived import MOVED_IN, Life
    from segue.app.demo.many import multiply
    from segue.app.demo.morning import morning
    from segue.app.demo.seed import seed as furnish

    now = datetime.now(UTC)
    loaded = furnish(house, now, now - MOVED_IN)
    if conversations:
        loaded = multiply(house, conversations, now, chance, err.print)
    elif lived:
        Life(house, now, chance).weeks(lived)
    morning(house, now)
    return loaded


def demo(
    data: Data = None,
    browser: Annotated[bool, typer.Option("--browser", help="In Chromium, with both sides on the screen.")] = False,
    headless: Annotated[bool, typer.Option("--headless", help="No pauses, no window.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="No pauses.")] = False,
    json: Json = False,
) -> None:
    """Play the story of the first minute, through the real house. Exit code 1 where a step went otherwise.

    In the terminal days pass between the steps; in the browser they are only said, for it shows a house that runs now.
    """
    from segue.app.demo import on_screen, playing

    pause = 0.0 if headless or fast or json else 1.5
    with throwaway(settings(data), "demo") as at:
        if browser:
            report = on_screen.play(at, 2 * pause, say=not json, headless=headless)
        else:
            report = playing.play(at, pause, say=not json)
    if json:
        print_json(report)
    if not report["as_told"]:
        raise typer.Exit(1)


def replay(
    workspace: Annotated[Path, typer.Argument(help="A workspace folder.")],
    stream: Annotated[Path, typer.Option(help="Arriving items, one JSON object a line.")],
    limit: Annotated[int | None, typer.Option(help="Only the first items.", min=1)] = None,
    learn: Annotated[bool, typer.Option("--learn", help="What people resolve teaches, refitted once a day.")] = False,
    budget: Annotated[
        float | None, typer.Option(help="Error budget: share of wrong answers.", min=0.001, max=0.5)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Replay a stream through the real intake, inbox and turns, in simulated time and a database of its own."""
    from segue.app.replay.report import show
    from segue.app.replay.run import read, run

    folder, played = read(workspace, stream, limit)
    with throwaway(settings(data), "replay") as at:
        figures = run(at, folder, played, learn, budget)
    print_json(figures) if json else show(figures, out)


def screenshots(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")],
    readme: Annotated[bool, typer.Option("--readme", help="Only the desk, as the README shows it.")] = False,
    only: Annotated[str, typer.Option(help="Only the screens whose name has this in it.")] = "",
    data: Data = None,
) -> None:
    """Take a picture of every screen of the demo company, light and dark, in four widths."""
    from segue.app.pictures import take, take_two

    with throwaway(settings(data), "screens") as at:
        for file in take_two(at, folder) if readme else take(at, folder, only):
            out.print(file, highlight=False)
