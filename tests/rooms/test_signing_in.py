"""What coming in rests on, without a house: codes of an app, recovery codes, passwords, what a browser is called."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from segue.domain.entry import Provider, device, wrong_with_password
from segue.web.company_sign_in import is_address
from segue.web.entering import ours
from segue.web.one_time import grouped, link, new_codes, picture, step_of

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Of RFC 6238, appendix B: "12345678901234567890" in base32."""


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    at = datetime.fromtimestamp(second, UTC)

    assert step_of(SECRET, code, at) == second // 30
    assert step_of(SECRET, f" {code[:3]} {code[3:]} ", at) == second // 30


def test_a_phones_clock_may_be_half_a_minute_wrong_and_no_more() -> None:
    def holds_after(seconds: int) -> bool:
        """Seconds from the beginning of the half minute that the code belongs to."""
        return step_of(SECRET, "005924", datetime.fromtimestamp(1234567890 + seconds, UTC)) is not None

    assert [holds_after(s) for s in (-31, -30, 0, 29, 59, 60)] == [False, True, True, True, True, False]


@pytest.mark.parametrize("typed", ["", "28708", "2870821", "abcdef", "２８７０８２", "28708\0"])
def test_what_is_no_code_holds_nothing(typed: str) -> None:
    assert step_of(SECRET, typed, datetime.fromtimestamp(59, UTC)) is None


def test_the_picture_brings_nothing_that_the_pages_policy_forbids() -> None:
    svg = picture(link(SECRET, "mira@ledgerly.example"))

    assert svg.startswith("<svg")
    assert "viewBox" in svg
    assert not any(word in svg for word in ("<script", "style=", "<image", "href"))
    assert grouped(SECRET).replace(" ", "") == SECRET


def test_recovery_codes_are_ten_and_long() -> None:
    codes = new_codes() + new_codes()

    assert len(set(codes)) == 20
    assert {len(code.replace("-", "")) for code in codes} == {16}


def test_passwords_that_anybody_would_try_are_refused() -> None:
    good = ["correct horse battery", "Tür auf um 9", "xkq7!vbn"]
    bad = ["", "short", "password1", "Passwort99", "12345678901", "aaaaaaaa", "abababab", "qwertyui", "iam miraatdesk"]

    assert [wrong_with_password(p, "mira@ledgerly.example") for p in good] == ["", "", ""]
    assert all(wrong_with_password(p, "mira@ledgerly.example") for p in bad)
    assert wrong_with_password("a galleon at sea", "leo@ledgerly.example") == "", "three letters stand in many words"


def test_a_browser_is_called_by_what_people_know() -> None:
    chrome = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
    )
    said = {
        chrome: "Chrome on Windows", chrome + " Edg/140.0": "Edge on Windows",
        "": "An unknown browser", "curl/8": "An unknown browser",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1": "Safari on iPhone",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
    }  # fmt: skip
    assert {browser: device(browser) for browser in said} == said


def test_a_domain_lets_in_its_own_people_only() -> None:
    provider = Provider("Ledgerly", "https://x.example", "c", "s", ("ledgerly.example",))

    assert provider.lets_in("mira@LEDGERLY.example")
    assert not any(
        provider.lets_in(e) for e in ("a@b.ledgerly.example", "a@ledgerly.example.evil.example", "ledgerly.example")
    )
    assert not Provider("", "", "", "").lets_in("mira@")


def test_after_signing_in_nobody_is_led_out_of_the_house() -> None:
    inside = ["/desk", "/desk/me/access", "/settings?x=1", "/quality"]
    outside = [
        "",
        "//evil.example/desk",
        "https://evil.example/desk",
        "/\\evil.example",
        "/desk\\..",
        "/sign-out",
        "/help/x",
    ]

    assert [ours(p) for p in inside] == inside
    assert [ours(p) for p in outside] == [""] * len(outside)


def test_a_providers_address_has_no_query_and_no_other_scheme() -> None:
    assert is_address("https://login.ledgerly.example/realms/main")
    assert not any(
        is_address(a)
        for a in ("", "ledgerly", "ftp://x.example", "https://x.example?a=b", "https://x.example#a", "https://[x")
    )
