"""The desk, a lead's pages and customers' pages in German: no English of ours, nothing too long, no violation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from browser.cast import WISH, Customer, signed_in, violations
from segue.domain import buttons
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
CUT = """() => [...document.querySelectorAll(".views .name, .rows .clock, .of-categories")].filter((one) => {
  const scrolls = one.matches(".of-categories") && innerWidth < 1280;
  if (!one.checkVisibility() || scrolls || getComputedStyle(one).position === "absolute") return false;
  const around = one.closest(".views, .queue, .scroll").getBoundingClientRect();
  return one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > around.right + 1;
}).concat([...document.querySelectorAll("button, .button, summary, select, th")].filter((one) => {
  const box = one.getBoundingClientRect(), around = one.closest(".scroll, .card, .drop");
  if (!one.checkVisibility({visibilityProperty: true, opacityProperty: true}) || box.width < 2 || around) return false;
  const isCut = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).textOverflow !== "ellipsis";
  return isCut || box.right > innerWidth + 1 || box.left < -1;
})).map((one) => one.textContent.trim().replace(/\\s+/g, " ").slice(0, 60))"""
"""What has to be read whole: names of views, when something is due, the table of categories; buttons and headings."""
WIDTHS = (390, 1024, 1440, 1280)
"""The last one is that in which pages are loaded; in the others they are only laid out anew."""
LEADS = ("/autonomy", "/policy", "/knowledge?show=gaps", "/quality", "/settings", "/settings/hours",
         "/settings/channels", "/settings/keys", "/review")  # fmt: skip
DESK = ("/desk?view=unassigned", "/desk/me", "/desk/macros/new", "/desk/views")
SHOP = ("/chat", "/contact", "/sign-in", "/help/missing")


def english(page: Page) -> set[str]:
    """Texts of ours that are shown in English, word for word. What a button wrote for a customer is the customer's."""
    by_buttons = {buttons.WISH, buttons.SOLVED, buttons.NOT_SOLVED}
    return {text for text in page.evaluate(READ) if text in ENGLISH} - SAME - by_buttons


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture(params=[(1280, 720)], ids=["1280"])
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
            for width in WIDTHS if agent else WIDTHS[-1:]:
                german.set_viewport_size({"width": width, "height": 720})
                assert not is_too_wide(german), (path, width)
                assert (path, width, german.evaluate(CUT)) == (path, width, [])
            if path in ("/desk/me", "/autonomy", "/policy", "/contact"):
                assert (path, violations(german)) == (path, [])
