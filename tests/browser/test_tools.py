"""The agent's tools on the desk, with the mouse unplugged: macros, tags, merging, many at once, views, colleagues."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from browser.cast import WISH, Customer, LiveHouse, becomes_true, opens, signed_in, violations

Opens = Callable[[str], Customer]
Windows = Callable[..., Page]


def waits(customer: Customer, **fields: str) -> str:
    """The customer asks for a person; returns what the matter is called."""
    matter = f"matter {uuid4().hex[:8]}"
    customer.writes(f"{WISH} It is {matter}.", **fields)
    return matter


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def chooses(page: Page, key: str, words: str) -> None:
    """Opens the list with a key, types, and takes what stands there."""
    press(page, key)
    expect(page.locator("#chooser")).to_be_visible()
    page.keyboard.type(words)
    expect(page.locator("#chooser [role=option]").first).to_contain_text(words)
    press(page, "Enter")


def said(page: Page, words: str) -> None:
    expect(page.locator("#toast-text")).to_contain_text(words)


def keeps_macro(page: Page, name: str, text: str, tag: str) -> None:
    page.goto("/desk/macros/new")
    page.fill("#name", name)
    page.fill("#text", text)
    page.fill("#tags", tag)
    page.click("button.primary")
    expect(page.locator("main [role=status]").first).to_contain_text("is kept")


def test_a_macro_is_seen_before_it_is_taken_and_does_its_work_once_sent(mira: Page, customer: Opens) -> None:
    name, tag, ada = f"macro {uuid4().hex[:8]}", f"t{uuid4().hex[:8]}", customer("Ada")
    keeps_macro(mira, name, "Hi {{customer.first_name}}, it is done.", tag)
    opens(mira, waits(ada))
    press(mira, "r", "/")
    expect(mira.locator("#chooser")).to_be_visible()
    mira.keyboard.type(name)
    expect(mira.locator("#chooser-preview")).to_contain_text("Hi Ada, it is done.")
    expect(mira.locator("#chooser-preview")).to_contain_text(f"Once it is sent: tag {tag}")
    assert violations(mira) == []
    press(mira, "Enter")

    expect(mira.locator("#text")).to_have_value("Hi Ada, it is done.")
    expect(mira.locator("#carries")).to_contain_text(f"tag {tag}")
    expect(mira.locator("#kept")).to_have_text("Draft kept")
    mira.reload()
    expect(mira.locator("#carries")).to_contain_text(f"tag {tag}")
    expect(mira.locator("#title .tags")).to_have_count(0)
    press(mira, "r", "Control+Enter")
    expect(mira.locator("#title .tags")).to_contain_text(tag)
    expect(mira.locator("#carries")).to_be_hidden()
    assert "Hi Ada, it is done." in ada.sees()


def test_a_macro_asks_for_what_it_cannot_know_and_braces_offer_what_is_known(mira: Page, customer: Opens) -> None:
    name, ada = f"macro {uuid4().hex[:8]}", customer("Ada")
    keeps_macro(mira, name, "{{ask.the amount}} by {{ask.day|Friday}}: {{ask.the amount}}.", "")
    opens(mira, waits(ada))
    press(mira, "r", "/")
    expect(mira.locator("#chooser")).to_be_visible()
    mira.keyboard.type(name)
    expect(mira.locator("#chooser-preview")).to_contain_text("{{ask.the amount}}")
    press(mira, "Enter")
    expect(mira.locator("#chooser-title")).to_have_text("the amount")
    mira.keyboard.type("87 EUR}}")
    expect(mira.locator("#chooser-text")).to_have_value("87 EUR}}")  # it ends a variable, and nothing else
    press(mira, "Backspace", "Backspace", "Enter")
    expect(mira.locator("#chooser-text")).to_have_value("Friday")
    press(mira, "Enter")
    expect(mira.locator("#text")).to_have_value("87 EUR by Friday: 87 EUR.")

    press(mira, "Enter")
    mira.keyboard.type("{{")
    expect(mira.locator("#chooser [role=option]").first).to_be_visible()
    mira.keyboard.type("customer.first")
    press(mira, "Enter")
    expect(mira.locator("#text")).to_have_value("87 EUR by Friday: 87 EUR.\nAda")

    mira.keyboard.type(" {{")
    expect(mira.locator("#chooser [role=option]").first).to_be_visible()
    mira.keyboard.type("page.title|here}}")
    expect(mira.locator("#chooser")).to_be_hidden()
    mira.keyboard.type(", thanks")
    expect(mira.locator("#text")).to_have_value("87 EUR by Friday: 87 EUR.\nAda {{page.title|here}}, thanks")


def test_what_is_left_unasked_keeps_the_reply_from_being_sent(mira: Page, customer: Opens) -> None:
    name = f"macro {uuid4().hex[:8]}"
    keeps_macro(mira, name, "We credit {{ask.the amount}}.", "")
    opens(mira, waits(customer("Ada")))
    chooses(mira, "m", name)
    expect(mira.locator("#chooser-title")).to_have_text("the amount")
    press(mira, "Escape")
    expect(mira.locator("#text")).to_have_value("We credit {{ask.the amount}}.")
    press(mira, "Control+Enter")

    expect(mira.locator("#flaw")).to_contain_text("“the amount” is not filled in.")
    expect(mira.locator("#text")).to_have_value("We credit {{ask.the amount}}.")


def test_a_stroke_stays_a_stroke_where_no_macro_is_taken(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    press(mira, "r")
    mira.keyboard.type("and/or")
    expect(mira.locator("#chooser")).to_be_hidden()
    press(mira, "Enter", "/")
    expect(mira.locator("#chooser")).to_be_visible()
    mira.keyboard.type("invoice higher")
    press(mira, "Escape")

    expect(mira.locator("#text")).to_have_value("and/or\n/invoice higher")


def test_a_conversation_sleeps_until_the_day_and_time_that_are_typed(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    press(mira, "h")
    mira.keyboard.type("friday 14:05")
    expect(mira.locator("#chooser-options")).to_contain_text(", 14:05")
    press(mira, "Enter")

    expect(mira.locator(".facts")).to_contain_text("14:05")


def test_a_time_that_is_typed_goes_before_a_choice_that_looks_like_it(mira: Page, customer: Opens) -> None:
    """“Tomorrow” has all letters of “1 w” in its hint. Enter does not wait for anybody."""
    opens(mira, waits(customer("Eve")))
    press(mira, "h")
    mira.keyboard.type("1 w")
    press(mira, "Enter")

    days = [datetime.now(UTC) + timedelta(days=days) for days in (7, 8)]  # the house's own zone may be a day ahead
    expect(mira.locator(".facts")).to_contain_text(re.compile("snoozed until ({:%Y-%m-%d}|{:%Y-%m-%d})".format(*days)))


def test_a_tag_is_made_found_and_taken_off_again(mira: Page, customer: Opens) -> None:
    tag = f"t{uuid4().hex[:8]}"
    opens(mira, waits(customer("Eve")))
    chooses(mira, "t", tag)
    said(mira, f"Tagged {tag}")
    expect(mira.locator("#title .tags")).to_contain_text(tag)
    press(mira, "z")
    expect(mira.locator("#title .tags")).to_have_count(0)
    chooses(mira, "t", tag)
    expect(mira.locator("#title .tags")).to_contain_text(tag)

    press(mira, "/")
    mira.keyboard.type(f"tag:{tag}")
    with mira.expect_navigation():  # a key that falls before the new page's scripts stand does nothing
        press(mira, "Enter")
    expect(mira.locator("#rows [data-id]")).to_have_count(1)
    press(mira, "Escape")
    chooses(mira, "t", tag)
    expect(mira.locator("#title .tags")).to_have_count(0)


def test_before_anything_is_typed_no_choice_is_without_a_name(mira: Page, customer: Opens) -> None:
    matter = waits(customer("Eve"))
    opens(mira, matter)
    press(mira, "t")
    expect(mira.locator("#chooser")).to_be_visible()
    nameless = mira.locator("#chooser [role=option]").filter(has_not_text=re.compile(r"\S"))
    expect(nameless).to_have_count(0)

    mira.goto(f"/desk?q={matter}")
    press(mira, "Shift+V")
    expect(mira.locator("#chooser")).to_be_visible()
    expect(mira.locator("#chooser [role=option]")).to_have_count(0)
    mira.keyboard.type("M")
    expect(mira.locator("#chooser [role=option]")).to_contain_text(["Keep as “M”"])
    press(mira, "Backspace")
    expect(mira.locator("#chooser [role=option]")).to_have_count(0)


def test_what_begins_with_a_digit_is_typed_and_takes_nothing(mira: Page, customer: Opens) -> None:
    tag = f"2026-{uuid4().hex[:8]}"
    opens(mira, waits(customer("Eve")))
    chooses(mira, "t", tag)
    said(mira, f"Tagged {tag}")
    expect(mira.locator("#title .tags a")).to_have_text([tag])
    press(mira, "Control+k")
    mira.keyboard.type("1")
    expect(mira.locator("#chooser-text")).to_have_value("1")
    press(mira, "Escape", "a")
    expect(mira.locator("#chooser [role=option]").first).to_be_visible()
    press(mira, "1")
    said(mira, "Assign")


def test_two_conversations_of_grace_become_one_and_two_again(mira: Page, windows: Windows, customer: Opens) -> None:
    """What Tom is just typing goes along, also what only his browser has, and his hands stay on the keys."""
    grace = customer("Grace")
    first = waits(grace)
    grace.client.post("/chat/new")
    second = waits(grace)
    path = opens(mira, second)
    number = mira.locator("#composer").get_attribute("data-number")
    tom = signed_in(windows(), "tom")
    tom.goto(path)
    press(tom, "r")
    tom.keyboard.type("Half a thought")
    expect(tom.locator("#kept")).to_have_text("Draft kept")
    tom.route("**/draft", lambda route: route.abort())
    tom.keyboard.type(", finished")
    expect(tom.locator("#kept")).to_have_text("Kept in this browser only")
    chooses(mira, "Shift+M", first)
    said(mira, f"#{number} is merged into")
    expect(mira.locator("#thread")).to_contain_text(first)
    expect(mira.locator("#thread")).to_contain_text(second)
    expect(mira.locator("#merges")).to_contain_text(f"#{number} is merged into this one")
    assert first in grace.sees()
    assert second in grace.sees()

    said(tom, f"#{number} was merged into")
    expect(tom.locator("#text")).to_have_value("Half a thought, finished")
    expect(tom.locator("#text")).to_be_focused()
    expect(tom.locator("#merges")).to_contain_text("What you had typed there came along.")

    press(mira, "z")
    said(mira, "Undone")
    expect(mira.locator("#composer")).to_have_attribute("data-number", str(number))
    expect(mira.locator("#thread")).not_to_contain_text(first)
    assert first not in grace.sees()


@pytest.fixture
def outage(customer: Opens) -> str:
    """Three wait with the same word."""
    word = f"outage{uuid4().hex[:8]}"
    for _ in range(3):
        customer("Eve").writes(f"{WISH} {word}")
    return word


def test_several_are_selected_seen_beforehand_done_and_undone(mira: Page, outage: str) -> None:
    mira.goto(f"/desk?q={outage}")
    expect(mira.locator("#rows [data-id]")).to_have_count(3)
    press(mira, "x", "Shift+ArrowDown")
    expect(mira.locator("#bulk-count")).to_have_text("2 selected")
    press(mira, "e")
    expect(mira.locator("#card")).to_contain_text("Resolve: 2")
    assert violations(mira) == []
    press(mira, "Enter")
    said(mira, "2 resolved")
    expect(mira.locator("#bulk")).to_be_hidden()

    press(mira, "*", "h")
    expect(mira.locator("#chooser")).to_be_visible()
    press(mira, "1", "Enter")
    expect(mira.locator("#card")).to_contain_text("Left out: 2")
    press(mira, "Escape")
    expect(mira.locator("#card")).to_be_hidden()
    press(mira, "Escape")
    expect(mira.locator("#bulk")).to_be_hidden()

    press(mira, "z")
    said(mira, "Undone: 2")
    mira.goto(f"/desk?q={outage} is:open")
    expect(mira.locator("#rows [data-id]")).to_have_count(3)


def test_several_sleep_until_the_day_and_time_that_are_typed(mira: Page, outage: str) -> None:
    mira.goto(f"/desk?q={outage}")
    press(mira, "*", "h")
    mira.keyboard.type("friday 14:05")
    expect(mira.locator("#chooser-options")).to_contain_text(", 14:05")
    press(mira, "Enter")
    expect(mira.locator("#card h2")).to_have_text(re.compile(r"Snooze until Fri .+, 14:05 .+: 3"))
    press(mira, "Enter")
    said(mira, "3 snoozed")

    expect(mira.locator("#rows .until")).to_have_count(3)


def test_a_word_that_is_said_lies_on_no_button_of_what_is_selected(mira: Page, outage: str) -> None:
    mira.goto(f"/desk?q={outage}")
    expect(mira.locator("#rows [data-id]")).to_have_count(3)
    press(mira, "Shift+M", "x")
    expect(mira.locator("#toast-text")).to_be_visible()
    expect(mira.locator("#bulk-count")).to_have_text("1 selected")

    toast, bulk = mira.locator(".toast").bounding_box(), mira.locator("#bulk").bounding_box()
    assert toast
    assert bulk
    assert toast["y"] + toast["height"] <= bulk["y"]


def test_what_has_left_the_list_is_not_selected_and_the_key_says_why(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    press(mira, "x")
    expect(mira.locator("#bulk-count")).to_have_text("1 selected")
    press(mira, "x", "s")
    expect(mira.locator("#rows .gone [aria-current]")).to_have_count(1)  # under the pointer it stands, struck through

    press(mira, "x")
    said(mira, "It is not in this list any more")
    expect(mira.locator("#bulk")).to_be_hidden()
    many = mira.locator("#rows [data-id]:not(.gone)").count()
    press(mira, "*")
    expect(mira.locator("#bulk-count")).to_have_text(f"{many} selected")
    expect(mira.locator("#rows .gone.selected")).to_have_count(0)


def test_what_was_unfolded_stays_so_when_the_page_renews_itself_and_after_a_deed(mira: Page, customer: Opens) -> None:
    eve, matter, more = (
        customer("Eve"),
        f"matter {uuid4().hex[:8]}",
        "It has been so since Monday morning, for all of us.",
    )
    eve.writes(f"{WISH} It is {matter}: INV-2041, INV-2042, INV-2043 and INV-2044 are wrong. {more}")
    opens(mira, matter)
    shown = mira.locator("#all-wanted")
    shown.check()
    eve.writes("The same with INV-2077.")
    expect(mira.locator("#b-wanted")).to_contain_text("INV-2077")
    expect(shown).to_be_checked()

    press(mira, "n")
    mira.keyboard.type("I look into it.")
    press(mira, "Control+Enter")
    expect(mira.locator("#thread")).to_contain_text("I look into it.")
    expect(shown).to_be_checked()
    shown.uncheck()
    eve.writes("And with INV-2078.")
    expect(mira.locator("#b-wanted")).to_contain_text("INV-2078")
    expect(shown).not_to_be_checked()


def test_what_a_deed_would_do_to_many_can_be_read(mira: Page) -> None:
    mira.goto("/desk?q=is:resolved")
    press(mira, "*", "t")
    mira.keyboard.type("looked through")
    press(mira, "Enter")
    rows = mira.locator("#plan .plan-rows li")
    expect(rows.nth(30)).to_be_attached()

    heights = rows.evaluate_all("rows => rows.map((row) => row.clientHeight)")

    assert min(heights) >= 16
    press(mira, "Escape")


def test_a_search_becomes_a_view_in_the_rail(windows: Windows, outage: str) -> None:
    lena = signed_in(windows(), "lena")
    lena.goto(f"/desk?q={outage}")
    chooses(lena, "Shift+V", outage)
    lena.wait_for_url(re.compile(r"view=sav_"))
    mine = lena.locator("#saved a", has_text=outage)
    expect(mine).to_have_attribute("aria-current", "page")
    expect(mine.locator(".count")).to_have_text("3")

    place = lena.locator("#saved a").all_inner_texts().index(mine.inner_text()) + 1
    lena.goto("/desk?view=resolved")
    press(lena, "g", str(place))
    lena.wait_for_url(re.compile(r"view=sav_"))
    expect(lena.locator("#rows [data-id]")).to_have_count(3)


def test_a_colleague_is_called_by_name_and_told_while_they_look_elsewhere(
    mira: Page, windows: Windows, customer: Opens, house: LiveHouse
) -> None:
    tom = windows()
    tom.context.grant_permissions(["notifications"], origin=house.address)
    tom.add_init_script(WATCH)
    signed_in(tom, "tom")
    tom.goto("/desk/me")
    tom.check("#notify")
    tom.click("text=Keep these")
    expect(tom.locator("main [role=status]")).to_contain_text("Kept")
    tom.goto("/desk?view=resolved")
    before = int(tom.locator("#view-mentions .count").text_content() or 0)
    with tom.expect_request("**/desk/events"):
        tom.evaluate("looksAway()")

    opens(mira, waits(customer("Eve")))
    number = mira.locator("#composer").get_attribute("data-number")
    press(mira, "n")
    mira.keyboard.type("@whit")
    expect(mira.locator("#names [role=option]")).to_have_text("Tom Whitlock")
    assert violations(mira) == []
    press(mira, "Enter")
    mira.keyboard.type("do you know this one?")
    expect(mira.locator("#text")).to_have_value("@Tom Whitlock do you know this one?")
    press(mira, "Control+Enter")
    said(mira, "Noted")

    becomes_true(tom, "told.length")
    assert tom.evaluate("told") == [f"Mira Sandoval mentioned you in #{number}"]
    behind = tom.context.new_page()
    behind.add_init_script(f"{WATCH} Object.defineProperty(document, 'hidden', {{ get: () => true }});")
    with behind.expect_request("**/desk/events"):
        behind.goto("/desk?view=resolved")
    press(mira, "Escape", "n")
    mira.keyboard.type("@whit")
    expect(mira.locator("#names [role=option]")).to_have_text("Tom Whitlock")
    press(mira, "Enter", "Control+Enter")
    becomes_true(behind, "told.length")  # of a tab that nobody has looked at yet
    behind.close()
    tom.goto("/desk?view=resolved")
    expect(tom.locator("#view-mentions .count")).to_have_text(str(before + 1))
    press(tom, "g", "t")
    tom.wait_for_url("**view=mentions")
    expect(tom.locator("#thread")).to_contain_text("do you know this one?")
    expect(tom.locator("#view-mentions .count")).to_have_text(str(before or ""))


WATCH = """
window.told = [];
window.Notification = class extends Notification {
  static get permission() { return "granted"; }
  constructor(title, more) { super(title, more); told.push(title); }
};
window.looksAway = () => {
  Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
};
"""
"""A page in a test cannot be hidden; what it tells is told to the system, not to the page; and a browser that has no
window says "denied" here whatever it was granted."""


def test_a_passage_of_an_article_comes_into_the_reply_with_its_source(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    press(mira, "l")
    expect(mira.locator("#chooser")).to_be_visible()
    mira.keyboard.type("why is my invoice higher")
    found = mira.locator("#chooser [role=option]", has_text="Why is my invoice higher")
    expect(found).to_be_visible()
    expect(mira.locator("#chooser-preview")).to_contain_text("/help/")
    press(mira, "Enter")

    expect(mira.locator("#text")).to_have_value(re.compile(r"From “.+”: http://.+/help/[\w-]+$"))


def test_a_stroke_and_some_words_find_an_article_among_the_macros(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    press(mira, "r")
    mira.keyboard.type("See below.\n/")
    expect(mira.locator("#chooser")).to_be_visible()
    mira.keyboard.type("why is my invoice higher")
    expect(mira.locator("#chooser [role=option]").first).to_contain_text("Why is my invoice higher")
    press(mira, "Enter")

    expect(mira.locator("#text")).to_have_value(re.compile(r"^See below\.\n[^/].+From “.+”: http.+/help/[\w-]+$", re.S))
