"""A first start that is ended while it loads the demo company: the next heals it, and nobody's work is lost by that."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from typer.testing import CliRunner

from segue.app import running
from segue.app.cli import trying
from segue.app.cli.main import app
from segue.app.door import House
from segue.app.settings import Settings
from segue.app.up import begin_anew_if_half_loaded
from segue.domain.people import Team
from segue.store.database import Database
from segue.store.furnished import is_furnished, loading


def seed(url: str) -> int:
    return CliRunner().invoke(app, ["seed"], env={"DATABASE_URL": url, "SEGUE_ENCODER": "standin"}).exit_code


def teams(db: Database) -> list[str]:
    return [row.id for row in db.all("select id from teams")]


def load_half(db: Database) -> None:
    with suppress(KeyboardInterrupt), db.kept(), loading(db):
        db.run("insert into teams (id, name) values ('half', 'Half')")
        raise KeyboardInterrupt


def test_what_was_loaded_halfway_is_loaded_anew(
    database_url: str, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(house: House, *_: Any) -> dict[str, Any]:
        house.workspace.put_team(Team("half", "Half"))
        raise KeyboardInterrupt

    def whole(house: House, *_: Any) -> dict[str, Any]:
        house.workspace.put_team(Team("whole", "Whole"))
        return {"company": "Ledgerly"}

    monkeypatch.setattr(trying, "_loaded", half)
    assert seed(database_url) != 0
    assert teams(db) == ["half"]

    monkeypatch.setattr(trying, "_loaded", whole)
    assert seed(database_url) == 0
    assert teams(db) == ["whole"]
    assert seed(database_url) != 0, "a whole one is not loaded over"
    begin_anew_if_half_loaded(database_url)
    assert teams(db) == ["whole"]


def test_a_start_without_the_demo_finds_nothing_of_it(database_url: str, db: Database) -> None:
    load_half(db)

    begin_anew_if_half_loaded(database_url)

    assert teams(db) == []
    with db.connection() as connection:
        assert not is_furnished(connection)


def test_what_is_being_loaded_or_was_served_is_left_alone(
    database_url: str, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.kept(), loading(db):
        db.run("insert into teams (id, name) values ('loading', 'Loading')")
        begin_anew_if_half_loaded(database_url)
        assert teams(db) == ["loading"]

    load_half(db)
    ended = threading.Event()
    ended.set()
    monkeypatch.setattr(running, "_stop_on_signals", lambda: ended)
    monkeypatch.setattr(running, "listen", lambda *_: iter(()))
    running.run_worker(Settings(database_url=database_url, encoder="standin"))

    begin_anew_if_half_loaded(database_url)
    assert teams(db) == ["loading", "half"]
