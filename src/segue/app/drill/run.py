"""`segue drill`: the storm, then every scene, in a data folder of its own that is thrown away.

Everything that is drawn comes from one seed. Threads and the machine bring chances of their own, so a seed plays the
same drill again, not the same microseconds.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
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
from segue.app.log import set_up
from segue.store.migrate import migrate
from segue.store.server import Server

AT_ONCE = 2
"""Scenes that are played at once."""
WEBS = 2
"""While one is started again the other takes messages, or is killed too: with one alone a storm mostly waits for it, in
a house that is down already."""


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
    # those that take long come first, so that none is left alone at the end
    ((turns.sick_turns, 14), (disk.sick_disk, 1), (races.races, 1000), (postal.sick_mailbox, 60), (tracking.issues, 60),
     (lines.sick_line, 300), (scenes.mirror, 600), (postal.sick_server, 40), (lines.cut_line, 180), (scenes.poison, 1),
     (scenes.takeovers, 200), (scenes.zombies, 200), (jumping.jumps, 1000), (lines.backup, 200), (scenes.poison, 3),
     (scenes.poison, 4), (scenes.poison, 5), (scenes.prose, 200), (scenes.failures, 120), (scenes.clocks, 60),
     (post.mails, 120), (post.sick_line, 60)),
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
        with tally.timed("furnishing"):
            furnished = furnish(folder / "furnished")
        say("The storm: processes are killed and stopped under load.")
        (folder / "storm").mkdir()
        with tally.timed("storm"):
            happened = storm(
                furnished, folder / "storm", random.Random(seed), plan.kills, plan.stops, plan.seconds, tally, webs=WEBS
            )
        say(f"It took {tally.seconds['storm']:.0f} s. Now the scenes, {AT_ONCE} at once.")
        server = Server(folder / "scenes", say=lambda _: None)
        try:
            play(plan.much, seed, server.start(), tally, say)
        finally:
            server.stop()
    return tally, happened


def quiet() -> None:
    """What fails here fails on purpose, and is not told of by whoever met it."""
    set_up("critical")
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)


def play(scenes: Sequence[tuple[Scene, int]], seed: int, url: str, tally: Tally, say: Callable[[str], object]) -> None:
    """Each in a database of its own on the server at `url`, and several at once: mostly a scene waits for PostgreSQL,
    PostgreSQL for the scene, or both for a line that is sick."""
    empty = f"drill_{os.getpid()}"
    _do(url, f"create database {empty}")
    migrate(make_conninfo(url, dbname=empty))
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("spawn"), _begin) as players:
        playing = {
            players.submit(_played, *scene, f"{seed}/{n}", url, empty, n): scene for n, scene in enumerate(scenes)
        }
        try:
            for played in as_completed(playing):
                scene, much = playing[played]
                tally.take(own := played.result())
                say(f"{_name(scene)}: {much}, {sum(own.seconds.values()):.0f} s")
        finally:
            players.shutdown(cancel_futures=True)
    _do(url, f"drop database {empty} with (force)")


def _begin() -> None:
    """In each of the processes that play."""
    quiet()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _played(scene: Scene, much: int, seed: str, url: str, empty: str, n: int) -> Tally:
    """In a copy of the database `empty`, which has every migration and nothing else."""
    tally, name = Tally(), f"{empty}_{n}"
    with tally.timed(_name(scene)):
        _do(url, f"create database {name} template {empty} strategy file_copy")
        scene(make_conninfo(url, dbname=name), random.Random(seed), much, tally)
        _do(url, f"drop database {name} with (force)")
    return tally


def _name(scene: Scene) -> str:
    """With its file's: of sick lines there are two."""
    return f"{scene.__module__.rpartition('.')[2]}.{scene.__name__}"


def _do(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
