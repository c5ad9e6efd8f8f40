"""Sites are allowed, and the secret is printed, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.app.cli import widget
from segue.domain.errors import NotFound, Refused
from segue.store.database import Database
from segue.store.workspace import Workspace

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
    workspace: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    workspace.put_setting("demo", {"company": "Ledgerly"})
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "address").write_text("http://127.0.0.1:8123")

    widget.show(data=tmp_path)

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
