"""What is typed into the search field, read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from segue.desk.finding import OPERATORS, Misread, misread, wanted
from segue.store.queue import Wanted


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", Wanted()),
        ("bank feed", Wanted("bank feed")),
        ('"bank feed" -csv', Wanted('"bank feed" -csv')),
        ("#1501", Wanted("1501", number=1501)),
        ("is:open from:grace invoice", Wanted("invoice", status="open", person="grace")),
        ('account:"Northgate Clinics"', Wanted(account="Northgate Clinics")),
        ("is:unassigned is:with-people tier:TEAM", Wanted(is_unassigned=True, handler="human", tier="team")),
        ("assignee:me", Wanted(assignee="agt_mira")),
        ("assignee:nobody", Wanted(is_unassigned=True)),
        ("after:2026-01-31", Wanted(since=datetime(2026, 1, 31, tzinfo=UTC))),
        ("before:2026-01-31", Wanted(until=datetime(2026, 1, 31, tzinfo=UTC))),
        ("before:yesterday", Wanted("before:yesterday")),
        ("after:2026-02-29", Wanted("after:2026-02-29")),
        ("is:burning channel:fax note:this", Wanted("is:burning channel:fax note:this")),
    ],
)
def test_operators_are_read_and_everything_else_is_a_word(typed: str, found: Wanted) -> None:
    assert wanted(typed, "agt_mira", UTC) == found


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", "2026-11-20", "2026-11-19T23:00", 24),
        ("America/New_York", "2026-11-20", "2026-11-20T05:00", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00", 23),  # its midnight is leapt over
        ("America/Havana", "2026-11-01", "2026-11-01T04:00", 25),  # the hour after its midnight comes twice
        ("Pacific/Apia", "2026-11-20", "2026-11-19T11:00", 24),
    ],
)
def test_a_day_is_the_workspaces_own_whole_and_after_has_it_in_it(zone: str, day: str, begins: str, hours: int) -> None:
    begun, next_day = datetime.fromisoformat(begins).replace(tzinfo=UTC), f"{day[:-2]}{int(day[-2:]) + 1:02}"

    assert wanted(f"after:{day} before:{next_day}", "agt_mira", ZoneInfo(zone)) == Wanted(
        since=begun, until=begun + timedelta(hours=hours)
    )
    assert wanted(f"before:{day}", "agt_mira", ZoneInfo(zone)) == Wanted(until=begun)


def test_a_day_that_this_zone_puts_outside_all_time_is_a_word() -> None:
    assert wanted("after:0001-01-01", "agt_mira", ZoneInfo("Asia/Tokyo")) == Wanted("after:0001-01-01")


def test_nothing_typed_is_an_error() -> None:
    for typed in ("\0" * 400, ":" * 300, 'from:"', "'; drop table messages; --", "is:", "&|!()*"):
        wanted(typed, "agt_mira", UTC)


@pytest.mark.parametrize(
    "typed", ["before:nonsense", "after:2026-02-29", "is:banana", "IS:Burning", "is:", "channel:fax"]
)
def test_an_operator_that_is_not_understood_is_told_with_what_it_takes(typed: str) -> None:
    name = typed.partition(":")[0].lower() + ":"

    assert misread(f"invoice {typed} tier:free") == (Misread(typed, name, dict(OPERATORS)[name]),)


def test_an_operator_that_is_to_be_left_out_is_told_as_not_understood() -> None:
    assert misread("tag:refund -is:resolved") == (Misread("-is:resolved", "is:", dict(OPERATORS)["is:"]),)
    assert misread("invoice -csv -https://x") == ()


@pytest.mark.parametrize(
    "typed", ["", "invoice", "is:open from:grace #1501", "https://ledgerly.example", '"is: it paid"', "note:this"]
)
def test_what_is_understood_and_what_is_only_words_is_not_told(typed: str) -> None:
    assert misread(typed) == ()
