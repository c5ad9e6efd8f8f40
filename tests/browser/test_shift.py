"""A whole shift of twenty conversations by keyboard alone, and what the house has of it afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import choices
from string import ascii_lowercase
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from browser.cast import PATIENCE, WISH, LiveHouse
from browser.unplugged import Keys, unplugged

INVITE = "How do I invite a colleague?"
"""About people and roles: such answers wait for a yes."""
INVOICE = "Why is my invoice higher this month?"
"""The assistant answers it alone."""
ASKED = {
    **dict.fromkeys(("macro", "snippet", "noted", "given", "handed", "asleep", "gone", "stays", "tagged", "taught",
                     "walk1", "walk2", "walk3", "bulk1", "bulk2", "bulk3", "suggested"), WISH),
    "live": INVOICE, "approved": INVITE, "rejected": INVITE,
}  # fmt: skip
PEOPLE = {name: f"{name}@elsewhere.example" for name in ASKED} | {
    **dict.fromkeys(("gone", "stays"), "felix@northgate-clinics.example"),
    "suggested": "pieter@veldkamp-foods.example", "live": "live@northgate-clinics.example",
    "approved": "approved@veldkamp-foods.example", "rejected": "rejected@veldkamp-foods.example",
}  # fmt: skip
"""Who asks; those the company knows are vouched for. Who is answered or nearly has no past: of those who do, chance may
have let one ask the same last week, and then a person would have it."""


class Shift:
    """Twenty conversations, each under a word that nothing else in the house holds."""

    def __init__(self, api: httpx.Client) -> None:
        self.api, self.word = api, "".join(choices(ascii_lowercase, k=8))
        with ThreadPoolExecutor(4) as pool:
            begun = dict(zip(ASKED, pool.map(self._begins, ASKED), strict=True))
            self.ids = {name: one["id"] for name, one in begun.items()}
            self.numbers = {name: f"#{one['number']}" for name, one in begun.items()}
            list(pool.map(self._is_considered, ASKED))
        api.post(f"/conversations/{self.ids['suggested']}/messages", json={"text": INVITE}).raise_for_status()
        self._is_considered("suggested")

    def named(self, name: str) -> str:
        return f"{name}{self.word}"

    def _begins(self, name: str) -> dict[str, Any]:
        """Those that are found together have a customer of that name."""
        email, family = PEOPLE[name], self.named(name.rstrip("123"))
        contact = {"email": email, "name": f"Eve {family}", "verified": not email.endswith("elsewhere.example")}
        body = {"contact": contact, "channel": "chat", "text": ASKED[name], "subject": f"About {self.named(name)}"}
        begun: dict[str, Any] = self.api.post("/conversations", json=body).raise_for_status().json()["conversation"]
        return begun

    def _is_considered(self, name: str) -> None:
        until = time.monotonic() + PATIENCE
        while (now := self.now(name))["considered_seq"] < now["customer_seq"]:
            assert time.monotonic() < until, now
            time.sleep(0.1)

    def now(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/conversations/{self.ids[name]}").json()
        return found

    def stands(self, name: str) -> dict[str, Any]:
        """What the agent's keys were to bring about, as the API tells it."""
        now = self.now(name)
        said = [m["text"] for m in now["messages"] if m["agent"] == "Jonas Reuter"]
        into = next((other for other, one in self.ids.items() if one == now["merged_into"]), None)
        return {
            "status": now["status"], "handler": now["handler"], "assignee": now["assignee"], "merged_into": into,
            "tags": now["tags"], "said": said, "notes": [note["text"] for note in now["notes"]],
        }  # fmt: skip


@pytest.fixture
def shift(house: LiveHouse) -> Iterator[Shift]:
    key = {"Authorization": f"Bearer {house.key}"}
    with httpx.Client(base_url=f"{house.address}/api/v1", headers=key, timeout=PATIENCE) as api:
        yield Shift(api)


def left(**more: Any) -> dict[str, Any]:
    """How a conversation stands that nobody has touched, but for that."""
    return {"status": "open", "handler": "human", "assignee": None, "merged_into": None, "tags": [], "said": [],
            "notes": []} | more  # fmt: skip


def test_a_shift_of_twenty_conversations_without_a_mouse(windows: Callable[..., Page], shift: Shift) -> None:
    """Whatever keys do to a conversation, in the order of a day; in the end each stands as the agent meant it."""
    assert len(ASKED) == 20
    with unplugged(windows()) as jonas:
        jonas.signs_in("jonas")
        meant: dict[str, Any] = {}
        for part in PARTS:
            meant |= part(jonas, shift)
        jonas.finds(shift.numbers["tagged"])
        expect(jonas.page.locator("#text")).to_have_value("Half a thought")

    assert {name: shift.stands(name) for name in ASKED} == meant


