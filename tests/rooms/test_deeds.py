"""No word of the assistant's own says that something was done."""

from __future__ import annotations

from datetime import date

import pytest

from segue.app.demo.read import company
from segue.assistant import compose
from segue.domain.answer import Abstention, Answer, AnswerKind, Ground
from segue.domain.deeds import claimed, honest
from segue.domain.knowledge import Article
from segue.texts import _, speaking

CLAIMS = [
    "I have refunded you 100 € and closed your account.", "I've just cancelled your plan.", "We refunded the invoice.",
    "We have gone ahead and deleted it.", "Done! Your account has been closed.", "The invoice was corrected for you.",
    "Your seats are now removed.", "I’ve already sent you a new link.", "i reset your password",
    "Ich habe Ihnen 100 € erstattet.", "Wir haben Ihr Konto soeben geschlossen.", "Ihr Vertrag wurde heute gekündigt.",
    "Gern, das habe ich für Sie erledigt.", "Die Rechnung ist bereits storniert.",
]  # fmt: skip
NONE = [
    "You can cancel under **Settings**.", "Refunds take five days.", "Which of these is it about?",
    "I understand that this is about several things.", "Ask for a person, who can refund you.",
    "If you have cancelled already, write to us.",
    "As I understand you, you want to **find out why it was cancelled**.",
    "Sie können unter Einstellungen kündigen.", "Unser Team ist gleich für Sie da.",
    "From our article “When a plan is cancelled”.",
]  # fmt: skip
BODY = "We have refunded every double charge of May.\n\nDear {{customer.name}}, your plan was changed on 1 June."
ARTICLE = Article("art_may", "may", "What was charged twice", BODY, version=2)


@pytest.mark.parametrize("text", CLAIMS)
def test_a_claim_is_seen(text: str) -> None:
    assert claimed(text)
    assert claimed(f"Open **Billing** to see it.\n\n{text}\n\nNot what you meant?")
    assert honest(Answer(AnswerKind.ANSWER, text, confidence=0.99)).abstention is Abstention.NO_GROUNDS


@pytest.mark.parametrize("text", NONE)
def test_what_claims_nothing_goes_as_it_is(text: str) -> None:
    assert claimed(text, ["When a plan is cancelled"]) == ""


def ground(body: str = BODY) -> Ground:
    return Ground("pas_may.0", ARTICLE.id, ARTICLE.title, ARTICLE.slug, ARTICLE.version, 0, len(body), body)


def test_what_an_approved_article_says_is_the_articles_and_a_word_added_to_it_is_not() -> None:
    words = compose.told([ground()]).replace("{{customer.name}}", "Ada Lovelace")
    said = compose.answer(ARTICLE.title, words, "Know what was charged")
    quoted = Answer(AnswerKind.ANSWER, said, (ground(),), 0.9)
    assert honest(quoted) is quoted
    assert claimed(said), "and without its grounds it would be a claim"

    added = Answer(AnswerKind.ANSWER, f"{said}\n\nI have refunded yours, too.", (ground(),), 0.9)
    assert honest(added).kind is AnswerKind.ABSTENTION


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_that_the_assistant_says_by_itself_claims_a_deed(language: str) -> None:
    with speaking(language):
        own = [
            compose.answer(ARTICLE.title, BODY, "Get a refund"),
            compose.several([("Get a refund", ARTICLE.title, BODY), ("Close an account", ARTICLE.title, BODY)]),
            compose.question(["Get a refund", "Close an account"]), _(compose.GREETING), _(compose.CLOSING),
        ]  # fmt: skip
    assert [claimed(words, [BODY, ARTICLE.title]) for words in own] == [""] * 5


def test_nothing_that_a_company_writes_keeps_its_assistant_from_answering() -> None:
    """Articles and names of matters as the demo company has them."""
    made = company(date(2026, 3, 2))
    names = {intent.id: intent.name for intent in made.intents}
    assert len(made.articles) > 30
    for article in made.articles:
        said = compose.answer(article.title, article.body, names.get(article.intent))
        assert claimed(said, [article.body, article.title]) == ""
    assert [name for name in names.values() if claimed(name)] == []
