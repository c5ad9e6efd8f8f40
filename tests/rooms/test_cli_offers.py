"""`segue boundary offers`, on a database of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from segue.app.cli.main import app
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Proof
from segue.store.database import Database
from segue.store.moves import MoveStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REHEARSED = Proof(0.8, 3_916, 3_916.0, 136, 0, (), 30.0, 20.0, 0.959, 0.05, 0.95, 0, policy_version=3)


def test_what_the_past_proves_is_said_to_be_of_all_categories_under_the_budget(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of the one that is offered: it may have had a handful of those cases."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    db = Database(database_url).open()
    MoveStore(db).offer(CellName("billing"), Rung.APPROVE, Rung.AUTO_WITH_HOLD, REHEARSED, NOW)
    db.close()

    said = " ".join(CliRunner().invoke(app, ["boundary", "offers"]).stdout.split())

    assert "billing: approve → auto with hold" in said
    assert "3916 cases, 136 wrong" in said
    assert "cases of all categories under this error budget, judged by nobody one by one" in said
