"""What the storm of the drill makes of what it saw, without the storm: that it would tell. And that the whole drill is
as much as it says, each of its scenes among them.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from faults.bugs import plant
from faults.test_drill import SCENES
from segue.app.cli.main import app
from segue.app.drill import disk, races, scenes, storm
from segue.app.drill.load import Load
from segue.app.drill.run import FULL, QUICK, play
from segue.app.drill.small import small_house
from segue.app.drill.tally import LINES, Tally
from segue.store.backup import back_up
from segue.store.inbox import LEASE, SILENCE


def test_the_whole_drill_is_as_much_as_was_promised_and_leaves_no_scene_out() -> None:
    assert sum(FULL.kills[kind] for kind in ("web", "worker", "encoder")) == 200
    assert FULL.kills["postgres"] == 20
    assert len(FULL.stops) == 2
    assert LEASE.total_seconds() < min(FULL.stops), "who sleeps less is no zombie past its lease"
    assert SILENCE.total_seconds() < min(QUICK.stops), "who sleeps less is not taken for dead"
    assert dict(FULL.much)[races.races] == 1000
    tried = {scene for scene, *_ in SCENES}
    assert {scene for scene, _ in FULL.much} == tried | {disk.sick_disk}
    assert {scene for scene, _ in QUICK.much} == tried


def told_of(url: str, load: Load, found: list[str]) -> Tally:
    tally = Tally()
    storm._tell(SimpleNamespace(url=url), load, found, tally)  # type: ignore[arg-type]
    return tally


def test_what_the_rows_and_the_customers_say_comes_to_its_line(database_url: str) -> None:
    with small_house(database_url) as house:
        for text in ("Why is it higher?", "I want to talk to a person"):
            house.customer_writes(text=text)
        house.drain()
        load = Load(0, 1, acknowledged=list(house.acknowledged), refusals=["500 for w1"])

        tally = told_of(database_url, load, ["lost: w1 is not there", "spoke over a person: cnv_1 said 2"])

    assert tally.tried["R1"] == tally.tried["R2"] == tally.tried["R13"] == 2
    assert tally.tried["R3"] == 2, "an answer, and who is next"
    assert {line: told for line, told in tally.broken.items() if told} == {
        "R1": ["lost: w1 is not there"], "R5": ["spoke over a person: cnv_1 said 2"], "R10": ["500 for w1"],
    }  # fmt: skip


def test_words_that_nobody_decided_are_told(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant("words_go_out_whatever_was_decided", monkeypatch.setattr)
    with small_house(database_url) as house:
        house.customer_writes(text="I want to talk to a person")
        house.drain()

        assert told_of(database_url, Load(0, 1), []).broken["R13"]


def test_what_a_backup_lacks_of_what_was_acknowledged_before_it_is_told(database_url: str, tmp_path: Path) -> None:
    with small_house(database_url) as house:
        house.customer_writes()
        back_up(database_url, tmp_path / "backup")
        house.customer_writes()

        (told,) = storm._not_restored(database_url, tmp_path / "backup", house.acknowledged)

    assert told.startswith("lost: c1 ")


@dataclass
class Looked:
    """A mirror, and what a fresh look finds; `behind`: looks until it has heard of the last change."""

    shown: dict[str, Any]
    now: dict[str, Any]
    behind: int = 10**6
    looks: int = field(default=0)

    def fetched(self, path: str) -> Any:
        self.looks += 1
        conversation = path.rpartition("/")[2]
        if self.looks > self.behind:
            self.shown[conversation] = self.now[conversation]
        return self.now[conversation]


@pytest.mark.parametrize(
    ("mirror", "told"),
    [
        (Looked({"cnv_1": {"status": "open"}}, {"cnv_1": {"status": "open"}}), []),
        (Looked({}, {"cnv_1": {"status": "open"}}), ["cnv_1 is shown as it was: not at all"]),
        (
            Looked({"cnv_1": {"status": "open"}}, {"cnv_1": {"status": "resolved"}}),
            ["cnv_1 is shown as it was: status"],
        ),
        (Looked({"cnv_1": {"status": "open"}}, {"cnv_1": {"status": "resolved"}}, behind=3), []),
    ],
    ids=["alike", "never heard of", "stale", "a moment behind"],
)
def test_a_mirror_that_stays_behind_is_told_and_one_that_is_late_is_waited_for(
    mirror: Looked, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storm, "time", SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic))

    assert storm._unlike(mirror, {"cnv_1"}) == told  # type: ignore[arg-type]


@pytest.mark.parametrize(("broken", "code"), [((), 0), (("lost: w1 is not there",), 1)])
def test_the_command_tells_seed_and_every_line_and_ends_with_one_where_any_was_broken(
    broken: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def played(plan: object, seed: int, say: object) -> tuple[Tally, dict[str, int]]:
        tally = Tally()
        tally.add("R1", 3, broken)
        return tally, {"messages": 3}

    monkeypatch.setattr("segue.app.drill.run.drill", played)
    monkeypatch.setattr("segue.app.drill.run.set_up", lambda _level: None)
    monkeypatch.setattr(logging.getLogger("psycopg.pool"), "setLevel", lambda _level: None)

    done = CliRunner().invoke(app, ["drill", "--seed", "5", "--json"])
    told = json.loads(done.stdout)

    assert done.exit_code == code
    assert told["seed"] == 5
    assert set(told["invariants"]) == set(LINES)
    assert told["invariants"]["R1"] == {"tried": 3, "broken": len(broken)}


def test_scenes_are_played_each_in_a_database_of_its_own_and_what_each_took_is_told(database_url: str) -> None:
    tally, said = Tally(), list[str]()
    many = [(scenes.prose, 3), (scenes.zombies, 2), (scenes.prose, 2)]

    play(many, 5, database_url, tally, said.append)

    assert (tally.tried["R13"], tally.tried["R3"]) == (5, 2)
    assert tally.is_whole
    assert sorted(line.rpartition(",")[0] for line in said) == [
        "scenes.prose: 2",
        "scenes.prose: 3",
        "scenes.zombies: 2",
    ]
    told = tally.figures(5)["seconds"]
    assert set(told) == {"scenes.prose", "scenes.zombies"}
    assert all(seconds > 0 for seconds in told.values())
