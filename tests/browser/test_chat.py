"""The customer's chat, as customers use it, and as Eve would."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.cast import WISH, Customer, LiveHouse, becomes_true, held, opens

Opens = Callable[[str], Customer]
QUESTION = "Why is my invoice higher this month?"


def begins(page: Page, text: str = QUESTION) -> None:
    page.goto("/chat")
    page.fill("#text", text)
    page.click("#composer button")
    page.wait_for_selector("#thread")
    page.wait_for_load_state()  # before its script is there, Enter would post the page


def test_a_question_is_answered_while_one_looks(visitor: Page) -> None:
    begins(visitor)

    expect(visitor.locator("#thread .said").nth(1).locator(".who")).to_have_text("AI assistant")
    visitor.locator(".sources a").first.click()
    visitor.wait_for_url("**/help/why-is-my-invoice-higher")
    expect(visitor.locator("h1")).to_have_text(QUESTION)


def test_the_conversation_is_there_again_after_a_refresh(visitor: Page) -> None:
    visitor.goto("/chat")
    visitor.fill("#text", "Remember me.")
    visitor.press("#text", "Enter")
    visitor.wait_for_selector("#thread")
    visitor.reload()

    expect(visitor.locator("#thread")).to_contain_text("Remember me.")
    assert all(c["httpOnly"] for c in visitor.context.cookies())


def test_a_person_is_one_press_away_from_the_start(visitor: Page) -> None:
    visitor.goto("/chat")
    visitor.click("text=Talk to a person")

    expect(visitor.locator("#m1")).to_contain_text(WISH)
    expect(visitor.locator(".said.system")).to_contain_text("don't need to repeat")
    expect(visitor.get_by_role("button", name="Talk to a person")).to_be_visible()


def test_a_message_goes_out_without_leaving_the_page(visitor: Page) -> None:
    begins(visitor, WISH)
    visitor.evaluate("window.isSamePage = true")
    with held(visitor, "**/chat/messages"):
        visitor.fill("#text", "And it is urgent.")
        visitor.press("#text", "Enter")
        visitor.locator("#text").press_sequentially(" And more.")
        visitor.press("#text", "Enter")

    expect(visitor.locator("#thread .said.customer").last).to_have_text(re.compile(r"And it is urgent\.\s*$"))
    expect(visitor.locator("#text")).to_have_value("And more.")
    visitor.press("#text", "Enter")
    expect(visitor.locator("#thread .said.customer").last).to_have_text(re.compile(r"And more\.\s*$"))
    expect(visitor.locator("#text")).to_have_value("")
    expect(visitor.locator("#text")).to_be_focused()
    assert visitor.evaluate("window.isSamePage")


def test_text_stays_where_it_could_not_be_sent(visitor: Page) -> None:
    begins(visitor, WISH)
    visitor.route("**/chat/messages", lambda route: route.abort())
    visitor.fill("#text", "Do not lose me.")
    visitor.click("#composer button")

    expect(visitor.locator("#unsent")).to_be_visible()
    expect(visitor.locator("#text")).to_have_value("Do not lose me.")


def test_everything_works_without_scripts(windows: Callable[..., Page]) -> None:
    page = windows(java_script_enabled=False)
    begins(page, WISH)
    page.fill("#text", "No scripts here.\nReally.")
    page.click("#composer button")

    expect(page.locator("#thread .said.customer .text").last).to_have_text("No scripts here.\nReally.")


def test_a_reply_from_the_desk_arrives_by_itself(visitor: Page, mira: Page) -> None:
    begins(visitor, f"{WISH} About the blue lamp.")
    opens(mira, "blue lamp")
    mira.fill("#text", "The lamp is fine.")
    mira.locator("#text").select_text()
    mira.keyboard.press("Control+b")
    mira.click(".primary.as-reply")

    expect(visitor.locator("#thread .said.agent strong")).to_have_text("The lamp is fine.")
    expect(visitor.locator("#thread .said.agent .who")).to_have_text("Mira Sandoval")


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 20_001])
def test_what_cannot_be_taken_comes_back_with_the_reason(customer: Opens, text: str) -> None:
    answer = customer("Eve").client.post("/chat/messages", data={"text": text, "name": "Eve Stranger"})

    assert answer.status_code == 422
    assert 'aria-describedby="text-error"' in answer.text
    assert 'value="Eve Stranger"' in answer.text


def test_sending_twice_begins_one_conversation(customer: Opens) -> None:
    eve = customer("Eve")
    form = {"text": "Twice?", "client_id": "the same"}
    first = eve.client.post("/chat/messages", data=form).text
    eve.client.cookies.clear()
    again = eve.client.post("/chat/messages", data=form).text

    assert _number(first) == _number(again)


def test_a_known_customer_is_verified_and_a_forged_identity_is_nobody(
    customer: Opens, mira: Page, house: LiveHouse
) -> None:
    customer("Grace").writes(f"{WISH} Grace is at the door.")
    eve = customer("Eve")
    path = house.guests["Grace"]
    told = eve.client.get(path[:-6] + ("AAAAAA" if not path.endswith("AAAAAA") else "BBBBBB")).text
    assert "We could not confirm who you are" in told
    assert "We could not confirm" not in eve.client.get("/chat").text, "it is said once"
    eve.writes(f"{WISH} Eve is at the door.")

    opens(mira, "Grace is at the door")
    expect(mira.locator("#b-customer")).not_to_contain_text("not verified")
    opens(mira, "Eve is at the door")
    expect(mira.locator("#b-customer")).to_contain_text("not verified")


def test_the_identity_leaves_the_address_at_once(visitor: Page, house: LiveHouse) -> None:
    visitor.goto(house.guests["Grace"] + "&page=https%3A%2F%2Fapp.example%2Fbilling")

    assert "identity" not in visitor.url
    assert visitor.locator("[name=page]").first.get_attribute("value") == "https://app.example/billing"


@pytest.mark.parametrize("path", ["/chat/thread", "/chat/events"])
def test_forged_foreign_and_missing_keys_find_the_same_nothing(customer: Opens, path: str, house: LiveHouse) -> None:
    ada, grace, eve = customer("Ada"), customer("Grace"), customer("Eve")
    for one in (ada, grace, eve):
        one.writes("Hello")
    token = house.guests["Grace"].partition("identity=")[2]
    stolen = [ada.client.cookies["segue_chat"], eve.client.cookies["segue_chat"][:-4] + "AAAA", token, "", "x" * 5000]
    grace.client.cookies.delete("segue_chat")
    answers = {_answer(grace, path, key) for key in stolen}

    assert {status for status, _ in answers} == {404}
    assert len(answers) == 1


def test_the_key_of_a_conversation_vouches_for_nobody(customer: Opens, house: LiveHouse) -> None:
    eve = customer("Eve")
    eve.writes("Hello")
    eve.client.get("/chat", params={"identity": eve.client.cookies["segue_chat"]})

    assert "Writing as" not in eve.client.get("/chat").text


def test_the_next_person_at_a_shared_computer_begins_anew(customer: Opens, house: LiveHouse) -> None:
    shared = customer("Grace")
    shared.writes("Grace's secret")
    shared.client.get(house.guests["Ada"])

    assert "secret" not in shared.client.get("/chat").text
    assert shared.client.get("/chat/thread").status_code == 404


def test_a_page_hears_of_its_own_conversation_only(visitor: Page, customer: Opens) -> None:
    begins(visitor, WISH)
    visitor.wait_for_selector(".said.system")
    visitor.evaluate(
        "() => { window.heard = []; new EventSource('/chat/events').onmessage = (e) => heard.push(e.data); }"
    )
    becomes_true(visitor, "heard.length")
    customer("Eve").writes("Eve talks.")
    visitor.fill("#text", "Now me.")
    visitor.press("#text", "Enter")
    expect(visitor.locator("#thread")).to_contain_text("Now me.")
    becomes_true(visitor, "heard.some((told) => told.includes('cnv_'))")

    assert len(set(visitor.evaluate("heard")) - {"{}"}) == 1


def test_another_sites_form_writes_nothing(customer: Opens) -> None:
    eve = customer("Eve")
    answer = eve.client.post("/chat/messages", data={"text": "Hi"}, headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 403


def _number(page: str) -> str:
    return page.partition('aria-label="Conversation ')[2].partition('"')[0]


def _answer(customer: Customer, path: str, key: str) -> tuple[int, bytes]:
    """Status and body with `key` as the cookie; of what is let in, which may never end, only the status."""
    cookies = {"Cookie": f"segue_who={customer.client.cookies.get('segue_who', '')}; segue_chat={key}"}
    with customer.client.stream("GET", path, headers=cookies) as answer:
        return answer.status_code, b"" if answer.status_code == 200 else answer.read()
