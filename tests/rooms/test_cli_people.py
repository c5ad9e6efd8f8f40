"""A workspace without the demo can be furnished from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from segue.app.cli.main import app
from segue.app.cli.people import read_catalogue
from segue.domain.errors import Refused
from segue.store.database import Database
from segue.store.invites import Invites
from segue.store.workspace import Workspace

CATALOGUE = """
categories: [{id: billing, name: Billing, needs_account: true}]
intents:
  - {id: invoice_higher, name: Know why the invoice is higher, category: billing, questions: ["Why so much?"]}
"""


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    said: str
    """What was wrong."""


def segue(url: str, *words: str, told: str = "") -> Done:
    """In this process: one of its own costs two seconds, and one test below has it."""
    done = CliRunner().invoke(app, words, input=told, env={"DATABASE_URL": url})
    return Done(done.exit_code, done.stdout, f"{done.stderr}{done.exception or ''}")


def segue_by_itself(url: str, *words: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "segue", *words], env={**os.environ, "DATABASE_URL": url, "SEGUE_LOG": "error"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def test_mira_is_let_in_and_a_new_password_signs_her_out(database_url: str, db: Database) -> None:
    segue(database_url, "team", "add", "billing", "Billing")
    first = segue(
        database_url, "agent", "add", "Mira", "mira@ledgerly.example", "--team", "billing", told="correct horse\n"
    )
    assert first.code == 0, first.said
    workspace = Workspace(db)
    [mira] = workspace.agents()
    workspace.begin_session("a-session", mira.id, datetime.now(UTC))

    segue(database_url, "agent", "add", "Mira", "mira@ledgerly.example", "--role", "lead", told="another horse\n")

    assert [(a.id, a.role, a.teams) for a in workspace.agents()] == [("agt_mira", "lead", ("billing",))]
    assert workspace.session("a-session", datetime.now(UTC)) is None


def test_a_catalogue_that_changes_something_is_told_once_and_one_that_changes_nothing_is_not(
    database_url: str, db: Database, tmp_path: Path
) -> None:
    file = tmp_path / "catalogue.yaml"
    for text in (CATALOGUE, CATALOGUE, CATALOGUE.replace("name: ", "name: Another ", 1)):
        file.write_text(text, "utf8")
        said = segue(database_url, "catalogue", "import", str(file))
        assert said.code == 0, said.said

    found = read_catalogue(CATALOGUE)
    told = db.all("select author, body from events where kind = 'catalogue.changed' order by id")
    assert [(row.author, row.body) for row in told] == [
        ("command line", {"categories": len(found.categories), "intents": len(found.intents)}),
        ("command line", {"categories": 1, "intents": 0}),
    ]
    assert Workspace(db).catalogue().categories[0].name.startswith("Another ")


def test_a_team_that_is_made_or_changed_stands_in_the_record(database_url: str, db: Database) -> None:
    """By which every open desk hears of it, too."""
    segue(database_url, "team", "add", "billing", "Billing")
    segue(database_url, "team", "add", "billing", "Money", "--closed")

    told = db.all("select author, body from events where kind = 'teams.changed' order by id")
    assert [(row.author, row.body["team"], row.body["name"], row.body["is_closed"]) for row in told] == [
        ("command line", "billing", "Billing", False), ("command line", "billing", "Money", True),
    ]  # fmt: skip


def test_a_new_password_leaves_the_last_lead_a_lead_and_stands_in_the_record(database_url: str, db: Database) -> None:
    segue(database_url, "agent", "add", "Lena", "lena@ledgerly.example", "--role", "lead", told="correct horse\n")
    workspace = Workspace(db)
    [(_, before)] = [workspace.agent_by_email("lena@ledgerly.example")]

    again = segue(database_url, "agent", "add", "Lena", "LENA@ledgerly.example", told="another horse\n")
    lower = segue(
        database_url, "agent", "add", "Lena", "lena@ledgerly.example", "--role", "agent", told="a third horse\n"
    )

    assert again.code == 0, again.said
    assert "Lena (lead)" in again.out
    assert lower.code != 0
    assert "the last lead" in lower.said
    assert [a.role for a in workspace.agents()] == ["lead"]
    assert workspace.agent_by_email("lena@ledgerly.example") != ("agt_lena", before)
    told = db.all("select kind, author from events where kind like 'agent.%%' order by id")
    assert [tuple(row) for row in told] == [
        ("agent.placed", "command line"), ("agent.password_changed", "command line"),
        ("agent.password_changed", "command line"),
    ]  # fmt: skip


def test_an_invitation_is_printed_once_and_opens(database_url: str, db: Database) -> None:
    asked = (
        "agent",
        "invite",
        "nora@ledgerly.example",
        "--role",
        "lead",
        "--address",
        "https://desk.ledgerly.example/",
    )
    made, again = segue(database_url, *asked), segue_by_itself(database_url, *asked)

    assert made.out.startswith("https://desk.ledgerly.example/invite/inv_")
    token, now = made.out.strip().rpartition("/")[2], datetime.now(UTC)
    found = Invites(db).find(token, now)
    assert found
    assert (found.email, found.role, found.invited_by) == ("nora@ledgerly.example", "lead", "command line")
    assert found.expires_at > now + timedelta(days=6)
    assert again.code == 2
    assert "invited already" in again.said


def test_two_addresses_that_begin_alike_are_two_agents(database_url: str, db: Database) -> None:
    for address in ("mira@ledgerly.example", "mira@sister.example"):
        segue(database_url, "agent", "add", "Mira", address, told="correct horse\n")

    assert sorted(a.id for a in Workspace(db).agents()) == ["agt_mira", "agt_mira_2"]


@pytest.mark.parametrize(
    ("words", "told", "said"),
    [
        (("agent", "add", "Mira", "mira"), "long enough\n", "no e-mail address"),
        (("agent", "add", "Mira", "mira@l.example"), "short\n", "at least 8"),
        (("agent", "add", "Mira", "mira@l.example", "--team", "x"), "long enough\n", "There is no team x"),
        (("agent", "add", "Mira", "mira@l.example"), "password1\n", "first that anybody"),
        (("agent", "invite", "mira"), "", "no e-mail address"),
        (("agent", "reset", "mira@l.example"), "", "Nobody works here as"),
        (("team", "add", "Billing!", "Billing"), "", "no team id"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(words: tuple[str, ...], told: str, said: str, database_url: str) -> None:
    done = segue(database_url, *words, told=told)

    assert done.code != 0
    assert said in done.said


def test_a_catalogue_is_read_whole_or_not_at_all() -> None:
    found = read_catalogue(CATALOGUE)
    assert found.intents[0].questions == ("Why so much?",)
    assert found.categories[0].needs_account

    wrong = {
        "categories: 1": "categories",
        "{": "no YAML",
        CATALOGUE.replace("name: Billing,", "name: Billing, wish: 1,"): "wish.*Fields are id, name, needs_account",
        CATALOGUE.replace("name: Billing,", "name: Billing, handling: human,"): "handling.*said in the policy",
        CATALOGUE.replace("name: Know why the invoice is higher,", ""): "Fields are id, name, category, opened, quest",
        CATALOGUE.replace("intents:", "intends:"): "intends.*Fields are categories, intents",
        CATALOGUE.replace("category: billing", "category: x"): "not listed",
    }
    for text, said in wrong.items():
        with pytest.raises(Refused, match=said):
            read_catalogue(text)
