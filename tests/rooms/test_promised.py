"""What counts as promised: the sentence in which a person says what will be done, or when."""

from __future__ import annotations

import pytest
from tests.growth import reads_on

from segue.domain.promised import promised_in


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("Hi Ada, thanks for writing. I will look at it tomorrow. Best, Mira", "I will look at it tomorrow."),
        ("We'll refund the second charge within 5 days.", "We'll refund the second charge within 5 days."),
        ("Sorry about that! You will receive the corrected invoice by Friday.",
         "You will receive the corrected invoice by Friday."),
        ("My colleague Tom will call you this afternoon. Have a nice day!",
         "My colleague Tom will call you this afternoon."),
        ("The refund should arrive in two weeks.\nI’ll keep an eye on it.", "I'll keep an eye on it."),
    ],
)  # fmt: skip
def test_a_promise_is_kept_in_the_words_it_was_given(text, promised):
    assert promised_in(text) == promised


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Which invoice do you mean?",
        "I will be happy to help!",
        "Please let us know if you need anything else.",
        "You can change it under Billing.",
        "You will find it under Billing.",
        "Will you be there on Friday?",
        "A seat was added on 12 May, that is why it is higher.",
    ],
)
def test_manners_questions_and_explanations_promise_nothing(text):
    assert promised_in(text) == ""


def test_a_long_message_is_read_once_and_not_from_every_word_again():
    assert reads_on(promised_in, "the the I will within in a few ")
