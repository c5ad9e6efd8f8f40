"""Hours and promises as a form: what is typed is said of the policy, and of nothing else in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from segue.domain.catalogue import Catalogue
from segue.policy.lint import lint
from segue.policy.promise import promise, who_and_when
from segue.policy.settings import STARTERS, Policy, changed, faults, load
from segue.policy.settings.written import starter_text
from segue.web.hours_form import (
    field_at,
    filled,
    filled_targets,
    place_of,
    read_hours,
    read_targets,
    stretches,
    written_week,
)

RICH = """name: rich
sla:
  hours: # of the whole house
    timezone: Europe/Berlin # the office
    week: {mon-thu: [09:00-12:00, 13:00-17:00], fri: 09:00-13:00}
    holidays: {country: DE, subdiv: BY, dates: [2026-12-24]}
  targets:
    default: {first_response: 4h, resolution: 3d}
    enterprise: {first_response: 1h 24x7}
"""
ALWAYS = "name: always\nsla: {hours: 24x7}\n"
BARE = "name: bare\n"
OURS = place_of("")
FRIDAY_EVENING = datetime(2026, 11, 27, 18, tzinfo=UTC)


def hours_said(body: str, team: str = "", **typed: str) -> tuple[Policy, dict[str, str]]:
    """The policy after the form was filled so, and what was wrong beside its fields."""
    policy, place = load(body), place_of(team)
    known = policy.sla.teams.get(team) if team else policy.sla.hours
    sent = {**filled(known or policy.sla.hours), **{name.replace("_", "."): value for name, value in typed.items()}}
    found = read_hours(sent, known, place)
    return load(changed(body, found.said)), found.wrong


@pytest.mark.parametrize("body", [RICH, ALWAYS, BARE, *map(starter_text, STARTERS)])
def test_a_form_that_nobody_touched_says_nothing(body: str) -> None:
    policy = load(body)

    assert read_hours(filled(policy.sla.hours), policy.sla.hours, OURS).said == {}
    assert read_targets(filled_targets(policy), policy).said == {}


def test_only_what_was_changed_is_written_anew() -> None:
    policy = load(RICH)
    found = read_hours({**filled(policy.sla.hours), "fri.0.to": "15"}, policy.sla.hours, OURS)
    after = changed(RICH, found.said)

    assert set(found.said) == {("sla", "hours", "week")}
    assert "# of the whole house" in after
    assert "# the office" in after
    assert [str(one) for one in load(after).sla.hours.week["fri"]] == ["09:00-15:00"]
    assert load(after).sla.hours.holidays == policy.sla.hours.holidays


def test_days_alike_are_written_as_one_run() -> None:
    days = {
        "mon": ["09:00-17:00"],
        "tue": ["09:00-17:00"],
        "thu": ["09:00-17:00"],
        "sat": ["10:00-11:00", "12:00-13:00"],
    }

    assert written_week(days) == {
        "mon-tue": "09:00-17:00", "thu": "09:00-17:00", "sat": ["10:00-11:00", "12:00-13:00"],
    }  # fmt: skip
    every = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    assert written_week(every) == "24x7"


@pytest.mark.parametrize("body", [ALWAYS, BARE])
def test_a_zone_is_kept_where_the_hours_were_one_word(body: str) -> None:
    after, wrong = hours_said(body, zone="Asia/Tokyo")

    assert wrong == {}
    assert (after.sla.hours.timezone, after.sla.hours.week) == ("Asia/Tokyo", load(ALWAYS).sla.hours.week)


@pytest.mark.parametrize(("typed", "told"), [
    ({"mon_0_to": ""}, "fill both"), ({"mon_0_from": "nine"}, "looks like 09:00, not “nine”"),
    ({"mon_0_from": "18:00"}, "does not end later the same day"),
    ({"mon_0_to": "25:00"}, "looks like 09:00, not “25:00”"),
    ({"mon_1_from": "16:00", "mon_1_to": "18:00"}, "09:00 to 17:00 and 16:00 to 18:00 overlap"),
])  # fmt: skip
def test_a_day_that_cannot_be_read_is_told_of_beside_it(typed: dict[str, str], told: str) -> None:
    policy = load(starter_text("balanced"))
    sent = {**filled(policy.sla.hours), **{name.replace("_", "."): value for name, value in typed.items()}}
    found = read_hours(sent, policy.sla.hours, OURS)

    assert set(found.wrong) == {"week.mon"}
    assert told in found.wrong["week.mon"]


@pytest.mark.parametrize(("typed", "field"), [
    ({"zone": "Mars/One"}, "timezone"), ({"country": "XX"}, "holidays.country"), ({"subdiv": "BY"}, "holidays.subdiv"),
    ({"country": "DE", "subdiv": "ZZ"}, "holidays.subdiv"),
])  # fmt: skip
def test_what_the_policy_refuses_stands_beside_its_field(typed: dict[str, str], field: str) -> None:
    body = starter_text("balanced")
    policy = load(body)
    found = read_hours({**filled(policy.sla.hours), **typed}, policy.sla.hours, OURS)
    names = ("timezone", "week", "week.tue", "holidays.country", "holidays.subdiv", "holidays.dates")

    assert field_at(faults(changed(body, found.said))[0][0], OURS, names) == field


def test_every_day_of_ones_own_that_is_none_is_named_with_how_a_day_is_written() -> None:
    after, wrong = hours_said(RICH, dates="Christmas Eve\n24.12.2026, 2026-12-31\n2026-02-30 2027-01-02\n20261224")

    assert wrong == {
        "holidays.dates": "Days look like 2026-12-24 or 24.12.2026, not “Christmas Eve”, “2026-02-30”, “20261224”."
    }
    assert [str(day) for day in after.sla.hours.holidays.dates] == ["2026-12-24", "2026-12-31", "2027-01-02"]


def test_a_state_that_its_country_has_not_is_told_with_those_it_has() -> None:
    policy = load(starter_text("balanced"))
    found = read_hours({**filled(policy.sla.hours), "country": "AT", "subdiv": "ZZ"}, policy.sla.hours, OURS)

    (_path, told), *_rest = faults(changed(starter_text("balanced"), found.said))
    assert told == "No holidays are known for AT ZZ; AT has 1, 2, 3, 4, 5, 6, 7, 8, 9."


def test_a_third_stretch_of_a_day_appears_once_two_are_filled() -> None:
    typed = filled(load(RICH).sla.hours)

    assert list(stretches(typed, "mon")) == [0, 1, 2]
    assert list(stretches(typed, "fri")) == [0, 1]
    after, _wrong = hours_said(RICH, mon_2_from="18", mon_2_to="19.30")
    assert [str(one) for one in after.sla.hours.week["mon"]] == ["09:00-12:00", "13:00-17:00", "18:00-19:30"]


def test_a_team_may_keep_hours_of_its_own_and_is_promised_in_them() -> None:
    emptied = {f"{d}_{n}_{e}": "" for d in ("mon", "tue", "wed", "thu", "fri") for n in (0, 1) for e in ("from", "to")}
    after, wrong = hours_said(RICH, "night", zone="UTC", **emptied, sat_0_from="0", sat_0_to="24")

    assert wrong == {}
    assert after.sla.hours == load(RICH).sla.hours
    assert promise(after, None, FRIDAY_EVENING, "night").first_response == datetime(2026, 11, 28, 4, tzinfo=UTC)
    assert promise(after, None, FRIDAY_EVENING, "day").first_response == datetime(2026, 11, 30, 13, tzinfo=UTC)
    assert who_and_when(after, "night", None, FRIDAY_EVENING).opens_at == datetime(2026, 11, 28, tzinfo=UTC)
    by_the_clock = promise(after, "enterprise", FRIDAY_EVENING, "night").first_response
    assert by_the_clock == datetime(2026, 11, 27, 19, tzinfo=UTC)


def test_hours_of_a_team_that_is_not_there_are_an_error() -> None:
    body = changed(BARE, {("sla", "teams", "ghosts", "week"): "24x7"})

    assert "There is no team ghosts." in [one.text for one in lint(load(body), Catalogue((), ()), ())]


def targets_said(typed: dict[str, str], body: str = RICH) -> tuple[Any, dict[str, str]]:
    policy = load(body)
    found = read_targets({**filled_targets(policy), **typed}, policy)
    after = changed(body, found.said)
    return after if faults(after) else load(after).sla.targets, found.wrong


def test_a_promise_is_changed_left_out_added_and_taken_off() -> None:
    found, wrong = targets_said({"default.first_response": "2h", "default.resolution": "", "tier": "Gold  plus",
                                 "new.next_response": "1D 4H", "enterprise.remove": "yes"})  # fmt: skip

    assert wrong == {}
    assert set(found) == {"default", "Gold plus"}
    assert (str(found["default"].first_response), found["default"].resolution) == ("2h", None)
    assert str(found["Gold plus"].next_response) == "1d 4h"


@pytest.mark.parametrize(("typed", "told"), [
    ({"tier": "enterprise", "new.resolution": "1d"}, "stands above"), ({"tier": "gold"}, "Promise it something"),
    ({"new.resolution": "1d"}, "Name the tier"), ({"tier": "<b>", "new.resolution": "1d"}, "Name the tier"),
])  # fmt: skip
def test_a_tier_that_cannot_be_added_is_told_of(typed: dict[str, str], told: str) -> None:
    assert told in targets_said(typed)[1]["tier"]


def test_a_time_that_cannot_be_read_stands_beside_its_field() -> None:
    body, policy = RICH, load(RICH)
    found = read_targets({**filled_targets(policy), "enterprise.resolution": "soon"}, policy)
    (path, told), *_rest = faults(changed(body, found.said))

    assert (
        field_at(path, ("sla", "targets"), ["default.resolution", "enterprise.resolution"]) == "enterprise.resolution"
    )
    assert "looks like 30m, 4h" in told
