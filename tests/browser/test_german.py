"""The desk, a lead's pages and the widget in German: no English of ours, nothing too long, no violation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from browser.cast import WISH, Customer, opens, signed_in, violations
from segue.texts import source
from segue.texts.po import parsed

READ = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const own = walker.currentNode.parentElement;
    if (!own.closest("script, style, template, .prose, .typed, .asked, code, [lang=en]"))
      found.push(walker.currentNode.textContent.trim().replace(/\\s+/g, " "));
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], [data-said]"))
    for (const name of ["aria-label", "title", "placeholder", "data-said"]) found.push(one.getAttribute(name) ?? "");
  return found;
}"""
ENGLISH = {e.id for e in parsed(source("de")) if len(e.id) > 3 and "%(" not in e.id and e.strings[0] != e.id}
SAME = {e.strings[0] for e in parsed(source("de"))}
"""What is a German text, too: of another meaning, or because the word is the same."""
LEADS = ("/autonomy", "/policy", "/knowledge?show=gaps", "/quality", "/settings", "/settings/keys", "/review")
DESK = ("/desk?view=unassigned", "/desk/me", "/desk/macros/new", "/desk/views")
SHOP = ("/chat", "/contact", "/sign-in", "/help/missing")


def english(page: Page) -> set[str]:
    """Texts of ours that are shown in English, word for word."""
    return {text for text in page.evaluate(READ) if text in ENGLISH} - SAME


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture(params=[(1280, 720), (390, 844)], ids=["1280", "390"])
def german(request: pytest.FixtureRequest, windows: Callable[..., Page]) -> Page:
    return windows(*request.param, locale="de-DE")


def test_every_page_is_german_and_fits(german: Page, customer: Callable[[str], Customer]) -> None:
    customer("Eve").writes(f"{WISH} The printer speaks German.")
    for agent, paths in (("", SHOP), ("mira", DESK), ("lena", LEADS)):
        if agent:
            german.context.clear_cookies()
            signed_in(german, agent)
        for path in paths:
            german.goto(path)
            assert german.locator("html").get_attribute("lang") == "de", path
            assert (path, english(german)) == (path, set())
            assert not is_too_wide(german), path
            if path in ("/desk/me", "/autonomy", "/policy", "/contact"):
                assert (path, violations(german)) == (path, [])


def test_what_scripts_say_is_german(windows: Callable[..., Page], customer: Callable[[str], Customer]) -> None:
    customer("Eve").writes(f"{WISH} The scanner speaks German.")
    mira = signed_in(windows(locale="de-DE"))
    opens(mira, "scanner speaks")
    mira.click("main h1")
    mira.keyboard.press("d")
    mira.get_by_text("Es gibt keinen Vorschlag").first.wait_for()
    mira.keyboard.press("Control+k")
    mira.get_by_role("combobox", name="Befehle").wait_for()
    assert english(mira) == set()
    assert violations(mira) == []


def in_german(route: Route) -> None:
    """The page as its makers would write it for German customers."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("data-workspace=", 'data-lang="de" data-workspace='))


def test_the_widget_speaks_as_the_page_around_it_says(visitor: Page) -> None:
    visitor.route("**/demo/billing", in_german)
    visitor.goto("/demo/billing")
    visitor.get_by_role("button", name="Hilfe, Ledgerly").click()
    inside = visitor.frame_locator("iframe[title^=Hilfe]")
    inside.locator("#hello").wait_for()
    frame = next(frame for frame in visitor.frames if "/widget" in frame.url)

    assert inside.locator("html").get_attribute("lang") == "de"
    assert inside.locator("#person").inner_text() == "Mit einem Menschen sprechen"
    inside.locator("#text").fill("Why is my invoice higher this month?")
    inside.locator("#send").click()
    inside.locator(".said.assistant").wait_for()
    assert {text for text in frame.evaluate(READ) if text in ENGLISH} - SAME == set()