def answers(jonas: Keys, shift: Shift) -> dict[str, Any]:
    """With the suggestion, with a macro, with a snippet in the middle of what is typed."""
    text = jonas.page.locator("#text")
    jonas.finds(f"{shift.numbers['suggested']} is:open assignee:nobody")
    jonas.press("s")
    jonas.sees(".facts", "yours")
    jonas.press("d")
    expect(text).not_to_have_value("")
    suggested = text.input_value()
    jonas.press("Control+End")
    jonas.writes("\n\nBest, Jonas", "Control+Enter")
    jonas.reads("Sent")

    jonas.finds(shift.numbers["macro"])
    jonas.press("m")
    jonas.types("Ask for the inv")
    jonas.sees("#chooser-preview", "Hi Eve,")
    jonas.press("Enter")
    jonas.sees("#carries", "tag invoice")
    jonas.writes("", "Control+Enter")
    jonas.reads("Sent")

    jonas.finds(shift.numbers["snippet"])
    jonas.press("r")
    jonas.types("You were right.\n")
    jonas.chooses("/", words="Refund on its way")
    jonas.writes("", "Control+Enter")
    jonas.reads("Sent")
    jonas.sees(".facts", "resolved")
    mine = {"status": "waiting", "assignee": "Jonas Reuter"}
    return {
        "suggested": left(said=[f"{suggested}\n\nBest, Jonas"], **mine),
        "macro": left(said=[ASKS], tags=["invoice"], **mine),
        "snippet": left(said=[f"You were right.\n{REFUNDED}"], tags=["refund"], **mine | {"status": "resolved"}),
    }


HERE = "Here I am. The assistant knows how."
ASKS = "Hi Eve,\n\nwhich invoice is it? Its number stands at the top right, like INV-2041.\n\nBest regards\nJonas"
REFUNDED = ("Hi Eve,\n\nI have refunded the second charge. Your bank shows it within five working days.\n\n"
            "Best regards\nJonas")  # fmt: skip


def passes_on(jonas: Keys, shift: Shift) -> dict[str, Any]:
    """To a colleague by name, to their desk, back to the assistant, to another day, into another conversation, which is
    then with whoever merged."""
    jonas.finds(shift.numbers["noted"])
    jonas.press("n")
    jonas.types("@whit")
    jonas.sees("#names [role=option]", "Tom Whitlock")
    jonas.press("Enter")
    jonas.writes("do you know this one?", "Control+Enter")
    jonas.reads("Noted")

    jonas.finds(shift.numbers["given"])
    jonas.chooses("a", words="Tom Whitlock")
    jonas.reads("Assigned: Tom Whitlock")

    jonas.finds(shift.numbers["handed"])
    jonas.press("s")
    jonas.sees(".facts", "yours")
    jonas.press("r")
    jonas.writes(HERE, "Control+Enter")
    jonas.reads("Sent")
    jonas.press("b")
    jonas.sees(".facts", "with the AI")

    jonas.finds(shift.numbers["asleep"])
    jonas.chooses("h", words="Tomorrow")
    jonas.sees(".facts", "snoozed until")
    jonas.goes("snoozed", "z")
    jonas.sees("#rows", shift.named("asleep"))

    jonas.finds(shift.numbers["gone"])
    jonas.chooses("Shift+M", words=shift.named("stays"))
    jonas.reads("is merged into")
    jonas.sees("#title h1", shift.named("stays"))
    return {
        "noted": left(notes=["@Tom Whitlock do you know this one?"]), "given": left(assignee="Tom Whitlock"),
        "handed": left(handler="assistant", status="waiting", said=[HERE]), "asleep": left(),
        "gone": left(status="resolved", merged_into="stays"), "stays": left(assignee="Jonas Reuter"),
    }  # fmt: skip


def files_and_teaches(jonas: Keys, shift: Shift) -> dict[str, Any]:
    """A tag and a thought that waits; one word on the handoff taken back and another said; the matter named."""
    jonas.finds(shift.numbers["tagged"])
    jonas.chooses("t", words=f"t{shift.word}")
    jonas.reads(f"Tagged t{shift.word}")
    jonas.press("r")
    jonas.types("Half a thought")
    expect(jonas.page.locator("#kept")).to_have_text("Draft kept")
    jonas.press("Escape")

    jonas.finds(shift.numbers["taught"])
    jonas.press("w")
    jonas.sees("#card[open]", "Handed to a person")
    jonas.press("Escape", "+")
    jonas.sees("#b-why [aria-pressed=true]", "Right call")
    jonas.press("z")
    jonas.reads("Undone")
    jonas.press("-")
    jonas.sees("#b-why [aria-pressed=true]", "AI could have done it")
    jonas.chooses("c", words="Get money back")
    jonas.reads("It is about: Get money back")
    jonas.press("r")
    jonas.writes("It is on its way.", "Control+Enter")
    jonas.reads("Sent")
    jonas.press("Shift+K")
    jonas.reads("Proposed as an article")
    jonas.press("z")
    jonas.reads("Undone")
    jonas.chooses("Control+k", words="Resolve")
    jonas.reads("is resolved")
    assert shift.now("taught")["intent_id"] == "refund_request"
    return {"tagged": left(tags=[f"t{shift.word}"]),
            "taught": left(status="resolved", assignee="Jonas Reuter", said=["It is on its way."])}  # fmt: skip


