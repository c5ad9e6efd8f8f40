"""Personal data is taken out of lessons, and what is none stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import from_regex, integers, lists

from segue.learning.lessons import has_words
from segue.learning.personal import is_card, is_iban, strip

GRACE = ("Grace Tolland", "grace@northgate-clinics.example", "Northgate Clinics")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Card 4111 1111 1111 1111 was charged.", "Card [card] was charged."),
        ("It is 5500-0000-0000-0004, expiring soon.", "It is [card], expiring soon."),
        ("Pay to DE89 3704 0044 0532 0130 00 please.", "Pay to [iban] please."),
        ("GB82WEST12345698765432 is ours", "[iban] is ours"),
        ("Write to ada.l+x@mail.example.org!", "Write to [email]!"),
        ("Call +49 170 1234567 today", "Call [phone] today"),
        ("Call (030) 1234567 or 555-123-4567.", "Call [phone] or [phone]."),
        ("My SSN is 078-05-1120.", "My SSN is [ssn]."),
        ("From 192.168.10.20 it fails", "From [ip] it fails"),
        ("The key sk_live_4eC39HqLyjWDarjtT1zdp7dc leaked", "The key [token] leaked"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-123 fails", "Bearer [token] fails"),
        ("See https://x.example/reset?token=abc123&lang=en", "See https://x.example/reset?token=[secret]&lang=en"),
        ("My password is Hunter2! and it fails", "My password is [secret] and it fails"),
        ("Order 4711-22 and INV-20871 are wrong", "Order [id] and [id] are wrong"),
        ("My name is Peter Parker and I cannot sign in", "My name is [name] and I cannot sign in"),
    ],
)
def test_each_kind_is_taken_out_and_leaves_its_kind(text: str, left: str) -> None:
    assert strip(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        "It costs €12.50 a month, or 2,000,000 rows in 30 days.",
        "Version 10.2.3.4 came out on 2026-03-02 at 10:30.",
        "My card 4111 1111 1111 1112 has a digit wrong.",
        "DE89 and FR12 are models of a machine.",
        "Go to Settings → Billing, steps 1-2-3, error 404.",
        "1111 1111 1111 1111",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert strip(text).text == text


def test_the_customers_own_fields_are_found_in_any_case_and_in_parts() -> None:
    text = "Hi, GRACE TOLLAND here, of northgate clinics. Grace's boss wants it; Tolland said so."
    found = strip(text, GRACE)

    assert found.text == "Hi, [name] here, of [name]. [name]'s boss wants it; [name] said so."
    assert found.removed == {"name": 4}


def test_a_common_word_in_a_company_name_stays_a_word() -> None:
    assert strip("The support team of our bank", ("Northgate Support Services",)).text == "The support team of our bank"


def test_a_short_or_lower_case_word_is_not_taken_for_a_name() -> None:
    assert strip("With good grace, go on.", ("Grace Tolland",)).text == "With good grace, go on."


def test_what_is_not_read_is_not_kept() -> None:
    assert "secret" not in strip("x" * 20_000 + "secret").text


def test_a_text_of_gaps_alone_has_nothing_to_teach() -> None:
    assert not has_words("[email] [card] 12")
    assert has_words("[email] is wrong")


@given(lists(integers(0, 9), min_size=14, max_size=14))
def test_every_number_that_passes_luhn_is_taken_out(digits: list[int]) -> None:
    stem = "".join(map(str, digits))
    for card in (stem + str(check) for check in range(10)):
        assert not is_card(card) or card not in strip(f"card {card} end").text


@given(from_regex(r"[0-9]{18}", fullmatch=True))
def test_every_iban_with_the_right_check_digits_is_taken_out(account: str) -> None:
    check = 98 - int(f"{account}131400") % 97
    iban = f"DE{check:02d}{account}"
    assert is_iban(iban)
    assert strip(f"to {iban} now").text == "to [iban] now"
