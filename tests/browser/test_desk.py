"""The agent's desk, as an agent uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Request, Route, expect

from browser.cast import (
    PASSWORD,
    PICTURE,
    SURE,
    WISH,
    Customer,
    becomes_true,
    held,
    opens,
    signed_in,
    violations,
)  # fmt: skip

Opens = Callable[[str], Customer]


def about() -> str:
    """A subject nobody else writes about."""
    return f"matter {uuid4().hex[:8]}"


def waits(customer: Customer) -> str:
    """The customer asks for a person; returns what the matter is called."""
    matter = about()
    customer.writes(f"{WISH} It is {matter}.")
    return matter


# coming in


def test_a_wrong_password_is_told_beside_its_field_and_the_address_stays(visitor: Page) -> None:
    visitor.goto("/sign-in")
    visitor.fill("#email", "tom@ledgerly.example")
    visitor.fill("#password", "not this")
    visitor.click("main button")

    expect(visitor.locator("#password")).to_have_attribute("aria-describedby", "error")
    expect(visitor.locator("#error")).to_contain_text("do not go together")
    expect(visitor.locator("#email")).to_have_value("tom@ledgerly.example")


def test_an_unknown_address_hears_the_same(visitor: Page) -> None:
    visitor.goto("/sign-in")
    visitor.fill("#email", "eve@elsewhere.example")
    visitor.fill("#password", "not this")
    visitor.click("main button")

    expect(visitor.locator("#error")).to_contain_text("do not go together")


def test_guessing_is_slowed_down_even_for_the_right_password(customer: Opens) -> None:
    client, address = customer("Eve").client, "tom@ledgerly.example"
    tries = [*("wrong" for _ in range(5)), PASSWORD]
    answers = [client.post("/sign-in", data={"email": address, "password": word}).status_code for word in tries]

    assert answers == [422] * 5 + [429]
    elsewhere = customer("Eve").client.post("/sign-in", data={"email": address, "password": PASSWORD})
    assert (elsewhere.status_code, elsewhere.url.path) == (200, "/desk")


def test_a_stranger_signs_in_and_comes_back_to_the_page_they_wanted(
    mira: Page, windows: Callable[..., Page], customer: Opens
) -> None:
    path = opens(mira, waits(customer("Eve")))

    stranger = windows()
    stranger.goto(path)
    assert "/sign-in" in stranger.url
    stranger.fill("#email", "tom@ledgerly.example")
    stranger.fill("#password", "demo")
    stranger.click("main button")

    stranger.wait_for_url(f"{path}**")


@pytest.mark.parametrize("next", ["https://eve.example/", "//eve.example/desk", "/\\eve.example/desk", "/chat"])
def test_signing_in_never_leads_out_of_the_house(customer: Opens, next: str) -> None:
    client = customer("Eve").client
    form = {"email": "tom@ledgerly.example", "password": "demo", "next": next}
    answer = client.post("/sign-in", data=form, follow_redirects=False)

    assert answer.headers["location"] == "/desk"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()


def test_another_site_signs_nobody_in(customer: Opens) -> None:
    form, origin = {"email": "tom@ledgerly.example", "password": "demo"}, {"Origin": "https://eve.example"}
    answer = customer("Eve").client.post("/sign-in", data=form, headers=origin)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_session_ends_with_signing_out(mira: Page) -> None:
    cookie = next(c for c in mira.context.cookies() if c["name"] == "segue_session")
    mira.click(".who-menu summary")
    mira.click("text=Sign out")
    mira.context.add_cookies([cookie])
    mira.goto("/desk")

    assert "/sign-in" in mira.url


def test_another_sites_form_does_nothing(mira: Page, customer: Opens) -> None:
    path = opens(mira, waits(customer("Eve")))
    cookies = {c["name"]: c["value"] for c in mira.context.cookies()}
    eve = customer("Eve").client
    eve.cookies.update(cookies)
    answer = eve.post(f"{path}/resolve", headers={"Origin": "https://eve.example"})

    assert answer.status_code == 403


# reading


def test_the_briefing_stands_in_its_order_above_the_fold(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Grace")))

    headings = mira.locator("#briefing h2").all_inner_texts()
    assert headings[:4] == ["Why you have this", "What they want", "Suggested next step", "Customer"]
    expect(mira.locator("#b-customer")).to_contain_text(re.compile(r"Renews\s*\d{4}-"))
    expect(mira.locator(".facts .clock")).to_contain_text(
        re.compile(r"due (in \d+ (min|h)|(tomorrow|[A-Z]\w\w) \d\d:\d\d): first reply")
    )
    last = mira.locator("#b-customer").bounding_box()
    assert last
    assert last["y"] + last["height"] <= 720


def test_what_a_customer_types_is_shown_as_text(mira: Page, customer: Opens) -> None:
    matter = about()
    customer("Eve").writes(f"{WISH} {matter} <script>document.title='Eve'</script>\nsecond <b>line</b>")
    opens(mira, matter)

    said = mira.locator("#m1 .text")
    expect(said).to_contain_text("<script>document.title='Eve'</script>\nsecond <b>line</b>", use_inner_text=True)
    assert said.locator("script, b").count() == 0
    assert "Eve" not in mira.title() or "– Desk" in mira.title()


def test_what_the_assistant_does_can_be_watched_with_its_reasons_and_taken_over(mira: Page, customer: Opens) -> None:
    yara = customer(f"Yara {uuid4().hex[:8]}")
    mira.goto("/desk?view=assistant")
    yara.writes(SURE)
    mira.locator(".rows a", has_text=yara.name).click()
    expect(mira.locator("#w-why h2")).to_contain_text("Why the assistant")
    expect(mira.locator("#w-why")).to_contain_text("%")
    expect(mira.locator("#main [data-key] kbd").first).to_be_attached()
    assert "has joined" not in yara.sees()

    mira.keyboard.press("s")
    expect(mira.locator(".facts")).to_contain_text("yours")
    assert re.search(r"Mira Sandoval( \([^)]+\))? has joined and will answer you from here", yara.sees())


# hands


def test_all_that_hands_do_works_without_scripts(windows: Callable[..., Page], customer: Opens) -> None:
    ada = customer("Ada")
    matter = waits(ada)
    desk = signed_in(windows(java_script_enabled=False))
    opens(desk, matter)

    desk.click("text=Take it")
    expect(desk.locator(".facts")).to_contain_text("yours")
    desk.fill("#text", "It is on its way.\nMira")
    desk.click(".primary.as-reply")
    expect(desk.locator(".said.agent .text").last).to_have_text("It is on its way.\nMira")
    assert "It is on its way." in ada.sees()
    desk.click("#actions >> text=Resolve")
    expect(desk.locator(".facts")).to_contain_text("resolved")
    desk.click("text=Reopen")
    expect(desk.locator(".facts")).to_contain_text("open")
    desk.click("#more > summary")
    desk.click("#actions >> text=Hand back")
    expect(desk.locator(".facts")).to_contain_text("with the AI")


def test_a_note_never_reaches_the_customer(mira: Page, customer: Opens) -> None:
    eve = customer("Eve")
    opens(mira, waits(eve))
    mira.check("#as-note")
    expect(mira.locator(".primary.as-reply")).to_be_hidden()
    mira.fill("#text", "She sounds like a spy.")
    mira.click("button.as-note")

    expect(mira.locator(".said.note")).to_contain_text("She sounds like a spy.")
    assert "spy" not in eve.sees()
    assert "spy" not in eve.client.get("/chat").text


BRINGS = """([name, kind]) => {
  const data = new DataTransfer();
  data.items.add(new File(["a,b"], name, { type: "text/csv" }));
  const event = kind === "paste" ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
  document.getElementById("text").dispatchEvent(event);
}"""


def test_files_lie_with_the_draft_and_go_with_the_reply(windows: Callable[..., Page], customer: Opens) -> None:
    eve = customer("Eve")
    desk = signed_in(windows())
    path = opens(desk, waits(eve))
    files, coming = desk.locator("#files-reply li"), desk.locator("#coming li")
    desk.focus("#main")
    desk.evaluate("""document.addEventListener("click", (click) => {
      if (click.target.id === "file") { click.preventDefault(); window.isAsked = true; }
    }, true)""")
    desk.keyboard.press("f")
    becomes_true(desk, "() => window.isAsked")
    desk.locator("#file").set_input_files([  # type: ignore[arg-type]
        {"name": "shot.png", "mimeType": "image/png", "buffer": PICTURE},
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
    ])  # fmt: skip
    expect(coming.locator(".error")).to_contain_text("empty.txt is empty")
    expect(files).to_contain_text(["shot.png"])

    desk.fill("#text", "Here they are.")
    desk.press("#text", "Control+Enter")
    expect(desk.locator("#toast-text")).to_contain_text("empty.txt was not attached")
    expect(desk.locator("#text")).to_have_value("Here they are.")
    coming.get_by_role("button", name="Take off empty.txt").click()
    expect(coming).to_have_count(0)
    for name, kind in (("pasted.csv", "paste"), ("dropped.csv", "drop")):
        desk.evaluate(BRINGS, [name, kind])
        expect(files.filter(has_text=name)).to_have_count(1)

    other = desk.context.new_page()
    other.goto(path)
    expect(other.locator("#files-reply li")).to_contain_text(["shot.png", "pasted.csv", "dropped.csv"])
    other.get_by_role("button", name="Take off pasted.csv").click()
    expect(files).to_have_count(2)
    other.close()
    assert violations(desk) == []

    desk.press("#text", "Control+Enter")
    sent = desk.locator(".said.agent .enclosed")
    expect(sent.locator(".name")).to_have_text(["shot.png", "dropped.csv"])
    expect(sent.locator("img")).to_have_js_property("naturalWidth", 1)
    expect(files).to_have_count(0)
    assert "dropped.csv" in eve.sees()


def test_an_empty_reply_is_refused_beside_the_field(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    mira.click(".primary.as-reply")

    expect(mira.locator("#flaw")).to_contain_text("empty")
    expect(mira.locator("#text")).to_be_focused()


def test_a_newer_message_stops_the_reply_once_and_the_text_stays(windows: Callable[..., Page], customer: Opens) -> None:
    eve = customer("Eve")
    matter = waits(eve)
    desk = signed_in(windows(java_script_enabled=False))
    opens(desk, matter)
    eve.writes("Wait, I found it myself!")
    desk.fill("#text", "Please restart the flux.")
    desk.click(".primary.as-reply")

    expect(desk.locator(".bar.warn").first).to_contain_text("wrote while you were answering")
    expect(desk.locator("#text")).to_have_value("Please restart the flux.")
    expect(desk.locator("#thread")).to_contain_text("I found it myself")
    assert "flux" not in eve.sees()
    desk.click(".primary.as-reply")
    assert "flux" in eve.sees()


def test_what_a_colleague_took_meanwhile_is_told(windows: Callable[..., Page], mira: Page, customer: Opens) -> None:
    path = opens(mira, waits(customer("Eve")))
    tom = signed_in(windows(java_script_enabled=False), "tom")
    tom.goto(path)
    mira.click("text=Take it")
    tom.click("text=Take it")

    expect(tom.locator(".bar.bad")).to_contain_text("Mira Sandoval has it")
    tom.get_by_role("button", name="Take over from Mira Sandoval").click()
    expect(tom.locator(".facts")).to_contain_text("yours")


# live


def test_a_new_message_comes_in_while_the_agent_types_and_nothing_typed_is_lost(mira: Page, customer: Opens) -> None:
    eve = customer("Eve")
    opens(mira, waits(eve))
    mira.locator("#text").press_sequentially("Half a sent")
    eve.writes("One more thing: it is blue.")

    expect(mira.locator("#thread")).to_contain_text("it is blue")
    expect(mira.locator("#newer")).to_be_visible()
    mira.keyboard.type("ence")
    expect(mira.locator("#text")).to_have_value("Half a sentence")
    mira.click("#newer button")
    expect(mira.locator("#newer")).to_be_hidden()
    mira.click(".primary.as-reply")
    expect(mira.locator(".said.agent").last).to_contain_text("Half a sentence")


def test_a_new_conversation_comes_into_the_list_by_itself(mira: Page, customer: Opens) -> None:
    mira.goto("/desk?view=unassigned")
    matter = waits(customer("Grace"))

    expect(mira.locator(".rows")).to_contain_text(matter)


def test_the_list_keeps_still_under_the_pointer(mira: Page, customer: Opens) -> None:
    """And comes alone where another customer writes: what stands open stays as it is."""
    first = waits(customer("Eve"))
    opens(mira, first)
    here = str(mira.locator("#main").get_attribute("data-id"))
    mira.locator(".rows a", has_text=first).hover()
    with mira.expect_response(lambda answer: _is_of_others(_heard(answer.request), here)) as told:
        second = waits(customer("Grace"))

    assert 'id="rows"' in told.value.text()
    assert 'id="thread"' not in told.value.text()
    expect(mira.locator("#stale")).to_be_visible()
    assert second not in mira.locator(".rows").inner_text()
    mira.click("#stale button")
    expect(mira.locator(".rows")).to_contain_text(second)
    expect(mira.locator("#thread")).to_contain_text(first)


def test_a_list_that_was_refused_is_asked_for_again_and_not_the_whole_page(mira: Page, customer: Opens) -> None:
    """By the names of what it missed: a house with too much to do would else be asked for more each time."""
    opens(mira, waits(customer("Eve")))
    here = str(mira.locator("#main").get_attribute("data-id"))
    refused = list[set[str]]()

    def is_busy_once(route: Route) -> None:
        if refused or not _is_of_others(named := _heard(route.request), here):
            return route.fallback()
        refused.append(named)
        return route.fulfill(status=503, body="Too much to do.")

    mira.route("**/desk/**", is_busy_once)
    with mira.expect_response(
        lambda answer: bool(refused) and refused[0] <= _heard(answer.request) and answer.ok
    ) as told:
        second = waits(customer("Grace"))

    assert _is_of_others(_heard(told.value.request), here)
    assert 'id="thread"' not in told.value.text()
    assert second in told.value.text()


def _heard(request: Request) -> set[str]:
    return set(request.headers.get("x-changed", "").split(","))


def _is_of_others(heard: set[str], here: str) -> bool:
    return not heard & {"", here}


def test_the_composer_stays_with_the_conversation_it_was_opened_for(mira: Page, customer: Opens) -> None:
    """The queue's most pressing conversation changes; what stands open must not."""
    waits(customer("Eve"))
    mira.goto("/desk?view=unassigned")
    title, place = mira.locator("h1 >> visible=true").inner_text(), mira.locator("#composer").get_attribute("action")
    news = [waits(customer("Grace")) for _ in range(3)]
    for matter in news:
        expect(mira.locator(".rows")).to_contain_text(matter)

    expect(mira.locator("h1 >> visible=true")).to_have_text(title)
    expect(mira.locator("#composer")).to_have_attribute("action", str(place))


