"""Several matters in one message."""

from __future__ import annotations

import numpy as np
import pytest
from tests.growth import reads_on

from segue.domain.assessment import IntentGuess, Signal
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.knowledge.encoder import StandIn
from segue.triage.intents import Examples, IntentHead, IntentReading
from segue.triage.matters import MOST, how_far_apart, matters_in
from segue.triage.parts import parts_of
from segue.triage.said import Said

ASKED = {
    "invoice": ["Why is my invoice higher", "The invoice is higher than last month", "My invoice costs more, why"],
    "password": ["How do I reset my password", "I forgot my password", "Reset the password of my account"],
    "export": ["Can I export the report as CSV", "The CSV export of the report", "Export a report to a file"],
}
CATALOGUE = Catalogue((Category("all", "All"),), tuple(Intent(i, i, "all") for i in ASKED))


class Counted(StandIn):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def one(self, text: str):
        self.texts.append(text)
        return self.encode([text])[0]


@pytest.fixture(scope="module")
def head() -> IntentHead:
    rows = [(text, intent) for intent, texts in ASKED.items() for text in texts * 10]
    texts = tuple(f"{text} {n}" for n, (text, _) in enumerate(rows))
    vectors = np.concatenate([StandIn().encode([text]) for text in texts])
    return IntentHead.fit(Examples(texts, vectors, tuple(i for _, i in rows)), Examples((), vectors[:0], ()), CATALOGUE)


def told(text: str, head: IntentHead, encoder: Counted | None = None) -> list[tuple[str | None, str]]:
    found = matters_in(Said.of(text), head, (encoder or Counted()).one)
    return [(matter.intent, matter.words) for matter in found]


@pytest.mark.parametrize(
    "text",
    [
        "Why is my invoice higher? Also, how do I reset my password?",
        "Why is my invoice higher and by the way how do I reset my password?",
        "Hi team! Why is my invoice higher. Another question: how do I reset my password?",
        "1. Why is my invoice higher?\n2. How do I reset my password?",
        "why is my invoice higher also how do i reset my password",
    ],
)
def test_two_matters_are_told_apart_in_the_order_they_were_told(head, text):
    assert [intent for intent, _ in told(text, head)] == ["invoice", "password"]


def test_each_matter_is_quoted_in_the_customer_s_own_words(head):
    matters = told("Hello! Why is my INVOICE higher? Also, how do I reset my password?", head)

    assert matters == [("invoice", "Why is my INVOICE higher?"), ("password", "how do I reset my password?")]


def test_three_matters_are_three(head):
    text = "Why is my invoice higher? Also, how do I reset my password? One more thing: can I export the report as CSV?"

    assert [intent for intent, _ in told(text, head)] == ["invoice", "password", "export"]


@pytest.mark.parametrize(
    "text",
    [
        "Why is my invoice higher?",
        "Why is my invoice higher? The invoice is higher than last month.",
        "My invoice costs more. Also, the invoice is higher than last month.",
        "Thank you. Why is my invoice higher? Kind regards, Ada",
        "I also want to know why my invoice is higher",
    ],
)
def test_one_matter_in_several_sentences_is_one(head, text):
    assert told(text, head) == []


def test_an_ordinary_message_costs_no_pass_of_the_encoder(head):
    encoder = Counted()
    told("Hello, why is my invoice higher? The invoice is higher than last month.", head, encoder)
    told("My invoice is higher than last month. Why is that?", head, encoder)

    assert encoder.texts == []


def test_a_letter_costs_no_more_passes_than_the_most_matters(head):
    encoder = Counted()
    questions = [f"Also, {text}?" for texts in ASKED.values() for text in texts]
    told(" ".join(questions * 3), head, encoder)

    assert 2 <= len(encoder.texts) <= MOST


class SmallPast:
    """Has seen few messages: words say nothing, and meaning says what it is about with half a probability."""

    def by_words(self, text):
        return np.zeros(3, np.float32)

    def read(self, text, vector, options=()):
        likely = next((i for i, word in enumerate(("invoice", "password", "export")) if word in text.lower()), 0)
        guesses = sorted(
            (IntentGuess(intent, "all", 0.5 if i == likely else 0.01) for i, intent in enumerate(ASKED)),
            key=lambda guess: -guess.probability,
        )
        calm = Signal(False, 0.0)
        return IntentReading(tuple(guesses), calm, Signal(0.0), (), Signal(0.0), 0.0, 0.0, "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Why is my invoice higher? How do I reset my password?", ["invoice", "password"]),
        ("What does an invoice cost me, and how do I reset my password?", ["invoice", "password"]),
        ("Why is my invoice higher? How do I pay the invoice then?", []),
        ("My invoice is higher. How do I reset my password?", []),
    ],
)
def test_two_questions_are_two_matters_where_the_past_is_small_too(text, wanted):
    found = matters_in(Said.of(text), SmallPast(), Counted().one)

    assert [matter.intent for matter in found] == wanted


def test_nothing_that_is_only_manners_is_a_matter():
    parts = parts_of(Said.of("Hi there! Hope you are well. My card is lost. Thanks a lot, bye!"))

    assert [part.text.strip() for part in parts] == ["My card is lost."]


def test_what_cannot_stand_alone_belongs_to_what_was_said_before_it():
    parts = parts_of(Said.of("My invoice is higher. Why is that? Also, can I export reports?"))

    assert [(part.text, part.is_added) for part in parts] == [
        ("My invoice is higher. Why is that?", False),
        ("can I export reports?", True),
    ]


def test_two_stretches_are_apart_only_where_no_single_intent_explains_both():
    clear = [IntentGuess("a", "all", 0.97), IntentGuess("b", "all", 0.02), IntentGuess("c", "all", 0.01)]
    other = [IntentGuess("b", "all", 0.97), IntentGuess("a", "all", 0.02), IntentGuess("c", "all", 0.01)]
    torn = [IntentGuess("b", "all", 0.4), IntentGuess("a", "all", 0.39), IntentGuess("c", "all", 0.01)]

    assert how_far_apart(clear, other) > 3.0
    assert how_far_apart(clear, torn) < 0.1
    assert how_far_apart(clear, clear) == 0.0
    assert how_far_apart(clear, ()) == 0.0


def test_a_long_message_without_a_stop_is_parted_in_one_reading(head):
    assert reads_on(lambda message: told(message, head), "and how do I ")


def test_an_unknown_second_matter_is_a_matter_all_the_same(head):
    class Strange:
        def by_words(self, text):
            return head.by_words(text)

        def read(self, text, vector, options=()):
            from dataclasses import replace

            read = head.read(text, vector, options)
            return replace(read, none_of_these=Signal("elephant" in text, 0.9))

    found = matters_in(Said.of("Why is my invoice higher? Also, my elephant needs shoes."), Strange(), Counted().one)

    assert [matter.intent for matter in found] == ["invoice", None]
