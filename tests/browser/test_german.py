"""German in a browser: the pages people stand before all day, with what their scripts wrote, in every width; and a
language is chosen as people choose it. Every page there is, as the server writes it: `test_accessible.py`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.cast import WISH, Customer, signed_in, violations
from browser.english import is_english

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
LINES = """() => [...document.querySelectorAll(".top, .views, .tabs ul")].filter((one) => one.checkVisibility())
  .map((one) => [one.className, one.getBoundingClientRect().height]).filter(([, height]) => height > 56)"""
"""What takes more than one line of what leads elsewhere."""
WIDTHS = (390, 1024, 1440, 1280)
"""The last one is that in which pages are loaded; in the others they are only laid out anew."""
LEADS = ("/autonomy", "/policy", "/knowledge?show=gaps", "/quality", "/settings", "/settings/hours",
         "/settings/channels", "/settings/keys", "/review")  # fmt: skip
DESK = ("/desk?view=unassigned", "/desk/me", "/desk/macros/new", "/desk/views")
SHOP = ("/chat", "/contact", "/sign-in", "/help/missing")


def english(page: Page) -> set[str]:
    """Texts of ours that are shown in English."""
    return {text for text in page.evaluate(READ) if is_english(text)}


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture(params=[(1280, 720)], ids=["1280"])
def german(request: pytest.FixtureRequest, windows: Callable[..., Page]) -> Page:
    return windows(*request.param, locale="de-DE")


def test_the_pages_of_every_day_are_german_and_fit_every_width(
    german: Page, customer: Callable[[str], Customer]
) -> None:
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
                assert width > 390 or (path, german.evaluate(LINES)) == (path, [])
            if path in ("/desk/me", "/autonomy", "/policy", "/contact"):
                assert (path, violations(german)) == (path, [])


def test_who_chooses_a_language_reads_it_everywhere_and_finds_the_way_back_in_it(windows: Callable[..., Page]) -> None:
    """By what stands on the page: the menu under one's name, the field, its button. Tom's browser asks for English."""
    tom = signed_in(windows(locale="en-GB"), "tom")
    tom.get_by_text("Tom", exact=True).click()
    tom.get_by_role("link", name="My preferences").click()
    tom.get_by_label("Language").select_option(label="Deutsch")
    tom.get_by_role("button", name="Keep these").click()
    try:
        expect(tom.locator("html")).to_have_attribute("lang", "de")
        expect(tom.locator("main [role=status]")).to_have_text("Gespeichert. Es gilt überall, wo Sie sich anmelden.")
        assert english(tom) == set()
        tom.get_by_role("navigation", name="Seiten").get_by_role("link", name="Desk").click()
        tom.wait_for_url("**/desk")
        expect(tom.locator("html")).to_have_attribute("lang", "de")
        assert english(tom) == set()
        tom.goto("/desk/me")
        expect(tom.get_by_label("Sprache")).to_have_value("de")
    finally:  # whatever it says there
        tom.goto("/desk/me")
        tom.select_option("#language", "")
        tom.click("main form button.primary")
    expect(tom.locator("main [role=status]")).to_have_text("Kept. They are there wherever you sign in.")
    expect(tom.locator("html")).to_have_attribute("lang", "en")
