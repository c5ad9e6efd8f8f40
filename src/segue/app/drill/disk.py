"""The scene of the drill with a disk that falls ill: it is full, has no room for the log, or writes nothing (R10)."""

from __future__ import annotations

import random
from pathlib import Path

from segue.app.drill import tracing
from segue.app.drill.behind_the_fence import FULL, NO_LOG, WRITES_FAIL, ill_disk
from segue.app.drill.fence import NotPermitted, fenced
from segue.app.drill.living import furnish
from segue.app.drill.tally import Tally
from segue.app.drill.without_a_fence import NARROW, TOLD_NO_LOG
from segue.app.leftovers import own_folder


def sick_disk(url: str, chance: random.Random, much: int, tally: Tally, furnished: Path | None = None) -> None:
    """Each ill `much` times, in a house of its own that needs nothing of `url`; in a weaker form where this machine
    lets us have no disk for it."""
    with own_folder("disk") as folder:
        folder.chmod(0o755)  # the account that PostgreSQL is lent must get through
        (folder / "house").mkdir()
        play(furnished or furnish(folder / "furnished"), folder / "house", chance.randrange(10**6), much, tally)


def play(furnished: Path, folder: Path, seed: int, much: int, tally: Tally) -> None:
    if why_not := tracing.why_not():
        tally.skip(WRITES_FAIL, why_not)
    traced = [] if why_not else [WRITES_FAIL]
    given = (str(furnished), str(folder), seed)
    try:
        tally.add_all(fenced("small_disk", *given, [FULL, NO_LOG, *traced] * much))
    except NotPermitted as error:
        tally.weaken(FULL, "the database is told so, on the disk that is there", str(error))
        told = [TOLD_NO_LOG] if traced else []
        tally.add_all(ill_disk(*given, [NARROW, *told, *traced] * much))
