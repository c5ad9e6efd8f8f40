"""R10: the disk under the house is full, has no room for the database's log, or writes nothing. Nobody is told what is
not so, and once it is well nobody has to lend a hand. A real disk of its own, behind a fence (`segue.app.drill.fence`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from peers import needed
from segue.app.drill import disk
from segue.app.drill.behind_the_fence import FULL
from segue.app.drill.fence import NotPermitted, fenced
from segue.app.drill.tally import Tally


@pytest.mark.faults
def test_a_disk_that_is_full_or_writes_nothing_costs_nobody_a_message(furnished: Path, tmp_path: Path) -> None:
    if os.environ.get("CI"):
        needed("strace")  # elsewhere the disk that writes nothing is left out, and said to be
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)  # the account that PostgreSQL is lent must get through
    (tmp_path / "house").mkdir()
    tally = Tally()

    disk.play(furnished, tmp_path / "house", 5, 1, tally)

    if FULL in tally.skipped:
        pytest.skip(tally.skipped[FULL])
    assert tally.broken == {line: [] for line in tally.broken}, (tmp_path / "house" / "house.log").read_text()[-3000:]
    assert tally.tried["R1"] > 30
    assert tally.tried["R10"] > 0


def test_what_this_machine_does_not_permit_is_said_and_not_called_held() -> None:
    tally = Tally()
    tally.skip(FULL, "nothing can be mounted")

    assert tally.figures(1)["skipped"] == {FULL: "nothing can be mounted"}
    assert "Skipped: a full disk (nothing can be mounted)" in tally.told()


def test_what_happens_behind_the_fence_is_seen_by_nobody(tmp_path: Path) -> None:
    before = seen()
    try:
        fenced("nothing")
    except NotPermitted as error:
        pytest.skip(str(error))
    assert seen() == before


def seen() -> tuple[str, list[str]]:
    """This machine's mounts and network lines."""
    return Path("/proc/self/mountinfo").read_text(), sorted(line.name for line in Path("/sys/class/net").iterdir())
