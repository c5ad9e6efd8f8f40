"""What a customer says it is not: the clause that denies is left out; nothing is where a "not" is the matter itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.triage.denied import without_denied
from segue.triage.said import Said

LIST = Path(__file__).parents[1] / "lists" / "denied.tsv"
ROWS = [line.split("\t") for line in LIST.read_text("utf8").splitlines() if not line.startswith("#")]


def left_out(text: str) -> tuple[str, ...]:
    return without_denied(Said.of(text)).left_out


@pytest.mark.parametrize("language", ["en", "de"])
def test_most_denials_of_another_matter_are_seen(language: str) -> None:
    denials = [row[5] for row in ROWS if row[1] == language and row[2] == "other"]

    seen = [text for text in denials if left_out(text)]

    assert len(denials) >= 20
    assert len(seen) >= 0.8 * len(denials), sorted(set(denials) - set(seen))


def test_of_a_message_whose_not_is_its_matter_nothing_is_left_out() -> None:
    itself = [row[5] for row in ROWS if row[2] == "itself"]

    assert len(itself) >= 80
    assert [text for text in itself if left_out(text)] == []


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("It's not the invoice, that one is fine – it's the seat count that is wrong.",
         "it's the seat count that is wrong."),
        ("My card isn't the problem. Why did the payment fail?", "Why did the payment fail?"),
        ("I know why the invoice is higher, so that's not my question. How is a seat prorated?",
         "How is a seat prorated?"),
        ("We don't want to cancel, we want to pause the subscription.", "we want to pause the subscription."),
        ("Es geht nicht um den Export, sondern um den Bank Feed.", "um den Bank Feed."),
        ("Webhooks work fine, but the API answers 429.", "the API answers 429."),
    ],
)  # fmt: skip
def test_what_is_meant_is_read_without_what_is_denied(text: str, rest: str) -> None:
    assert without_denied(Said.of(text)).text == rest


@pytest.mark.parametrize(
    "text",
    [
        "It's not about the invoice itself, I just can't download it.",  # "it" points into what would be left out
        "Single sign-on works for me, but not for my colleague.",
        "Why is the payment not cancelled?",
        "The export works until I add a filter.",
        "Normally this works, but the transfer is declined.",
        "I don't want to pay monthly any more, can we pay yearly?",
        "Not only the invoice is wrong, but the seats, too.",
        "The invoice is fine.",
    ],
)
def test_where_the_rest_leans_on_it_or_nothing_is_denied_all_is_read(text: str) -> None:
    assert without_denied(Said.of(text)).text == text


@pytest.mark.parametrize("text", ["My card isn't the problem.", "This has nothing to do with the password!"])
def test_a_message_that_only_denies_says_nothing_else(text: str) -> None:
    read = without_denied(Said.of(text))

    assert read.text == ""
    assert read.left_out == (text[:-1],)
