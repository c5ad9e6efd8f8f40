"""The widget in somebody else's page: as customers use it, as hosts carry it, and as Eve would."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browser.carrying import ANSWERED, QUESTION, inside, matter, moved, says, signed, site_beside, wants_help
from browser.cast import PICTURE, WISH, LiveHouse, becomes_true, browser_of_its_own, is_seen, opens, violations
from browser.housing import OF_BEFORE
from segue.store.workspace import Workspace

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def secret(workspace: Workspace) -> str:
    return str(workspace.setting("identity_secret"))


# in somebody else's page


def test_a_strict_page_carries_it_and_nothing_is_fetched_before_somebody_wants_it(
    carried: Opens, house: LiveHouse
) -> None:
    asked: list[str] = []
    page = carried()
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector("button.launch")
    page.wait_for_timeout(300)
    assert [url for url in asked if url.startswith(house.address)] == [f"{house.address}/widget.js"]

    frame = wants_help(page)
    expect(frame.locator("#text")).to_be_focused()
    says(frame, QUESTION)
    frame.locator(ANSWERED).first.wait_for()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator("button.launch")).to_be_focused()
    assert moved(page) == 0


def test_nothing_can_be_typed_before_it_is_known_who_writes_and_what_a_guest_typed_goes_with_them(
    carried: Opens, secret: str
) -> None:
    page, held = carried(), list[Route]()
    page.route("**/widget/app.js*", lambda asked: held.append(asked))
    page.click("button.launch")
    field = inside(page).locator("#text")
    while not held:
        page.wait_for_timeout(20)
    expect(field).to_be_disabled()
    held.pop().continue_()

    field.fill("What was typed as a guest")
    page.evaluate("jwt => Segue('identify', { jwt })", signed(secret))
    expect(inside(page).locator("#hello")).to_contain_text("Hello Grace")
    expect(field).to_have_value("What was typed as a guest")


def test_a_site_that_is_not_allowed_shows_nothing(chromium: Browser, house: LiveHouse, site: str) -> None:
    with site_beside(house.address) as elsewhere:
        context = browser_of_its_own(chromium)
        page = context.new_page()
        page.goto(elsewhere)
        with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
            page.click("button.launch")
        expect(inside(page).locator("#hello")).to_have_count(0)
        context.close()


def test_a_form_stands_in_the_pages_own_place_and_asks_a_guest_where_to_reach_them(
    carried: Opens, workspace: Workspace
) -> None:
    page, about = carried("/?form=%23place&title=Exports"), matter()
    frame = inside(page)
    expect(frame.locator("#fields")).to_be_visible()
    assert page.locator("button.launch").is_hidden()
    assert page.locator("#place iframe").evaluate("(frame) => frame.clientWidth === document.body.clientWidth")

    frame.locator("#about").fill(about)
    frame.locator("#text").fill("The export stops.")
    frame.locator("#send").click()
    expect(frame.locator("#reach")).to_be_focused()
    expect(frame.locator("#reach-error")).to_contain_text("Your e-mail address is missing")
    expect(frame.locator("#text")).to_have_value("The export stops.")

    frame.locator("#reach").fill("ada@example.com")
    frame.locator("#send").click()
    frame.locator(ANSWERED).first.wait_for()
    expect(frame.locator("#fields")).to_be_hidden()
    expect(frame.locator("#person")).to_be_enabled()
    page.keyboard.press("Escape")
    expect(frame.locator("#thread .mine")).to_contain_text("The export stops.")
    row = workspace.db.one(
        "select c.channel, p.email, p.is_verified, c.page_title from conversations c join contacts p on p.id = "
        f"c.contact_id where c.subject = '{about}'"
    )
    assert row is not None
    assert tuple(row) == ("form", "ada@example.com", False, "Exports")


def test_a_page_that_keeps_room_for_the_form_never_moves_and_one_that_does_not_is_seen_to(carried: Opens) -> None:
    page = carried("/?form=%23place&below=kept")
    frame = inside(page)
    frame.locator("#about").fill(matter())
    frame.locator("#text").fill(QUESTION)
    frame.locator("#send").click()
    expect(frame.locator("#reach-error")).not_to_be_empty()
    frame.locator("#reach").fill("ada@example.com")
    frame.locator("#send").click()
    frame.locator(ANSWERED).first.wait_for()
    assert moved(page) == 0

    other = carried("/?below=free", beside=page)
    assert moved(other) == 0
    other.evaluate("Segue('form', '#place')")
    other.wait_for_selector("#place iframe")
    assert moved(other) > 0


def test_who_is_known_fills_in_no_address_and_their_form_is_theirs(
    carried: Opens, workspace: Workspace, secret: str
) -> None:
    page, about = carried(f"/?form=%23place&identity={signed(secret)}"), matter()
    frame = inside(page)
    expect(frame.locator("#fields")).to_be_visible()
    expect(frame.locator("#reach")).to_be_hidden()

    frame.locator("#about").fill(about)
    frame.locator("#text").fill("A second line\nbelongs to it.")
    frame.locator("#send").click()
    expect(frame.locator("#thread .mine").first).to_contain_text("belongs to it.")
    expect(frame.locator(".pending")).to_have_count(0)  # taken, before the host page takes the form away

    page.evaluate("Segue('form')")
    page.wait_for_selector("button.launch")
    expect(page.locator("#place iframe")).to_have_count(0)
    row = workspace.db.one(
        "select c.channel, p.external_id from conversations c join contacts p on p.id = c.contact_id "
        f"where c.subject = '{about}' and p.is_verified"
    )
    assert row is not None
    assert tuple(row) == ("form", "con_grace")


def test_the_pages_own_buttons_open_it_with_their_question(carried: Opens) -> None:
    page = carried()
    page.click("#prefilled")
    expect(inside(page).locator("#text")).to_have_value("About invoice ")
    inside(page).locator("#close").click()
    expect(page.locator("#prefilled")).to_be_focused()

    page.click("#asked")
    expect(inside(page).locator(".said.mine").first).to_contain_text(QUESTION)


STRANGER = """() => {
    const frames = [...parent.document.querySelectorAll("*")].map((one) => one.shadowRoot?.querySelector("iframe"));
    for (const one of frames.filter(Boolean))
        one.contentWindow.postMessage({ segue: "open", prompt: "Not the page", send: true }, "*");
}"""
ITSELF = """() => new Promise((done) => {
    addEventListener("message", () => setTimeout(done));
    postMessage({ segue: "close" }, "*");
})"""


def test_it_hears_the_page_around_it_and_no_other_frame_and_the_page_hears_it_alone(carried: Opens) -> None:
    """Another frame says to it what the page may say, and the page to itself what it may say to the page."""
    page = carried()
    page.click("#prefilled")
    expect(inside(page).locator("#text")).to_have_value("About invoice ")
    page.evaluate("document.body.append(document.createElement('iframe'))")
    stranger = next(
        one for one in page.frames if one.parent_frame == page.main_frame and one.url in ("", "about:blank")
    )
    stranger.evaluate(STRANGER)
    page.evaluate("document.querySelector('body > iframe').remove()")

    page.evaluate(ITSELF)
    expect(inside(page).locator("#text")).to_be_visible()
    page.click("#asked")
    expect(inside(page).locator(".said.mine")).to_contain_text([QUESTION])


def test_answers_are_offered_for_the_page_one_is_on(carried: Opens) -> None:
    page = carried("/?title=Invoices")
    frame = wants_help(page)
    expect(frame.locator("#hints")).to_contain_text("Invoices")
    before = frame.locator(".hint").all_inner_texts()

    page.evaluate("history.pushState({}, '', '/banking/connect'); document.title = 'Connect a bank'")
    expect(frame.locator("#hints")).to_contain_text("Connect a bank")
    assert frame.locator(".hint").all_inner_texts() != before
    frame.locator(".hint summary").first.click()
    assert "/help/" in (frame.locator(".hint a").first.get_attribute("href") or "")


def test_on_a_phone_it_covers_the_page_and_elsewhere_it_does_not(carried: Opens) -> None:
    phone, desk = carried(width=390), carried()
    wants_help(phone)
    assert phone.evaluate("document.querySelector('main').inert")
    phone.keyboard.press("Escape")
    expect(phone.locator(".panel")).to_be_hidden()
    assert not phone.evaluate("document.querySelector('main').inert")

    wants_help(desk)
    assert not desk.evaluate("document.querySelector('main').inert")
    for _ in range(30):  # and the keyboard comes out again
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.id") == "prefilled":
            break
    assert desk.evaluate("document.activeElement.id") == "prefilled"


ASTRAY = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  const at = (node, from) => {
    const range = new Range();
    range.setStart(node, from);
    range.setEnd(node, from + 1);
    return range.getBoundingClientRect();
  };
  while (walk.nextNode()) {
    const node = walk.currentNode, end = node.data.trimEnd().length - 1;
    if (!/[a-z][.?!:]$/.test(node.data.trimEnd()) || !node.parentElement.checkVisibility()) continue;
    const [letter, mark] = [at(node, end - 1), at(node, end)];
    if (mark.width && mark.left < letter.left) found.push(node.data.trim());
  }
  return found;
}"""


