"""A policy's text, changed by a form: the setting changes, what was written around it stays."""

from __future__ import annotations

from typing import Any

import pytest

from segue.policy.settings import STARTERS, changed, load
from segue.policy.settings.narrow import compose, value_of
from segue.policy.settings.written import starter_text

BALANCED = starter_text("balanced")


def lines_that_differ(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_one_number_changes_one_line_and_its_comment_stays() -> None:
    after = changed(BALANCED, {("triggers", "turn_cap"): 2})

    assert lines_that_differ(BALANCED, after) == ["  turn_cap: 2 # after three tries of the assistant"]
    assert load(after).triggers.turn_cap == 2


def test_a_setting_inside_braces_changes_in_its_place() -> None:
    after = changed(BALANCED, {("budget", "wrong"): 0.02, ("triggers", "frustration", "turns"): 3})

    assert "budget: {wrong: 0.02, sure: 0.95}" in after
    assert len(lines_that_differ(BALANCED, after)) == 2


def test_what_was_not_said_is_added_where_it_belongs() -> None:
    after = changed(BALANCED, {("categories", "billing", "ceiling"): "approve", ("routing", "urgent"): "night"})

    policy = load(after)
    assert (policy.categories["billing"].ceiling, policy.routing.urgent) == (3, "night")
    assert after.count("#") == BALANCED.count("#")


def test_a_trigger_switched_off_and_on_again_is_as_before() -> None:
    off = changed(BALANCED, {("triggers", "frustration"): False})
    on = changed(off, {("triggers", "frustration", "high"): 0.8})

    assert load(off).triggers.frustration is None
    assert load(on) == load(BALANCED)


def test_what_is_taken_out_is_inherited_and_leaves_nothing_empty_behind() -> None:
    said = {("categories", "billing", "tiers", "enterprise", "ceiling"): "suggest"}
    after = changed(changed(BALANCED, said), dict.fromkeys(said))

    assert load(after) == load(BALANCED)
    assert "billing: {}" not in after


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("assistant",), False),
        (("triggers", "languages"), ["en", "no"]),
        (("triggers", "tiers"), ["enterprise: gold", "#1"]),
        (("sla", "hours", "week", "sat"), ["10:00-12:00"]),
        (("sla", "targets", "default", "resolution"), None),
        (("name",), "ours, with a comma: and more"),
        (("categories", "default"), {"handling": "human"}),
        (("evidence", "holdout"), 0.01),
    ],
)
def test_it_always_says_what_it_should_and_nothing_else(name: str, path: tuple[str, ...], value: Any) -> None:
    before, after = (value_of(compose(t)) for t in (starter_text(name), changed(starter_text(name), {path: value})))

    assert _at(after, path) == value
    for other in before.keys() - {path[0]}:
        assert after[other] == before[other]


def _at(known: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        known = known.get(name) if isinstance(known, dict) else None
    return known
