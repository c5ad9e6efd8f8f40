"""The key registry: one table, no key twice, none that somebody needs for typing."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from segue.desk.queue import VIEWS
from segue.web.keys import AREAS, KEYS, Preferences, is_character, meet, preferences, registry, wrong_with


def test_no_key_does_two_things_where_it_is_pressed() -> None:
    seen = [(entry.page, key) for entry in KEYS for key in entry.keys]
    twice = [(a, b) for a, b in combinations(seen, 2) if a[1] == b[1] and meet(a[0], b[0])]
    assert twice == []


def test_a_key_may_be_put_where_only_another_page_uses_it() -> None:
    assert wrong_with({"reject": "r"}) == {}
    assert "reject" in wrong_with({"reject": "a"})


def test_only_leads_are_shown_the_way_to_their_pages() -> None:
    def pages(role: str) -> list[str]:
        found = [k["action"] for k in registry(preferences({}), "desk", role)]
        return [action for action in found if action.startswith("page:") and not action.startswith("page:/desk/")]

    assert pages("agent") == []
    assert "page:/settings" in pages("lead")
    assert pages("lead") == pages("admin")
    assert set(pages("analyst")) == set(pages("lead")) - {"page:/settings"}


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
    assert sorted(left) == [
        "Enter",
        "Escape",
        "Mod+Enter",
        "Mod+Shift+Enter",
        "Mod+b",
        "Mod+i",
        "Mod+k",
        "Shift+ArrowDown",
        "Shift+ArrowUp",
    ]


def test_a_key_put_elsewhere_takes_the_place_of_the_usual_ones() -> None:
    mine = preferences({"keys": {"right-call": "x", "no such thing": "y"}, "after": "list"})
    shown = {entry["action"]: entry["keys"] for entry in registry(mine)}
    assert (shown["right-call"], shown["needless"], mine.after) == (("x",), ("-",), "list")


@pytest.mark.parametrize(
    ("own", "wrong"),
    [
        ({"next": "q"}, ""),
        ({"next": "g x"}, ""),
        ({"next": "k", "previous": "j"}, ""),
        ({"next": "k"}, "already for"),
        ({"next": "q", "previous": "q"}, "already for"),
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
