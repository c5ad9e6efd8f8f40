"""`segue drill`: the storm, then every scene, in a data folder of its own that is thrown away.

Everything that is drawn comes from one seed. Threads and the machine bring chances of their own, so a seed plays the
same drill again, not the same microseconds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from segue.app.drill import disk, jumping, lines, post, postal, races, scenes, tracking, turns
from segue.app.drill.killing import CRASH
from segue.app.drill.living import furnish
from segue.app.drill.scenes import Scene
from segue.app.drill.storm import PAST_LEASE, PAST_SILENCE, storm
from segue.app.drill.tally import Tally
from segue.app.leftovers import own_folder
from segue.store.migrate import migrate
from segue.store.server import Server


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    kills: Mapping[str, int]
    stops: Sequence[float]
    """Seconds for each time that a worker is stopped."""
    seconds: float
    """After which no more is killed."""
    much: tuple[tuple[Scene, int], ...]


FULL = Plan(
    {"web": 60, "worker": 80, "encoder": 60, "postgres": 20, CRASH: 4}, (PAST_LEASE, PAST_LEASE), 400,
    ((scenes.failures, 120), (scenes.takeovers, 200), (races.races, 1000), (scenes.zombies, 200), (scenes.clocks, 60),
     (scenes.poison, 1), (scenes.poison, 3), (scenes.poison, 4), (scenes.poison, 5), (scenes.prose, 200),
     (scenes.mirror, 600),
     (lines.sick_line, 300), (turns.sick_turns, 14), (post.mails, 120), (post.sick_line, 60), (lines.backup, 200),
     (jumping.jumps, 1000), (postal.sick_mailbox, 60), (postal.sick_server, 40), (tracking.issues, 60),
     (lines.cut_line, 180), (disk.sick_disk, 1)),
)  # fmt: skip
QUICK = Plan(
    {"web": 2, "worker": 3, "encoder": 2, "postgres": 1}, (PAST_SILENCE,), 20,
    ((scenes.failures, 20), (scenes.takeovers, 20), (races.races, 100), (scenes.zombies, 20), (scenes.clocks, 8),
     (scenes.poison, 3), (scenes.prose, 20), (scenes.mirror, 80), (lines.sick_line, 60), (turns.sick_turns, 3),
     (post.mails, 16), (post.sick_line, 10),
     (lines.backup, 40), (jumping.jumps, 60), (postal.sick_mailbox, 12), (postal.sick_server, 8), (tracking.issues, 12),
     (lines.cut_line, 30)),
)  # fmt: skip


def drill(plan: Plan, seed: int, say: Callable[[str], object]) -> tuple[Tally, dict[str, Any]]:
    """The tally, and what the storm was. Raises what cannot be helped: a house that does not come up."""
    tally = Tally()
    with own_folder("drill") as folder:
        say("A house is being furnished.")
        furnished = furnish(folder / "furnished")
        say("The storm: processes are killed and stopped under load.")
        (folder / "storm").mkdir()
        until = time.monotonic() + plan.seconds
        happened = storm(furnished, folder / "storm", random.Random(seed), plan.kills, plan.stops, until, tally)
        _play(plan, seed, folder / "scenes", tally, say)
    return tally, happened


def _play(plan: Plan, seed: int, folder: Path, tally: Tally, say: Callable[[str], object]) -> None:
    """Each scene in a database of its own."""
    server = Server(folder, say=lambda _: None)
    url = server.start()
    try:
        for n, (scene, much) in enumerate(plan.much):
            say(f"{scene.__name__.replace('_', ' ').capitalize()}: {much}")
            name = f"scene_{n}"
            _do(url, f"create database {name}")
            at = make_conninfo(url, dbname=name)
            migrate(at)
            scene(at, random.Random(f"{seed}/{n}"), much, tally)
            _do(url, f"drop database {name} with (force)")
    finally:
        server.stop()


def _do(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
