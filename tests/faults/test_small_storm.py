"""A storm of a whole house, small enough to be played each time: real processes are killed and PostgreSQL is stopped at
once while customers write and agents act; then promises, a mirror that was kept by events alone, and a backup that was
taken meanwhile are compared with what is stored. (Forty kills are test_kills.py; two hundred and more, `segue drill`.)
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from faults.living import seeded
from segue.app.drill.storm import storm
from segue.app.drill.tally import Tally

KILLS = {"web": 1, "worker": 2, "encoder": 1, "postgres": 1}
"""`kill -9` each, but for PostgreSQL: that is stopped at once."""
MESSAGES = 40
TRIED = {"R1", "R2", "R3", "R4", "R5", "R10", "R11", "R12", "R13"}
"""What a storm is about; of the others scenes tell."""


def played(furnished: Path, folder: Path, kills: dict[str, int], *bugs: str) -> Tally:
    tally = Tally()
    happened = storm(furnished, folder, random.Random(7), kills, (), 60, tally, seeded(bugs), MESSAGES)
    print(f"\n{happened}\n" + "\n".join(tally.told()))
    return tally


@pytest.mark.faults
def test_a_house_that_is_killed_and_stopped_while_people_write_keeps_what_it_promised(
    furnished: Path, tmp_path: Path
) -> None:
    tally = played(furnished, tmp_path, KILLS, "turns_take_a_moment")

    assert tally.skipped == {}
    assert {line: told for line, told in tally.broken.items() if told} == {}
    assert {line for line, times in tally.tried.items() if times} >= TRIED
    assert tally.tried["R1"] >= MESSAGES


@pytest.mark.long
@pytest.mark.faults
def test_a_mirror_that_is_told_nothing_of_what_the_assistant_does_is_noticed(furnished: Path, tmp_path: Path) -> None:
    tally = played(furnished, tmp_path, {"web": 1}, "what_the_assistant_does_is_told_to_nobody", "turns_take_a_moment")

    assert tally.broken["R11"]
    assert {line for line, told in tally.broken.items() if told} == {"R11"}