def test_hands_on_the_composer_hold_the_assistant(mira: Page, customer: Opens) -> None:
    opens(mira, waits(customer("Eve")))
    mira.click("#text")

    expect(mira.locator(".facts .ai")).to_contain_text("held while Mira Sandoval writes")


def test_a_draft_is_there_again_after_a_look_elsewhere(mira: Page, customer: Opens) -> None:
    path = opens(mira, waits(customer("Eve")))
    mira.fill("#text", "Half a thought")
    mira.goto("/desk?view=resolved")
    mira.goto(path)

    expect(mira.locator("#text")).to_have_value("Half a thought")


def test_what_came_while_the_line_was_down_is_there_afterwards(mira: Page, customer: Opens) -> None:
    eve = customer("Eve")
    opens(mira, waits(eve))
    mira.context.route("**/desk/**", lambda route: route.abort())
    mira.evaluate("dispatchEvent(new Event('pagehide'))")
    eve.writes("Said into the dark.")
    expect(mira.locator("#thread")).not_to_contain_text("into the dark")

    mira.context.unroute("**/desk/**")
    mira.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(mira.locator("#thread")).to_contain_text("Said into the dark.")


# the assistant's words, an agent's key


def test_one_key_sends_what_the_assistant_suggests(mira: Page, customer: Opens) -> None:
    grace = customer("Grace")
    matter = waits(grace)
    grace.writes("How do I invite a colleague?")
    opens(mira, matter)

    mira.locator(".suggestion summary").click()
    mira.get_by_role("button", name="Approve and send as it is").click()

    expect(mira.locator("#thread li").last).to_contain_text("approved by Mira")
    expect(mira.locator("#approve")).to_have_count(0)


