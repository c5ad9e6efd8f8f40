"""A new lead in a house where nobody works yet: from the first sign-in to the first decision in shadow."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.carrying import inside, says, site_beside, wants_help
from browser.cast import LiveHouse, browser_of_its_own, is_complaint
from browser.housing import lived_in

NORA, PASSWORD = "nora@corner.example", "a password of hers"
ASKED = {
    "Parking": ("Where may I park my car near the office?", "Is there a place to park near the office?"),
    "Lunch": ("What is there for lunch in the canteen today?", "Is lunch in the canteen vegan?"),
}
ARTICLE = "# Where to park\n\nPark behind the house; the gate opens with your badge."
TAKES = 90_000
"""Milliseconds that a file may take until it is learnt from, while the machine is busy."""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[LiveHouse]:
    """Started as anybody starts theirs, without the demo company; Nora is let in by whoever runs it."""
    with lived_in(tmp_path / "data", "--no-demo") as house:
        let_in = [sys.executable, "-m", "segue", "agent", "add", "Nora Lind", NORA, "--role", "lead"]
        subprocess.run([*let_in, "--data", str(house.data)], input=f"{PASSWORD}\n", text=True, check=True)
        yield house


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert not found


def export() -> bytes:
    """As a desk elsewhere exports it: one row a ticket, what it was about beside it."""
    rows = ["ticket_id,created_at,email,question,answer,topic,category"]
    for topic, questions in ASKED.items():
        rows += [
            f"{topic}{n},2026-10-{n + 1:02},{topic}{n}@old.example,{questions[n % 2]},See the board.,{topic},{topic}"
            for n in range(8)
        ]
    return "\n".join(rows).encode()


def comes_in(page: Page, house: LiveHouse) -> None:
    page.goto(f"{house.address}/sign-in")
    page.fill("#email", NORA)
    page.fill("#password", PASSWORD)
    page.click("main button")


def brings(page: Page, name: str, body: bytes) -> None:
    page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": body})
    page.get_by_role("button", name="Look what is in it").click()


def goes_on(page: Page, to: str) -> None:
    page.get_by_role("link", name=f"Go on with: {to}").click()
    expect(page.locator("#step-title")).to_have_text(to)


def writes_until_it_is_decided_in_shadow(shop: Page, page: Page) -> None:
    """Workers take a shadow up within a second, and on a busy machine after the first message."""
    for n in range(1, 30):
        says(inside(shop), f"Where may I park my car near the office? ({n})")
        inside(shop).locator("#thread .said.mine").nth(n - 1).wait_for()
        inside(shop).locator("#thread .said.system").first.wait_for()
        page.reload()
        if "of 1 conversation" in page.locator(".step .bar.calm").inner_text():
            return
    pytest.fail("nothing was decided in shadow")


def test_a_new_lead_sets_an_empty_house_up_to_its_first_decision_in_shadow(
    chromium: Browser, empty: LiveHouse, complaints: list[str]
) -> None:
    context = browser_of_its_own(chromium, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: is_complaint(line.text) and complaints.append(line.text))
    title, left, done = page.locator("#step-title"), page.locator(".left"), page.locator("main > .bar.calm")

    # A lead of an empty house begins here; time left is said, and what is skipped is come back to.
    comes_in(page, empty)
    expect(title).to_have_text("Bring past tickets")
    expect(left).to_have_text("About 27 minutes left")
    page.get_by_role("button", name="Skip this for now").click()
    expect(done).to_contain_text("Skipped: Bring past tickets.")
    expect(left).to_have_text("About 22 minutes left")
    expect(title).to_have_text("What they show")
    page.locator(".steps-list a", has_text="Bring past tickets").click()

    # The made-up example is looked at; a file of one's own is taken in.
    page.get_by_role("button", name="Take a made-up example instead").click()
    expect(page.locator(".step")).to_contain_text("300 tickets in example-tickets.csv")
    page.get_by_role("button", name="Choose another file").click()
    brings(page, "export.csv", export())
    expect(page.locator(".step")).to_contain_text("16 tickets in export.csv")
    page.get_by_role("button", name="Take 16 tickets in").click()
    page.locator("#progress[data-state=done]").wait_for(timeout=TAKES)
    expect(page.locator("#progress")).to_contain_text("16 tickets taken in")

    # What they show, and where to begin.
    goes_on(page, "What they show")
    expect(page.locator(".big")).to_contain_text("16 tickets")
    expect(page.locator(".beginnings tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Choose where to begin").click()
    page.get_by_label("Parking", exact=True).check()
    page.get_by_role("button", name="Begin with this one").click()
    expect(done).to_contain_text("The assistant begins in Parking")

    # Knowledge: an article, and the matter it answers.
    expect(title).to_have_text("Knowledge")
    expect(page.locator(".step")).to_contain_text("Parking has no article yet about")
    brings(page, "parking.md", ARTICLE.encode())
    page.get_by_label("Where to park").select_option(label="Parking")
    page.get_by_role("button", name="Publish 1 article").click()
    page.locator("#progress[data-state=done]").wait_for(timeout=TAKES)
    expect(page.locator(".step")).to_contain_text("1 matter may be answered from them")

    # Left in the middle and signed in again, she stands where she was. Each policy was tried on her past.
    page.goto(f"{empty.address}/desk")
    page.goto(f"{empty.address}/setup")
    expect(title).to_have_text("The policy, tried")
    rows = page.locator(".tried tbody tr")
    expect(rows).to_have_count(3)
    for row in rows.all():
        assert sum(int(n) for n in row.locator("td.n").all_inner_texts()[:3]) == 16
    page.get_by_role("button", name="Keep it for the last step").click()
    expect(page.locator("#note-error")).to_be_visible()
    page.fill("#note", "Parking is plain.")
    page.get_by_role("button", name="Keep it for the last step").click()
    expect(done).to_contain_text("The policy is kept for the last step")

    # The widget stands in a page of hers and is seen there without anybody telling.
    expect(title).to_have_text("Widget or mailbox")
    expect(page.locator("pre.code-block")).to_contain_text(f'{empty.address}/widget.js" data-workspace=')
    with site_beside(empty.address) as site:
        page.fill("#origins", site)
        page.click("#keep-sites")
        expect(done).to_contain_text("The sites are kept.")
        shop = browser_of_its_own(chromium).new_page()
        shop.goto(site)
        wants_help(shop)
        expect(page.locator("#seen")).to_contain_text(site)
        page.reload()
        goes_on(page, "Begin in shadow")
        expect(page.locator(".step")).to_contain_text("You chose the policy because: Parking is plain.")
        page.get_by_role("button", name="Begin in shadow").click()
        expect(page.locator(".step .bar.calm")).to_contain_text("The first message that comes is decided by it.")
        expect(left).to_have_text("Nothing is left to do")

        # A customer's message reaches people, and what the assistant would have done stands beside it.
        writes_until_it_is_decided_in_shadow(shop, page)
        expect(inside(shop).locator("#thread")).not_to_contain_text("Park behind the house")
        shop.context.close()
    page.goto(f"{empty.address}/policy/shadow")
    expect(page.locator("#before-after, .before-after").first).to_be_visible()
    page.goto(f"{empty.address}/setup?step=shadow")
    expect(page.locator(".step .bar.calm")).to_contain_text("of 1 conversation would have gone otherwise.")
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url("**/autonomy")
    expect(page.locator(".top nav")).not_to_contain_text("Set up")
    context.close()
