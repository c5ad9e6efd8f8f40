"""Slips of the finger: what is mended, and what is left as it was typed."""

from __future__ import annotations

import pytest

from segue.knowledge.encoder import words_read_whole
from segue.triage.spelling import Spelling

WORDS = "password reset invite colleague billing user users webhooks receipt excel arrive reading"
OWN = dict.fromkeys(WORDS.split(), 9)
ENGLISH = "please the how do we rest reader inlet bill hello my need a for named of excess wore"
SPELLING = Spelling(OWN | {"recieved": 1, "resetted": 2}, ENGLISH.split())


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("reste my pasword", "reset my password"),  # letters that changed places, one too few
        ("Inivte a collegue", "Invite a colleague"),
        ("bililng, usre", "billing, user"),
        ("wehbooks dont arive", "webhooks dont arrive"),
        ("passsword", "password"),
        ("recaipt", "receipt"),  # another letter
        ("exel", "excel"),
        ("please resset.", "please reset."),
    ],
)
def test_a_word_nobody_knows_is_read_as_the_word_of_ours_that_is_one_slip_away(typed: str, read: str) -> None:
    assert SPELLING.mended(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "rest of the reader",  # words of the language
        "how do we reset the password",
        "an invoice for Reste GmbH",  # a name
        "INVITR and USRE-42",  # written large
        "usre42, usre@example.com, app.example/usre, usre_id, x-usre, #usre",
        "uesr's pasword-reset",  # joined with others
        "xyz usr",  # too short to tell
        "bassword",  # the first letter is hardly ever the slip
        "pssswrd",  # more than one
        "résumé naïve",
        "",
    ],
)
def test_names_codes_links_and_what_is_merely_rare_stay_as_they_were_typed(typed: str) -> None:
    assert SPELLING.mended(typed) == typed


def test_what_stood_only_once_or_twice_is_no_word_to_mend_to() -> None:
    assert SPELLING.mended("reseted") == "reseted"
    assert SPELLING.mended("recieve") == "recieve"


def test_without_words_of_the_language_nothing_is_mended() -> None:
    assert Spelling(OWN, ()).mended("reste my pasword") == "reste my pasword"


def test_the_model_says_which_words_are_english() -> None:
    """Names of things, verbs in their forms; and no slip."""
    words = words_read_whole()

    assert {"trucks", "routes", "password", "forgotten", "colleague"} <= words
    assert not {"pasword", "reste", "invocie", "collegue"} & words
