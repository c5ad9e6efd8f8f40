"""What an agent types for a time ahead is understood, in both languages, and what is no time is none."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from segue.desk.snoozing import typed, until
from segue.domain.errors import Refused
from segue.texts import forms

SATURDAY = datetime(2026, 11, 28, 17, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def meant(words: str) -> str:
    """The choice it makes, as it is sent back; empty for none."""
    with forms.seeing_in(BERLIN):
        return next((value for value, _said in typed(words, SATURDAY)), "")


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("friday", "2026-12-04T09:00"),
        ("Thu 14:00", "2026-12-03T14:00"),
        ("next tuesday at 3 pm", "2026-12-01T15:00"),
        ("saturday", "2026-12-05T09:00"),
        ("tomorrow 14:00", "2026-11-29T14:00"),
        ("14:00", "2026-11-29T14:00"),
        ("20:00", "2026-11-28T20:00"),
        ("12 am", "2026-11-29T00:00"),
        ("3 dec", "2026-12-03T09:00"),
        ("December 3rd, 10:15", "2026-12-03T10:15"),
        ("3 March", "2027-03-03T09:00"),
        ("Fr. 14:00", "2026-12-04T14:00"),
        ("freitag 9", "2026-12-04T09:00"),
        ("morgen um 14.30", "2026-11-29T14:30"),
        ("24.12.26", "2026-12-24T09:00"),
        ("in einer Woche", "2026-12-05T09:00"),
        ("tomorrow morning", "2026-11-29T09:00"),
        ("2026-12-24 16:00", "2026-12-24T16:00"),
        ("2 weeks", "2026-12-12T09:00"),
        ("in 3 days", "2026-12-01T09:00"),
        ("90 minutes", "2026-11-28T20:00"),
        ("Freitag um 9", "2026-12-04T09:00"),
        ("Di 14 Uhr", "2026-12-01T14:00"),
        ("am 24.12.", "2026-12-24T09:00"),
        ("am 24.12. um 9", "2026-12-24T09:00"),
        ("3. März 2027", "2027-03-03T09:00"),
        ("übermorgen 8:30", "2026-11-30T08:30"),
        ("in 2 Wochen", "2026-12-12T09:00"),
    ],
)
def test_what_people_type_names_a_time_ahead(words: str, at: str) -> None:
    assert meant(words) == at


@pytest.mark.parametrize(
    "words",
    ["", "later", "yesterday", "31 feb", "25:00", "friday 25:00", "2026-11-27", "today 9:00", "13 pm", "0 h", "mo so"],
)
def test_what_is_no_time_or_is_past_is_none(words: str) -> None:
    assert meant(words) == ""


def test_what_is_offered_is_taken_and_says_the_zone() -> None:
    with forms.seeing_in(BERLIN):
        ((value, said),) = typed("friday 14:00", SATURDAY)

        assert said == "Fri 4 Dec, 14:00 CET"
        assert until(value, SATURDAY) == datetime(2026, 12, 4, 13, 0, tzinfo=UTC)
        with pytest.raises(Refused, match="past"):
            until("2026-11-28T18:00", SATURDAY)
