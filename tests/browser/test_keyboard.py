"""The desk with the mouse unplugged, drafts that nothing kills, and two agents at one conversation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from browser.cast import (
    SURE,
    WISH,
    Customer,
    LiveHouse,
    becomes_true,
    held,
    opens,
    signed_in,
    too_small,
    violations,
)  # fmt: skip
from segue.app.drill.proxy import Mood, Proxy
from segue.store.workspace import Workspace

SHOWN = """() => { const bar = document.getElementById("offline"); window.shown = [];
    new MutationObserver(() => bar.hidden || shown.push(bar.textContent)).observe(bar, { attributes: true }); }"""
"""Keeps each showing of the bar, however short."""
Opens = Callable[[str], Customer]
Windows = Callable[..., Page]


def waits(customer: Customer) -> str:
    """The customer asks for a person; returns what the matter is called."""
    matter = f"matter {uuid4().hex[:8]}"
    customer.writes(f"{WISH} It is {matter}.")
    return matter


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def walks_to(page: Page, subject: str) -> None:
    """With j, from the first conversation of the list on."""
    for _ in range(60):
        if subject in page.locator("h1 >> visible=true").inner_text():
            return
        before = str(page.locator("#main").get_attribute("data-id"))
        press(page, "j")
        expect(page.locator("#main")).not_to_have_attribute("data-id", before)
    pytest.fail(f"{subject} is not in the list")


def said(page: Page, words: str) -> None:
    expect(page.locator("#toast-text")).to_contain_text(words)


# by keys alone; a whole shift of them stands in test_shift.py


def test_walking_through_a_list_and_back(mira: Page, customer: Opens) -> None:
    matter = waits(customer("Eve"))
    waits(customer("Grace"))
    mira.goto("/desk?view=unassigned")
    first = mira.locator("#main").get_attribute("data-id")
    walks_to(mira, matter)
    expect(mira.locator("#rows [aria-current]")).to_contain_text(matter)
    assert mira.locator("#main").get_attribute("data-id") in mira.url

    press(mira, "k")
    expect(mira.locator("h1 >> visible=true")).not_to_contain_text(matter)
    press(mira, "u")
    expect(mira.locator("h1 >> visible=true")).to_contain_text(matter)
    assert first


def test_every_command_that_closes_or_moves_can_be_undone(mira: Page, customer: Opens) -> None:
    eve = customer("Eve")
    opens(mira, waits(eve))
    eve.writes("How do I reset my password?")  # only what came behind a handoff can be handed back
    right, facts = mira.locator("button[value=right_call]"), mira.locator(".facts")
    press(mira, "+")
    said(mira, "right to hand over")
    for key, told, does in (
        ("s", "It is yours", "yours"),
        ("a", "Assigned", "Tom"),
        ("b", "With the AI again", "with the AI"),
    ):
        press(mira, key)
        if key == "a":
            expect(mira.locator("#chooser [role=option]").first).to_be_visible()
            mira.keyboard.type("Tom")
            press(mira, "Enter")
        said(mira, told)
        expect(facts).to_contain_text(does)
        press(mira, "Shift+M")
        said(mira, "There is no other open one")
        press(mira, "z")
        said(mira, "Undone")
        expect(facts).to_contain_text("unassigned")
    expect(right).to_have_attribute("aria-pressed", "true")

    press(mira, "s")
    said(mira, "It is yours")
    press(mira, "h")
    expect(mira.locator("#chooser [role=option]").first).to_be_visible()
    press(mira, "1", "Enter")
    expect(mira.locator(".facts")).to_contain_text("snoozed until")
    press(mira, "z")
    expect(mira.locator(".facts")).not_to_contain_text("snoozed until")

    press(mira, "c")
    expect(mira.locator("#chooser")).to_be_visible()
    mira.keyboard.type("refund")
    press(mira, "Enter")
    said(mira, "It is about")
    press(mira, "z")
    said(mira, "Undone")

    number = mira.locator("#composer").get_attribute("data-number")
    press(mira, "e")
    said(mira, f"#{number} is resolved")
    press(mira, "z")
    said(mira, "Undone")
    expect(mira.locator("#composer")).to_have_attribute("data-number", str(number))
    expect(mira.locator(".facts")).to_contain_text("open")
    expect(mira.locator("#b-wanted")).to_be_visible()


def test_the_palette_finds_every_command_and_does_it(mira: Page, customer: Opens) -> None:
    eve = customer("Eve")
    opens(mira, waits(eve))
    eve.writes("How do I reset my password?")  # what came behind a handoff can be handed back
    options = mira.locator("#chooser [role=option]")
    commands = json.loads(mira.locator("#registry").evaluate("it => it.content.textContent"))
    offered = [entry["label"] for entry in commands if entry["palette"]]
    press(mira, "Control+k")
    for label in offered:
        mira.locator("#chooser-text").fill(label)
        expect(options.filter(has_text=label).first).to_be_visible()
    press(mira, "Escape")

    facts, text = mira.locator(".facts"), mira.locator("#text")
    for label, done in (
        ("Write a note for colleagues", lambda: expect(mira.locator("#as-note")).to_be_checked()),
        ("Write a reply", lambda: expect(mira.locator("#as-reply")).to_be_checked()),
        ("Take it, or take over from AI", lambda: expect(facts).to_contain_text("yours")),
        ("Hand back to AI", lambda: expect(facts).to_contain_text("with the AI")),
        ("Why was it decided so?", lambda: expect(mira.locator("#card")).to_be_visible()),
    ):
        press(mira, "Control+k")
        mira.locator("#chooser-text").fill(label)
        press(mira, "Enter")
        done()
        if label.startswith("Write"):
            expect(text).to_be_focused()
    press(mira, "Escape", "?")
    expect(mira.locator("#help")).to_contain_text("Take it, or take over from AI")
    listed = [one["label"] for one in commands if one["keys"] and not one["action"].startswith("saved:")]
    assert sorted(mira.locator("#help dt").all_text_contents()) == sorted([*listed, "Saved views 1 to 9"])

    press(mira, "Escape", "Control+k")
    mira.keyboard.type("zxqv where")
    expect(mira.locator("#chooser [role=option]")).to_have_text("Search every conversation for “zxqv where”")
    press(mira, "Enter")
    expect(mira.locator("#list-called")).to_have_text("Found: zxqv where")


def test_letters_can_be_switched_off_and_put_elsewhere(windows: Windows, customer: Opens) -> None:
    waits(customer("Eve"))
    priya = signed_in(windows(), "priya")
    priya.goto("/desk/me")
    priya.click("text=Put keys elsewhere")
    priya.fill("[name='key:note']", "j")
    priya.click("text=Keep these")
    expect(priya.locator("main .error")).to_contain_text("already for")
    priya.fill("[name='key:note']", "q")
    priya.click("text=Keep these")
    expect(priya.locator("main [role=status]")).to_contain_text("Kept")
    priya.wait_for_load_state()
    press(priya, "g", "n")
    priya.wait_for_url("**view=unassigned")
    expect(priya.locator("#composer")).to_be_visible()
    press(priya, "q")
    expect(priya.locator("#as-note")).to_be_checked()

    priya.goto("/desk/me")
    priya.uncheck("[name=letters]")
    priya.click("text=Keep these")
    expect(priya.locator("main [role=status]")).to_contain_text("Kept")
    priya.wait_for_load_state()
    press(priya, "Control+k")
    expect(priya.locator("#chooser")).to_be_visible()
    priya.goto("/desk?view=unassigned")
    press(priya, "q", "?", "r")
    assert priya.evaluate("document.activeElement === document.body")
    press(priya, "Control+k")
    expect(priya.locator("#chooser")).to_be_visible()


# what is typed


def test_a_draft_survives_reload_another_tab_and_signing_out(mira: Page, customer: Opens) -> None:
    path = opens(mira, waits(customer("Eve")))
    mira.locator("#text").press_sequentially("Half a thought")
    expect(mira.locator("#kept")).to_have_text("Draft kept")
    mira.reload()
    expect(mira.locator("#text")).to_have_value("Half a thought")

    other = mira.context.new_page()
    with held(other, "**/desk/main.js"):
        other.goto(path, wait_until="commit")
        other.locator("#text").press_sequentially("Typed too early. ")
    expect(other.locator("#kept")).to_have_text("Draft kept")
    expect(mira.locator("#text")).to_have_value(re.compile("^Typed too early. Half a thought$"))
    other.locator("#text").fill("Half a thought")
    press(other, "Escape", "r")
    other.keyboard.type(", finished")
    expect(other.locator("#kept")).to_have_text("Draft kept")
    expect(mira.locator("#text")).to_have_value("Half a thought, finished")

    mira.click(".who-menu summary")
    mira.click("text=Sign out")
    mira.wait_for_url("**/sign-in**")
    signed_in(mira)
    mira.goto(path)
    expect(mira.locator("#text")).to_have_value("Half a thought, finished")


def test_another_language_reaches_the_desk_that_stands_open_and_takes_no_word_from_it(
    mira: Page, customer: Opens
) -> None:
    def chooses(language: str) -> None:
        other.goto("/desk/me")
        other.select_option("[name=language]", language)
        other.locator("[name=language]").evaluate("one => one.form.requestSubmit()")
        other.wait_for_url("**/desk/me?kept=true")

    opens(mira, waits(customer("Eve")))
    mira.locator("#text").press_sequentially("Half a thought")
    other = mira.context.new_page()
    chooses("de")
    try:
        expect(mira.locator("html")).to_have_attribute("lang", "de")
        expect(mira.locator("#text")).to_have_value("Half a thought")
    finally:
        chooses("")
    expect(mira.locator("html")).to_have_attribute("lang", "en")
    other.close()


def test_what_lies_in_this_browser_alone_is_not_thrown_away_unasked(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    mira.route("**/draft", lambda route: route.abort())
    mira.locator("#text").press_sequentially("Only here")
    expect(mira.locator("#kept")).to_have_text("Kept in this browser only")
    asked: list[str] = []
    mira.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))

    mira.click(".who-menu summary")
    with mira.expect_event("dialog"):
        mira.click("text=Sign out")
    expect(mira.locator("#text")).to_have_value("Only here")
    assert asked == ["What you typed could not be kept. Sign out without it?"]

    mira.unroute("**/draft")
    mira.locator("#text").press_sequentially(" no more")
    expect(mira.locator("#kept")).to_have_text("Draft kept")

    not_sent(mira)


def not_sent(mira: Page) -> None:
    """What did not reach the server stays in the thread, through a reload; it is edited and sent again by keys."""
    unsent = mira.locator("#unsent .refused")
    mira.route("**/reply", lambda route: route.abort())
    press(mira, "Control+Enter")
    expect(unsent).to_contain_text("Only here no more")
    expect(mira.locator("#text")).to_have_value("")
    mira.keyboard.type("And this")
    expect(mira.locator("#kept")).to_have_text("Draft kept")
    mira.reload()
    expect(unsent).to_contain_text("Not sent. No answer from the server.")
    expect(mira.locator("#text")).to_have_value("And this")

    unsent.get_by_role("button", name="Edit").press("Enter")
    expect(mira.locator("#text")).to_have_value("Only here no more\n\nAnd this")
    expect(unsent).to_have_count(0)
    press(mira, "Control+Enter")
    expect(unsent).to_have_count(1)
    mira.unroute("**/reply")
    unsent.get_by_role("button", name="Try again").press("Enter")
    expect(mira.locator("#thread .said.agent")).to_contain_text("Only here no more")
    expect(unsent).to_have_count(0)
    expect(mira.locator("#text")).to_be_focused()
    mira.keyboard.type("One more")
    expect(mira.locator("#kept")).to_have_text("Draft kept")
    expect(mira.locator("#elsewhere")).to_be_hidden()  # nobody wrote on in another window


def test_a_refused_reply_leaves_the_list_as_it_was(mira: Page, customer: Opens) -> None:
    matter = waits(customer("Eve"))
    mira.goto("/desk?view=unassigned")
    walks_to(mira, matter)
    press(mira, "r")
    mira.keyboard.type("{{account.nam}}")
    expect(mira.locator("#text")).to_have_value("{{account.nam}}")
    press(mira, "Control+Enter")

    expect(mira.locator("#flaw")).to_contain_text("There is no variable “account.nam”.")
    expect(mira.locator("#toast")).to_be_hidden()  # on a phone it would lie over what the field's own line says
    assert mira.locator("#main").get_attribute("data-place") == "view=unassigned"
    expect(mira.locator("#rows [aria-current]")).to_contain_text(matter)


def test_two_windows_at_one_text_ask_which_it_shall_be(mira: Page, customer: Opens) -> None:
    path = opens(mira, waits(customer("Eve")))
    other = mira.context.new_page()
    other.goto(path)
    press(mira, "r")
    press(other, "r")
    other.keyboard.type("From the second")
    expect(mira.locator("#elsewhere")).to_be_visible()
    mira.keyboard.type("From the first")
    expect(mira.locator("#text")).to_have_value("From the first")
    expect(mira.locator("#elsewhere")).to_be_visible()
    mira.click("#take-theirs")
    expect(mira.locator("#text")).to_have_value("From the second")
    expect(mira.locator("#elsewhere")).to_be_hidden()
    with mira.expect_response("**/draft") as kept:
        mira.keyboard.type("!")
    assert kept.value.ok
    mira.reload()
    expect(mira.locator("#text")).to_have_value("From the second!")


def test_a_draft_survives_a_colleague_and_a_dead_line(mira: Page, customer: Opens, windows: Windows) -> None:
    path = opens(mira, waits(customer("Eve")))
    mira.locator("#text").press_sequentially("Kept")
    expect(mira.locator("#kept")).to_have_text("Draft kept")
    tom = signed_in(windows(), "tom")
    tom.goto(path)
    press(tom, "s")
    expect(mira.locator(".facts")).to_contain_text("Tom Whitlock")
    expect(mira.locator("#text")).to_have_value("Kept")

    mira.context.route("**/draft", lambda route: route.abort())
    mira.locator("#text").press_sequentially(" in the dark")
    expect(mira.locator("#kept")).to_contain_text("this browser only")
    mira.context.unroute("**/draft")
    mira.goto("/desk?view=resolved")
    mira.goto(path)
    expect(mira.locator("#text")).to_have_value("Kept in the dark")
    expect(tom.locator("#text")).to_have_value("")


def test_a_line_that_died_in_silence_is_noticed_and_nothing_is_missed(
    windows: Windows, customer: Opens, house: LiveHouse
) -> None:
    eve, proxy = customer("Eve"), Proxy(("127.0.0.1", int(house.address.rpartition(":")[2])))
    matter = waits(eve)
    page = windows(base_url=f"http://127.0.0.1:{proxy.port}", timezone_id="Asia/Tokyo")
    page.clock.install()
    with page.expect_request("**/desk/events"):
        opens(signed_in(page), matter)
    eve.writes("Heard.")
    minute = "new Date().toLocaleTimeString('sv', { timeZone: 'Europe/Amsterdam' }).slice(0, 5)"
    heard = {page.evaluate(minute)}
    expect(page.locator("#thread")).to_contain_text("Heard.")

    proxy.turns(Mood.SILENT)
    eve.writes("While nobody heard.")
    heard.add(page.evaluate(minute))
    page.clock.fast_forward(120_000)
    page.clock.fast_forward(3_000)
    expect(page.locator("#offline")).to_be_visible()
    assert page.locator("#lost").inner_text() in heard, "when the last word was heard, and not when that was noticed"
    proxy.turns(Mood.HEALTHY)
    page.clock.fast_forward(46_000)

    expect(page.locator("#thread")).to_contain_text("While nobody heard.")
    expect(page.locator("#offline")).to_be_hidden()

    a_moments_break_is_not_worth_a_word(page, proxy)
    page.context.set_offline(True)
    page.clock.run_for(4_000)
    expect(page.locator("#offline")).to_contain_text(re.compile(r"No connection since \d\d:\d\d CES?T\."))
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    proxy.close()


def a_moments_break_is_not_worth_a_word(page: Page, proxy: Proxy) -> None:
    """As where a new version takes the place of the old one, within two seconds."""
    page.evaluate(SHOWN)
    with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/desk/events")):
        proxy.turns(Mood.DOWN)
    page.clock.run_for(2_000)
    with page.expect_response("**/desk/events"):
        proxy.turns(Mood.HEALTHY)
    page.clock.run_for(5_000)
    assert page.evaluate("shown") == []


def test_reply_and_note_are_two_texts_and_a_note_stays_inside(mira: Page, customer: Opens) -> None:
    eve = customer("Eve")
    opens(mira, waits(eve))
    press(mira, "r")
    mira.keyboard.type("To the customer")
    press(mira, "Escape", "n")
    expect(mira.locator("#text")).to_have_value("")
    mira.keyboard.type("She is a spy")
    press(mira, "Control+Enter")

    expect(mira.locator(".said.note")).to_contain_text("She is a spy")
    expect(mira.locator("#as-note")).to_be_checked()
    press(mira, "Escape", "r")
    expect(mira.locator("#text")).to_have_value("To the customer")
    assert "spy" not in eve.sees()


def test_hands_that_have_sent_stay_at_the_composer_until_they_leave_it(mira: Page, customer: Opens) -> None:
    """What is typed next is no command, after a reply or a note, by key or by click; no copy stays in the browser."""
    eve, text = customer("Eve"), mira.locator("#text")
    opens(mira, waits(eve))
    press(mira, "r")
    for words in ("I look at it.", "The second one:"):
        mira.keyboard.type(words)
        press(mira, "Control+Enter")
        expect(mira.locator("#thread .said.agent").last).to_contain_text(words)
        expect(text).to_have_value("")
    mira.keyboard.type("the last")
    mira.click(".primary.as-reply")
    expect(mira.locator("#thread .said.agent").last).to_contain_text("the last")
    mira.keyboard.type("he")
    expect(text).to_have_value("he")
    press(mira, "Control+a", "Delete", "Escape", "n")
    for words in ("She is a spy", "ask Tom"):
        mira.keyboard.type(words)
        press(mira, "Control+Enter")
        expect(mira.locator(".said.note").last).to_contain_text(words)
    becomes_true(mira, "!Object.keys(localStorage).some((key) => key.startsWith('segue agt_'))")
    assert "ask Tom" not in eve.sees()

    press(mira, "Escape", "e")
    said(mira, "is resolved")


def test_who_has_sent_holds_the_assistant_again_once_they_write_again(mira: Page, customer: Opens) -> None:
    """Not by standing at the composer still: colleagues would read that somebody writes there."""
    opens(mira, waits(customer("Eve")))
    holds = list[str]()
    mira.on("request", lambda request: holds.append(request.url) if request.url.endswith("/hold") else None)
    press(mira, "r")
    mira.keyboard.type("I look at it.")
    mira.click(".primary.as-reply")
    expect(mira.locator("#thread .said.agent").last).to_contain_text("I look at it.")
    expect(mira.locator("#text")).to_be_focused()

    assert len(holds) == 1, "the one from before it was sent"
    with mira.expect_request("**/hold"):
        mira.keyboard.type("And")


def test_a_mail_can_be_stopped_and_comes_back_as_it_was(mira: Page, house: LiveHouse) -> None:
    """Its first save is on its way when it is sent, and comes after it."""
    mail = house.mail(f"{WISH} By mail.")
    mira.goto(f"/desk/conversations/{mail}")
    with mira.expect_response("**/draft"), held(mira, "**/draft"):
        press(mira, "r")
        with mira.expect_request("**/draft"):
            mira.keyboard.type("Too hasty")
        press(mira, "Control+Enter")
        said(mira, "Goes out in a moment")
        expect(mira.locator(".said.waiting")).to_contain_text("Too hasty")
    mira.keyboard.type("And this")
    press(mira, "Escape", "z")

    expect(mira.locator("#text")).to_have_value("Too hasty\n\nAnd this")
    expect(mira.locator(".said.waiting")).to_have_count(0)
    expect(mira.locator("#elsewhere")).to_be_hidden()


def test_a_reply_that_was_refused_after_its_pause_finds_its_author_wherever_they_are(
    mira: Page, house: LiveHouse, workspace: Workspace
) -> None:
    """The customer writes while it waits; what is dropped comes back, and what is taken up again is told of no more."""
    mail, told = house.mail(f"{WISH} By mail."), mira.locator("#not-gone")
    mira.goto(f"/desk/conversations/{mail}")
    press(mira, "r")
    mira.keyboard.type("It is on its way.")
    press(mira, "Control+Enter")
    said(mira, "Goes out in a moment")
    mira.goto("/desk?view=resolved")
    house.writes(mail, "Wait, it is here!")
    the_pause_is_over(workspace, mail)

    expect(told).to_contain_text("was not sent")
    press(mira, "g", "i")
    row = mira.locator(f"#row-{mail}")
    expect(row.locator(".chip").first).to_have_text("Your reply was not sent")
    press(mira, "g", "u")
    mira.wait_for_url(f"**/conversations/{mail}**")
    refused = mira.locator(".said.refused")
    expect(refused).to_contain_text("The customer wrote while you were answering.")
    refused.locator("text=Drop it").click()
    said(mira, "Dropped")
    expect(told.locator("a")).to_have_count(0)
    press(mira, "z")
    expect(told).to_contain_text("was not sent")
    refused.locator("text=Edit").click()
    expect(mira.locator("#text")).to_have_value("It is on its way.")
    expect(told.locator("a")).to_have_count(0)
    expect(row).to_have_count(0)


def the_pause_is_over(workspace: Workspace, conversation: str) -> None:
    workspace.db.run(
        "update waiting_replies set send_after = now() where conversation_id = %(id)s", {"id": conversation}
    )


def test_whoever_resolves_what_nobody_answered_hears_it_and_takes_it_back(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    number = mira.locator("#composer").get_attribute("data-number")
    press(mira, "x", "e")
    expect(mira.locator("#card")).to_contain_text("1 of 1 has a message nobody answered.")
    press(mira, "Escape", "Escape", "e")
    said(mira, f"#{number} is resolved. Nobody answered the last message")
    press(mira, "z")
    said(mira, "Undone")
    expect(mira.locator("#composer")).to_have_attribute("data-number", str(number))

    press(mira, "r")
    mira.keyboard.type("It is done.")
    press(mira, "Control+Enter")
    said(mira, "Sent")
    press(mira, "Escape", "e")
    expect(mira.locator("#toast-text")).to_have_text(f"#{number} is resolved")


def test_a_key_never_opens_again_what_is_resolved_and_says_what_is_true(mira: Page, customer: Opens) -> None:
    path, facts = opens(mira, waits(customer("Eve"))), mira.locator(".facts")
    press(mira, "Shift+O")
    said(mira, "It is open already")
    press(mira, "s")
    said(mira, "It is yours")
    press(mira, "s")
    said(mira, "It is open, and yours already")
    press(mira, "e")
    said(mira, "is resolved")
    mira.goto(path)
    for key in ("e", "s", "h", "a", "b", "Shift+E"):
        expect(mira.locator("[data-key=reopen] kbd")).to_be_attached()
        mira.evaluate("document.getElementById('toast-text').textContent = ''")
        press(mira, key)
        said(mira, "It is resolved already. To go on with it, reopen it.")
        expect(facts).to_contain_text("resolved")

    press(mira, "Control+k")
    mira.keyboard.type("reopen")
    press(mira, "Enter")
    said(mira, "Reopened; it is yours")
    expect(facts).to_contain_text("yours")


def test_a_bad_tag_is_told_while_it_is_typed_and_a_refusal_stays_nowhere(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    flaw = mira.locator("#chooser-flaw")
    press(mira, "t")
    expect(mira.locator("#chooser")).to_be_visible()
    for typed in ("what?", "-minus", "a" * 41):
        mira.fill("#chooser-text", typed)
        expect(flaw).to_contain_text("Use letters, digits and hyphens, 40 characters at most.")
        expect(mira.locator("#chooser [role=option]")).to_have_count(0)
    for typed in ("Größe 2.0", "日本語", "one, two", "a" * 40):
        mira.fill("#chooser-text", typed)
        expect(mira.locator("#chooser [role=option]").first).to_contain_text(typed)
        expect(flaw).to_be_hidden()
    press(mira, "Escape")

    press(mira, "z")
    said(mira, "There is nothing of yours to undo here.")
    assert not mira.locator("#refusal").is_visible()


def test_seldom_deeds_lie_behind_one_button_and_the_rest_in_one_row(windows: Windows, customer: Opens) -> None:
    ada = [waits(customer("Ada")) for _ in range(2)]
    desk = signed_in(windows(1280, 720))
    opens(desk, ada[0])
    rows = "[...document.querySelectorAll('#actions > *')].map((one) => one.checkVisibility() && one.offsetTop)"
    assert len(set(desk.evaluate(rows)) - {False}) == 1

    desk.click("#more > summary")
    assert violations(desk) == []
    third = waits(customer("Ada"))  # it could be merged into that, too; but a menu that is open stays as it is
    expect(desk.locator("#rows")).to_contain_text(third)
    expect(desk.locator("#more")).to_have_attribute("open", "")
    desk.click("#more [data-does=merge] > summary")
    expect(desk.locator("#chooser-title")).to_have_text("Merge into")
    press(desk, "Escape")
    expect(desk.locator("#more [data-does=merge] > summary")).to_be_focused()
    expect(desk.locator("#more > .drop")).to_have_css("opacity", "1")


def test_a_finger_finds_the_commands_and_teaches_the_assistant(windows: Windows, customer: Opens) -> None:
    """What `!`, `c` and `Shift+K` do is within reach where there is no key."""
    matter = f"matter {uuid4().hex[:8]}"
    customer("Ada").writes(f"{SURE} It is {matter}.")
    mira = signed_in(windows(390, 844, has_touch=True, is_mobile=True))
    opens(mira, matter, "assistant")
    expect(mira.locator("#rows")).to_be_hidden()
    mira.tap(".to-list")
    expect(mira.locator("#composer")).to_be_hidden()
    mira.locator("#rows a", has_text=matter).tap()
    expect(mira.locator("#composer")).to_be_visible()
    assert too_small(mira) == []
    mira.tap("header [data-does=palette]")
    expect(mira.locator("#chooser [role=option]").first).to_be_visible()
    press(mira, "Escape")

    mira.tap(".said.assistant [data-does=wrong]")
    mira.locator("#chooser [role=option]", has_text="A wrong fact").tap()
    said(mira, "Marked: A wrong fact")
    mira.locator("#actions button", has_text="Take over").tap()
    said(mira, "It is yours")
    mira.fill("#text", "I have corrected it.")
    mira.locator(".send .primary.as-reply").tap()
    mira.tap(".said.agent [data-does=article]")
    said(mira, "Proposed as an article")
    mira.tap(".to-briefing")
    mira.tap("#briefing [data-does=matter]")
    mira.locator("#chooser [role=option]", has_text="Get money back").first.tap()
    said(mira, "It is about: Get money back")
    expect(mira.locator("#briefing [data-does=matter] .words")).to_have_text("Get money back")


def test_the_agent_is_told_what_the_conversation_answers_already(mira: Page, customer: Opens) -> None:
    matter = waits(eve := customer("Eve"))
    eve.writes("It is about invoice INV-2041.")
    opens(mira, matter)
    expect(mira.locator("#b-wanted")).to_contain_text("INV-2041")
    press(mira, "r")
    mira.keyboard.type("Could you please send me the invoice number?")

    expect(mira.locator("#guard")).to_contain_text("INV-2041")
    mira.click("#guard a")
    told = mira.locator(mira.evaluate("location.hash"))
    expect(told).to_contain_text("It is about invoice INV-2041.")


# two agents, and a customer who goes on writing


def test_crossed_words_stop_the_reply_and_keep_it(mira: Page, customer: Opens) -> None:
    eve = customer("Eve")
    opens(mira, waits(eve))
    press(mira, "r")
    mira.keyboard.type("Please restart the flux.")
    eve.writes("Wait, I found it myself!")
    expect(mira.locator("#newer")).to_be_visible()
    press(mira, "Control+Enter")

    expect(mira.locator("#crossed")).to_contain_text("wrote while you were answering")
    expect(mira.locator("#text")).to_have_value("Please restart the flux.")
    assert "flux" not in eve.sees()
    press(mira, "Control+Enter")
    said(mira, "Sent")
    assert "flux" in eve.sees()


def test_a_colleague_who_writes_is_seen_and_not_interrupted(mira: Page, customer: Opens, windows: Windows) -> None:
    matter = waits(customer("Eve"))
    path = opens(mira, matter)
    press(mira, "r")
    tom = signed_in(windows(), "tom")
    tom.goto("/desk?view=unassigned")
    expect(tom.locator("#rows li", has_text=matter).locator(".face")).to_have_text("MS…")
    tom.goto(path)

    expect(tom.locator("#locks")).to_contain_text("Mira Sandoval is replying")
    press(tom, "r")
    tom.keyboard.type("Me too")
    expect(tom.locator("#text")).to_have_value("")
    tom.click("#unlock")
    tom.keyboard.type("Me too")
    expect(tom.locator("#text")).to_have_value("Me too")
    expect(mira.locator(".facts")).to_contain_text("Tom Whitlock looks at it")

    second = tom.context.new_page()
    with second.expect_response("**/look"):
        second.goto(path)
    with second.expect_response("**/look"):
        second.evaluate("dispatchEvent(new Event('pagehide'))")
    mira.reload()
    expect(mira.locator(".facts")).to_contain_text("Tom Whitlock looks at it")
    expect(mira.locator("#locks")).to_contain_text("Tom Whitlock is replying")


def test_a_colleagues_reply_is_told_to_who_writes_and_stops_a_second_one(
    mira: Page, customer: Opens, windows: Windows
) -> None:
    eve = customer("Eve")
    path = opens(mira, waits(eve))
    press(mira, "r")
    mira.keyboard.type("Please restart the flux.")
    tom = signed_in(windows(), "tom")
    tom.goto(path)
    tom.click("#unlock")
    tom.keyboard.type("Please replace the flux.")
    press(mira, "Control+Enter")
    said(mira, "Sent")

    expect(tom.locator("#newer")).to_contain_text("Mira Sandoval wrote while you were writing.")
    press(tom, "Control+Enter")
    expect(tom.locator("#crossed")).to_contain_text("Mira Sandoval")
    expect(tom.locator("#text")).to_have_value("Please replace the flux.")
    assert "replace" not in eve.sees()


def test_a_click_opens_the_row_that_was_seen(mira: Page, customer: Opens) -> None:
    first = waits(customer("Eve"))
    mira.goto("/desk?view=unassigned")
    row = mira.locator("#rows a", has_text=first)
    row.hover()
    second = [waits(customer("Grace")) for _ in range(2)][-1]
    expect(mira.locator("#stale button")).to_have_text(re.compile(r"^([2-9]|\d\d) new$"))
    box = row.bounding_box()
    assert box
    mira.mouse.click(box["x"] + 40, box["y"] + 20)
    expect(mira.locator("h1 >> visible=true")).to_contain_text(first)

    mira.click("#stale button")
    mira.locator("#rows a", has_text=second).hover()
    mira.evaluate(RENEWS)
    mira.mouse.down()
    mira.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    becomes_true(mira, "window.isRenewed")
    mira.mouse.up()
    expect(mira.locator("h1 >> visible=true")).to_contain_text(second)


def test_a_list_with_the_focus_keeps_still_and_enter_opens_the_row_that_was_seen(mira: Page, customer: Opens) -> None:
    seen, other = waits(customer("Eve")), waits(customer("Eve"))
    opens(mira, other)
    mira.mouse.move(900, 400)
    ids, pill = "[...document.querySelectorAll('#rows [data-id]')].map((row) => row.dataset.id)", mira.locator("#stale")
    mira.locator("#rows a", has_text=seen).focus()
    before = mira.evaluate(ids)
    came = [waits(customer("Grace")) for _ in range(3)]

    expect(pill.locator("button")).to_have_text(re.compile(r"^([3-9]|\d\d) new$"))
    assert mira.evaluate(ids) == before
    assert seen in str(mira.evaluate("document.activeElement.textContent"))
    press(mira, "Enter")
    expect(mira.locator("h1 >> visible=true")).to_contain_text(seen)

    pill.locator("button").focus()
    press(mira, "Enter")
    expect(mira.locator("#rows")).to_contain_text(came[-1])
    expect(pill).to_be_hidden()


RENEWS = """() => {
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const html = await (await ask(...asked)).text();
    if (html.includes('id="rows"')) setTimeout(() => (window.isRenewed = true));
    return new Response(html.replaceAll('class="subject">', 'class="subject">Renewed: '));
  };
}"""
"""From now on every row is another than before."""


def test_whoever_goes_on_while_something_is_on_its_way_is_not_fetched_back(mira: Page, customer: Opens) -> None:
    first, second = (waits(customer("Eve")) for _ in range(2))
    opens(mira, first)
    title = mira.locator("h1 >> visible=true")
    with held(mira, "**/reply"):
        press(mira, "r")
        mira.keyboard.type("On its way.")
        press(mira, "Control+Enter")
        mira.locator("#rows a", has_text=second).click()
        expect(title).to_contain_text(second)
        press(mira, "r")
        mira.keyboard.type("To somebody else")
    said(mira, "Sent")
    expect(title).to_contain_text(second)
    expect(mira.locator("#text")).to_have_value("To somebody else")
