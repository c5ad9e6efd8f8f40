"""A row of the desk's list is made once for as long as it says the same, and anew when anything of it changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from markupsafe import Markup

from segue.domain.people import READS_ONLY, Agent
from segue.texts import speaking
from segue.web.listed import row_of
from segue.web.told import Due

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MIRA, TOM = (Agent(f"agt_{name.lower()}", name, f"{name}@ledgerly.example") for name in ("Mira", "Tom"))
ADA: dict[str, Any] = {
    "id": "cnv_1", "number": 7, "called": "Ada", "tier": "free", "is_verified": True, "urgency": "normal",
    "chip": "not sure", "others": [], "since": NOW - timedelta(minutes=5), "subject": "The export stops", "tags": [],
    "by": "", "unsent": "", "merged_into": None, "handler": "human", "frustration": 0.0, "snoozed_until": None,
    "is_asleep": False, "assignee": None, "assignee_id": None, "due": None,
}  # fmt: skip


def row(me: Agent = MIRA, now: datetime = NOW, opened: str = "", **changed: Any) -> Markup:
    return row_of(ADA | changed, me, "view=unassigned", opened == ADA["id"], now)


def test_two_agents_are_shown_the_same_row_and_it_is_made_once() -> None:
    assert row(MIRA) is row(TOM)
    assert row(now=NOW + timedelta(seconds=10)) is row()  # it says the same


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"called": "Ada <b>"}, "Ada &lt;b&gt;"),
        ({"tier": "pro"}, ">pro<"),
        ({"urgency": "high"}, ">urgent<"),
        ({"others": [("Tom", True)]}, "Tom is writing"),
        ({"subject": None}, "Not read yet"),
        ({"tags": ["export", "csv", "late"]}, "+1"),
        ({"by": "Tom"}, "@ Tom"),
        ({"unsent": "Your reply was not sent"}, ">Your reply was not sent<"),
        ({"merged_into": "cnv_2"}, "merged"),
        ({"chip": "complex"}, "complex"),
        ({"handler": "assistant", "frustration": 0.7}, "upset"),
        ({"is_asleep": True, "snoozed_until": NOW + timedelta(hours=2)}, ">until 11:00<"),
        ({"is_asleep": True, "snoozed_until": NOW + timedelta(days=1)}, ">until tomorrow 09:00<"),
        ({"is_asleep": True, "snoozed_until": NOW + timedelta(days=3)}, ">until Mon 09:00<"),
        ({"is_asleep": True, "snoozed_until": NOW + timedelta(days=10)}, ">until Mon 7 Dec, 09:00<"),
        ({"assignee": "Tom", "assignee_id": "agt_tom"}, ">Tom<"),
        ({"due": Due(NOW - timedelta(hours=2), "first reply")}, ">: first reply<"),
        ({"due": Due(NOW - timedelta(hours=2), "first reply")}, ">late by 2 h<"),
        ({"due": Due(NOW - timedelta(hours=2), "first reply")}, 'class="clock late"'),
        ({"due": Due(NOW + timedelta(minutes=10), "next reply")}, 'class="clock soon"'),
        ({"due": Due(NOW + timedelta(hours=2), "next reply")}, ">due in 2 h<"),
        ({"since": NOW - timedelta(hours=3)}, ">3 h<"),
        ({"opened": "cnv_1"}, 'aria-current="true"'),
        ({"now": NOW + timedelta(minutes=30)}, ">35 min<"),
        ({"me": Agent("agt_ron", "Ron", "ron@ledgerly.example", READS_ONLY)}, "disabled hidden"),
    ],
)  # fmt: skip
def test_whatever_changes_is_shown(changed: dict[str, Any], shown: str) -> None:
    assert shown not in row()
    assert shown in row(**changed)


def test_ones_own_name_is_not_told_to_oneself_nor_an_unproven_tier_to_anybody() -> None:
    assert "Mira" not in row(MIRA, assignee="Mira", assignee_id="agt_mira")
    assert "free" not in row(is_verified=False)


def test_each_reads_it_in_their_language() -> None:
    before = row(urgency="high")
    with speaking("de"):
        assert "dringend" in row(urgency="high")
    assert row(urgency="high") == before
