"""The widget in a workspace's colours: whatever is chosen can be read, and nothing but colours gets into a sheet."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from starlette.requests import Request

import segue
from segue.store.widget import origin_of
from segue.texts import languages, speaking
from segue.web import colours
from segue.web.colours import PAPER, READABLE, colour_of, contrast, least
from segue.web.loading import button_sheet, loader_for
from segue.web.widget_look import LONGEST_LABEL, OURS, OURS_IN_THE_DARK, Look, read
from segue.web.widget_page import worked_of
from segue.web.widget_sites import sites_of

STATIC = Path(segue.__file__).parent / "web" / "static" / "widget"
CSS, LOADER = ((STATIC / name).read_text("utf8") for name in ("widget.css", "loader.js"))
TEXT = {"light": "#1b1b18", "dark": "#ecece8"}
CHANCE = random.Random(7)
COLOURS = ["#000000", "#ffffff", "#ffcc00", "#777777", OURS, *(f"#{CHANCE.randrange(1 << 24):06x}" for _ in range(300))]


def served(look: Look) -> str:
    request = Request({"type": "http", "headers": [(b"accept-encoding", b"identity")]})
    return bytes(loader_for(request, look).body).decode()


@pytest.mark.parametrize(("one", "other", "ratio"), [
    ("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.478), ("#1f5fbf", "#1f5fbf", 1.0),
])  # fmt: skip
def test_contrast_is_reckoned_as_wcag_does(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.001)


def test_whatever_colour_is_chosen_it_can_be_read() -> None:
    for colour in COLOURS:
        for theme, shades in (
            ("light", colours.light(colour)), ("dark", colours.dark(colour)), ("dark", colours.dark("", colour)),
        ):  # fmt: skip
            assert shades.of_text >= READABLE, colour
            assert contrast(shades.on, shades.over) >= shades.of_text, colour
            assert least(shades.ink, (*PAPER[theme], shades.soft)) >= READABLE, colour
            assert contrast(TEXT[theme], shades.soft) >= READABLE, colour


def test_a_colour_that_can_be_read_stays_as_it_was_chosen() -> None:
    assert (colours.light("#1f5fbf").fill, colours.light("#1f5fbf").ink) == ("#1f5fbf", "#1f5fbf")
    assert colours.light("#ffcc00").fill == "#ffcc00" != colours.light("#ffcc00").ink
    assert colours.dark("#ffcc00").fill == "#ffcc00" == colours.dark("#ffcc00").ink


def test_what_is_reckoned_with_stands_in_the_sheets() -> None:
    for ground in (*PAPER["light"], *PAPER["dark"], OURS, OURS_IN_THE_DARK, *TEXT.values()):
        assert ground in CSS, ground
    assert OURS in LOADER


def test_a_sheet_gives_values_only_to_variables_that_there_are() -> None:
    sheet = Look("#e91e63", "#ff80ab").sheet

    assert sheet.count("--accent: #e91e63") == 1
    assert sheet.count("--accent: #ff80ab") == 2
    assert set(re.findall(r"(--[\w-]+):", sheet)) <= set(re.findall(r"(--[\w-]+):", CSS))
    assert sheet.count("{") == sheet.count("}")
    assert Look().sheet == ""


def test_what_is_no_colour_gets_into_no_sheet() -> None:
    look = read({"colour": "red; } body { display: none", "dark": 7, "side": "up", "label": {"en": "x" * 99}})

    assert (look.colour, look.dark, look.side, look.labels) == ("", "", "right", {"en": "x" * LONGEST_LABEL})
    assert read("nonsense") == read(None) == Look()
    for typed, kept in (("1F5FBF", "#1f5fbf"), ("#ABC", "#aabbcc")):
        assert colour_of(typed) == kept


def test_the_loader_goes_out_with_the_workspaces_words_and_colours() -> None:
    plain = served(Look())
    ours = served(Look("#ffcc00", "", "left", {"en": 'Any "questions"?', "de": "Fragen?"}))

    assert '"Help":"Hilfe"' in plain
    assert 'fill:"#1f5fbf"' in plain
    assert 'fill:"#ffcc00",on:"#000000"' in ours
    assert 'side:"left"' in ours
    assert r'en:{"Help":"Any \"questions\"?"}' in ours
    assert '"Help":"Fragen?"' in ours


def test_the_loader_stays_below_three_kilobytes_as_it_goes_out() -> None:
    request = Request({"type": "http", "headers": [(b"accept-encoding", b"gzip")]})

    assert len(loader_for(request, Look()).body) <= 3_000
    labels = dict.fromkeys(languages(), "Qx7!zK0pWv2%Lm9#"[:LONGEST_LABEL])
    assert len(loader_for(request, Look("#8a3f91", "", "left", labels)).body) <= 3_072


def test_the_preview_shows_the_loaders_own_button() -> None:
    sheet = button_sheet(Look("#ffcc00"))

    assert "background: #ffcc00; color: #000000" in sheet
    assert "${" not in sheet


def test_a_label_is_said_in_the_language_that_is_spoken_else_ours_is() -> None:
    look = Look(labels={"de": "Fragen?"}, greetings={"de": "Moin!"})

    assert (look.label, look.greeting) == ("Help", "")
    with speaking("de"):
        assert (look.label, look.greeting) == ("Fragen?", "Moin!")


def test_what_is_wrong_is_told_by_field_and_what_was_typed_stays() -> None:
    worked = worked_of({"colour": "blueish", "dark": "#fff", "label_en": "y" * 30, "greeting_de": "Moin!"})

    assert set(worked.wrong) == {"colour", "label_en"}
    assert worked.typed["colour"] == "blueish"
    assert (worked.look.colour, worked.look.dark, worked.look.greetings) == ("", "#ffffff", {"de": "Moin!"})


@pytest.mark.parametrize(("typed", "kept"), [
    ("https://app.example.com/", "https://app.example.com"), ("HTTPS://App.Example.com", "https://app.example.com"),
    ("https://*.example.com//", "https://*.example.com"), ("http://localhost:3000/", "http://localhost:3000"),
    ("https://app.example.com/help", None), ("app.example.com", None), ("https://a;b", None), ("https:///", None),
])  # fmt: skip
def test_a_site_is_taken_as_people_copy_it(typed: str, kept: str | None) -> None:
    assert origin_of(typed) == kept


def test_the_same_site_typed_twice_is_one() -> None:
    assert sites_of("https://a.example/\nhttps://A.example https://b.example") == (
        ["https://a.example", "https://b.example"], "",
    )  # fmt: skip
    assert "b.example/x is no site" in sites_of("https://a.example https://b.example/x")[1]
