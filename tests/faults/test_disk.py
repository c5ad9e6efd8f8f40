"""R10: the disk under the house is full, has no room for the database's log, or writes nothing. Nobody is told what is
not so, and once it is well nobody has to lend a hand. A real disk of its own, behind a fence (`segue.app.drill.fence`).
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from peers import needed
from segue.app.drill import disk
from segue.app.drill.behind_the_fence import FULL, WRITES_FAIL
from segue.app.drill.fence import NotPermitted, fenced
from segue.app.drill.tally import Tally


def refuses(scene: str, *given: Any) -> dict[str, Any]:
    raise NotPermitted("no namespace of its own is to be had: as on many a machine")


@pytest.mark.faults
def test_a_disk_that_is_full_or_writes_nothing_costs_nobody_a_message(furnished: Path, tmp_path: Path) -> None:
    if os.environ.get("CI"):
        needed("strace")  # elsewhere the disk that writes nothing is left out, and said to be
    held(played(furnished, tmp_path), tmp_path)


@pytest.mark.faults
@pytest.mark.long
@pytest.mark.parametrize("has_strace", [True, False], ids=["strace", "no strace"])
def test_where_no_disk_can_be_had_for_it_the_database_is_told_so(
    has_strace: bool, furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "fenced", refuses)
    if not has_strace:
        monkeypatch.setattr(disk.tracing, "why_not", lambda: "there is no strace")

    tally = played(furnished, tmp_path)

    held(tally, tmp_path, 30 if has_strace else 20)
    assert set(tally.weaker) == {FULL}
    assert set(tally.skipped) == (set() if has_strace and not disk.tracing.why_not() else {WRITES_FAIL})


def played(furnished: Path, folder: Path) -> Tally:
    for place in (folder, *folder.parents[:3]):
        place.chmod(place.stat().st_mode | 0o011)  # the account that PostgreSQL is lent must get through
    (folder / "house").mkdir()
    tally = Tally()
    disk.play(furnished, folder / "house", 5, 1, tally)
    return tally


def held(tally: Tally, folder: Path, least: int = 31) -> None:
    """`least`: messages that must have been taken, ten before the first ill and ten after each."""
    assert tally.broken == {line: [] for line in tally.broken}, (folder / "house" / "house.log").read_text()[-3000:]
    assert tally.tried["R1"] >= least
    assert tally.tried["R10"] > 0


def test_what_this_machine_does_not_permit_is_said_and_not_called_held() -> None:
    tally = Tally()
    tally.skip(WRITES_FAIL, "there is no strace")
    tally.weaken(FULL, "the database is told so", "nothing can be mounted")

    assert tally.figures(1)["skipped"] == {WRITES_FAIL: "there is no strace"}
    assert tally.figures(1)["weaker"] == {FULL: "the database is told so: nothing can be mounted"}
    assert "Skipped: a disk that writes nothing (there is no strace)" in tally.told()
    assert "In a weaker form: a full disk, the database is told so: nothing can be mounted" in tally.told()


def test_what_happens_behind_the_fence_is_seen_by_nobody(tmp_path: Path) -> None:
    """Nor what was tried where none is permitted."""
    before = seen()
    with suppress(NotPermitted):
        fenced("nothing")
    assert seen() == before


def seen() -> tuple[str, list[str]]:
    """This machine's mounts and network lines."""
    return Path("/proc/self/mountinfo").read_text(), sorted(line.name for line in Path("/sys/class/net").iterdir())
