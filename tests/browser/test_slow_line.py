"""Hands that are faster than the line: what is pressed or typed meanwhile is meant for what the agent sees."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from browser.cast import WISH, Customer, held, opens

Opens = Callable[[str], Customer]
PARTS = "**/desk/conversations/*q=*"
"""Conversations of a search, as they are fetched into an open page."""


def several(customer: Opens, count: int) -> str:
    """So many wait; returns the word under which they are found."""
    word = f"several{uuid4().hex[:8]}"
    for _ in range(count):
        customer("Eve").writes(f"{WISH} It is {word}.")
    return word


def finds(page: Page, word: str, count: int) -> list[str]:
    """The ids of the list, once the page listens to keys."""
    page.goto(f"/desk?q={word}")
    expect(page.locator("#main [data-key] kbd").first).to_be_attached()
    rows = page.locator("#rows [data-id]")
    expect(rows).to_have_count(count)
    return [str(row.get_attribute("data-id")) for row in rows.all()]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def is_seen_selected(page: Page, conversation: str) -> None:
    expect(page.locator("#rows [aria-current]")).to_have_id(f"open-{conversation}")


def test_what_is_pressed_after_a_step_is_done_where_the_step_led(mira: Page, customer: Opens) -> None:
    """Two steps at once lead two on; what is typed after the key for a reply is a reply, though `e` would close it."""
    word = several(customer, 3)
    with held(mira, PARTS):
        first, _second, third = finds(mira, word, 3)
        press(mira, "j", "j")
        is_seen_selected(mira, third)
        press(mira, "s", "r")
        mira.keyboard.type("See / here\nand there")
        expect(mira.locator("#main")).to_have_attribute("data-id", first)
    expect(mira.locator("#main")).to_have_attribute("data-id", third)
    expect(mira.locator("#text")).to_have_value("See / here\nand there")
    expect(mira.locator(".facts")).to_contain_text("yours")

    press(mira, "Escape", "k", "k")
    expect(mira.locator("#main")).to_have_attribute("data-id", first)
    expect(mira.locator(".facts")).to_contain_text("unassigned")


def test_a_list_that_a_waiting_key_opens_takes_the_words_that_follow(mira: Page, customer: Opens) -> None:
    word, tag = several(customer, 2), f"s{uuid4().hex[:8]}"
    with held(mira, PARTS):
        first, second = finds(mira, word, 2)
        press(mira, "j", "t")
        mira.keyboard.type(tag)
        expect(mira.locator("#chooser")).to_be_hidden()
    expect(mira.locator("#chooser-text")).to_have_value(tag)
    press(mira, "Enter")
    expect(mira.locator("#title .tags a")).to_have_text([tag])
    assert mira.locator("#main").get_attribute("data-id") == second
    expect(mira.locator(f"#row-{first} .tag")).to_have_count(0)


def test_whoever_walks_on_after_a_deed_leaves_it_to_the_one_it_was_meant_for(mira: Page, customer: Opens) -> None:
    word = several(customer, 3)
    with held(mira, PARTS):
        first, second, third = finds(mira, word, 3)
        press(mira, "j", "n")
        is_seen_selected(mira, second)
        mira.keyboard.type("jj")
        press(mira, "Escape", "j", "s")
        is_seen_selected(mira, second)
    expect(mira.locator("#main")).to_have_attribute("data-id", third)
    expect(mira.locator(".facts")).to_contain_text("yours")
    press(mira, "k")
    expect(mira.locator("#main")).to_have_attribute("data-id", second)
    expect(mira.locator("#text")).to_have_value("jj")
    expect(mira.locator(".facts")).to_contain_text("unassigned")
    assert first != second


@pytest.mark.parametrize(("key", "deed"), [("r", "reply"), ("n", "note")])
def test_what_is_typed_while_it_is_sent_stays(mira: Page, customer: Opens, key: str, deed: str) -> None:
    word = several(customer, 1)
    opens(mira, word)
    text = mira.locator("#text")
    with held(mira, f"**/{deed}"):
        press(mira, key)
        mira.keyboard.type("First this.")
        press(mira, "Control+Enter")
        mira.keyboard.type(" Then that")
        expect(mira.locator("#kept")).to_have_text("Draft kept")
        press(mira, "ArrowLeft")
    expect(mira.locator("#thread li").last).to_contain_text("First this.")
    expect(text).to_have_value("Then that")
    expect(text).to_be_focused()
    with mira.expect_response("**/draft") as kept:
        mira.keyboard.type(" for you")
    assert kept.value.ok
    expect(mira.locator("#elsewhere")).to_be_hidden()
    mira.reload()
    expect(text).to_have_value("Then tha for yout")

    press(mira, key, "Control+Enter")
    expect(mira.locator("#thread li").last).to_contain_text("Then tha for yout")
    expect(text).to_have_value("")


def test_who_turns_to_a_note_while_the_reply_is_sent_goes_on_with_the_note(mira: Page, customer: Opens) -> None:
    opens(mira, several(customer, 1))
    with held(mira, "**/reply"):
        press(mira, "r")
        mira.keyboard.type("To the customer.")
        press(mira, "Control+Enter", "Escape", "n")
        mira.keyboard.type("Among us")
    expect(mira.locator("#thread li").last).to_contain_text("To the customer.")
    expect(mira.locator("#text")).to_be_focused()
    expect(mira.locator("#text")).to_have_value("Among us")
    press(mira, "Escape", "r")
    expect(mira.locator("#text")).to_have_value("")


@pytest.mark.parametrize("typed", ["", "Half a thought"])
def test_only_who_typed_something_is_told_where_it_is(mira: Page, customer: Opens, typed: str) -> None:
    """The conversation goes to a team that is closed to her."""
    eve = customer("Eve")
    eve.writes(f"{WISH} It is {(word := uuid4().hex[:8])}.")
    with mira.expect_request("**/desk/events"):
        path = opens(mira, word)
    if typed:
        press(mira, "r")
        mira.keyboard.type(typed)
        expect(mira.locator("#kept")).to_have_text("Draft kept")
    mira.route(f"{path}?*", lambda route: route.fulfill(status=404, body="There is none."))
    eve.writes("Are you there?")
    mira.wait_for_url("**/desk?view=unassigned")

    where = "; what you typed is in My preferences" if typed else ""
    expect(mira.locator("#toast-text")).to_have_text(f"This conversation is closed to you now{where}")
