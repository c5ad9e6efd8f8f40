"""Names of things that an article does not speak of, though it is bound to another of their kind."""

from __future__ import annotations

import pytest

from segue.assistant.telling import Telling
from segue.domain.knowledge import Article
from segue.knowledge.another_thing import another_thing, named_in

GERMANY = named_in("How long delivery takes", "Delivery within Germany takes 2 to 3 days. It is sent with DHL.")
PAYING = named_in("Ways to pay", "Pay with PayPal, Klarna or by direct debit.")
PLANS = named_in("What the plans hold", "The Free plan holds 500 notes, the Plus plan all of them.")
KEYS = named_in("Keys that save time", "Press Ctrl+K in Windows to find any note.")


def another(article, text: str) -> str:
    found = another_thing(article, text)
    return found.said if found else ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("How long does delivery to France take?", "France"),
        ("delivery time FRANCE", "FRANCE"),
        ("Wie lange dauert die Lieferung nach Dänemark?", "Dänemark"),
        ("lieferung nach daenemark", "daenemark"),
        ("When does a parcel to Lyon arrive?", "Lyon"),
        ("I live in Spain. How long does delivery take?", "Spain"),
        ("Do you deliver to Turkey?", "Turkey"),
        ("tracking number of hermes", "hermes"),
        ("How long does delivery to Germany take?", ""),
        ("How long does delivery to Munich take?", ""),
        ("Lieferung nach Köln?", ""),
        ("How long does delivery inside the EU take?", "EU"),
        ("How long does delivery in Deutschland take?", ""),
        ("Delivery to France takes how long, if it takes 2 days to Germany?", ""),
        ("We want turkey for dinner, when is it delivered?", ""),
        ("Hi Florence, how long does delivery take?", ""),
        ("How long does delivery take? Kind regards, Paris Webb", ""),
        ("My colleague Sydney asks how long delivery takes", ""),
        ("My name is Paris, how long does delivery take?", ""),
        ("How long does it take?", ""),
        ("Germany " * 400 + "or France?", ""),
        ("!?.," * 25_000, ""),
        ("How long does delivery to \ud800 France take?", "France"),
        ("", ""),
    ],
)
def test_a_place_or_carrier_is_another_thing_where_the_article_is_bound_to_another(text: str, name: str) -> None:
    assert another(GERMANY, text) == name


def test_an_article_that_speaks_of_all_is_bound_to_none() -> None:
    abroad = named_in("How long delivery takes", "In Germany 2 days, to other countries a week.")

    assert another(abroad, "How long does delivery to France take?") == ""


def test_where_somebody_is_matters_only_where_the_article_is_about_that() -> None:
    workshop = named_in("A day at the workshop", "Book a day at our workshop in Kassel.")

    assert another(workshop, "I live in Lyon, how do I book a day at the workshop?") == ""
    assert another(workshop, "How do I book a day at the workshop in Lyon?") == "Lyon"


def test_what_stands_in_another_sentence_than_the_question_is_told_by_the_way() -> None:
    assert another(KEYS, "I have a Mac and an iPad. Is there a key to find a note?") == ""
    assert another(KEYS, "Is there a key to find a note on a Mac?") == "Mac"


def test_who_asks_whether_there_is_another_is_told_so_by_an_article_that_lists_them() -> None:
    assert another(PAYING, "Can I pay with Bitcoin?") == ""
    assert another(PAYING, "How do I pay with Bitcoin?") == "Bitcoin"
    assert another(named_in("Ways to pay", "We take PayPal."), "Can I pay with Bitcoin?") == "Bitcoin"


def test_an_article_about_another_card_is_not_bound_to_a_way_to_pay() -> None:
    sim = named_in("Your SIM card", "The SIM card comes by post.")

    assert another(sim, "When does the SIM card come that I paid with Klarna?") == ""


def test_a_card_is_one_of_the_cards() -> None:
    refund = named_in("When a refund arrives", "It goes back to the card you paid with.")

    assert another(refund, "When is the refund on my Visa?") == ""
    assert another(refund, "Wann ist die Erstattung auf meiner Kreditkarte?") == ""
    assert another(refund, "When is the refund to Klarna there?") == "Klarna"


def test_a_plan_that_the_article_does_not_know_is_another_and_whoever_changes_names_both() -> None:
    changing = named_in("Changing the plan", "Choose the Plus plan or the Team plan.")

    assert another(PLANS, "How many notes does the Enterprise plan hold?") == "Enterprise"
    assert another(PLANS, "How many notes does the free plan hold?") == ""
    assert another(PLANS, "How many notes does my plan hold?") == ""
    assert another(changing, "We have outgrown the Free plan") == ""


def test_a_make_before_what_the_title_is_about_is_another_houses() -> None:
    limits = named_in("API rate limits", "Our API allows 600 requests a minute.")

    assert another(limits, "What is the rate limit of the Stripe API?") == "Stripe"
    assert another(limits, "What is the rate limit of the API, beside Stripe?") == ""
    assert another(named_in("Kinds of currencies", "Dollars."), "What kinds of fiat currencies are there?") == ""


def test_what_many_name_who_wanted_the_same_is_what_the_matter_is_about() -> None:
    article = Article("art_x", "x", "How long delivery takes", "Within Germany 2 days.")
    asked = "How long does delivery to France take?"

    assert Telling(lambda intent: (), {}).another_thing(asked, article, "time") == "France"
    assert (
        Telling(lambda intent: ("to france?", "when", "how long"), {}).another_thing(asked, article, "time") == "France"
    )
    assert (
        Telling(lambda intent: ("to france?", "when in Paris, France"), {}).another_thing(asked, article, "time") == ""
    )


def test_of_several_articles_that_one_is_taken_which_speaks_of_it() -> None:
    home = Article("art_a", "a", "How long delivery takes", "Within Germany 2 days.")
    abroad = Article("art_b", "b", "How long delivery abroad takes", "To France 5 days.")
    told = Telling(lambda intent: (), {})

    assert told.those_that_speak("How long to France?", (home, abroad), "time") == [abroad]
    assert told.those_that_speak("How long to Japan?", (home, abroad), "time") == (home, abroad)