def test_in_forced_colours_nothing_of_it_vanishes(carried: Opens) -> None:
    page = carried(forced_colors="active", color_scheme="dark")
    frame = wants_help(page)
    page.keyboard.press("Shift+Tab")
    for place in ("#text", "#person", "#close"):
        frame.locator(place).focus()
        assert is_seen(page, frame.locator(place), "(one) => one.blur()"), f"the focus on {place}"
    says(frame, QUESTION)
    answer = frame.locator(".said.assistant")
    answer.first.wait_for()

    assert is_seen(page, answer.locator(".text"), "(one) => (one.style.borderColor = 'Canvas')"), "where an answer ends"
    assert is_seen(page, answer.locator(".who"), "(one) => one.style.setProperty('--ai', 'Canvas')"), "the AI's mark"
    assert is_seen(page, page.locator(".panel"), "(one) => (one.style.outline = 'none')"), "where the page begins again"


def test_it_reads_from_right_to_left_and_fits_320_pixels(carried: Opens) -> None:
    page = carried("/?dir=rtl", width=320, reduced_motion="reduce")
    box = page.locator("button.launch").bounding_box()
    assert box
    assert box["x"] < 60
    frame = wants_help(page)
    says(frame, f"{WISH} {matter()}")
    frame.locator("#passed-on").wait_for()

    assert frame.locator("html").get_attribute("dir") == "rtl"
    assert frame.locator("html").evaluate(ASTRAY) == [], "a full stop stands after the words it ends"
    frame.locator("#person").click()  # people have it already: it is only shown where that is said
    assert frame.locator("html").evaluate("() => document.getAnimations().length") == 0
    assert frame.locator("html").evaluate(
        "(e) => e.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth"
    )

    page.set_viewport_size({"width": 320, "height": 180})  # 1280 x 720 at 400 %
    parts = frame.locator("#scroll, #text, #person").evaluate_all(
        "(all) => all.map((e) => e.getBoundingClientRect()).map((box) => [Math.round(box.top), Math.round(box.bottom)])"
    )
    assert parts[0][1] - parts[0][0] >= 90, "half of the window is for what is said"
    assert all(0 <= top < bottom <= 180 for top, bottom in parts)


