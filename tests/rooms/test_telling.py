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
        # in German
        ("Konto löschen", {"delete"}),
        ("Wie kann ich zwei Kunden zusammenführen?", {"merge"}),
        ("Wie benenne ich eine Regel um?", {"rename"}),
        ("Ist es möglich, eine Regel umzubenennen?", {"rename"}),
        ("Bitte den Schlüssel für eine Woche pausieren", {"pause"}),
        ("Fehler beim Löschen", set()),
        ("Ich habe einen Kunden gelöscht", set()),
        ("Ein Mitarbeiter hat gekündigt", set()),
        ("Ich will nicht kündigen", set()),
        ("Wo finde ich meine Rechnungen?", set()),
        # in few words, unless they may be the name of a thing
        ("delete account", {"delete"}),
        ("please delete account", {"delete"}),
        ("merge contacts", {"merge"}),
        ("cancel button", set()),
        ("merge conflict", set()),
        ("print error", set()),
        ("duplicate invoice", set()),
        ("delete not working", set()),
        ("delete", set()),
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
        ("I am the sole owner", "**You are the only Owner?** Write to us."),
        ("there is no other owner", "**You are the only Owner?** Write to us."),
        ("als einziger Owner", "**You are the only Owner?** Write to us."),
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
    "body",
    [
        "Choose **Talk to us** on the page.", "We write to you.", "The code tells you why.", "Ask an Owner.", "",
        "Before you contact us, restart the printer.",
        "You don't need to contact us to change the plan.",
        "Choose Export instead of calling us.",
        "Call us or open Settings.",
    ],
)  # fmt: skip
def test_what_sends_nobody_to_us_is_no_referral(body: str) -> None:
    assert referrals_of(body) == ()


def test_of_an_article_in_another_language_no_act_is_missed() -> None:
    french = article("Choisissez l'année et téléchargez toutes les factures.")
    rename = "how do I rename the file?"

    assert not Telling(lambda intent: (), {}, lambda text: "fr").is_of_another_act(rename, french, "copy")
    for code in ("en", "de", ""):
        assert Telling(lambda intent: (), {}, lambda text, code=code: code).is_of_another_act(rename, french, "copy")


GERMAN = "Öffnen Sie den Kunden und benennen Sie ihn um. Ein Kunde kann auch gelöscht werden."


def test_a_german_article_tells_its_acts_and_no_other() -> None:
    telling = Telling(lambda intent: (), {}, lambda text: "de")

    assert not telling.is_of_another_act("Wie benenne ich einen Kunden um?", article(GERMAN), "customer")
    assert not telling.is_of_another_act("Kunden löschen", article(GERMAN), "customer")
    assert telling.is_of_another_act("Kann ich zwei Kunden zusammenführen?", article(GERMAN), "customer")


def test_an_act_that_is_told_of_another_thing_is_another_act() -> None:
    """Of a thing that two other articles speak of; what nobody knows may be a colleague's name."""
    people = Article("art_p", "p", "Remove a person", "Choose Remove beside the person. All invoices stay.")
    others = [Article(f"art_{n}", str(n), "Invoices", "An invoice goes to a customer.") for n in range(2)]
    telling = Telling(lambda intent: ("remove our bookkeeper",), {}, articles=[people, *others])

    for text in ("how do I delete a customer?", "delete customer", "remove an old invoice"):
        assert telling.is_of_another_act(text, people, "remove"), text
    for text in ("remove Ivan", "how do I delete a colleague?", "delete the bookkeeper", "please remove him"):
        assert not telling.is_of_another_act(text, people, "remove"), text


OLDER = "Open the invoice and choose Reissue.\n\nThis works for 60 days. For older invoices, write to us."


@pytest.mark.parametrize(
    ("text", "is_met"),
    [
        ("can it be corrected on what you sent last year?", True),
        ("it is fourteen months ago", True),
        ("the one of 2024", True),
        ("die Rechnung vom letzten Jahr", True),
        ("vor drei Monaten", True),
        ("it came two weeks ago", False),
        ("the one of this year, 2026", False),
        ("number 2024-0012", False),
    ],
)
def test_what_is_longer_ago_than_an_article_allows_is_sent_to_us(text: str, is_met: bool) -> None:
    met = Telling(lambda intent: (), {}).referral(text, article(OLDER), 2026)

    assert (met is not None) == is_met


def test_a_numbered_list_of_what_we_need_holds_no_steps() -> None:
    needed = "Write to us, a person does it for you. We need:\n\n1. Open amounts\n2. The date"
    steps = "Write to us, or do it so.\n\n1. Open the page\n2. Choose the date"

    assert [r.terms for r in referrals_of(needed)] == [()]
    assert not any(r.is_met("the date of my amounts") for r in referrals_of(steps))


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


def test_an_opening_that_refers_is_not_said_of_steps_further_down() -> None:
    opening = "You can always write to us."

    assert referrals_of(f"{opening}\n\n1. Your profile has a pencil.\n2. The address is below it.") == ()
    assert referrals_of(f"{opening}\n\nOpen Settings and type the new address. It holds at once.") == ()
    assert referrals_of(f"{opening}\n\nA copy comes within 30 days. It is free. You read it on paper.")
