"""A stored reply, filled in; and how a tag is written."""

from __future__ import annotations

import pytest

from segue.desk.guard import flaws
from segue.desk.macros import fault_of, filled_for, values_of
from segue.desk.tagging import tag_name, tag_names
from segue.domain.errors import Refused
from segue.domain.people import Agent
from segue.domain.variables import VARIABLES, filled

MIRA = Agent("agt_mira", "Mira Okafor", "mira@ledgerly.example")
ROW = {
    "contact": "Ada Lovelace", "email": "ada@example.com", "account": None, "tier": None, "value": None, "number": 12,
    "subject": "Invoice", "page_title": "Invoices", "page_url": "https://app.ledgerly.example/invoices",
}  # fmt: skip
GRACES = ROW | {"contact": "Grace Hopper", "account": "Northgate", "tier": "enterprise", "value": 4200.0}


def test_variables_are_filled_in_for_this_customer_and_agent() -> None:
    found = filled(
        "Hi {{ customer.first_name }}, it is about #{{conversation.number}}. {{agent.first_name}}", values_of(ROW, MIRA)
    )

    assert (found.text, found.missing) == ("Hi Ada, it is about #12. Mira", ())


def test_what_has_no_value_says_so_and_keeps_the_reply_from_being_sent() -> None:
    found = filled("For {{account.name}}.", values_of(ROW, MIRA))

    assert found.missing == ("{{account.name}}",)
    assert flaws(found.text)[0].code == "unfilled_variable"
    assert filled("For {{account.name|your company}}.", values_of(ROW, MIRA)).text == "For your company."


def test_what_an_agent_types_says_what_is_known_of_the_account_and_the_page() -> None:
    typed = (
        "{{customer.first_name}} of {{account.name}} ({{account.tier}}, {{account.value}}), #{{conversation.number}}"
    )
    where = "“{{page.title}}” {{page.url}}"

    assert filled_for(typed, GRACES, MIRA) == "Grace of Northgate (enterprise, 4,200), #12"
    assert filled_for(where, GRACES, MIRA) == "“Invoices” https://app.ledgerly.example/invoices"
    assert filled_for(where, ROW | {"page_title": None, "page_url": None}, MIRA) == where


def test_an_address_that_was_only_said_is_no_value() -> None:
    said = ROW | {"email_is_said": True}

    assert filled_for("{{customer.email}}", said, MIRA) == "{{customer.email}}"
    assert filled_for("{{customer.email}}", ROW | {"email_is_said": False}, MIRA) == "ada@example.com"


def test_a_variable_there_is_none_of_is_not_said_to_lack_a_value() -> None:
    unknown, empty = flaws(filled_for("{{customer.shoe_size}} {{account.tier}}", ROW, MIRA))

    assert "no variable “customer.shoe_size”" in unknown.what_happened
    assert "customer.first_name" in unknown.what_happened
    assert empty.what_happened == "{{account.tier}} has no value for this customer."


def test_an_empty_word_for_none_leaves_nothing_and_keeps_nothing_from_being_sent() -> None:
    found = filled("Hello{{account.name|}}.", values_of(ROW, MIRA))

    assert (found.text, found.missing) == ("Hello.", ())


def test_words_of_the_customer_are_filled_in_as_words() -> None:
    row = ROW | {"contact": "{{agent.name}}"}

    assert filled("Hi {{customer.name}}", values_of(row, MIRA)).text == "Hi {{agent.name}}"


def test_every_variable_that_is_offered_can_be_filled_in() -> None:
    assert set(values_of(ROW, MIRA)) == set(VARIABLES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Plain.", ""),
        ("{{customer.name|there}}", ""),
        ("{{customer.shoe_size}}", "no variable “customer.shoe_size”"),
        ("{{customer.name}", "not closed"),
        ("{{customer {{customer.name}}", "not closed"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_not_kept(text: str, said: str) -> None:
    assert said in fault_of(text)
    assert bool(said) == bool(fault_of(text))


def test_a_tag_is_one_word_however_it_is_typed() -> None:
    assert tag_name("  Late  Refund ") == "late-refund"
    assert tag_names("Refund, refund , VIP,") == ("refund", "vip")
    for typed in ("", "-", "a" * 41, "a,b", "<b>"):
        with pytest.raises(Refused):
            tag_name(typed)


def test_what_a_macro_asks_for_stays_to_be_asked_and_is_no_lack_of_the_customer() -> None:
    text = "Hi {{customer.first_name}}, {{ ask.the amount }} by {{ask.day | Friday}}."
    offered = filled(text, values_of(ROW, MIRA), asks=True)

    assert (offered.text, offered.missing) == ("Hi Ada, {{ask.the amount}} by {{ask.day| Friday}}.", ())
    assert (fault_of(text), fault_of("{{ask.}}")[:21]) == ("", "There is no variable ")


def test_what_was_asked_for_and_not_said_keeps_the_reply_from_being_sent() -> None:
    (flaw,) = flaws(filled_for("{{ask.the amount}} by {{ask.day|Friday}}", ROW, MIRA))

    assert (flaw.code, flaw.what_happened) == ("unfilled_variable", "“the amount” is not filled in.")