def test_what_waits_for_a_yes_can_be_read_and_once_approved_is_not_said_again(mira: Page, customer: Opens) -> None:
    name = f"Eve {uuid4().hex[:8]}"
    customer(name).writes("How do I invite a colleague?")
    path = opens(mira, name, "approve")
    expect(mira.locator(".suggestion .prose")).to_be_visible()
    expect(mira.locator("#approve")).to_be_visible()

    for key in ("d", "Escape", "Shift+D"):  # faster than a draft is kept
        mira.keyboard.press(key)
    expect(mira.locator("#toast-text")).to_have_text("Approved and sent")
    mira.goto(path)

    expect(mira.locator("#thread")).to_contain_text("approved by Mira")
    expect(mira.locator("#text")).to_have_value("")


def test_a_suggestion_is_sent_once_however_often_its_key_is_pressed(mira: Page, customer: Opens) -> None:
    """The next one comes by itself: it would go out unread."""
    names, sent = [f"Eve {uuid4().hex[:8]}" for _ in range(2)], list[str]()
    for name in names:
        customer(name).writes("How do I invite a colleague?")
    mira.on("request", lambda asked: asked.url.endswith("/approve") and sent.append(asked.url))
    here = opens(mira, names[0], "approve").rpartition("/")[2]
    expect(mira.locator("#approve kbd")).to_be_attached()
    with held(mira, "**/approve"):
        for _ in range(2):
            mira.keyboard.press("Shift+D")
    expect(mira.locator("#main")).not_to_have_attribute("data-id", here)
    expect(mira.locator("#approve")).to_be_attached()
    mira.keyboard.press("Shift+D")
    mira.keyboard.press("z")

    expect(mira.locator("#toast-text")).to_have_text("What stands in the thread cannot be taken back")
    assert len(sent) == 1