# what is said arrives once


def test_after_a_refresh_in_mid_answer_everything_is_there_once(carried: Opens) -> None:
    page = carried()
    frame = wants_help(page)
    says(frame, f"{QUESTION} It is about {matter()}.")
    frame.locator("#text").fill("half a thought")
    page.reload()

    frame = inside(page)
    frame.locator(ANSWERED).first.wait_for()
    expect(frame.locator(".said.mine")).to_have_count(1)
    expect(frame.locator("#text")).to_have_value("half a thought")
    assert page.evaluate("document.activeElement === document.body")


def test_two_tabs_show_the_same_conversation(carried: Opens) -> None:
    page = carried()
    frame = wants_help(page)
    says(frame, f"{WISH} {matter()}")
    frame.locator("#passed-on").wait_for()
    other = carried(beside=page)
    other.click("button.launch")
    expect(inside(other).locator(".said.mine")).to_have_count(1)

    says(inside(other), "From the other tab.")
    expect(inside(other).locator(".said.mine").nth(1)).not_to_have_class(re.compile("pending"))
    page.bring_to_front()
    expect(frame.locator(".said.mine").nth(1)).to_contain_text("From the other tab.")


def test_what_is_written_without_a_network_goes_out_once_and_in_order_and_times_are_the_workspaces(
    carried: Opens,
) -> None:
    page = carried(timezone_id="Asia/Tokyo")
    frame = wants_help(page)
    page.context.set_offline(True)
    says(frame, f"{WISH} {matter()}")
    says(frame, "And a second thing.")
    expect(frame.locator(".mark").first).to_contain_text("Waits for the network")
    expect(frame.locator("#offline")).to_contain_text("is kept")
    now = datetime.now(UTC)
    in_amsterdam = {f"{(now - timedelta(minutes=n)).astimezone(ZoneInfo('Europe/Amsterdam')):%H:%M %Z}" for n in (0, 1)}
    assert frame.locator("#offline").inner_text().partition("since ")[2].partition(".")[0] in in_amsterdam
    page.context.set_offline(False)

    expect(frame.locator(".pending")).to_have_count(0)
    expect(frame.locator("#offline")).to_be_hidden()
    texts = frame.locator(".said.mine .text").all_inner_texts()
    assert [text[:5] for text in texts] == [WISH[:5], "And a"]


