"""`segue policy diff`, on a database of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from segue.app.cli.main import app
from segue.domain.errors import Refused
from segue.domain.people import Agent, Team
from segue.policy.settings import load
from segue.store.database import Database
from segue.store.office import Office
from segue.store.workspace import Workspace

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST, SECOND = "name: ours\n", "name: ours\nassistant: false\nbudget: {wrong: 0.02}\n"


@pytest.fixture
def policies(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two versions, the second live; returns a file with the first."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    workspace = Workspace(Database(database_url).open())
    for body in (FIRST, SECOND):
        workspace.apply_policy(body, "lena", "A test.", NOW)
    workspace.db.close()
    file = tmp_path / "policy.yaml"
    file.write_text(FIRST, "utf8")
    return file


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["policy", "diff", *map(str, words)])
    return done.exit_code, done.stdout


def test_a_file_is_held_against_the_live_policy(policies: Path) -> None:
    code, said = run(policies)

    assert code == 0
    assert "assistant: off → on" in said
    assert "budget.wrong: 0.02 → 0.05" in said


def test_two_versions_are_held_against_each_other(policies: Path) -> None:
    assert "assistant: on → off" in run("--from", 1)[1]
    assert "assistant: off → on" in run("--from", 2, "--to", 1)[1]
    told = json.loads(run("--from", 1, "--json")[1])
    assert {"path": "assistant", "before": "on", "after": "off"} in told["changes"]


def test_what_says_the_same_says_so_and_one_policy_alone_is_refused(policies: Path) -> None:
    assert run(policies, "--from", 1)[1].strip() == "They say the same."
    assert run()[0] != 0
    assert run(policies, "--to", 1)[0] != 0


def test_a_policy_runs_in_shadow_from_the_command_line_until_it_is_live(policies: Path) -> None:
    def policy(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["policy", *map(str, words)])
        return done.exit_code, done.stdout

    same = policies.with_name("same.yaml")
    same.write_text(policy("show")[1])
    assert policy("shadow")[0] != 0
    refused = CliRunner().invoke(app, ["policy", "shadow", str(same), "--note", "A try."])
    assert "It says the same as version 2, which is live." in str(refused.exception)
    assert policy("shadow", policies, "--note", "A try.") == (0, "Policy version 3 decides in shadow.\n")
    assert "0 of 0 conversations" in policy("shadow")[1]
    assert json.loads(policy("shadow", "--json")[1])["version"] == 3
    assert policy("promote", "--note", "Good.") == (0, "Policy version 3 is live.\n")
    assert policy("drop", "--note", "Late.")[0] != 0


def test_only_a_lead_takes_a_cell_down_from_the_command_line(policies: Path, database_url: str) -> None:
    workspace = Workspace(Database(database_url).open())
    workspace.put_agent(Agent("agt_mira", "Mira", "mira@ledgerly.example", "agent"), NOW)
    workspace.db.close()

    done = CliRunner().invoke(app, ["boundary", "lower", "billing", "--by", "Mira", "--why", "So."])

    assert policies.exists()
    assert done.exit_code != 0
    assert "Mira may not decide this" in str(done.exception)


def test_a_lead_stops_the_assistant_and_lets_it_go_on_from_the_command_line(policies: Path, database_url: str) -> None:
    workspace = Workspace(Database(database_url).open())
    for id, name, role in (("agt_mira", "Mira", "agent"), ("agt_lena", "Lena", "lead")):
        workspace.put_agent(Agent(id, name, f"{name.lower()}@ledgerly.example", role), NOW)

    def boundary(*words: str) -> Any:
        return CliRunner().invoke(app, ["boundary", *words])

    refused = boundary("go", "--by", "Mira", "--why", "So.")
    assert "Mira may not decide this" in str(refused.exception)
    assert boundary("go", "--by", "Lena", "--why", "All is well.").stdout == (
        "The assistant goes on, by policy version 3.\n"
    )
    told = json.loads(boundary("stop", "--by", "Lena", "--why", "Wrong prices.", "--json").stdout)
    assert told == {"is_on": False, "policy_version": 4, "is_new": True, "by": "agt_lena"}
    again = boundary("stop", "--by", "Lena", "--why", "Wrong prices.")
    assert (again.exit_code, "is stopped" in again.stdout, "already" in again.stdout) == (0, True, True)
    version = workspace.policies()[0]
    assert (version.author, version.note) == ("agt_lena", "Stopped the assistant: Wrong prices.")
    workspace.db.close()


def test_a_file_that_is_no_text_is_refused_in_words(policies: Path) -> None:
    policies.write_bytes(b"name: \xff")

    for word in ("lint", "diff", "backtest", "apply", "shadow"):
        refused = CliRunner().invoke(app, ["policy", word, str(policies)])
        assert isinstance(refused.exception, Refused), word
    assert CliRunner().invoke(app, ["policy", "show", "--version", "0"]).exit_code == 2


def test_a_starter_is_printed_for_the_teams_that_are_there(policies: Path, database_url: str) -> None:
    db = Database(database_url).open()
    Office(db).keep_team(Team("help", "Help"), "lena", NOW)
    db.close()

    shown = CliRunner().invoke(app, ["policy", "show", "--starter", "balanced"])
    policies.write_text(shown.stdout, "utf8")

    assert "# Balanced" in shown.stdout
    assert load(shown.stdout).routing.default == "help"
    assert CliRunner().invoke(app, ["policy", "lint", str(policies)]).exit_code == 0
    assert "no starter policy" in str(CliRunner().invoke(app, ["policy", "show", "--starter", "x"]).exception)
