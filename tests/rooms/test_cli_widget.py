"""Sites are allowed, and the secret is printed, from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from segue.app.cli import widget
from segue.app.door import open_house
from segue.app.settings import Settings
from segue.domain.errors import Conflict, NotFound, Refused
from segue.knowledge.encoder import StandIn
from segue.store.database import Database
from segue.store.workspace import Workspace
from segue.web.identity import Identity

SITE = "https://app.example.com"


@pytest.fixture
def workspace(database_url: str, db: Database, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Workspace(db)


def test_a_site_is_allowed_once_and_taken_off_again(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    widget.allow(SITE)
    widget.allow(SITE)
    assert workspace.setting("widget") == {"origins": [SITE]}
    widget.show(json=True)
    assert SITE in capsys.readouterr().out

    widget.forbid(SITE)
    assert workspace.setting("widget") == {"origins": []}
    with pytest.raises(NotFound, match="not on the list"):
        widget.forbid(SITE)


def test_the_line_names_the_company_and_where_the_house_is_served(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.put_setting("demo", {"company": "Ledgerly"})
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "address").write_text("http://127.0.0.1:8123")
    monkeypatch.setenv("SEGUE_DATA", str(tmp_path))

    widget.show()

    line = '<script async src="http://127.0.0.1:8123/widget.js" data-workspace="Ledgerly"></script>'
    assert line in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["app.example.com", "https://app.example/path", "https://a b", "*", "https://a;b"])
def test_what_is_no_origin_is_refused(workspace: Workspace, wrong: str) -> None:
    with pytest.raises(Refused, match="not an origin"):
        widget.allow(wrong)


def test_the_secret_stays_the_same(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    widget.secret()
    first = capsys.readouterr().out
    widget.secret()

    assert capsys.readouterr().out == first
    assert len(first) > 40


def test_a_rotated_secret_is_believed_until_it_is_dropped(
    workspace: Workspace, db: Database, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def identity() -> Identity:
        """As a process that starts now has it."""
        house = open_house(Settings(database_url=database_url), StandIn())
        try:
            return house.identity
        finally:
            house.db.close()

    now = datetime.now(UTC)
    first = identity()
    old = first.sign("ada", now)
    widget.rotate()
    printed = capsys.readouterr().out.splitlines()[0]
    assert printed == workspace.setting("identity_secret")

    both = identity()
    assert [bool(both.read(token, now)) for token in (old, Identity(printed).sign("ada", now))] == [True, True]
    assert first.read(both.sign("ada", now), now) is None, "the new one signs"
    with pytest.raises(Conflict, match="still believed"):
        widget.rotate()

    widget.drop()
    assert identity().read(old, now) is None
    assert identity().read(both.sign("ada", now), now)
    with pytest.raises(NotFound, match="no older secret"):
        widget.drop()
    told = [row.body["identity_secret"] for row in db.all("select body from events where kind = 'widget.changed' "
                                                          "order by id")]  # fmt: skip
    assert told == ["rotated", "older one dropped"]
