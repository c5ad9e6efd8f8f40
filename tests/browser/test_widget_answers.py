"""A customer and an answer of the assistant: who says it, while it comes, and whether it solved anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from browser.carrying import ANSWERED, inside, matter, says, wants_help
from browser.cast import SURE, WISH
from naughty import packed
from segue.store.workspace import Workspace

Opens = Callable[..., Page]
MOVES = """() => [document.getAnimations().length, [...document.querySelectorAll("*")].filter((one) =>
  [null, "::before", "::after"].some((part) =>
    getComputedStyle(one, part).transitionDuration.split(", ").some((lasts) => parseFloat(lasts)))).length]"""
"""How many animations run, and how many elements would not change at once."""


@contextmanager
def no_answer_yet(workspace: Workspace) -> Iterator[None]:
    """Messages are taken and considered; what came of it can be written down only after the end."""
    with workspace.db.transaction() as held:
        held.execute("lock table answers in share mode")
        yield


@pytest.fixture
def answered(carried: Opens) -> FrameLocator:
    """A guest's widget with an answer that the assistant is sure of."""
    frame = wants_help(carried())
    says(frame, SURE)
    frame.locator(".said.assistant").wait_for()
    return frame


def solved(frame: FrameLocator, word: str) -> Locator:
    return frame.get_by_role("group", name="Did this solve it?").get_by_role("button", name=word)


def test_who_says_no_gets_people_and_reads_what_they_were_told(answered: FrameLocator) -> None:
    solved(answered, "No").click()

    expect(answered.locator(".said.system")).to_contain_text("don't need to repeat")
    expect(answered.locator("#people")).to_contain_text("has this conversation")
    expect(answered.locator("#passed-on")).to_contain_text("You said it did not help.")
    expect(answered.locator("#passed-on")).to_contain_text(SURE)
    expect(solved(answered, "No")).to_have_count(0)


def test_who_says_yes_has_said_so_and_it_is_closed(answered: FrameLocator) -> None:
    words = answered.locator("body").get_attribute("data-yes")
    solved(answered, "Yes").click()

    expect(answered.locator(".said.mine").last).to_contain_text(str(words))
    expect(answered.locator("#resolved")).to_contain_text("This conversation is closed")
    expect(answered.get_by_role("button", name="Begin a new conversation")).to_be_visible()
    expect(answered.locator("#passed-on")).to_have_count(0)


def test_who_refreshes_before_the_answer_is_there_gets_it_once(carried: Opens, workspace: Workspace) -> None:
    page = carried()
    frame = wants_help(page)
    with no_answer_yet(workspace):
        says(frame, SURE)
        expect(frame.locator(".said.mine[data-client]:not(.pending)")).to_have_count(1)
        page.reload()
        frame = inside(page)
        expect(frame.locator(".said.mine")).to_contain_text(SURE)
        expect(frame.locator("#considering")).to_be_visible()
        expect(frame.locator(ANSWERED)).to_have_count(0)

    frame.locator(".said.assistant").wait_for()
    expect(frame.locator("#considering")).to_have_count(0)
    page.reload()
    expect(inside(page).locator(".said.assistant")).to_have_count(1)
    expect(inside(page).locator(".said")).to_have_count(2)


def test_odd_words_of_the_page_and_of_the_customer_come_back_as_they_are(carried: Opens, workspace: Workspace) -> None:
    odd, content = packed("odd", 250)[0], "(element) => element.textContent"
    page, said = carried(), f"{odd} {matter()} {WISH}"
    page.evaluate(
        "([title, said]) => { document.title = title; prefilled.dataset.seguePrompt = said; }",
        [odd, said],
    )
    page.click("#prefilled")
    frame = inside(page)
    expect(frame.locator("#text")).to_have_value(said)
    frame.locator("#text").press("Enter")
    frame.locator("#passed-on").wait_for()
    assert frame.locator(".said.mine .text").evaluate(content) == said

    frame.locator(".correct summary").click()
    frame.locator("#correction").fill(odd)
    frame.locator(".correct button").click()
    assert frame.locator(".receipt .corrected dd").evaluate(content) == odd
    row = workspace.db.one(
        "select c.page_title from conversations c join messages m on m.conversation_id = c.id where m.body = %(said)s",
        {"said": said},
    )
    assert row is not None
    assert row.page_title == odd


def test_who_hears_the_page_hears_who_said_what_and_where_it_stands(answered: FrameLocator) -> None:
    expect(answered.locator("body")).to_match_aria_snapshot(
        f"""
        - log /Conversation \\d+/:
          - list:
            - listitem:
              - paragraph: You
              - text: {SURE}
            - listitem:
              - paragraph: /^AI assistant/
        """
    )
    expect(answered.get_by_role("button", name="Talk to a person", exact=True)).to_be_visible()
    source = answered.locator(".said.assistant .sources a").first
    expect(source).to_have_accessible_name(re.compile(r"^Why is my invoice higher.+\(in a new tab\)$"))
    expect(source).to_have_attribute("href", "/help/why-is-my-invoice-higher")


def test_who_hears_the_page_hears_what_was_passed_on_and_when_somebody_answers(carried: Opens) -> None:
    frame = wants_help(carried())
    says(frame, f"{WISH} It is about {matter()}, and invoice INV-2041.")
    frame.locator("#passed-on").wait_for()

    expect(frame.locator("body")).to_match_aria_snapshot(
        """
        - main "Help":
          - log /Conversation \\d+/:
            - list:
              - listitem:
                - paragraph: You
                - text: /INV-2041/
              - listitem:
                - paragraph: Notice
                - text: /don't need to repeat/
          - status:
            - paragraph:
              - strong: /team/
              - text: /has this conversation\\. An answer is due .*\\d/
          - region "What we passed on":
            - heading "What we passed on" [level=2]
            - term: You want
            - definition: /INV-2041/
            - term: You told us
            - definition:
              - strong: /INV-2041/
            - paragraph: It is in front of them, so you need not repeat it.
            - group: Something is wrong or missing
        """
    )


def test_nothing_moves_for_who_asked_for_that(carried: Opens, workspace: Workspace) -> None:
    page = carried(reduced_motion="reduce")
    frame = wants_help(page)
    with no_answer_yet(workspace):
        says(frame, SURE)
        expect(frame.locator("#considering")).to_be_visible()
        still = [one.evaluate(MOVES) for one in page.frames]
        page.emulate_media(reduced_motion="no-preference")
        moving = [one.evaluate(MOVES) for one in page.frames]

    assert still == [[0, 0]] * len(page.frames) == [[0, 0], [0, 0]]
    assert moving[1][0] == 3, "without that wish three dots would"