def test_who_goes_back_finds_what_has_not_gone_out(carried: Opens) -> None:
    page, about = carried(), matter()
    frame = wants_help(page)
    page.context.set_offline(True)
    says(frame, f"{WISH} {about}")
    frame.locator("#back").click()
    expect(frame.locator("#waiting")).to_contain_text(about)
    expect(frame.locator("#waiting")).to_contain_text("Waits for the network")
    frame.locator("#waiting button").click()
    expect(frame.locator(".pending")).to_contain_text(about)
    frame.locator("#back").click()
    page.context.set_offline(False)

    expect(frame.locator("[data-opens]")).to_contain_text(about)
    expect(frame.locator("#waiting")).to_be_hidden()


def test_what_the_server_refuses_stays_in_the_thread_and_is_tried_again_or_edited(carried: Opens) -> None:
    """What was said after it waits for it, also through a reload."""
    page = carried()
    frame = wants_help(page)
    failed, mine = frame.locator(".mark.failed"), frame.locator(".said.mine")
    there, told = "**/widget/messages", {"type": "about:blank", "detail": "It cannot be kept."}
    page.route(there, lambda route: route.fulfill(status=422, json=told))
    says(frame, f"{WISH} {matter()}")
    expect(failed).to_contain_text("Not sent. It cannot be kept.")
    says(frame, "And a second thing.")
    page.reload()
    expect(failed).to_have_count(1)
    expect(frame.locator(".pending")).to_have_count(2)

    page.unroute(there)
    frame.get_by_role("button", name="Try again").click()
    expect(frame.locator(".pending")).to_have_count(0)
    assert [text[:5] for text in mine.locator(".text").all_inner_texts()] == [WISH[:5], "And a"]

    page.route(there, lambda route: route.fulfill(status=422, json=told))
    says(frame, "A third with a slip.")
    failed.get_by_role("button", name="Edit").click()
    expect(frame.locator("#text")).to_have_value("A third with a slip.")
    expect(mine).to_have_count(2)
    page.unroute(there)
    says(frame, "A third.")
    expect(mine).to_have_count(3)
    expect(frame.locator(".pending")).to_have_count(0)
    expect(mine.last).to_contain_text("A third.")


def test_a_file_without_a_network_says_so_and_goes_out_later_and_once_there_it_outlives_the_page(
    carried: Opens,
) -> None:
    page = carried()
    frame = wants_help(page)
    files, picture = frame.locator("#files li"), {"name": "shot.png", "mimeType": "image/png", "buffer": PICTURE}
    page.context.set_offline(True)
    frame.locator("#file").set_input_files(picture)  # type: ignore[arg-type]
    expect(files.locator(".error")).to_contain_text("It waits in this window only")
    says(frame, f"{WISH} {matter()}")
    expect(frame.locator("#error")).to_contain_text("shot.png was not attached")
    page.context.set_offline(False)
    expect(files.locator(".about")).to_contain_text("PNG image")

    page.reload()  # and it is open again by itself
    expect(files).to_contain_text(["shot.png"])
    frame.locator("#text").press("Enter")

    sent = frame.locator(".said.mine .enclosed")
    sent.locator("img").scroll_into_view_if_needed()  # a picture is fetched once it is nearly seen
    expect(sent.locator("img")).to_have_js_property("naturalWidth", 1)
    expect(files).to_have_count(0)
    assert violations(page) == []


