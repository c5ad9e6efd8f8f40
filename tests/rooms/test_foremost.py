"""The part of an article that was asked about is told first; nothing is lost by it, and nothing is said twice."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from segue.assistant import compose
from segue.assistant.foremost import Foremost
from segue.domain.knowledge import Article
from segue.domain.ports import DIMENSIONS
from segue.knowledge.parts import parts_of
from segue.knowledge.passages import passages_of

BODY = """Choose **Forgot password** and type your address.

**No mail?** Look into the spam folder:

1. Search for us.
2. Move it out.

**For a colleague:** nobody sets a password for somebody else.

Then sign in again on the phone of a colleague.

## The app

It asks for the new password once.

**Fingerprint:** switch it on again."""
ARTICLE = Article("art_password", "password", "Reset a password", BODY, intent="password")


def encoded(texts):
    """By the words that matter here: a row has a place for each."""
    words = ("colleague", "mail", "Fingerprint", "Forgot")
    rows = np.zeros((len(texts), DIMENSIONS), np.float32)
    for row, text in zip(rows, texts, strict=True):
        row[: len(words)] = [float(word in text) for word in words]
        row /= max(float(np.linalg.norm(row)), 1.0)
    return rows


def told(question, article=ARTICLE):
    rests_on = compose.grounds(article, passages_of(article), ())
    return compose.told(rests_on, Foremost(encoded).part(article, rests_on, encoded([question])[0]))


def paragraphs(text):
    return Counter(part for part in text.split("\n\n") if part)


def test_the_part_that_was_asked_about_is_told_before_all_else():
    said = told("Can I do it for a colleague?")

    assert said.startswith("**For a colleague:** nobody sets a password for somebody else.\n\nThe article also says:")
    assert said.index("The article also says:") < said.index("Forgot password")


@pytest.mark.parametrize("question", ["for a colleague", "no mail", "Fingerprint", "Forgot it", "something else"])
def test_whatever_is_told_first_all_of_the_article_is_told_once(question):
    own = paragraphs(told(question)) - Counter(["The article also says:"])
    titles = Counter({"**The app**": 2 if question == "Fingerprint" else 1})

    assert own == (paragraphs(BODY) - Counter(["## The app"])) + titles


def test_who_asks_about_the_matter_itself_reads_the_article_as_it_is_written():
    assert told("I Forgot my password").startswith("Choose **Forgot password**")
    assert "also says" not in told("I Forgot my password")


def test_a_list_goes_with_the_sentence_that_introduces_it():
    assert told("I got no mail").startswith("**No mail?** Look into the spam folder:\n\n1. Search for us.\n2. Move")


def test_a_part_goes_with_the_heading_that_it_stands_under():
    assert told("Fingerprint").startswith("**The app**\n\n**Fingerprint:** switch it on again.")


def test_a_sentence_that_leans_on_the_one_before_is_never_told_first():
    without = Article("art_p", "p", "Reset", BODY.replace("**For a colleague:** nobody", "Nobody"), intent="password")

    assert told("with a colleague", without).startswith("Choose **Forgot password**")


def test_the_title_of_an_article_is_not_said_again_over_its_words():
    titled = Article("art_t", "t", "Reset a password", f"# Reset a password\n\n{BODY}", intent="password")

    assert told("I Forgot it", titled).startswith("Choose **Forgot password**")


def test_nothing_is_moved_where_there_is_one_part_only():
    short = Article("art_s", "s", "Short", "For a colleague: no.", intent="password")

    assert told("a colleague", short) == "For a colleague: no."


def test_parts_are_exact_stretches_of_the_article():
    parts = parts_of(BODY)

    assert [BODY[part.start : part.end] for part in parts] == [part.text for part in parts]
    assert [part.heading for part in parts] == ["", "", "", "", "The app", "The app"]
