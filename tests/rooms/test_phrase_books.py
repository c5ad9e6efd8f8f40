"""The form in which the desk's phrases are written, and that what is written is read."""

import re

import pytest

from segue.desk.phrase_books import Book, book, whole


@pytest.mark.parametrize(
    ("phrase", "fits", "fits_not"),
    [
        ("e-?mail(ed|ing)?", ["email", "E-Mailing"], ["e-mails"]),
        ("(i|we) can't", ["We can’t", "i can't"], ["they can't"]),
        ("reinstall*", ["reinstall", "reinstalling"], ["install"]),
        ("the _ name", ["the last name"], ["the name"]),
        ("ge___", ["gesehen"], ["geht"]),
        ("nr.", ["nr."], ["nrx"]),
    ],
)
def test_a_phrase_is_words_with_a_few_signs(phrase, fits, fits_not):
    pattern = re.compile(Book({"said": phrase})["said"], re.I)

    assert [words for words in (*fits, *fits_not) if pattern.fullmatch(words)] == fits


@pytest.mark.parametrize(
    ("phrase", "counts", "counts_not"),
    [
        ("ran<not before into|out>", "I ran the export", "I ran into it"),
        ("see <before a|an>", "do you see an error", "do you see the error"),
        ("<not after browser|os->version", "the app version", "browser version"),
        ("<not after browser|os->version", "the app-version", "the os-version"),
        ("<after and|then>checked", "and checked it", "was checked"),
    ],
)
def test_what_stands_beside_a_phrase_may_be_needed_or_forbidden(phrase, counts, counts_not):
    pattern = whole(Book({"said": phrase})["said"])

    assert (bool(pattern.search(counts)), bool(pattern.search(counts_not))) == (True, False)


def test_phrases_stand_with_commas_or_one_a_line_and_name_other_sections():
    said = Book({"who": "i, we", "said": "{who} tried\n{who} checked, done"})

    assert said.phrases("said") == ["{who} tried", "{who} checked", "done"]
    assert whole(said["said"]).findall("We tried, I checked, done.") == ["We tried", "I checked", "done"]


@pytest.mark.parametrize("name", ["called", "cues", "deeds", "names", "things"])
def test_what_a_german_book_holds_has_its_place_in_the_english_one_after_which_it_is_read(name):
    assert set(book("de", name)) <= set(book("en", name))
