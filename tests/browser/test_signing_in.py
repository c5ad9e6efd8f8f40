"""Coming in, in a real browser: by invitation, with an app, and with a passkey that Chromium's own device keeps.

Passkeys are bound to a name, so the house is called localhost here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyotp
from playwright.sync_api import Page, expect

from browser.cast import LiveHouse, signed_in, too_wide, violations

PASSWORD = "correct horse battery"


def plugged_in(page: Page) -> None:
    """A device of the browser's own, which its owner unlocks at once."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    told = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": told})


def test_somebody_new_comes_in_sets_up_an_app_and_a_passkey_and_needs_no_password(
    windows: Callable[..., Page], house: LiveHouse
) -> None:
    lena = windows()
    signed_in(lena, "lena")
    lena.goto("/settings")
    email = f"nora-{uuid4().hex[:8]}@ledgerly.example"
    lena.fill("#email", email)
    lena.get_by_role("button", name="Invite", exact=True).click()
    link = lena.locator("#link").input_value()
    there = house.address.replace("127.0.0.1", "localhost")
    nora = windows(390, 844, color_scheme="dark", reduced_motion="reduce")
    plugged_in(nora)

    nora.goto(there + re.sub(r"^https?://[^/]+", "", link))
    looks_well(nora)
    nora.fill("#name", "Nora New")
    nora.fill("#password", "password1")
    nora.click("main button")
    expect(nora.locator("#password")).to_be_focused()
    looks_well(nora)
    nora.fill("#password", PASSWORD)
    nora.click("main button")
    nora.wait_for_url("**/desk")

    nora.goto(f"{there}/desk/me/access/app")
    looks_well(nora)
    app = pyotp.TOTP(nora.locator(".secret").inner_text().replace(" ", ""))
    nora.fill("#code", app.at(datetime.now(UTC)))
    nora.click("main button")
    expect(nora.locator(".codes li")).to_have_count(10)
    looks_well(nora)
    with nora.expect_download() as saved:
        nora.get_by_role("link", name="Save them as a file").click()
    first = nora.locator(".codes code").first.inner_text()
    assert first in saved.value.path().read_text("utf8")
    nora.get_by_role("link", name="I have them").click()

    nora.fill("#passkey-name", "Nora's laptop")
    nora.get_by_role("button", name="Add a passkey").click()
    expect(nora.get_by_text("Nora's laptop opens the desk")).to_be_visible()
    looks_well(nora)

    signs_out(nora, there)
    looks_well(nora)
    nora.get_by_role("button", name="Sign in with a passkey").click()
    nora.wait_for_url("**/desk")

    signs_out(nora, there)
    nora.fill("#email", email)
    nora.fill("#password", PASSWORD)
    nora.keyboard.press("Enter")
    nora.wait_for_selector("#code")
    nora.fill("#code", "000000")
    nora.keyboard.press("Enter")
    expect(nora.locator("#error")).to_be_visible()
    looks_well(nora)
    nora.fill("#code", app.at(datetime.now(UTC) + timedelta(seconds=30)))
    nora.keyboard.press("Enter")
    nora.wait_for_url("**/desk")

    nora.goto(there + re.sub(r"^https?://[^/]+", "", link))
    expect(nora.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    looks_well(nora)


def test_the_pages_of_leads_on_coming_in(windows: Callable[..., Page]) -> None:
    lena = windows(color_scheme="dark")
    signed_in(lena, "lena")
    lena.goto("/settings")
    lena.fill("#email", f"nora-{uuid4().hex[:8]}@ledgerly.example")
    lena.get_by_role("button", name="Invite", exact=True).click()
    expect(lena.locator("#link")).to_be_visible()
    looks_well(lena)
    lena.get_by_role("button", name="Withdraw").first.click()
    expect(lena.get_by_text("is withdrawn")).to_be_visible()
    lena.goto("/settings/sign-in")
    lena.get_by_role("button", name="Ask it and keep").click()
    expect(lena.locator("#wrong-issuer")).to_be_visible()
    looks_well(lena)


def looks_well(page: Page) -> None:
    size = page.viewport_size
    assert violations(page) == []
    assert too_wide(page) == []
    assert size
    page.set_viewport_size(size)


def signs_out(page: Page, there: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{there}/sign-in")
