"""What an article tells: acts, and where it only sends to us."""

from __future__ import annotations

import pytest

from segue.assistant.telling import Telling
from segue.domain.knowledge import Article
from segue.knowledge.acts import asked, told
from segue.knowledge.referring import referrals_of

CODES = """Use one of your recovery codes. An Owner or Admin resets it.

**You are the only Owner?** Write to us. A person checks your identity.

**Codes are refused:** switch the phone's time to automatic.

An Owner sees all of it. For older codes, contact support."""


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("How do I delete an invoice I sent by mistake?", {"delete"}),
        ("Hi, can we just merge two customers?", {"merge"}),
        ("I would like to erase a receipt", {"delete"}),
        ("please cancel it", {"delete"}),
        ("archive old customers", {"archive"}),
        ("Is it possible to rename us? Then split it.", {"rename", "split"}),
        ("how to print and archive", {"print"}),
        ("I deleted the mail by accident", set()),
        ("The invoice was deleted. Where is it?", set()),
        ("I don't want to delete it", set()),
        ("when we cancel, what happens?", set()),
        ("the cancel button is gone", set()),
        ("Hi, cancel my order", {"delete"}),
        ("Schedule says 10, nobody came", set()),
        ("Cancel button does nothing", set()),
        ("Hello, block on my card", set()),
        ("Print is blurry", set()),
        ("Where are my invoices?", set()),
        ("", set()),
    ],
)
def test_an_act_is_asked_for_where_somebody_wants_it_done(text: str, acts: set[str]) -> None:
    assert asked(text) == acts


def test_an_article_tells_an_act_in_whatever_form_and_by_whatever_name() -> None:
    assert told("Removing a person takes a minute; approvals are declined.") == {"delete", "approve", "reject"}
    assert told("Download the invoice and choose its recipients.") == frozenset()
    assert told("What you cancelled can be restored.") == {"delete", "restore"}


def article(body: str) -> Article:
    return Article("art_x", "x", "Download invoices", body)


def test_an_act_that_people_asked_for_who_wanted_the_same_is_not_another_one() -> None:
    download, rename = article("Choose the year, then Download all."), "how do I rename the file?"

    assert Telling(lambda intent: (), {}).is_of_another_act(rename, download, "copy")
    assert not Telling(lambda intent: ("can I rename it",), {}).is_of_another_act(rename, download, "copy")
    assert not Telling(lambda intent: (), {"copy": "Rename a file"}).is_of_another_act(rename, download, "copy")
    assert not Telling(lambda intent: (), {}).is_of_another_act("where is the file?", download, "copy")


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("I lost my phone and I am the only owner", "**You are the only Owner?** Write to us."),
        ("my codes are much older than that", "An Owner sees all of it. For older codes, contact support."),
        ("I lost my phone", ""),
        ("are the owner's codes refused?", ""),
    ],
)
def test_who_meets_the_condition_of_a_referral_is_sent_to_us_by_the_article(text: str, stretch: str) -> None:
    met = Telling(lambda intent: (), {}).referral(text, article(CODES))

    assert (CODES[met.start : met.end] if met else "").startswith(stretch)
    assert (met is not None) == bool(stretch)


@pytest.mark.parametrize(
    "body",
    [
        "Write to us here or by mail. A copy comes within 30 days.",
        "Please contact our support team.",
        "Schreiben Sie uns, wir kümmern uns darum.",
        "We do that for you. Get in touch with us. Tell us the day. Let us know the name.",
    ],
)
def test_an_article_that_does_little_else_refers_to_us_whatever_is_asked(body: str) -> None:
    (referral,) = referrals_of(body)

    assert referral.is_met("anything at all")


@pytest.mark.parametrize(
    "body", ["Choose **Talk to us** on the page.", "We write to you.", "The code tells you why.", "Ask an Owner.", ""]
)
def test_what_sends_nobody_to_us_is_no_referral(body: str) -> None:
    assert referrals_of(body) == ()


def test_of_an_article_in_another_language_no_act_is_missed() -> None:
    german = article("Wählen Sie das Jahr und laden Sie alle Rechnungen herunter.")
    rename = "how do I rename the file?"

    assert not Telling(lambda intent: (), {}, lambda text: "de").is_of_another_act(rename, german, "copy")
    for code in ("en", ""):
        assert Telling(lambda intent: (), {}, lambda text, code=code: code).is_of_another_act(rename, german, "copy")


@pytest.mark.parametrize(
    ("last", "text"),
    [
        ("If you need help, contact us.", "I need to change my e-mail"),
        ("If it still does not work, contact us.", "my export doesn't work"),
        ("Contact us if you have any other questions.", "I have a question about my e-mail"),
        ("Still stuck? Write to us.", "I am stuck"),
        ("Please don't hesitate to contact us.", "where is the address in settings?"),
    ],
)
def test_a_customary_last_line_leaves_an_article_usable(last: str, text: str) -> None:
    for gap in (" ", "\n\n"):
        body = f"Open the settings and type the new address.{gap}{last}"
        assert Telling(lambda intent: (), {}).referral(text, article(body)) is None


def test_one_word_of_a_longer_condition_does_not_meet_it() -> None:
    body = "Choose the year, then press Export.\n\nIf a broken parcel arrives, contact us."

    assert Telling(lambda intent: (), {}).referral("when does my parcel come?", article(body)) is None
    assert Telling(lambda intent: (), {}).referral("my parcel is broken", article(body)) is not None


@pytest.mark.parametrize(
    "body",
    [
        "Before you contact us, restart the printer.",
        "You don't need to contact us to change the plan.",
        "Choose Export instead of calling us.",
        "Call us or open Settings.",
    ],
)
def test_where_we_need_not_be_written_to_is_no_referral(body: str) -> None:
    assert referrals_of(body) == ()


def test_an_opening_that_refers_is_not_said_of_steps_further_down() -> None:
    opening = "You can always write to us."

    assert referrals_of(f"{opening}\n\n1. Your profile has a pencil.\n2. The address is below it.") == ()
    assert referrals_of(f"{opening}\n\nOpen Settings and type the new address. It holds at once.") == ()
    assert referrals_of(f"{opening}\n\nA copy comes within 30 days. It is free. You read it on paper.")
