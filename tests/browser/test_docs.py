"""The start page, the help centre and the API reference."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.cast import WISH, Customer, LiveHouse
from segue.app import pictures as of_pictures
from segue.app.bench import weights
from segue.app.pictures import THEMES, WIDTHS, pictures, take, take_two
from segue.app.screens import ALL
from segue.app.settings import Settings
from segue.web.prose import article_html, message_html

PAGES = ["/", "/?q=invoice", "/docs", "/chat", "/sign-in", "/help/why-is-my-invoice-higher"]


def test_the_start_page_leads_everywhere(visitor: Page) -> None:
    visitor.goto("/")
    for name in ("Chat", "Write to us", "Agent desk", "API reference"):
        expect(visitor.get_by_role("link", name=name).first).to_be_visible()
    visitor.click("text=Why is my invoice higher this month?")

    expect(visitor.locator("h1")).to_have_text("Why is my invoice higher this month?")


def test_the_reference_names_every_operation_with_its_scope(visitor: Page, customer: Callable[[str], Customer]) -> None:
    doc = customer("Eve").client.get("/api/v1/openapi.json").json()
    visitor.goto("/docs")

    shown = visitor.locator(".operation h3").all_inner_texts()
    assert sorted(shown) == sorted(f"{verb.upper()} {path}" for path, verbs in doc["paths"].items() for verb in verbs)
    assert all("scope" in text for text in visitor.locator(".operation").all_inner_texts())


def test_the_help_centre_is_searched_without_a_script(visitor: Page) -> None:
    visitor.goto("/")
    visitor.get_by_role("searchbox").fill("invoice higher")
    visitor.keyboard.press("Enter")

    expect(visitor.locator(".hits a").first).to_have_text("Why is my invoice higher this month?")
    expect(visitor.get_by_role("searchbox")).to_have_value("invoice higher")
    visitor.get_by_role("searchbox").fill("qzxv wjkp")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("#found")).to_have_text("No article fits that")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline_or_from_elsewhere(customer: Callable[[str], Customer], path: str) -> None:
    page = customer("Eve").client.get(path).text

    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)
    assert all(at.startswith("/") for at in re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', page))


def test_an_internal_article_answers_like_a_missing_one(customer: Callable[[str], Customer]) -> None:
    client = customer("Eve").client
    internal, missing = client.get("/help/refund-limits"), client.get("/help/no-such-article")

    assert (internal.status_code, internal.text) == (missing.status_code, missing.text) == (404, missing.text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[press](javascript:alert(1))",
        "![look](https://eve.example/pixel.png)",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<a href='https://x' onclick='alert(1)'>x</a>",
        "```html\n</code><script>alert(1)</script>\n```",
    ],
)
def test_written_text_never_becomes_markup_of_its_own(text: str) -> None:
    for html in (message_html(text), article_html(text)):
        assert not re.search(r"<(script|img|iframe|style)|<[^>]* on\w+=|href=\"?(javascript|data):", html)


def test_an_articles_headings_begin_below_its_title_and_skip_none() -> None:
    html = article_html("# One\n\n#### Two\n\ntext\n\n# Three")

    assert re.findall(r"<h(\d)", html) == ["2", "3", "2"]


@pytest.mark.parametrize("name", ["live.js", "chat.js"])
def test_a_customers_script_stays_small(customer: Callable[[str], Customer], name: str) -> None:
    assert len(customer("Eve").client.get(f"/static/{name}").content) < 5000


def test_the_desks_scripts_weigh_far_below_their_budget() -> None:
    """60 kB is the budget; ours are served as they are written, so that this is what a browser fetches at most."""
    assert weights.js_bytes() < 34_000


def test_no_part_weighs_more_than_its_bar_and_settings_count_all_that_their_pages_bring() -> None:
    """A script that such a page brings, or one of these brings in its turn, is a part of the figure."""
    web = Path(weights.__file__).parents[2] / "web"
    framed = [page.read_text() for page in (web / "templates").glob("*.html")]
    asked = {
        name for page in framed if 'extends "base.html"' not in page for name in re.findall(r"/static/(\S+?\.js)", page)
    }
    asked |= set(re.findall(r"/static/(\S+?\.js)", (web / "templates/lead.html").read_text()))
    todo, weighed = [web / "static" / name for name in sorted(asked) if "{{" not in name], set[Path]()
    while todo:
        if (script := todo.pop().resolve()) not in weighed:
            weighed.add(script)
            todo += [script.parent / name for name in re.findall(r'from "(\S+)";', script.read_text())]

    assert {file.name for file in weighed} >= {"main.js", "setup.js", "widget.js", "choosing.js", "page.js"}
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in weighed) == weights.settings_bytes()
    assert all(weights.figures()[part] <= bar for part, bar in weights.BARS.items())


def picture(file: Path) -> tuple[int, set[bytes]]:
    """How wide a PNG is, and its rows as they are packed: in one that is blank all but the first are the same."""
    data, at, packed = file.read_bytes(), 8, b""
    width, bits, kind = int.from_bytes(data[16:20]), data[24], data[25]
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        packed += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    row, rows = width * bits // 8 * {2: 3, 6: 4}[kind] + 1, zlib.decompress(packed)
    return width, {rows[n : n + row] for n in range(0, len(rows), row)}


def test_a_screen_is_pictured_as_the_command_does_it(chromium: Browser, house: LiveHouse, tmp_path: Path) -> None:
    screens = [screen for screen in ALL if screen.name == "contact"]

    (file,) = pictures(chromium, house.address, screens, {}, tmp_path, "dark", 390)

    width, rows = picture(file)
    assert (file.name, width) == ("contact-390-dark.png", 390)
    assert len(rows) > 100


@pytest.fixture
def pictured(monkeypatch: pytest.MonkeyPatch, chromium: Browser, house: LiveHouse) -> list[Settings]:
    """The command looks at this house instead of furnishing one; what it would have furnished."""
    asked = list[Settings]()
    monkeypatch.setattr(of_pictures, "furnished", lambda at: asked.append(at) or {})
    monkeypatch.setattr(of_pictures, "whole", lambda at: nullcontext(house.address))
    monkeypatch.setattr(of_pictures, "chromium", lambda: nullcontext(chromium))
    return asked


def test_the_command_takes_each_screen_so_called_in_every_width_and_theme(
    pictured: list[Settings], tmp_path: Path
) -> None:
    at = Settings()

    taken = list(take(at, tmp_path / "new", "invite-dead"))

    assert pictured == [at]
    wanted = {f"invite-dead-{width}-{theme}.png": width for width in WIDTHS for theme in THEMES}
    assert {file.name: picture(file)[0] for file in taken} == wanted
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == sorted(wanted)
    shown = {theme: picture(tmp_path / "new" / f"invite-dead-390-{theme}.png")[1] for theme in THEMES}
    assert shown["light"] != shown["dark"]


def test_the_readmes_picture_shows_the_desk_with_a_conversation_open(
    pictured: list[Settings], customer: Callable[[str], Customer], tmp_path: Path
) -> None:
    customer("Grace").writes(f"{WISH} The bank feed has stopped.")

    taken = list(take_two(at := Settings(), tmp_path))

    assert pictured == [at]
    assert [file.name for file in taken] == ["desk.png", "desk-dark.png"]
    (width, light), (_same, dark) = map(picture, taken)
    assert width == 1440
    assert min(len(light), len(dark)) > 400
    assert light != dark
