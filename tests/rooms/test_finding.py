"""What is typed into the search field, read."""

from __future__ import annotations

from datetime import UTC, datetime

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
        ("after:2026-01-31", Wanted(since=datetime(2026, 2, 1, tzinfo=UTC))),
        ("before:2026-01-31", Wanted(until=datetime(2026, 1, 31, tzinfo=UTC))),
        ("before:yesterday", Wanted("before:yesterday")),
        ("after:9999-12-31", Wanted("after:9999-12-31")),
        ("is:burning channel:fax note:this", Wanted("is:burning channel:fax note:this")),
    ],
)
def test_operators_are_read_and_everything_else_is_a_word(typed: str, found: Wanted) -> None:
    assert wanted(typed, "agt_mira") == found


def test_nothing_typed_is_an_error() -> None:
    for typed in ("\0" * 400, ":" * 300, 'from:"', "'; drop table messages; --", "is:", "&|!()*"):
        wanted(typed, "agt_mira")


@pytest.mark.parametrize(
    "typed", ["before:nonsense", "after:9999-12-31", "is:banana", "IS:Burning", "is:", "channel:fax"]
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
