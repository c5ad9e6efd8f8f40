"""Every page, light and dark, wide and narrow: no violation that axe can find, and nothing that scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.cast import WISH, Customer, opens, signed_in, violations

SIZES = [(1280, 720), (390, 844)]
WIDTHS = (1440, 1280, 1024, 768, 390, 320)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SIZES, ids=lambda size: str(size[0]))
def page(request: pytest.FixtureRequest, windows: Callable[..., Page], scheme: str) -> Page:
    width, height = request.param
    return windows(width, height, color_scheme=scheme)


def too_wide(page: Page) -> list[int]:
    """The widths at which the page scrolls sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(width)
    return found


MORE_OF_THE_SAME = ".operation:nth-of-type(n + 4)"
"""Of the hundred operations of the reference, each written by the same few lines, axe takes fifteen seconds to look at
all. It does so once in either scheme; narrow, at three of every group. How wide they are is looked at for all."""


@pytest.mark.parametrize("path", ["/", "/docs", "/help/why-is-my-invoice-higher", "/help/missing", "/sign-in", "/chat"])
def test_pages_for_everybody(page: Page, path: str) -> None:
    is_narrow = page.viewport_size == {"width": 390, "height": 844}
    page.goto(path)

    assert violations(page, *([MORE_OF_THE_SAME] if is_narrow else ())) == []
    assert too_wide(page) == []


def test_the_chat_from_the_first_message_to_a_person(page: Page) -> None:
    page.goto("/chat")
    page.fill("#text", "Why is my invoice higher this month?")
    page.click("#composer button")
    page.wait_for_selector("#thread")
    assert violations(page) == []

    page.click(".person")
    page.wait_for_selector(".said.system")
    assert violations(page) == []
    assert too_wide(page) == []


def test_a_refused_sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#email", "nobody@ledgerly.example")
    page.fill("#password", "wrong")
    page.click("main button")

    expect(page.locator("#error")).to_be_visible()
    assert violations(page) == []


def test_the_desk(page: Page, customer: Callable[[str], Customer]) -> None:
    customer("Eve").writes(f"{WISH} My desk is on fire.")
    signed_in(page)
    assert violations(page) == []

    opens(page, "on fire")
    assert violations(page) == []
    page.click(".primary.as-reply")
    expect(page.locator("#flaw")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page) == []
    for place in ("/desk?view=assistant", "/desk?view=resolved", "/desk/macros/new", "/desk/views"):
        page.goto(place)
        assert violations(page) == []
    assert too_wide(page) == []
