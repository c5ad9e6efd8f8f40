"""One message, two matters: both are answered, or a person gets both."""

from __future__ import annotations

from segue.domain.ids import message_id
from segue.insight.explaining import Explainer
from segue.store.trace import Traces
from stage import Stage

HIGHER = "Why is my invoice higher this month?"


def test_two_matters_that_both_have_an_answer_are_answered_together(house: Stage) -> None:
    house.customer_writes(f"{HIGHER} Also, how do I reset my password?")

    assert [m["intents"][0]["intent"] for m in house.turn["assessment"]["matters"]] == [
        "invoice_higher", "reset_password",
    ]  # fmt: skip
    assert house.action == "answer"
    assert "**1. Know why the invoice is higher**" in house.last_word
    assert house.turn["decision"]["scores"]["matters"] == 2.0


def test_a_second_matter_that_people_always_handle_brings_the_whole_message_to_them(house: Stage) -> None:
    house.customer_writes(f"{HIGHER} And by the way, we were charged twice for the same month.")

    held = [because["reason"] for because in house.turn["decision"]["because"]]
    assert house.handler == "human"
    assert "always_human_category" in held


def test_the_briefing_lists_each_matter_in_the_customer_s_words(house: Stage) -> None:
    house.customer_writes(f"{HIGHER} Also, we were charged twice for the same month, I want my money back.")

    assert house.handler == "human"
    assert [line["text"].partition(":")[2].strip() for line in house.briefing["matters"]] == [
        HIGHER, "we were charged twice for the same month, I want my money back.",
    ]  # fmt: skip
    assert house.briefing["wanted"]["text"].startswith(f"1. {HIGHER}  2. We were charged twice")


def test_the_why_card_quotes_each_matter(house: Stage) -> None:
    house.customer_writes(f"{HIGHER} Also, how do I reset my password?")

    card, _ = Explainer(house.house.workspace, Traces(house.house.db)).explain(message_id(house.conversation, 1))

    told = {signal.signal: signal.words for signal in card.signals if signal.signal.startswith("matter ")}
    assert told == {"matter 1 of 2": (HIGHER,), "matter 2 of 2": ("how do I reset my password?",)}


def test_one_matter_in_two_sentences_stays_one(house: Stage) -> None:
    house.customer_writes(f"{HIGHER} It was lower last month and we added nobody.")

    assert house.turn["assessment"]["matters"] == []
