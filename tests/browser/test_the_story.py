"""The story of the first minute in a browser, by the same steps that `segue demo` plays.

The house here reads with the stand-in encoder, to which the last customer's other words mean less than to the real one:
whether she is answered is held by `tests/stories/test_the_demo.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from browser.cast import LiveHouse, violations
from segue.app.demo.on_screen import SIZE, Screen
from segue.app.demo.performing import MEETS, perform
from segue.app.demo.story import story


@pytest.fixture
def untaught(house: LiveHouse) -> Iterator[None]:
    """Other tests read the article that the lead adds to; afterwards it is as it was."""
    slug = next(step.article for step in story().steps if step.author == "lead")
    with httpx.Client(base_url=f"{house.address}/api/v1", headers={"Authorization": f"Bearer {house.key}"}) as api:
        before = api.get(f"/articles/{slug}").raise_for_status().json()
        yield
        kept = {name: before[name] for name in ("slug", "title", "body", "audience", "intent") if before.get(name)}
        api.put("/articles", json=kept).raise_for_status()


@pytest.mark.usefixtures("untaught")
def test_the_story_goes_as_told_on_both_sides(house: LiveHouse, chromium: Browser) -> None:
    """Not in one of the `windows`: where somebody else comes in, the desk of who was there loses its channel."""
    page, told, broken = (
        chromium.new_page(base_url=house.address, viewport=ViewportSize(**SIZE)),
        list[str](),
        list[str](),
    )
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda line: "Content Security Policy" in line.text and broken.append(line.text))
    screen = Screen(page, house.key)
    screen.open()

    report = perform(screen, told.append)
    page.close()

    *steps, last = report["steps"]
    assert [step for step in steps if not step["as_told"]] == []
    briefing = next(step["briefing"] for step in steps if step["author"] == "agent")
    assert "assistant answered with" in briefing["tried"][0]
    assert any("INV-20871" in known for known in briefing["known"])
    why = next(step["why"] for step in steps if step["author"] == "agent")
    assert "third time" in why, "the card names the customer's own words"
    proposed = next(step["proposed"] for step in steps if step["author"] == "lead")
    assert "two old addresses" in proposed, "what the lead approves was the agent's reply"
    assert last["did"] in MEETS["either"]
    assert all(last["said"]), "whatever was decided, she reads a word of it"
    assert len(told) == 2 * len(report["steps"])
    assert broken == []


def test_both_sides_stand_one_above_the_other_on_a_phone_and_keep_nobody_out(windows: Callable[..., Page]) -> None:
    page = windows(390, 844)
    page.set_default_timeout(60_000)
    page.goto("/demo?as=ada")
    product, desk = page.locator("iframe[name=product]"), page.locator("iframe[name=desk]")

    product.content_frame.locator("h1:visible", has_text="Billing").wait_for()
    page.locator("button[name=email][value^='mira@']").click()
    desk.content_frame.locator(".who-menu summary", has_text="Mira").wait_for()
    assert product.bounding_box()["y"] + product.bounding_box()["height"] < desk.bounding_box()["y"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