def test_on_a_phone_the_view_one_is_in_is_in_sight_and_the_row_scrolls_no_further_than_that(
    windows: Callable[..., Page],
) -> None:
    mira = signed_in(windows(390, 844, has_touch=True, is_mobile=True))
    row = mira.locator(".views")
    mira.goto("/desk?view=resolved")
    expect(row.locator("[aria-current]")).to_be_in_viewport(ratio=0.9)
    assert row.evaluate("(one) => one.scrollLeft") > 0

    mira.goto("/desk?view=unassigned")
    expect(row.locator("[aria-current]")).to_be_in_viewport(ratio=0.9)
    assert row.evaluate("(one) => one.scrollLeft") == 0, "the first one is not pushed out of sight"


def test_on_a_phone_a_lost_line_is_told_in_a_line_of_its_own(windows: Callable[..., Page]) -> None:
    mira = signed_in(windows(390, 844))
    mira.context.set_offline(True)
    told = mira.locator("#offline")
    expect(told).to_be_visible()

    there, search = told.bounding_box(), mira.locator("#find").bounding_box()
    assert there
    assert search
    assert there["y"] >= search["y"] + search["height"]
    assert search["width"] > 120
    mira.context.set_offline(False)


def test_below_1280_pixels_the_views_are_a_rail_of_icons_that_keep_their_names(mira: Page) -> None:
    rail = mira.get_by_role("navigation", name="Views", exact=True)
    unassigned, words = rail.locator("#go-unassigned"), rail.locator("#go-unassigned .name")
    for width, least, is_read in ((1280, 150, True), (1279, 40, False), (1000, 40, False)):
        mira.set_viewport_size({"width": width, "height": 720})
        shown, said = rail.bounding_box(), words.bounding_box()
        assert shown
        assert said
        assert (least <= shown["width"] <= 1.5 * least, said["width"] > 2) == (True, is_read), width
        expect(unassigned.locator("svg")).to_be_visible()
        expect(unassigned).to_have_accessible_name(re.compile("^Unassigned"))


