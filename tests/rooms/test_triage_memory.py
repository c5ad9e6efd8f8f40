"""What needs more than one message: a reply to a question, an earlier contact, a message that leans; and the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.growth import reads_on

from segue.domain.conversation import (
    Author,
    Channel,
    Conversation,
    EarlierConversation,
    Handler,
    Message,
    Status,
)  # fmt: skip
from segue.domain.entities import facts_in, ids_in
from segue.domain.people import Contact
from segue.triage.choice import chosen, declines, still_open
from segue.triage.courtesy import is_closing
from segue.triage.one_text import one_text
from segue.triage.repeat import repeat_contact
from segue.triage.said import Said
from segue.triage.standing import stands_alone

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
ADA = Contact("con_ada", "Ada Lovelace", "ada@lovelace.example", "acc_ada", is_verified=True)
OFFERED = ("refund_not_showing_up", "cancel_transfer", "pending_card_payment")


def vector(cosine: float) -> np.ndarray:
    """A unit row at this cosine to `vector(1.0)`."""
    row = np.zeros(384, np.float32)
    row[0], row[1] = cosine, (1 - cosine**2) ** 0.5
    return row


def earlier(days=3, cosine=0.75, intent="invoice", outcome=None, subject="My invoice", number=38, promised=""):
    return EarlierConversation(
        f"cnv_{number}", number, "con_ada", Channel.EMAIL, NOW - timedelta(days=days), Status.RESOLVED, intent, subject,
        outcome, promised, vector(cosine),
    )  # fmt: skip


def comes_back(*before, saying="Why is my invoice so high?", intent="invoice"):
    conversation = Conversation(
        "cnv_41", 41, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, NOW, ADA, None,
        (Message(1, Author.CUSTOMER, saying, NOW),), earlier=before,
    )  # fmt: skip
    return repeat_contact(Said.of(saying), conversation, intent, vector(1.0), NOW)


# repeat contact


def test_the_same_intent_and_a_likeness_of_seven_tenths_is_the_same_issue():
    assert comes_back(earlier(cosine=0.71)).numbers == (38,)
    assert comes_back(earlier(cosine=0.69)) is None


def test_another_intent_needs_eight_tenths():
    assert comes_back(earlier(cosine=0.79, intent="refund")) is None
    assert comes_back(earlier(cosine=0.81, intent="refund")).likeness == pytest.approx(0.81, abs=1e-4)


def test_the_same_order_is_the_same_issue_whatever_the_words():
    before = earlier(cosine=0.1, intent="delivery", subject="Order #4711 is late")

    assert comes_back(before, saying="Where is order 4711?").likeness == 1.0
    assert comes_back(before, saying="Where is order 4712?") is None


def test_who_says_that_it_was_not_solved_needs_less_likeness_but_the_same_intent():
    still = "It is still not corrected."

    assert comes_back(earlier(cosine=0.56), saying=still).numbers == (38,)
    assert comes_back(earlier(cosine=0.54), saying=still) is None
    assert comes_back(earlier(cosine=0.56, intent="refund"), saying=still) is None


def test_after_a_fortnight_it_is_a_new_matter():
    assert comes_back(earlier(days=14)) is not None
    assert comes_back(earlier(days=15)) is None


def test_silence_is_no_solution_but_a_customers_word_is():
    assert comes_back(earlier(outcome="assumed")) is not None
    assert comes_back(earlier(outcome="reopened")) is not None
    assert comes_back(earlier(outcome="confirmed")) is None
    assert comes_back(earlier(outcome="durable")) is None
    assert comes_back(earlier(outcome="verified")) is None


@pytest.mark.parametrize(
    "saying", ["My invoice is still wrong", "The invoice is wrong again", "That was not fixed, my invoice is too high"]
)
def test_a_confirmed_solution_counts_no_more_once_the_customer_takes_it_back(saying):
    assert comes_back(earlier(outcome="confirmed"), saying=saying) is not None


def test_the_likest_comes_first_with_what_was_promised():
    found = comes_back(
        earlier(cosine=0.72, number=30), earlier(cosine=0.95, number=31, promised="We will refund it on Friday.")
    )

    assert found.numbers == (31, 30)
    assert found.count == 2
    assert found.promised == ("We will refund it on Friday.",)


def test_nobody_repeats_who_was_never_here():
    assert comes_back() is None


# a reply to a clarifying question


@pytest.mark.parametrize(
    ("reply", "option"),
    [
        ("the second one", "cancel_transfer"),
        ("2", "cancel_transfer"),
        ("First", "refund_not_showing_up"),
        ("I think the last one, please", "pending_card_payment"),
        ("option 3", "pending_card_payment"),
        ("b", "cancel_transfer"),
        ("die zweite", "cancel_transfer"),
        ("the refund", "refund_not_showing_up"),
        ("cancelling", "cancel_transfer"),
        ("Pending card payment", "pending_card_payment"),
    ],
)
def test_a_reply_that_points_or_names_settles_the_question(reply, option):
    assert chosen(Said.of(reply), OFFERED) == option


@pytest.mark.parametrize(
    "reply",
    [
        "yes",
        "both",
        "4",
        "the first time I tried it failed",
        "my transfer was cancelled by the bank because the card payment is pending",
        "How do I change my address?",
        "Can I choose my card scheme?",
        "I cancelled my old SIM",
    ],
)
def test_a_reply_that_tells_something_else_settles_nothing(reply):
    assert chosen(Said.of(reply), OFFERED) is None


SEATS_OR_INVOICE = {"a": "Change the number of seats", "b": "Explain an invoice"}


@pytest.mark.parametrize(
    "reply", ["Not the seats", "It isn't about the seats", "I don't want more seats", "not the first", "not 1",
              "not the seats but the invoice"]
)  # fmt: skip
def test_of_two_options_the_one_that_is_not_denied_is_left(reply):
    assert still_open(Said.of(reply), ("a", "b"), SEATS_OR_INVOICE) == ("b",)


@pytest.mark.parametrize("reply", ["Card not working", "the card is not working", "my card isn't working"])
def test_an_option_that_denies_something_itself_is_not_denied_by_its_name(reply):
    assert still_open(Said.of(reply), ("a", "b"), {"a": "Card not working", "b": "Lost card"}) == ("a",)


@pytest.mark.parametrize("reply", ["nicht die Rechnung sondern die Plätze", "nein, die Plätze", "die Plätze"])
def test_a_german_reply_leaves_what_it_names(reply):
    names = {"a": "Zahl der Plätze ändern", "b": "Rechnung erklären"}
    assert still_open(Said.of(reply), ("a", "b"), names) == ("a",)


def test_of_three_options_two_are_left():
    assert still_open(Said.of("not the first one"), OFFERED, {}) == OFFERED[1:]
    assert still_open(Said.of("not the second one"), OFFERED, {}) == (OFFERED[0], OFFERED[2])
    assert still_open(Said.of("neither 1 nor 2"), OFFERED, {}) == OFFERED[2:]


def test_who_denies_an_option_and_tells_something_else_is_read_anew():
    assert still_open(Said.of("not the seats, I want to change my address"), ("a", "b"), SEATS_OR_INVOICE) == ()


@pytest.mark.parametrize("reply", ["I didn't get more seats", "why can't I have more seats", "no, the seats"])
def test_what_did_not_come_about_is_not_denied(reply):
    assert still_open(Said.of(reply), ("a", "b"), SEATS_OR_INVOICE) == ("a",)


@pytest.mark.parametrize(
    "reply", ["One more question please", "Just one question", "one of them", "a question", "the two of them",
              "it's one of those two", "die zwei"]
)  # fmt: skip
def test_who_counts_points_at_nothing(reply):
    assert still_open(Said.of(reply), ("a", "b"), SEATS_OR_INVOICE) == ("a", "b")


@pytest.mark.parametrize("reply", ["one", "One, please", "option one", "I'll take one"])
def test_who_says_one_and_hardly_anything_else_takes_the_first(reply):
    assert still_open(Said.of(reply), ("a", "b"), SEATS_OR_INVOICE) == ("a",)


@pytest.mark.parametrize("reply", ["Thanks, never mind, I found it", "Nevermind", "Danke, hat sich erledigt"])
def test_who_needs_it_no_more_chooses_nothing(reply):
    assert still_open(Said.of(reply), ("a", "b"), SEATS_OR_INVOICE) == ()
    assert is_closing(Said.of(reply))


@pytest.mark.parametrize("reply", ["ok", "yes", "alright", "great"])
def test_a_mere_ok_ends_no_question(reply):
    assert still_open(Said.of(reply), ("a", "b"), SEATS_OR_INVOICE) == ("a", "b")


def test_an_option_is_known_by_the_name_it_was_shown_under():
    names = {"a": "Change the number of seats", "b": "Explain an invoice"}

    assert chosen(Said.of("seats"), ("a", "b"), names) == "a"
    assert chosen(Said.of("the latter"), ("a", "b"), names) == "b"


def test_nothing_is_chosen_where_nothing_was_offered():
    assert chosen(Said.of("the first"), ()) is None


@pytest.mark.parametrize(
    "reply",
    [
        "neither",
        "None of those",
        "no, something else",
        "none of the above",
        "no",
        "Nein.",
        "none of those two",
        "weder noch",
        "neither, thanks",
        "something else please",
        "no it's something else",
        "no thanks",
        "Nein danke",
    ],
)
def test_declining_is_understood(reply):
    assert declines(Said.of(reply))
    assert chosen(Said.of(reply), OFFERED) is None


# standing alone


@pytest.mark.parametrize(
    "text",
    [
        "still not working",
        "and the other one?",
        "why?",
        "it says invalid",
        "the same error",
        "I tried that already",
        "how long?",
        "and for Germany?",
        "I did that already, twice. It still shows Monday. This is useless, we cannot see what customers paid!",
    ],
)  # fmt: skip
def test_what_leans_on_the_message_before_does_not_stand_alone(text):
    assert not stands_alone(Said.of(text))


@pytest.mark.parametrize(
    "text",
    [
        "my card was declined",
        "reset password",
        "Where is my refund?",
        "and how do I cancel my subscription?",
        "card stolen",
        "The export fails with a timeout",
        "I tried that, where do I find the export of receipts for the quarter?",
    ],
)  # fmt: skip
def test_what_names_its_matter_stands_alone(text):
    assert stands_alone(Said.of(text))


def asking(*texts):
    messages = tuple(Message(2 * n + 1, Author.CUSTOMER, text, NOW) for n, text in enumerate(texts))
    return Conversation("cnv_41", 41, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, NOW, ADA, None, messages)


RISEN = "Why is our invoice INV-2041 higher this month?"


@pytest.mark.parametrize(
    "again",
    [
        "This is the third time I write about INV-2041. I have to close our books by Friday, please let somebody look.",
        "I'm writing once more about invoice INV-2041, our auditor needs the figures.",
        "I already asked about inv-2041 and the books must close.",
    ],
)
def test_who_comes_again_about_what_they_named_is_read_with_the_message_that_named_it(again):
    conversation = asking(RISEN, "We added nobody in October, so proration can't be it.", again)

    assert one_text(conversation, Said.of(again)).text == f"{RISEN}\n{again}"


def test_who_did_what_the_answer_told_and_says_what_it_is_not_is_read_with_what_they_asked():
    read = "I read that article. We added nobody in October, so proration can't be it."
    one = one_text(asking(RISEN, read), Said.of(read))

    assert (one.is_joined, one.left_out) == (True, ("so proration can't be it",))
    assert one.text.startswith(f"{RISEN}\nI read that article. We added nobody in October")


@pytest.mark.parametrize(
    "other",
    [
        "This is the third time I write about INV-3000, the export of receipts fails.",
        "The export of receipts for INV-2041 fails with a timeout.",
    ],
)
def test_who_names_another_thing_or_another_matter_is_read_alone(other):
    assert one_text(asking(RISEN, other), Said.of(other)).text == other


# facts


def test_facts_are_taken_as_written_with_their_message():
    said = "I paid $1,200.50 on 3 March 2026 for order #4711 in version 2.3.1, write to Ada@Example.com."

    facts = facts_in(said, seq=5)

    assert [(fact.kind, fact.value) for fact in facts] == [
        ("amount", "$1,200.50"),
        ("date", "3 March 2026"),
        ("id", "order #4711"),
        ("version", "version 2.3.1"),
        ("email", "Ada@Example.com"),
    ]
    assert {fact.seq for fact in facts} == {5}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("see https://app.example/bill?x=1.", "url"),
        ("it was 49.90 EUR", "amount"),
        ("it says EUR 3,447.60", "amount"),
        ("CHF 1'200 im Abo", "amount"),
        ("on 2026-03-05", "date"),
        ("the 2nd of May", "date"),
        ("INV-2026-07", "id"),
        ("reference: AB12345", "id"),
        ("call +49 170 1234567", "phone"),
        ("v2.3", "version"),
    ],
)
def test_each_kind_of_fact_is_known(text, kind):
    assert [fact.kind for fact in facts_in(text, 1)] == [kind]


@pytest.mark.parametrize("text", ["I have 3 cards", "in order to pay", "it may work", "case closed", "no facts here"])
def test_a_bare_number_or_word_is_no_fact(text):
    assert facts_in(text, 1) == ()


def test_one_id_written_two_ways_is_one():
    assert ids_in("Order #4711") == ids_in("about order 4711") == {"4711"}


@pytest.mark.parametrize("text", ["1,", "a1.", "x@", "order ", "+1 ", "may ", "1", "1.1.", "http://"])
def test_facts_in_a_long_message_of_anything_are_read_once_and_not_from_every_character_again(text):
    assert reads_on(lambda message: facts_in(message, 1), text)