def test_what_was_taken_without_our_hearing_it_is_not_taken_twice(carried: Opens) -> None:
    page = carried()
    frame = wants_help(page)
    lost: list[int] = []

    def lose_the_answer(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        if lost:
            route.continue_()  # type: ignore[attr-defined]
        else:
            lost.append(1)
            route.abort()  # type: ignore[attr-defined]

    page.route("**/widget/messages", lose_the_answer)
    says(frame, f"{WISH} {matter()}")
    frame.locator("#passed-on").wait_for()

    expect(frame.locator(".said.mine")).to_have_count(1)
    frame.locator("#back").click()
    expect(frame.locator("[data-opens]")).to_have_count(1)


def test_an_answer_that_is_none_of_ours_stops_nothing_and_what_was_said_goes_out_after_it(carried: Opens) -> None:
    """A hotel's sign-in page says yes to everything."""
    page = carried()
    frame = wants_help(page)
    none_of_ours = [1]

    def answer(route: Route) -> None:
        if none_of_ours:
            none_of_ours.pop()
            route.fulfill(status=200, content_type="text/html", body="<html>Sign in to the hotel's network.</html>")
        else:
            route.continue_()

    page.route("**/widget/messages", answer)
    says(frame, f"{WISH} {matter()}")
    says(frame, "And a second thing.")

    frame.locator("#passed-on").wait_for()
    expect(frame.locator(".pending")).to_have_count(0)
    texts = frame.locator(".said.mine .text").all_inner_texts()
    assert [text[:5] for text in texts] == [WISH[:5], "And a"]


# who one is


def test_an_identity_that_does_not_hold_is_refused_and_opens_nothing(carried: Opens, secret: str) -> None:
    now = int(datetime.now(UTC).timestamp())
    refused = {
        "identity_forged": signed("another secret of forty characters or so"),
        "identity_expired": signed(secret, exp=now - 60),
    }
    for code, identity in refused.items():
        page = carried(f"/?identity={identity}")
        page.evaluate("() => document.addEventListener('segue:refused', (e) => { window.refusal = e.detail.code; })")
        frame = wants_help(page)
        expect(frame.locator("#refused")).to_be_visible()
        expect(frame.locator("#hello")).not_to_contain_text("Grace")
        expect(frame.locator("[data-opens]")).to_have_count(0)
        becomes_true(page, "code => window.refusal === code", code)
        page.close()


def test_while_one_moves_the_hash_of_the_helpdesk_before_says_who_one_is(carried: Opens) -> None:
    made = hmac.new(OF_BEFORE.encode(), b"con_grace", "sha256").hexdigest()
    page = carried()
    page.evaluate("hash => Segue('identify', { user_id: 'con_grace', user_hash: hash })", made)
    frame = wants_help(page)
    expect(frame.locator("#hello")).to_contain_text("Hello Grace")
    expect(frame.locator("[data-opens]").first).to_be_visible()

    page.evaluate("hash => Segue('identify', { user_id: 'con_ada', user_hash: hash })", made)
    expect(frame.locator("#refused")).to_be_visible()
    expect(frame.locator("#hello")).not_to_contain_text("Ada")
    expect(frame.locator("[data-opens]")).to_have_count(0)


def test_who_signs_out_leaves_nothing_behind(carried: Opens, secret: str) -> None:
    page = carried(f"/?identity={signed(secret)}")
    frame = wants_help(page)
    expect(frame.locator("#hello")).to_contain_text("Hello Grace")
    expect(frame.locator("[data-opens]").first).to_be_visible()
    frame.locator("#text").fill("a secret of mine")
    page.evaluate("Segue('shutdown')")
    expect(page.locator("button.launch")).to_have_count(0)
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0

    page.evaluate("Segue('open')")
    frame = inside(page)
    frame.locator("#hello").wait_for()
    expect(frame.locator("#hello")).not_to_contain_text("Grace")
    expect(frame.locator("[data-opens]")).to_have_count(0)
    expect(frame.locator("#text")).to_have_value("")


# people


def test_a_person_is_asked_for_told_of_and_corrected(carried: Opens, mira: Page) -> None:
    page, about = carried(), matter()
    frame = wants_help(page)
    expect(frame.locator("#wait")).not_to_be_empty()
    frame.locator("#text").fill(f"Order 4711 lacks {about}.")
    frame.locator("#person").click()
    expect(frame.locator(".said.system")).to_contain_text("don't need to repeat")
    expect(frame.locator("#people")).to_contain_text("has this conversation")
    expect(frame.locator("#passed-on")).to_contain_text("4711")
    expect(frame.locator("#passed-on")).to_contain_text("Settings – Billing")
    expect(frame.locator("#person")).to_be_visible()
    expect(frame.locator("#log")).to_have_role("log")

    frame.locator("#email").fill("eve@")
    frame.locator("#address button").click()
    expect(frame.locator("#email-error")).to_contain_text("not an e-mail address")
    frame.locator("#email").fill("eve@elsewhere.example")
    frame.locator("#address button").click()
    expect(frame.locator("#reached")).to_contain_text("eve@elsewhere.example")

    frame.locator(".correct summary").click()
    frame.locator("#correction").fill("It is order 4712.")
    frame.locator(".correct button").click()
    expect(frame.locator(".receipt .corrected")).to_contain_text("order 4712")
    opens(mira, about)
    expect(mira.locator("#b-wanted")).to_contain_text("It is order 4712.")
    expect(mira.locator("#b-customer")).to_contain_text("eve@elsewhere.example")


def test_who_has_asked_for_a_person_sees_that_it_is_under_way_and_asks_once(carried: Opens) -> None:
    page, held = carried(), list[Route]()
    page.route("**/widget/messages", lambda route: held.append(route))
    frame = wants_help(page)
    person = frame.locator("#person")
    person.click()
    expect(person).to_have_text("Asking for a person…")
    expect(person).to_be_disabled()
    person.dispatch_event("click")
    expect(frame.locator(".said.mine")).to_have_count(1)

    held[0].continue_()
    page.unroute("**/widget/messages")
    expect(person).to_have_text("A person is asked")
    expect(person).to_be_enabled()
    expect(frame.locator(".said.mine")).to_have_count(1)
    frame.locator("#back").click()
    expect(person).to_have_text("Talk to a person")


def test_a_reply_is_seen_on_the_button_while_it_is_closed(carried: Opens, mira: Page) -> None:
    page, about = carried(), matter()
    frame = wants_help(page)
    says(frame, f"{WISH} About {about}.")
    frame.locator("#passed-on").wait_for()
    page.keyboard.press("Escape")
    opens(mira, about)
    mira.fill("#text", "I am here now.")
    mira.click("button.as-reply")

    page.bring_to_front()
    expect(page.locator("button.launch b")).to_be_visible()
    page.click("button.launch")
    expect(frame.locator(".said.agent")).to_contain_text("I am here now.")
    expect(page.locator("button.launch b")).to_be_hidden()


def test_the_transcript_is_plain_text(carried: Opens) -> None:
    page, about = carried(), matter()
    frame = wants_help(page)
    says(frame, f"{WISH} About {about}.")
    frame.locator("#passed-on").wait_for()
    with page.expect_download() as told:
        frame.locator("#download").click()

    text = told.value.path().read_text("utf8")
    assert "with Ledgerly" in text
    assert about in text


# without a script


def test_the_contact_page_works_without_a_script(windows: Callable[..., Page]) -> None:
    page, about = windows(java_script_enabled=False), matter()
    page.goto("/contact?page=https%3A%2F%2Fapp.example%2Fbilling&title=Billing")
    page.fill("#text", f"{WISH} About {about}.")
    page.fill("#email", "eve")
    page.click("form button")
    expect(page.locator("#email-error")).to_contain_text("not an e-mail address")
    expect(page.locator("#text")).to_have_value(f"{WISH} About {about}.")

    page.fill("#email", "eve@elsewhere.example")
    page.click("form button")
    assert page.locator("#number").inner_text().isdigit()
    page.click("text=See the conversation")
    expect(page.locator("#thread")).to_contain_text(about)
