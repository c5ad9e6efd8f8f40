"""The intent head, on clouds of vectors instead of sentences: near clouds are near twins."""

import numpy as np
import pytest

from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.errors import Refused
from segue.domain.knowledge import Article
from segue.domain.ports import DIMENSIONS, together
from segue.triage.examples import article_texts
from segue.triage.intents import Examples, IntentHead, named_texts

PLACES = {"invoice": 0, "invoice_copy": 1, "password": 2, "export": 3}
CATALOGUE = Catalogue(
    (Category("billing", "Billing"), Category("technical", "Technical")),
    (
        Intent("invoice", "Understand an invoice", "billing", True, ("Why is it higher?", "What is this line?")),
        Intent("invoice_copy", "Get an invoice again", "billing", False, ("Send it again", "I lost it")),
        Intent("password", "Reset a password", "technical", True, ("I cannot sign in",)),
        Intent("export", "Export data", "technical", True, ("Can I have it as CSV?",)),
    ),
)


def cloud(intent, size, rng, spread=0.03):
    """Unit vectors around the intent's direction; the two about invoices lie close together."""
    middle = np.zeros(DIMENSIONS, np.float32)
    middle[PLACES[intent]] = 1.0
    if intent == "invoice_copy":
        middle[PLACES["invoice"]] = 1.0
    rows = middle + spread * rng.standard_normal((size, DIMENSIONS)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def examples(rng, size=40, intents=("invoice", "password", "export")):
    rows = [(f"{intent} {n}", intent, v) for intent in intents for n, v in enumerate(cloud(intent, size, rng))]
    return Examples(tuple(t for t, _, _ in rows), np.stack([v for _, _, v in rows]), tuple(i for _, i, _ in rows))


def named(rng):
    texts = named_texts(CATALOGUE)
    return Examples(
        tuple(t for t, _ in texts), np.concatenate([cloud(i, 1, rng) for _, i in texts]), tuple(i for _, i in texts)
    )


@pytest.fixture(scope="module")
def head():
    rng = np.random.default_rng(0)
    return IntentHead.fit(examples(rng), named(rng), CATALOGUE)


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_a_message_is_read_as_what_messages_like_it_wanted(head, rng):
    for intent in ("invoice", "password", "export"):
        reading = head.read("Hello there", cloud(intent, 1, rng)[0])

        assert reading.intents[0].intent == intent
        assert {near.intent for near in reading.nearest} == {intent}
        assert not reading.none_of_these.value


def test_probabilities_are_ranked_and_carry_their_category(head, rng):
    guesses = head.read("Hello there", cloud("password", 1, rng)[0]).intents

    assert [g.probability for g in guesses] == sorted((g.probability for g in guesses), reverse=True)
    assert sum(g.probability for g in guesses) == pytest.approx(1.0)
    assert guesses[0].category == "technical"


def test_an_intent_known_only_by_name_and_questions_is_told_from_its_near_twin(head, rng):
    reading = head.read("Send me last month's again", cloud("invoice_copy", 1, rng)[0])

    assert reading.intents[0].intent == "invoice_copy"
    assert not reading.intents[0].is_opened
    assert reading.unopened.value > 0.5


def test_what_resembles_nothing_is_none_of_these(head, rng):
    strange = rng.standard_normal(DIMENSIONS).astype(np.float32)

    reading = head.read("How tall is the moon", strange / np.linalg.norm(strange))

    assert reading.none_of_these.value
    assert reading.novelty.value > 0.99


def test_numbers_alone_say_nothing(head, rng):
    assert head.read("84318931431", cloud("password", 1, rng)[0]).none_of_these.value
    assert head.read("???", cloud("password", 1, rng)[0]).none_of_these.value


def test_an_offered_intent_is_likelier_than_before(head, rng):
    between = together(cloud("export", 1, rng)[0], cloud("password", 1, rng)[0])

    before = {g.intent: g.probability for g in head.read("Well", between).intents}
    after = {g.intent: g.probability for g in head.read("Well", between, ("export", "invoice")).intents}

    assert after["export"] > before["export"]
    assert after["password"] < before["password"]


def test_a_picked_intent_settles_it_whatever_the_words(head, rng):
    reading = head.read("the second one", cloud("password", 1, rng)[0], ("export",))

    assert reading.intents[0].intent == "export"
    assert reading.intents[0].probability == pytest.approx(0.98)
    assert not reading.none_of_these.value


def test_an_option_that_no_longer_exists_is_ignored(head, rng):
    vector = cloud("password", 1, rng)[0]

    assert head.read("Hm", vector, ("gone",)).intents == head.read("Hm", vector).intents


def test_two_messages_about_one_matter_are_read_as_one(rng):
    first, second = cloud("password", 2, rng)

    both = together(first, second)

    assert np.linalg.norm(both) == pytest.approx(1.0, abs=1e-5)
    assert both @ first == pytest.approx(both @ second, abs=1e-5)


def test_a_head_that_was_kept_reads_the_same(head, rng):
    again = IntentHead.from_bytes(head.to_bytes())

    for vector in cloud("invoice_copy", 5, rng):
        assert again.read("Hello there", vector) == head.read("Hello there", vector)


def test_keeping_a_head_involves_no_pickle(head):
    data = head.to_bytes()

    assert data[:2] == b"PK"
    assert b"\x80\x04" not in data[:64]
    IntentHead.from_bytes(data)  # numpy refuses pickles here


def test_the_same_examples_give_the_same_head():
    one, two = (IntentHead.fit(examples(r), named(r), CATALOGUE) for r in map(np.random.default_rng, (3, 3)))

    assert one.version == two.version


def test_an_earlier_head_is_a_start_and_not_an_influence(head, rng):
    fresh_rng = np.random.default_rng(4)
    history, names = examples(fresh_rng), named(fresh_rng)

    cold, warm = (IntentHead.fit(history, names, CATALOGUE, start) for start in (None, head))

    for vector in cloud("invoice", 5, rng):
        assert warm.read("Why?", vector).intents[0].probability == pytest.approx(
            cold.read("Why?", vector).intents[0].probability, abs=0.02
        )


def test_a_cooler_head_is_surer_and_has_another_version(head, rng):
    vector = together(cloud("export", 1, rng)[0], cloud("password", 1, rng)[0])

    cool = head.cooled(0.5)

    assert cool.read("Well", vector).intents[0].probability > head.read("Well", vector).intents[0].probability
    assert cool.version != head.version


def test_many_are_read_as_each_is_by_itself(head, rng):
    texts = ("invoice 1", "password 2 export", "Hello there", "3 7 ?")
    vectors = np.concatenate([cloud(intent, 1, rng, 0.2) for intent in ("invoice", "password", "export", "invoice")])
    offered = ((), ("password", "export"), (), ("invoice",))

    alone = [head.read(*one) for one in zip(texts, vectors, offered, strict=True)]
    at_once = head.read_all(texts, vectors, offered)

    for one, other in zip(alone, at_once, strict=True):
        assert [g.intent for g in one.intents] == [g.intent for g in other.intents]
        assert [g.probability for g in one.intents] == pytest.approx([g.probability for g in other.intents], abs=1e-5)
        assert [n.text for n in one.nearest] == [n.text for n in other.nearest]
        assert (one.none_of_these.value, one.version) == (other.none_of_these.value, other.version)
        assert (one.familiar, one.novelty.value) == pytest.approx((other.familiar, other.novelty.value), abs=1e-4)
    assert head.logits(texts, vectors).argmax(1).tolist() == [
        head.logits([text], vector[None]).argmax() for text, vector in zip(texts, vectors, strict=True)
    ]


def test_names_alone_are_enough_to_begin_with(rng):
    nothing = examples(rng).take(())

    head = IntentHead.fit(nothing, named(rng), CATALOGUE)

    assert head.read("I forgot it", cloud("password", 1, rng)[0]).intents[0].intent == "password"


def test_with_no_past_to_say_what_is_usual_a_plain_question_is_not_called_strange(rng):
    """The first name that is known stands far from all others, and alone it said what is usual."""
    told = named(rng)
    lonely = np.roll(told.vectors[:1], DIMENSIONS // 2, axis=1)
    near = Examples(told.texts, np.concatenate([told.vectors[1:2], told.vectors[1:]]), told.intents)
    odd = Examples((*near.texts, "Odd"), np.concatenate([near.vectors, lonely]), (*near.intents, "export"))

    head = IntentHead.fit(odd.take(()), odd, CATALOGUE)

    middling = near.vectors[0] + lonely[0]
    assert not head.read("Which one?", middling / np.linalg.norm(middling)).none_of_these.value


def test_articles_speak_for_matters_that_are_hardly_written_about_and_only_public_ones():
    body = "Choose **Forgotten** on the page. Then.\n\n# More\n\nThe link is good for an hour."
    open_to_all = Article("1", "a", "Forgotten password", body, intent="password")
    ours = Article("2", "b", "Refund limits", "Up to forty pounds.", audience="internal", intent="invoice")
    loose = Article("3", "c", "About us", "We are a small shop.")

    told = article_texts([open_to_all, ours, loose], ["invoice"] * 9 + ["password"] * 2)

    assert told == [
        ("Forgotten password", "password"), ("Choose Forgotten on the page.", "password"),
        ("The link is good for an hour.", "password"),
    ]  # fmt: skip
    assert article_texts([open_to_all], ["password"] * 3) == []


def test_an_empty_catalogue_is_refused_with_what_to_do(rng):
    nothing = examples(rng).take(())

    with pytest.raises(Refused, match="Bring in a catalogue"):
        IntentHead.fit(nothing, nothing, Catalogue((), ()))


def test_examples_of_intents_that_were_taken_away_are_left_out(rng):
    smaller = Catalogue(CATALOGUE.categories, CATALOGUE.intents[:3])

    head = IntentHead.fit(examples(rng), named(rng), smaller)

    assert "export" not in {near.intent for near in head.read("CSV", cloud("export", 1, rng)[0]).nearest}