def test_the_briefing_as_a_drawer_gives_the_focus_back_to_what_opened_it(
    windows: Callable[..., Page], customer: Opens
) -> None:
    narrow = signed_in(windows(1000, 720))
    opens(narrow, waits(customer("Eve")))
    drawer, button = narrow.locator("#briefing"), narrow.locator(".to-briefing")

    button.click()
    expect(drawer).to_be_focused()
    narrow.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()

    button.press("Enter")
    expect(drawer).to_be_focused()
    assert violations(narrow) == []
    narrow.click("#close-briefing")
    expect(button).to_be_focused()

    narrow.locator("#main").focus()
    narrow.keyboard.press("i")
    expect(drawer).to_be_focused()
    narrow.keyboard.press("i")
    expect(drawer).to_be_hidden()
    expect(narrow.locator("#main")).to_be_focused()


def test_in_forced_colours_only_what_is_open_is_marked_so(windows: Callable[..., Page], customer: Opens) -> None:
    desk, bar = signed_in(windows(forced_colors="active")), "(one) => getComputedStyle(one).borderLeftColor"
    bars = "(all) => all.filter((one) => one.isConnected).map((one) => getComputedStyle(one).borderLeftColor)"
    waits(customer("Eve"))
    opens(desk, waits(customer("Eve")))
    assert desk.evaluate("matchMedia('(forced-colors: active)').matches")
    ground = desk.evaluate("getComputedStyle(document.body).backgroundColor")

    assert desk.locator(".rows a[aria-current]").evaluate(bar) != ground
    others = desk.locator(".rows a:not([aria-current])").evaluate_all(bars)
    assert others
    assert set(others) == {ground}

    line = "(one) => getComputedStyle(one).borderBottomStyle"
    for chosen, other in (("as-reply", "as-note"), ("as-note", "as-reply")):
        desk.locator(f"#{chosen}").check(force=True)
        assert desk.locator(f"label:has(#{chosen})").evaluate(line) == "solid"
        assert desk.locator(f"label:has(#{other})").evaluate(line) == "none"


def test_an_answer_marked_as_wrong_leads_to_the_sentence_it_came_from(mira: Page, customer: Opens) -> None:
    customer("Zoe").writes("Why is my invoice higher this month?")
    mira.goto("/desk?view=assistant")
    mira.locator(".rows a", has_text="Zoe").first.click()
    mira.locator(".said.assistant").first.wait_for()
    mira.locator("#main").focus()

    mira.keyboard.press("!")
    mira.locator("#chooser[open]").wait_for()
    mira.keyboard.press("Enter")

    expect(mira.locator("#toast-more a")).to_be_visible()
    assert ":~:text=" in str(mira.locator("#toast-more a").get_attribute("href"))
