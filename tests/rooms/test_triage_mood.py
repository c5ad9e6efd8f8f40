"""Frustration as people judge it: fitted on judged conversations, in which the reply often does the harm."""

from __future__ import annotations

import numpy as np
import pytest

from segue.knowledge.encoder import StandIn
from segue.triage.frustration import frustration
from segue.triage.mood import Moment, MoodHead, marks_of
from segue.triage.said import Said

ENCODER = StandIn()
SEATS = "How many seats does our plan have?"
SORRY = "Sorry, I could not find that."
ASKED_AGAIN = [
    ("Where is my invoice?", ""),
    ("The one from May.", "Which invoice do you mean?"),
    ("No, the one from May.", "Could you confirm that you mean the invoice of March?"),
]
SERVED = [("Where is my invoice?", ""), ("Great, thank you.", "It is under Billing.")]


def course(turns):
    return [Moment(Said.of(text), ENCODER.encode([text])[0], Said.of(reply)) for text, reply in turns]


@pytest.fixture(scope="module")
def head():
    return MoodHead.fit([course(ASKED_AGAIN), course(SERVED)] * 10, [[0.0, 0.2, 1.0], [0.0, 0.0]] * 10)


def test_having_to_put_a_reply_right_is_heard_in_other_words(head):
    wronged = course([(SEATS, ""), ("No, the seats of the other workspace.", "Please confirm: 4 seats in Sales?")])
    served = course([(SEATS, ""), ("Thanks, great.", "Your plan has 20 seats.")])

    assert head.chances(wronged)[-1] > 2 * head.chances(served)[-1]


def test_a_head_survives_as_bytes(head):
    again = MoodHead.from_bytes(head.to_bytes())

    assert again.version == head.version
    assert np.array_equal(again.chances(course(SERVED)), head.chances(course(SERVED)))


def test_a_head_of_other_marks_is_refused(head):
    odd = MoodHead(head.weights, head.bias, head.middle[1:], head.spread[1:])

    with pytest.raises(ValueError, match="other marks"):
        MoodHead.from_bytes(odd.to_bytes())


def test_all_judged_alike_teaches_nothing():
    with pytest.raises(ValueError, match="some of them as frustrated"):
        MoodHead.fit([course(SERVED)], [[0.0, 0.0]])


def test_what_comes_later_changes_no_mark_of_an_earlier_moment():
    whole, begun = marks_of(course(ASKED_AGAIN)), marks_of(course(ASKED_AGAIN[:2]))

    assert all(np.array_equal(a, b) for a, b in zip(whole, begun, strict=False))


def test_a_refusal_of_what_was_replied_sounds_worse_than_the_same_words_unasked():
    said = Said.of("No, I want another one.")

    assert frustration(said, reply=SORRY).value > frustration(said).value


def test_agreeing_with_a_reply_sounds_no_worse():
    said = Said.of("Yes, that is right, thanks.")

    assert frustration(said, reply="Could you confirm the date?").value <= frustration(said).value
