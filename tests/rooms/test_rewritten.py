"""Which change of a text is a slip of the pen, and what each version of an article leaves of the one before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segue.domain.knowledge import Article
from segue.knowledge.encoder import StandIn
from segue.knowledge.passages import passages_of
from segue.learning.rewritten import ALL, Text, carried, stands

ENCODE = StandIn().encode
SEATS = "A seat costs €12 a month. You can cancel every seat until the end of the month, and nothing is refunded."


@pytest.mark.parametrize(
    "slip",
    [
        SEATS.replace("refunded", "refundet"),
        SEATS.replace("month,", "motnh,"),
        SEATS.replace("A seat costs", "a seat **costs**"),
        SEATS.replace("until", "untill"),
    ],
)
def test_a_slip_of_the_pen_leaves_the_text_what_it_was(slip: str) -> None:
    assert stands(slip, SEATS, ENCODE)
    assert stands(SEATS, slip, ENCODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("€12", "€15"), ("can cancel", "can't cancel"), ("nothing", "everything"), ("every seat", "no seat"),
        ("and nothing is", "and is"), ("until", "from"), ("A seat", "The seat"), ("month", "monat"),
    ],
)  # fmt: skip
def test_another_number_word_or_negation_is_another_text(old: str, new: str) -> None:
    assert not stands(SEATS, SEATS.replace(old, new), ENCODE)
    assert not stands(SEATS.replace(old, new), SEATS, ENCODE)


def test_only_what_rests_on_the_changed_passage_counts_no_more() -> None:
    first = Article(
        "art_1", "seats", "Seats", f"# Price\n\n{SEATS}\n\n# Invoices\n\nInvoices come by mail on the first."
    )
    second = replace(first, body="We have moved a word before.\n\n" + first.body.replace("the first", "the second"))
    price, invoices = (p.start for p in passages_of(first))
    text = Text("Seats", 3, steps={2: carried(passages_of(first), passages_of(second), ENCODE), 3: {ALL: 1}})

    assert not text.holds(1, [invoices])
    assert not text.holds(1, [])
    assert not text.holds(1, [price]), "nobody knows of it in the third version"
    moved = replace(text, version=2)
    assert moved.holds(1, [price])
    assert moved.holds(2, [invoices])
    assert not replace(moved, steps={2: None}).holds(1, [price]), "nobody has looked yet"
