"""What an agent typed when the page dies, and when the conversation becomes another under their hands."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Error, Page, expect

from browser.cast import WISH, Customer, opens, signed_in


def waits(customer: Customer) -> str:
    """The customer asks for a person; returns what the matter is called."""
    customer.writes(f"{WISH} It is {(matter := f'matter {uuid4().hex[:8]}')}.")
    return matter


def types(page: Page, words: str, kept: str) -> None:
    page.locator("#text").press_sequentially(words)
    expect(page.locator("#kept")).to_have_text(kept)


def crashes(page: Page) -> None:
    """Its process ends as by a fault of the browser: nothing of the page gets to say goodbye."""
    with page.expect_event("crash"):
        try:
            page.goto("chrome://crash")
        except Error:
            return


def test_a_page_that_crashes_loses_nothing_of_a_draft(mira: Page, customer: Callable[[str], Customer]) -> None:
    path = opens(mira, waits(customer("Eve")))
    types(mira, "Kept by the server", "Draft kept")
    mira.route("**/draft", lambda route: route.abort())
    types(mira, ", kept here", "Kept in this browser only")
    crashes(mira)

    again = mira.context.new_page()
    again.goto(path)
    expect(again.locator("#text")).to_have_value("Kept by the server, kept here")
    types(again, ".", "Draft kept")


def test_who_types_while_a_colleague_resolves_it_goes_on_typing(
    mira: Page, customer: Callable[[str], Customer], windows: Callable[..., Page]
) -> None:
    path = opens(mira, waits(customer("Eve")))
    types(mira, "Half a thought", "Draft kept")
    tom = signed_in(windows(), "tom")
    tom.goto(path)
    expect(tom.locator("#main [data-key] kbd").first).to_be_attached()
    tom.keyboard.press("e")

    expect(mira.locator(".facts")).to_contain_text("resolved")
    expect(mira.locator("#text")).to_be_focused()
    types(mira, ", finished", "Draft kept")
    expect(mira.locator("#text")).to_have_value("Half a thought, finished")
    mira.goto(path)
    expect(mira.locator("#text")).to_have_value("Half a thought, finished")


def test_what_one_agent_typed_is_hidden_from_the_next_at_the_same_browser_and_kept_for_the_first(
    mira: Page, customer: Callable[[str], Customer]
) -> None:
    path = opens(mira, waits(customer("Eve")))
    mira.context.route("**/draft", lambda route: route.abort())
    types(mira, "Mira alone", "Kept in this browser only")

    other = signed_in(mira.context.new_page(), "tom")
    other.goto(path)
    expect(other.locator("#main [data-key] kbd").first).to_be_attached()
    expect(other.locator("#text")).to_have_value("")
    expect(mira.locator("#text")).to_have_value("")

    signed_in(other).goto(path)
    expect(other.locator("#text")).to_have_value("Mira alone")
