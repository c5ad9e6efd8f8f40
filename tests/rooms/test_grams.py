"""What stands beside what, as a row of numbers."""

from __future__ import annotations

import numpy as np

from segue.triage.grams import Grams, grams_of
from segue.triage.said import Said


def test_neighbours_and_words_one_apart_are_seen_with_beginning_and_end():
    seen = grams_of(Said.of("Speak to someone"))

    assert {"speak", "< speak", "speak to", "speak _ someone", "someone >"} <= seen
    assert "speak someone" not in seen


def test_only_what_stood_in_three_lines_is_looked_at():
    grams = Grams.of([Said.of("a rep please")] * 3 + [Said.of("once only")])

    assert "rep please" in grams.terms
    assert "once only" not in grams.terms


def test_a_long_message_weighs_no_more_than_a_short_one():
    grams = Grams.of([Said.of("let me speak to a person now please")] * 3)
    short, long = grams.row(Said.of("speak to a person")), grams.row(Said.of("let me speak to a person now please"))

    assert np.allclose([np.linalg.norm(short), np.linalg.norm(long)], 1.0)
    assert not grams.row(Said.of("nothing known")).any()
