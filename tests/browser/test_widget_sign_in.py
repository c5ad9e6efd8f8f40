"""Signed in where the widget is carried, and then no longer: what a customer writes meanwhile arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from browser.carrying import inside, matter, says, signed, wants_help
from browser.cast import becomes_true
from segue.store.workspace import Workspace

Opens = Callable[..., Page]
HEARS = "() => { window.told = []; document.addEventListener('segue:refused', (e) => told.push(e.detail.code)); }"
WAITS = "We'll send this as soon as the page has signed you in again."


@pytest.fixture(scope="module")
def secret(workspace: Workspace) -> str:
    return str(workspace.setting("identity_secret"))


@contextmanager
def run_out(page: Page, identity: str, secret: str) -> Iterator[None]:
    """To our server, that identity has expired; any other is as it is."""
    then = datetime.now(UTC) - timedelta(minutes=1)
    old = {"authorization": f"Bearer {signed(secret, exp=int(then.timestamp()))}"}

    def older(route: Route) -> None:
        sent = route.request.headers
        is_that = sent.get("authorization") == f"Bearer {identity}"
        route.continue_(headers={**sent, **old} if is_that else sent)

    page.route("**/widget/**", older)
    yield
    page.unroute("**/widget/**")


def test_what_is_written_after_the_sign_in_ran_out_waits_for_a_new_one_and_goes_out_once(
    carried: Opens, workspace: Workspace, secret: str
) -> None:
    first, about = signed(secret), f"It is about {matter()}."
    page = carried(f"/?identity={first}")
    page.evaluate(HEARS)
    frame = wants_help(page)
    with run_out(page, first, secret):
        says(frame, about)
        expect(frame.locator("#refused")).to_contain_text(WAITS)
        expect(frame.locator(".pending .mark")).to_have_text("Waits for your sign-in")
        becomes_true(page, "told.join() === 'identity_expired'")
        page.evaluate("jwt => Segue('identify', { jwt })", first)  # the one it has, again: no news
        frame.locator("#refused", has_text=WAITS).wait_for()
        assert page.evaluate("told.length") == 1

        page.evaluate("jwt => Segue('identify', { jwt })", signed(secret, jti="another"))
        expect(frame.locator("#refused")).to_be_hidden()
        expect(frame.locator(".said.mine:not(.pending)")).to_have_count(1)
    kept = workspace.db.all("select 1 from messages where body = %(text)s", {"text": about})
    assert len(kept) == 1


def test_whom_the_page_signs_in_no_more_goes_on_as_a_guest_with_what_they_wrote(
    carried: Opens, workspace: Workspace, secret: str
) -> None:
    first, about = signed(secret), f"It is about {matter()}."
    page = carried(f"/?identity={first}")
    wants_help(page)
    with run_out(page, first, secret):
        says(inside(page), about)
        inside(page).locator("#refused", has_text=WAITS).wait_for()
        page.reload()  # and the page goes on with what it has
        frame = inside(page)
        expect(frame.locator(".pending")).to_contain_text(about)
        frame.locator("#refused button").click()

        expect(frame.locator("#text")).to_have_value(about)
        expect(frame.locator("#hello")).not_to_contain_text("Grace")
        frame.locator("#person").click()
        expect(frame.locator("#address")).to_be_visible()  # where a guest can be reached
    kept = workspace.db.all(
        "select p.is_verified from messages m join conversations c on c.id = m.conversation_id join contacts p on"
        " p.id = c.contact_id where m.body like %(text)s", {"text": f"{about}%"},
    )  # fmt: skip
    assert [row.is_verified for row in kept] == [False]