def watches_the_assistant(jonas: Keys, shift: Shift) -> dict[str, Any]:
    """Takes one over from it and says what was wrong; sends one answer of its as it is and refuses another."""
    jonas.finds(f"{shift.numbers['live']} is:with-ai")
    jonas.press("s")
    jonas.sees(".facts", "yours")
    jonas.chooses("!", option="A wrong fact")
    jonas.reads("Marked: A wrong fact")
    jonas.press("z")
    jonas.reads("Undone")
    jonas.press("r")
    jonas.writes("I look at it myself.", "Control+Enter")
    jonas.reads("Sent")

    jonas.goes("approve", "v")
    jonas.walks_to(shift.named("approved"))
    jonas.press("Shift+D")
    jonas.reads("Approved and sent")
    jonas.goes("approve", "v")
    jonas.walks_to(shift.named("rejected"))
    jonas.chooses("Shift+X", option="A wrong fact")
    jonas.reads("Marked: A wrong fact")
    assert shift.now("rejected")["reason"] == "answer_rejected"
    (turn,) = shift.api.get(f"/conversations/{shift.ids['approved']}/turns").json()["turns"]
    return {
        "live": left(status="waiting", assignee="Jonas Reuter", said=["I look at it myself."]),
        "approved": left(status="waiting", handler="assistant", said=[turn["answer"]["text"]]), "rejected": left(),
    }  # fmt: skip


def does_several_at_once(jonas: Keys, shift: Shift) -> dict[str, Any]:
    """Closes three, thinks better of it, and files them under one word instead."""
    jonas.finds(f"from:{shift.named('bulk')}")
    jonas.press("x", "Shift+ArrowDown", "Shift+ArrowDown", "e")
    jonas.sees("#card[open]", "Resolve: 3")
    jonas.press("Enter")
    jonas.reads("3 resolved")
    jonas.press("z")
    jonas.reads("Undone: 3")
    jonas.press("*")
    expect(jonas.page.locator("#bulk-count")).to_have_text("3 selected")
    jonas.chooses("t", words=f"b{shift.word}")
    jonas.sees("#card[open]", f"b{shift.word}: 3")
    jonas.press("Enter")
    jonas.reads("3 tagged")
    return {f"bulk{n}": left(tags=[f"b{shift.word}"]) for n in (1, 2, 3)}


AFTERS = ("The next conversation", "Back to the list", "Stay where I am")
"""The list before the last one is closed: an empty one has nothing to stand on."""


def closes_and_goes_on(jonas: Keys, shift: Shift) -> dict[str, Any]:
    """Sends and closes three, each time with another wish for what comes then; none is told from the other but by
    where it stands in the list."""
    page, meant = jonas.page, {}
    for wish in AFTERS:
        prefers(jonas, wish)
        jonas.finds(f"from:{shift.named('walk')} is:open")
        name = next(one for one in ASKED if shift.named(one) in page.locator("#title h1").inner_text())
        was = str(page.locator("#main").get_attribute("data-id"))
        jonas.press("r")
        jonas.writes(f"{wish} is what I want.", "Control+Shift+Enter")
        jonas.reads("is closed")
        if wish == AFTERS[0]:
            expect(page.locator("#main")).not_to_have_attribute("data-id", was)
            jonas.sees("#title h1", "About walk")
        else:
            jonas.sees(".facts", "resolved")
            expect(page.locator("#main")).to_have_attribute("data-id", was)
        expect(page.locator("#rows a:focus")).to_have_count(int(wish == AFTERS[1]))
        meant[name] = left(status="resolved", assignee="Jonas Reuter", said=[f"{wish} is what I want."])
    return meant


def prefers(jonas: Keys, wish: str) -> None:
    """What comes after a conversation is closed: from the top of the choices down."""
    page = jonas.page
    jonas.press("g", ",")
    page.wait_for_url("**/desk/me")
    jonas.tabs_to("input[name=after]")
    while not page.locator("label:has(input[name=after]:checked)", has_text=wish).count():
        jonas.press("ArrowDown")
    jonas.press("Enter")
    expect(page.locator("main [role=status]")).to_contain_text("Kept")
    jonas.tabs_to("nav a[href='/desk']")
    jonas.press("Enter")
    page.wait_for_url("**/desk")
    jonas.is_ready()


PARTS = (answers, passes_on, files_and_teaches, watches_the_assistant, does_several_at_once, closes_and_goes_on)
