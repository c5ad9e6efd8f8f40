"""An article tried on the past before it is published: the real search and the real assistant, and nothing is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segue.domain.errors import Refused
from segue.domain.knowledge import Article
from segue.insight.article_effect import ArticleTrial
from segue.insight.trying_articles import ArticleTrier
from segue.store.backtest import PastStore
from stage import Stage

BANK = "Our bank is not in the list, which banks are supported?"
ANSWER = (
    "Upload the statement under Banking → Import file. It takes CAMT.053, MT940 and CSV, also for a bank not listed."
)


def tried(
    house: Stage, slug: str = "bank-not-listed", intent: str | None = "bank_not_listed", body: str = ANSWER
) -> ArticleTrial:
    trier = ArticleTrier(house.house.workspace, house.house.library, PastStore(house.house.db))
    article = Article("", slug, "Use a bank that is not listed", body, intent=intent)
    return trier.try_article(article, house.now - timedelta(days=30), house.now + timedelta(minutes=1))


def resolved_by_mira(house: Stage, text: str, intent: str, who: str = "ada") -> None:
    house.customer_writes(text, who, again=True)
    if house.handler == "assistant":
        house.house.hands.take(house.conversation, "agt_mira", house.now)
    house.agent_replies("Done.")
    house.agent_resolves(intent=intent)
    house.conversation = ""
    house.now += timedelta(minutes=3)


def test_a_matter_without_an_article_would_be_answered_from_the_new_one(house: Stage) -> None:
    resolved_by_mira(house, BANK, "bank_not_listed")

    found = tried(house)

    assert (found.is_new, found.opens_intent) == (True, True)
    assert (found.newly_answered, found.newly_right, found.newly_wrong) == (1, 1, 0)
    assert found.found >= 1
    assert found.examples[0].text == BANK
    assert "as it was resolved" in found.examples[0].says
    assert found.rests["opened with it"].on == "modelled"


def test_an_article_in_another_language_is_tried_as_it_would_be_read(house: Stage) -> None:
    """What a message wants done is looked for in English and German articles only, live as well as in the trial."""
    resolved_by_mira(house, f"{BANK} Can I delete this bank?", "bank_not_listed")

    french = "Importez le relevé bancaire sous Banque → Importer un fichier. Cela marche pour une banque qui manque."
    assert (tried(house).newly_answered, tried(house, body=french).newly_answered) == (0, 1)


def test_what_people_had_got_right_otherwise_comes_first(house: Stage) -> None:
    resolved_by_mira(house, BANK, "bank_not_listed")
    resolved_by_mira(house, BANK, "connect_bank", "nadia")

    found = tried(house)

    assert (found.newly_right, found.newly_wrong) == (1, 1)
    assert found.examples[0].change == "answered_wrongly"
    assert (found.examples[0].resolved_as, found.examples[0].by_person) == ("connect_bank", True)


def test_a_changed_article_says_who_would_read_other_words(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?")
    assert house.action == "answer"

    found = tried(house, "why-is-my-invoice-higher", None, "A seat was added. See Billing → Seats.")

    assert (found.is_new, found.intent) == (False, "invoice_higher")
    assert (found.newly_answered, found.says_something_else, found.no_longer_answered) == (0, 1, 0)


def test_the_same_article_again_changes_nothing(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?")
    live = house.house.knowledge.article("why-is-my-invoice-higher")
    assert live is not None

    trier = ArticleTrier(house.house.workspace, house.house.library, PastStore(house.house.db))
    found = trier.try_article(live, house.now - timedelta(days=30), house.now + timedelta(minutes=1))

    assert (found.newly_answered, found.says_something_else, found.no_longer_answered) == (0, 0, 0)
    assert found.examples == ()


def test_nothing_of_it_is_kept(house: Stage) -> None:
    house.customer_writes(BANK)
    marks = house.house.workspace.knowledge_marks()

    tried(house)

    assert house.house.workspace.knowledge_marks() == marks
    assert house.house.knowledge.article("bank-not-listed") is None
    assert all(e.kind != "article.published" or e.author != "backtest" for e in house.house.events.after("0-0"))


def test_an_intent_nobody_knows_is_refused(house: Stage) -> None:
    with pytest.raises(Refused, match="no intent weather"):
        tried(house, intent="weather")


def test_an_article_about_no_intent_can_be_found_and_answers_nobody(house: Stage) -> None:
    house.customer_writes(BANK)

    found = tried(house, intent=None)

    assert found.found >= 1
    assert found.newly_answered == 0


def test_before_anything_was_considered_there_is_nothing_to_say(house: Stage) -> None:
    found = tried(house)

    assert (found.messages, found.searched, found.found, found.examples) == (0, 0, 0, ())
