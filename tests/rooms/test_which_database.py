"""Which database a command is about: what the command line says, then DATABASE_URL, then the folder; and it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from typer.testing import CliRunner

from segue.app.cli.main import app
from segue.app.cli.trying import seed
from segue.domain.errors import Conflict, Refused
from segue.policy.settings import STARTERS, fitted
from segue.store.backup import back_up
from segue.store.database import Database
from segue.store.workspace import Workspace

LENA = (
    "insert into agents (id, name, email, role, created_at) values ('agt_lena', 'Lena', 'l@x.example', 'lead', now())"
)


@pytest.fixture
def live(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of a house that people work in, as `DATABASE_URL` names it in their shell."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(LENA)
    db = Database(database_url).open()
    Workspace(db).apply_policy(fitted(next(iter(STARTERS)), [], None), "Lena", "", datetime.now(UTC))
    db.close()
    return database_url


def agents(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute("select name from agents order by name")]


def test_a_restore_is_rehearsed_in_a_folder_and_the_house_in_the_environment_is_not_touched(
    live: str, tmp_path: Path
) -> None:
    back_up(live, tmp_path / "backup")
    with psycopg.connect(live) as connection:
        connection.execute("update agents set name = 'Lena Later'")
    tried = ["--data", str(tmp_path / "tried")]

    restored = CliRunner().invoke(app, ["restore", str(tmp_path / "backup"), *tried])
    told = CliRunner().invoke(app, ["figures", *tried])
    people = CliRunner().invoke(app, ["agent", "list", *tried])

    assert (restored.exit_code, told.exit_code) == (0, 0), restored.output + told.output
    assert f"the workspace in {tmp_path / 'tried'}" in restored.stderr
    assert ("Lena" in people.stdout, "Lena Later" in people.stdout) == (True, False)
    assert agents(live) == ["Lena Later"]


def test_whatever_replaces_a_workspace_says_which_one_and_no_password(live: str, tmp_path: Path) -> None:
    back_up(live, tmp_path / "backup")
    named = f"the database {conninfo_to_dict(live)['dbname']}"

    for words in (["restore", str(tmp_path / "backup")], ["seed"], ["erase", "u9", "--by", "Lena"]):
        done = CliRunner().invoke(
            app, words, input="n\n", env={"DATABASE_URL": make_conninfo(live, password="a-secret")}
        )
        assert done.exit_code != 0, words
        assert named in done.output, words
        assert "(DATABASE_URL)" in done.output, words
        assert "a-secret" not in done.output, words

    with pytest.raises(Conflict, match="not empty"):
        seed()


def test_a_house_is_not_started_where_two_databases_are_meant(live: str, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0
    done = CliRunner().invoke(app, ["up", "--no-demo", "--port", "0", "--data", str(tmp_path)])

    assert isinstance(done.exception, Refused)
    assert conninfo_to_dict(live)["dbname"] in str(done.exception)
    assert str(tmp_path) in str(done.exception)
    assert "SEGUE_DATA" in str(done.exception)
