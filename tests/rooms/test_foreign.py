"""A customer whose language the encoder, or an article, does not speak: what is not known is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from briefs import ADA, TITLES, answered, assessment, conversation, handed_off, solved
from segue.app.parts import Briefer
from segue.assistant.answer import Assistant
from segue.desk.lexical import like_in_words
from segue.domain.answer import Answer
from segue.domain.assessment import IntentGuess, Signal
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.decision import Because, Reason
from segue.domain.knowledge import Article, Resolution
from segue.domain.ports import DIMENSIONS
from segue.learning.edits import as_a_draft, plain
from segue.texts import speaking
from segue.texts.wording import worded
from segue.triage.language import written_in

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINE = "Die Bankverbindung zur Sparkasse aktualisiert sich seit Montag nicht mehr."
PAST = (
    ("Unsere Bankverbindungen aktualisieren nicht, Sparkasse seit gestern.", "Zustimmung der Bank erneuert."),
    ("Die Rechnung vom März fehlt, wir brauchen sie für die Steuer.", "Rechnung noch einmal geschickt."),
    ("Wie lade ich einen Kollegen ein?", "Unter Mitglieder, Einladen."),
    ("Der Export bricht seit dem Update bei 80 % ab.", "Nach Quartalen geteilt."),
)
ENCODER = "minilm-l6-int8-12345678"
VECTOR = np.eye(1, DIMENSIONS, dtype=np.float32)[0]
IN_ENGLISH = "Open Billing and choose the invoice. Every line shows what was charged, and from which day."
IN_GERMAN = (
    "Öffnen Sie die Abrechnung und wählen Sie die Rechnung. Jede Zeile zeigt, was berechnet wurde, und ab welchem Tag "
    "die Plätze dazukamen."
)


def cases(*told: tuple[str, str]) -> list[Resolution]:
    """All of them as near in meaning as an English encoder finds any German text to another."""
    return [replace(solved(solution, number=n), problem=problem) for n, (problem, solution) in enumerate(told)]


def written(language: str, sure: float = 0.95) -> Any:
    return assessment(language=Signal(language, sure), encoder=ENCODER, vector=VECTOR, text="")


def briefed(noticed: Any, past: list[Resolution], answer: Answer | None = None) -> Any:
    library: Any = SimpleNamespace(similar=lambda vector, limit: past)
    because = handed_off(Because(Reason.OTHER_LANGUAGE, "triggers.languages", (), "de", "en"))
    nobodys: Any = None
    said = conversation(ADA, f"customer: {MINE}")
    return Briefer(library, {}, {}, TITLES, nobodys).brief(said, noticed, answer, because)


def test_a_german_case_is_like_another_by_its_telling_words_and_not_by_being_german() -> None:
    assert [case.solution for case in like_in_words(MINE, cases(*PAST))] == ["Zustimmung der Bank erneuert."]


def test_of_a_german_message_the_cases_count_that_share_its_words() -> None:
    german, english = briefed(written("de"), cases(*PAST)), briefed(written("en"), cases(*PAST))

    assert (german.next_step.text, german.next_step.of) == ("Zustimmung der Bank erneuert.", 1)
    assert english.next_step.of == len(PAST)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Meaning is read in English only"), ("de", "Bedeutung wird nur auf Englisch gelesen")]
)
def test_where_no_case_shares_its_words_one_line_says_that_meaning_is_not_read(language: str, told: str) -> None:
    briefing = briefed(written("de"), cases(*PAST[1:]))

    with speaking(language):
        assert worded(briefing.next_step.text, briefing.wording).startswith(told)


def test_a_mere_guess_at_the_language_hides_no_case() -> None:
    assert briefed(written("de", 0.5), cases(*PAST)).next_step.of == len(PAST)


ARTICLE = Article("art_higher", "why-higher", "Why an invoice can be higher", IN_ENGLISH, intent="higher")
CATALOGUE = Catalogue(
    (Category("billing", "Billing"),), (Intent("higher", "Know why the invoice is higher", "billing"),)
)


def answer(article: Article, language: str) -> str:
    known = assessment(
        intents=(IntentGuess("higher", "billing", 0.9),), none_of_these=Signal(False), language=Signal(language, 0.95)
    )
    assistant = Assistant(lambda *_: (), CATALOGUE, {article.id: article}, written_in=written_in)
    return assistant.answer(conversation(ADA, f"customer: {MINE}"), known, NOW).text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de", "Dazu haben wir noch keinen Artikel in Ihrer Sprache, nur diesen:"),
        ("fr", "We have no article on this in your language yet, only this one:"),
    ],
)
def test_a_reply_that_quotes_another_language_says_so_and_mixes_no_sentence(language: str, told: str) -> None:
    said = answer(ARTICLE, language)

    assert said.startswith(told)
    assert "know why the invoice is higher" not in said
    assert (as_a_draft(said).startswith(told), said.startswith(as_a_draft(said))) == (True, True)
    assert told not in plain(said)


@pytest.mark.parametrize(("article", "language"), [(ARTICLE, "en"), (replace(ARTICLE, body=IN_GERMAN), "de")])
def test_a_reply_in_the_customers_language_needs_no_word_about_it(article: Article, language: str) -> None:
    assert not answer(article, language).startswith(("Dazu haben wir", "We have no article"))


def test_the_briefing_says_that_a_suggested_reply_has_to_be_translated() -> None:
    note = "The suggested reply quotes an article in another language than the customer's: translate it."
    ready = answered(IN_ENGLISH, "art_higher", "Why", 0.7)

    german, english = briefed(written("de"), cases(*PAST), ready), briefed(written("en"), cases(*PAST), ready)

    assert german.next_step.text == f"{note} Zustimmung der Bank erneuert."
    assert note not in english.next_step.text
