"""The living house of the drill, with bugs planted into its processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from segue.app.drill import living
from segue.app.drill.living import LivingHouse, furnish, same_owners, send_to_all

__all__ = ["LivingHouse", "furnish", "living_house", "same_owners", "seeded", "send_to_all"]
HERE = Path(__file__).parent


@contextmanager
def living_house(
    furnished: Path, folder: Path, bugs: tuple[str, ...] = (), workers: int = 2, url: str = ""
) -> Iterator[LivingHouse]:
    with living.living_house(furnished, folder, seeded(bugs), workers, url) as house:
        yield house


def seeded(bugs: Sequence[str]) -> dict[str, str]:
    """What a house's processes are told: `seeded/sitecustomize.py`, found before anything of ours is loaded, plants
    the bugs."""
    places = (str(HERE / "seeded"), str(HERE.parent), os.environ.get("PYTHONPATH", ""))
    return {"SEGUE_SEEDED": ",".join(bugs), "PYTHONPATH": os.pathsep.join(places)}
