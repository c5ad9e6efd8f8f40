"""Quotations and signatures in the fixtures of two libraries that do nothing else: what is left is what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.integrations.mail.folding import folds

BOX = Path(__file__).parents[3] / "shared" / "data" / "email"
FLOOR = 0.85

pytestmark = [
    pytest.mark.measures,
    pytest.mark.skipif(
        not BOX.exists(), reason=f"{BOX} is not there: it is development data, not part of this project"
    ),
]


def said(text: str) -> str:
    left, at = "", 0
    for fold in folds(text):
        left, at = left + text[at : fold.start], fold.end
    return (left + text[at:]).strip()


def texts() -> list[str]:
    return [file.read_text("utf8") for file in sorted(BOX.glob("*/*.txt"))]


def test_of_answers_above_a_quotation_only_the_answer_is_left() -> None:
    """They begin with one and the same paragraph; below it stands a quotation or a signature in some language."""
    known = [text for text in texts() if text.startswith("Fusce bibendum")]
    paragraph = known[0][: known[0].index("\n\n")].split()
    right = [said(text).split() == paragraph for text in known]
    wrong = [
        said(text)[len(" ".join(paragraph)) :][:80] for text, is_right in zip(known, right, strict=True) if not is_right
    ]
    print(f"{sum(right)} of {len(known)} left with the answer alone; else: {wrong}")
    assert len(known) > 30
    assert sum(right) / len(known) >= FLOOR


def test_no_marked_line_stays_and_no_text_is_lost() -> None:
    for text in texts():
        assert not [line for line in said(text).splitlines() if line.startswith("> ")]
        spans = [(fold.start, fold.end) for fold in folds(text)]
        assert all(a < b for a, b in spans)
        assert spans == sorted(spans)
