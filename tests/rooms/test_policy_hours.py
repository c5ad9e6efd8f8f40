"""Business hours: worked days by hand, then what must hold for all hours, zones and durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.policy.hours import due, due_after, is_open, next_opening
from segue.policy.settings.week import DAYS, Hours, Span

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = Hours.model_validate({"timezone": "Europe/Berlin", "week": {"mon-fri": "09:00-17:00"}})
ALWAYS = Hours.model_validate("24x7")


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def hours_of(week: object, zone: str = "Europe/Berlin", **more: object) -> Hours:
    return Hours.model_validate({"timezone": zone, "week": week, **more})


WORKED = [
    ("within a day", "2026-03-02T10:00", 4, "2026-03-02T14:00"),
    ("the closing instant still counts", "2026-03-02T13:00", 4, "2026-03-02T17:00"),
    ("over night", "2026-03-02T16:00", 4, "2026-03-03T12:00"),
    ("asked at night", "2026-03-02T22:00", 4, "2026-03-03T13:00"),
    ("over a weekend", "2026-03-06T16:30", 1, "2026-03-09T09:30"),
    ("asked on Sunday", "2026-03-08T12:00", 8, "2026-03-09T17:00"),
    ("over the weekend of the short night", "2026-03-27T16:00", 2, "2026-03-30T10:00"),
    ("over the weekend of the long night", "2026-10-23T16:00", 2, "2026-10-26T10:00"),
]


@pytest.mark.parametrize(("start", "hours", "expected"), [w[1:] for w in WORKED], ids=[w[0] for w in WORKED])
def test_four_hours_are_four_hours_of_opening_time(start: str, hours: int, expected: str) -> None:
    assert due(berlin(start), timedelta(hours=hours), NINE_TO_FIVE) == berlin(expected)


def test_a_short_night_is_an_hour_shorter_and_a_long_one_an_hour_longer() -> None:
    night = hours_of({"sun": "00:00-06:00"})

    assert due(berlin("2026-03-29T00:00"), timedelta(hours=5), night) == berlin("2026-03-29T06:00")
    assert due(berlin("2026-10-25T00:00"), timedelta(hours=7), night) == berlin("2026-10-25T06:00")


def test_an_opening_the_clock_jumps_over_begins_at_the_jump() -> None:
    early = hours_of({"sun": "02:30-04:00"})

    assert next_opening(berlin("2026-03-28T12:00"), early) == berlin("2026-03-29T03:00")
    assert due(berlin("2026-03-29T00:00"), timedelta(hours=1), early) == berlin("2026-03-29T04:00")


def test_an_opening_that_is_jumped_over_altogether_does_not_exist() -> None:
    early = hours_of({"sun": "02:00-02:45"})

    assert next_opening(berlin("2026-03-28T12:00"), early) == berlin("2026-04-05T02:00")
    assert due(berlin("2026-03-28T12:00"), timedelta(0), early) == berlin("2026-04-05T02:00")


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    early = hours_of({"sun": "02:00-03:00"})

    assert is_open(berlin("2026-10-25T02:30"), early)
    assert is_open(berlin("2026-10-25T02:30", fold=1), early)
    assert due(berlin("2026-10-25T00:00"), timedelta(hours=2), early) == berlin("2026-10-25T03:00")


def test_two_openings_that_share_a_doubled_hour_do_not_count_it_twice() -> None:
    shared = hours_of({"sun": ["00:00-02:30", "02:30-04:00"]})

    assert due(berlin("2026-10-25T00:00"), timedelta(hours=5), shared) == berlin("2026-10-25T04:00")


def test_holidays_are_closed_where_they_are_kept() -> None:
    bavaria = hours_of({"mon-fri": "09:00-17:00"}, holidays={"country": "DE", "subdiv": "BY", "dates": ["2026-01-07"]})
    epiphany_eve = berlin("2026-01-05T16:00")

    assert due(epiphany_eve, timedelta(hours=2), NINE_TO_FIVE) == berlin("2026-01-06T10:00")
    assert due(epiphany_eve, timedelta(hours=2), bavaria) == berlin("2026-01-08T10:00")
    assert not is_open(berlin("2026-01-06T10:00"), bavaria)


def test_open_means_from_the_opening_until_just_before_the_closing() -> None:
    assert is_open(berlin("2026-03-02T09:00"), NINE_TO_FIVE)
    assert not is_open(berlin("2026-03-02T17:00"), NINE_TO_FIVE)
    assert next_opening(berlin("2026-03-02T17:00"), NINE_TO_FIVE) == berlin("2026-03-03T09:00")
    assert next_opening(berlin("2026-03-02T11:11"), NINE_TO_FIVE) == berlin("2026-03-02T11:11")


def test_five_days_of_opening_time_are_a_week_even_with_a_short_friday() -> None:
    short_friday = hours_of({"mon-thu": "09:00-17:00", "fri": "09:00-13:00"})

    assert due_after(berlin("2026-03-04T11:00"), Span.read("5d"), short_friday) == berlin("2026-03-11T11:00")
    assert due_after(berlin("2026-03-04T11:00"), Span.read("5d 1h"), short_friday) == berlin("2026-03-11T12:00")
    assert due_after(berlin("2026-03-04T11:00"), Span.read("1d 1h 24x7"), short_friday) == berlin("2026-03-05T12:00")


def test_around_the_clock_is_the_plain_clock() -> None:
    saturday = berlin("2026-03-07T20:00")

    assert due_after(saturday, Span.read("8h 24x7"), NINE_TO_FIVE) == saturday + timedelta(hours=8)
    assert due_after(saturday, Span.read("2d"), ALWAYS) == saturday + timedelta(days=2)
    assert is_open(saturday, ALWAYS)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(datetime(2026, 3, 2), timedelta(hours=1), NINE_TO_FIVE)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["30m", "4h", "2d", "1d 4h", "1h 30m", "8h 24x7", "1d 1h 1m 24x7"])
def test_a_span_is_written_as_it_was_read(text: str) -> None:
    assert str(Span.read(text)) == text


def test_ninety_minutes_are_written_as_people_say_them() -> None:
    assert str(Span.read("90m")) == "1h 30m"


@pytest.mark.parametrize("text", ["", "4", "h", "0h", "-4h", "4 hours", "4h24x7", "1.5h", "٤h", None, 4])
def test_what_is_no_span_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="looks like"):
        Span.read(text)


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "UTC",
         "Pacific/Apia", "Africa/Cairo", "America/Havana", "Atlantic/Azores"]  # fmt: skip
minutes = st.integers(0, 96).map(lambda quarter: quarter * 15)


@st.composite
def opening_hours(draw: st.DrawFn) -> Hours:
    week: dict[str, list[str]] = {}
    for day in draw(st.sets(st.sampled_from(DAYS), min_size=1)):
        marks = sorted(draw(st.sets(minutes, min_size=2, max_size=6)))
        pairs = zip(marks[::2], marks[1::2], strict=False)
        week[day] = [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in pairs]
    holidays = {"dates": draw(st.sampled_from([[], ["2026-03-30", "2026-10-25", "2026-10-26"]]))}
    return hours_of(week, draw(st.sampled_from(ZONES)), holidays=holidays)


turns_of_the_clock = [
    datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 3, 7, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC), datetime(2018, 11, 3, tzinfo=UTC), datetime(2011, 12, 29, tzinfo=UTC),
]  # fmt: skip
instants = st.builds(
    lambda base, seconds: base + timedelta(seconds=seconds),
    st.sampled_from(turns_of_the_clock), st.integers(0, 4 * 86_400),
)  # fmt: skip
durations = st.integers(0, 2 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
often = settings(max_examples=60, deadline=None)


def is_inside(at: datetime, hours: Hours) -> bool:
    """Open, or the very instant of closing."""
    return is_open(at, hours) or is_open(at - timedelta(microseconds=1), hours)


@often
@given(instants, durations, opening_hours())
def test_nothing_falls_due_outside_opening_hours_or_before_its_start(
    start: datetime, duration: timedelta, hours: Hours
) -> None:
    end = due(start, duration, hours)

    assert is_inside(end, hours)
    assert end >= start + duration


@often
@given(instants, durations, durations, opening_hours())
def test_durations_add_up(start: datetime, first: timedelta, then: timedelta, hours: Hours) -> None:
    assert due(due(start, first, hours), then, hours) == due(start, first + then, hours)


@often
@given(instants, instants, durations, opening_hours())
def test_who_asks_later_is_never_promised_sooner(
    one: datetime, other: datetime, duration: timedelta, hours: Hours
) -> None:
    early, late = sorted((one, other))

    assert due(early, duration, hours) <= due(late, duration, hours)


@often
@given(instants, opening_hours())
def test_the_next_opening_is_open_and_nothing_before_it_is(at: datetime, hours: Hours) -> None:
    opens = next_opening(at, hours)

    assert is_open(opens, hours)
    assert opens >= at
    for share in (0.1, 0.5, 0.9):
        assert opens == at or not is_open(at + (opens - at) * share, hours)


@often
@given(instants, opening_hours())
def test_being_open_is_what_the_clock_on_the_wall_says(at: datetime, hours: Hours) -> None:
    """Away from the hour that comes twice, where an opening lasts from the first of its beginnings to the last end."""
    wall = at.astimezone(hours.zone)
    hour = timedelta(hours=1)
    if (wall - 25 * hour).utcoffset() != (wall + 25 * hour).utcoffset():
        return

    minute = wall.hour * 60 + wall.minute
    assert is_open(at, hours) == any(o.opens <= minute < o.closes for o in hours.on(wall.date()))


@often
@given(opening_hours())
def test_hours_are_written_as_they_were_read(hours: Hours) -> None:
    assert Hours.model_validate(hours.model_dump(mode="json")) == hours
