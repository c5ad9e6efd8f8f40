"""The key registry: one table, no key twice, none that somebody needs for typing."""

from __future__ import annotations

from itertools import product

import pytest

from segue.desk.queue import VIEWS
from segue.web.keys import AREAS, EVERYWHERE, KEYS, Preferences, is_character, preferences, registry, wrong_with


@pytest.mark.parametrize("page", ["desk", "lead"])
def test_no_key_does_two_things_on_one_page(page: str) -> None:
    pressed = [key for entry in KEYS if entry.page in (page, EVERYWHERE) for key in entry.keys]
    assert len(pressed) == len(set(pressed))


def test_no_chord_begins_with_a_key_that_does_something_by_itself() -> None:
    pressed = {key for entry in KEYS for key in entry.keys}
    assert [(a, b) for a, b in product(pressed, pressed) if b.startswith(f"{a} ")] == []


def test_nothing_is_bound_with_alt() -> None:
    assert [key for entry in KEYS for key in entry.keys if "Alt" in key or "Ctrl" in key] == []


def test_what_works_while_typing_writes_nothing() -> None:
    assert [entry.action for entry in KEYS if entry.is_typed and any(map(is_character, entry.keys))] == []


def test_every_view_has_its_way_and_every_command_an_area() -> None:
    assert {f"view:{view.id}" for view in VIEWS} <= {entry.action for entry in KEYS}
    assert {entry.area for entry in KEYS} == set(AREAS)


def test_whoever_switches_letters_off_keeps_only_keys_that_write_nothing() -> None:
    left = [key for entry in registry(Preferences(letters=False)) for key in entry["keys"]]
    assert sorted(left) == ["Enter", "Escape", "Mod+Enter", "Mod+Shift+Enter", "Mod+k"]


def test_a_key_put_elsewhere_takes_the_place_of_the_usual_ones() -> None:
    mine = preferences({"keys": {"right-call": "x", "no such thing": "y"}, "after": "list"})
    shown = {entry["action"]: entry["keys"] for entry in registry(mine)}
    assert (shown["right-call"], shown["needless"], mine.after) == (("x",), ("-",), "list")


@pytest.mark.parametrize(
    ("own", "wrong"),
    [
        ({"next": "x"}, ""),
        ({"next": "g x"}, ""),
        ({"next": "k", "previous": "j"}, ""),
        ({"next": "k"}, "already for"),
        ({"next": "x", "previous": "x"}, "already for"),
        ({"next": "g"}, "begins with"),
        ({"next": "Mod+x"}, "One character"),
        ({"next": "xy"}, "One character"),
        ({"next": "a b c"}, "One character"),
    ],
)
def test_what_cannot_be_put_there_is_said(own: dict[str, str], wrong: str) -> None:
    found = wrong_with(own)
    assert bool(found) == bool(wrong)
    assert all(wrong in said for said in found.values())
