"""What is checked before Mira's reply goes out."""

import pytest

from segue.desk.guard import LONGEST_REPLY, already_answered, flaws
from segue.domain.briefing import Briefing, CustomerCard, Fact, Line, NextStep

INVOICE = Fact("id", "invoice INV-2041", 1)
AMOUNT = Fact("amount", "€87.50", 3)
VERSION = Fact("version", "4.2.1", 3)
GRACE = CustomerCard("Grace", "grace@hopper.example", "Hopper Ltd", "enterprise", 4200.0, 0.6, True, "/billing", "en")
EVE = CustomerCard("Visitor", "eve@elsewhere.example", None, None, None, None, False, None, "en")


def briefing(customer=GRACE, facts=(INVOICE, AMOUNT, VERSION)):
    tried = (Line("The customer says: “I already restarted the router.”", 2),)
    step = NextStep("Look.", None, None, 0, 0)
    wanted = Line("Why is my invoice higher?", 1)
    return Briefing("Because.", (), wanted, tried, tuple(facts), None, step, customer, (), (), ())


def values(draft, of=None):
    return [fact.value for fact in already_answered(draft, of or briefing())]


@pytest.mark.parametrize("draft", ["", "  \n ", "​‍"])
def test_an_empty_reply_is_not_sent(draft):
    assert [flaw.code for flaw in flaws(draft)] == ["empty"]


def test_a_variable_nobody_filled_in_blocks_and_is_marked():
    draft = "Hello {{ contact.first_name }}, your plan is {{account.plan}}."

    found = flaws(draft)

    assert [draft[flaw.start : flaw.end] for flaw in found] == ["{{ contact.first_name }}", "{{account.plan}}"]
    assert all(flaw.what_to_do for flaw in found)


def test_a_reply_beyond_measure_is_not_sent():
    assert [flaw.code for flaw in flaws("a" * (LONGEST_REPLY + 1))] == ["too_long"]


def test_a_plain_reply_goes_out():
    assert flaws("The seat was billed twice; the next invoice {will} be right.") == ()


@pytest.mark.parametrize(
    ("draft", "asked"),
    [
        ("What is your invoice number?", ["invoice INV-2041"]),
        ("Could you send me the invoice number and the exact amount?", ["invoice INV-2041", "€87.50"]),
        ("Please tell me which version you use.", ["4.2.1"]),
        ("How much were you charged?", ["€87.50"]),
        ("Which email is your account under?", ["grace@hopper.example"]),
        ("Which plan are you on?", ["enterprise"]),
        ("Could you describe your issue again?", ["Why is my invoice higher?"]),
        ("How can I help you today?", ["Why is my invoice higher?"]),
        ("Have you tried restarting the router?", ["The customer says: “I already restarted the router.”"]),
    ],
)
def test_what_grace_has_said_is_not_asked_again(draft, asked):
    assert values(draft) == asked


@pytest.mark.parametrize(
    "draft",
    [
        "The invoice number is on the first page.",
        "Is INV-2041 the invoice number you mean?",
        "Your amount will be corrected on the next invoice.",
        "What browser do you use?",
        "Shall I call you tomorrow?",
        "What is the order number?",
    ],
)
def test_what_is_not_a_question_about_a_known_fact_passes(draft):
    assert values(draft) == []


def test_what_is_not_known_may_be_asked():
    assert values("What is your invoice number?", briefing(facts=())) == []


def test_eve_may_be_asked_who_she_is():
    assert values("Which email is your account under?", briefing(EVE, ())) == []


def test_each_fact_is_named_once():
    assert values("What is your invoice number? I mean, what is the invoice number?") == ["invoice INV-2041"]
