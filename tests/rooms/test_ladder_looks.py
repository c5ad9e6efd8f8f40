"""When the ladder looks, and that what it looks at is of one moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Move
from segue.learning.ladder import Ladder
from segue.learning.record import Report
from segue.policy.boundary import Boundary
from segue.policy.settings.cells import Budget
from segue.store.database import Database
from segue.store.evidence import EvidenceStore
from segue.store.workspace import Workspace

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Looking(Ladder):
    """Remembers when it looked."""

    def __init__(self, db: Database) -> None:
        self.workspace = Workspace(db)
        self.workspace.apply_policy("name: test", "lena", "first", NOW)
        super().__init__(EvidenceStore(db), self.workspace, Boundary)
        self.looked: list[datetime] = []

    def reports(self, now: datetime, budget: Budget | None = None) -> list[Report]:
        self.looked.append(now)
        return super().reports(now, budget)


@pytest.fixture
def ladder(db: Database) -> Looking:
    return Looking(db)


def test_what_waits_for_a_time_is_looked_at_when_that_has_come_though_nobody_says_anything(ladder: Looking) -> None:
    quiet = [NOW, NOW + DAY, NOW + 8 * DAY, NOW + 400 * DAY]
    for now in quiet:
        ladder.watch(now)
        ladder.watch(now + timedelta(seconds=30))

    assert ladder.looked == quiet


def test_a_fit_that_sets_other_thresholds_is_looked_at(ladder: Looking) -> None:
    ladder.watch(NOW)
    ladder.workspace.put_head("confidence", b"another one", {}, NOW)
    ladder.watch(NOW)

    assert ladder.looked == [NOW, NOW]


def test_a_record_knows_of_no_move_that_was_made_while_it_was_read(
    ladder: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ladder.history.moves

    def one_is_made_meanwhile() -> list[Move]:
        found = read()
        ladder.history.move(Move(CellName("billing"), Rung.SUGGEST, "Meanwhile.", "agt_lena", NOW))
        return found

    monkeypatch.setattr(ladder.history, "moves", one_is_made_meanwhile)

    assert ladder.record(NOW).boundary.moves == {}
