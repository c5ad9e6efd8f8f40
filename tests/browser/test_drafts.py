"""What an agent typed when the page dies, and when the conversation becomes another under their hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Error, Page, expect

from browser.cast import WISH, Customer, opens, signed_in
from segue.domain.people import Team
from segue.store.workspace import Workspace

QUESTION = "How do I reset my password?"


def waits(customer: Customer) -> str:
    """The customer asks for a person; returns what the matter is called."""
    customer.writes(f"{WISH} It is {(matter := f'matter {uuid4().hex[:8]}')}.")
    return matter


def types(page: Page, words: str, kept: str) -> None:
    page.locator("#text").press_sequentially(words)
    expect(page.locator("#kept")).to_have_text(kept)


def chooses(page: Page, key: str, words: str) -> None:
    """As who has only the keys: a list where the key opens one, else nothing more."""
    page.keyboard.press(key)
    if words:
        expect(page.locator("#chooser")).to_be_visible()
        page.keyboard.type(words)
        expect(page.locator("#chooser [role=option]").first).to_contain_text(words)
        page.keyboard.press("Enter")


@pytest.fixture
def vault(workspace: Workspace) -> Iterator[str]:
    """The name of a team whose conversations are closed to Mira; for other tests there is none."""
    team = Team(f"vault_{uuid4().hex[:8]}", f"Vault {uuid4().hex[:8]}", is_closed=True)
    workspace.put_team(team)
    yield team.name
    workspace.put_team(Team(team.id, team.name))


def crashes(page: Page) -> None:
    """Its process ends as by a fault of the browser: nothing of the page gets to say goodbye."""
    with page.expect_event("crash"):
        try:
            page.goto("chrome://crash")
        except Error:
            return


def test_a_page_that_crashes_loses_nothing_of_a_draft(mira: Page, customer: Callable[[str], Customer]) -> None:
    path = opens(mira, waits(customer("Eve")))
    types(mira, "Kept by the server", "Draft kept")
    mira.route("**/draft", lambda route: route.abort())
    types(mira, ", kept here", "Kept in this browser only")
    crashes(mira)

    again = mira.context.new_page()
    again.goto(path)
    expect(again.locator("#text")).to_have_value("Kept by the server, kept here")
    types(again, ".", "Draft kept")


def test_a_tab_left_open_attaches_and_holds_nothing_in_the_name_of_who_signed_in_since(
    mira: Page, customer: Callable[[str], Customer], windows: Callable[..., Page]
) -> None:
    path = opens(mira, waits(customer("Eve")))
    tom = signed_in(windows(), "tom")
    mira.context.clear_cookies()
    mira.context.add_cookies(tom.context.cookies())

    with mira.expect_response("**/hold") as held:
        mira.locator("#text").press_sequentially("Of Mira")
    assert (held.value.status, "/sign-in" in held.value.headers["location"]) == (303, True)
    mira.locator("#file").set_input_files([{"name": "of-mira.txt", "mimeType": "text/plain", "buffer": b"Mine"}])
    expect(mira.locator("#coming .error")).to_contain_text("You are signed out")
    tom.goto(path)
    expect(tom.locator("#composer")).to_be_visible()
    expect(tom.locator("#files-reply li")).to_have_count(0)


def test_who_types_while_a_colleague_resolves_it_goes_on_typing(
    mira: Page, customer: Callable[[str], Customer], windows: Callable[..., Page]
) -> None:
    path = opens(mira, waits(customer("Eve")))
    types(mira, "Half a thought", "Draft kept")
    tom = signed_in(windows(), "tom")
    tom.goto(path)
    expect(tom.locator("#main [data-key] kbd").first).to_be_attached()
    tom.keyboard.press("e")

    expect(mira.locator(".facts")).to_contain_text("resolved")
    expect(mira.locator("#text")).to_be_focused()
    types(mira, ", finished", "Draft kept")
    expect(mira.locator("#text")).to_have_value("Half a thought, finished")
    mira.goto(path)
    expect(mira.locator("#text")).to_have_value("Half a thought, finished")


@pytest.mark.parametrize(
    ("key", "words", "seen"),
    [
        pytest.param("a", "Priya", "Priya Nambiar", id="gives it to a colleague"),
        pytest.param("a", "Technical", ", Technical", id="gives it to a team"),
        pytest.param("h", "3 hours", "snoozed until", id="snoozes it"),
        pytest.param("b", "", "with the AI", id="hands it back"),
    ],
)
def test_who_types_while_a_colleague_moves_it_on_goes_on_typing(
    mira: Page, customer: Callable[[str], Customer], windows: Callable[..., Page], key: str, words: str, seen: str
) -> None:
    eve = customer("Eve")
    path = opens(mira, waits(eve))
    if key == "b":  # what the assistant handed over is not handed back; what came behind it is
        eve.writes(QUESTION)
    expect(mira.locator(".facts")).not_to_contain_text(seen)
    types(mira, "Half a thought", "Draft kept")
    tom = signed_in(windows(), "tom")
    tom.goto(path)
    expect(tom.locator("#main [data-key] kbd").first).to_be_attached()
    chooses(tom, key, words)
    types(mira, ", another", "Draft kept")

    expect(mira.locator(".facts")).to_contain_text(seen)
    expect(mira.locator("#text")).to_be_focused()
    types(mira, ", finished", "Draft kept")
    expect(mira.locator("#text")).to_have_value("Half a thought, another, finished")
    mira.goto(path)
    expect(mira.locator("#text")).to_have_value("Half a thought, another, finished")


def test_what_is_typed_while_it_goes_to_a_team_that_is_closed_to_her_is_where_the_page_says(
    mira: Page, customer: Callable[[str], Customer], windows: Callable[..., Page], vault: str
) -> None:
    """Also the words of the last moment, which the server had not got when it closed."""
    path = opens(mira, waits(customer("Eve")))
    number = mira.locator("#composer").get_attribute("data-number")
    types(mira, "Half a thought", "Draft kept")
    mira.route("**/draft", lambda route: route.abort())
    types(mira, ", and its end", "Kept in this browser only")
    mira.unroute("**/draft")
    tom = signed_in(windows(), "tom")
    tom.goto(path)
    expect(tom.locator("#main [data-key] kbd").first).to_be_attached()
    chooses(tom, "a", vault)

    where = "what you typed is in My preferences"
    expect(mira.locator("#toast-text")).to_have_text(f"This conversation is closed to you now; {where}")
    mira.goto("/desk/me")
    expect(mira.get_by_label(f"Reply in #{number}")).to_have_value("Half a thought, and its end")


def test_what_one_agent_typed_is_hidden_from_the_next_at_the_same_browser_and_kept_for_the_first(
    mira: Page, customer: Callable[[str], Customer]
) -> None:
    path = opens(mira, waits(customer("Eve")))
    mira.context.route("**/draft", lambda route: route.abort())
    types(mira, "Mira alone", "Kept in this browser only")

    other = signed_in(mira.context.new_page(), "tom")
    other.goto(path)
    expect(other.locator("#main [data-key] kbd").first).to_be_attached()
    expect(other.locator("#text")).to_have_value("")
    expect(mira.locator("#text")).to_have_value("")

    signed_in(other).goto(path)
    expect(other.locator("#text")).to_have_value("Mira alone")
