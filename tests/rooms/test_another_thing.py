"""Names of things that an article does not speak of, though it is bound to another of their kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.assistant import telling
from segue.assistant.telling import Telling
from segue.domain.knowledge import Article
from segue.knowledge.another_thing import House, another_thing, keys_in, named_in

LISTS = Path(__file__).parents[1] / "lists"
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
    assert another(named_in("Why no mail comes", "Look into spam."), "Why is there at Gmail no mail?") == ""
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


def of(title: str, body: str, text: str, *house: str) -> str:
    """What is another thing to such an article, at a house whose other articles are `house`."""
    found = another_thing(named_in(title, body), text, House((f"{title}\n{body}", *house)))
    return found.said if found else ""


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("Where is my delivery?", "Open Orders and press Follow.", "Where is my order to Leeds?"),
        ("Where is my delivery?", "Open Orders and press Follow.", "Where is my order to France?"),
        (
            "Die Lieferadresse ändern",
            "Öffnen Sie Bestellungen und wählen Sie Adresse.",
            "Ich ziehe nach Köln um, wie ändere ich die Lieferadresse?",
        ),
        (
            "Wie lange die Lieferung dauert",
            "Sie dauert zwei bis drei Tage.",
            "Wie lange dauert die Lieferung nach Hamburg?",
        ),
        ("What delivery costs", "It costs £4.50, from £50 nothing.", "What does shipping to Bristol cost?"),
        (
            "Ein Auto ummelden",
            "Bringen Sie den Schein ins Bürgerbüro Kassel.",
            "Mein Auto ist in Göttingen zugelassen, wie melde ich es um?",
        ),
        (
            "Einen Wohnsitz anmelden",
            "Kommen Sie in zwei Wochen ins Bürgerbüro Kassel.",
            "Ich ziehe von Hamburg zu, wie melde ich mich an?",
        ),
        ("Reisepass", "Er dauert vier Wochen. Bürgerbüro Bonn.", "Wie lange dauert ein Reisepass für die USA?"),
        ("Closing an account", "Write to our office in Frankfurt.", "I move to Canada, how do I close my account?"),
        ("Closing an account", "Send it to our address in Germany.", "I live in Austria, how do I close my account?"),
        ("Closing an account", "Write to our office in Germany.", "How do I close my account from Canada?"),
        ("Invoices", "Each shows the VAT of Germany.", "How do I get an invoice for our office in Vienna?"),
        ("Apostille", "Das Landgericht in Kassel stellt sie aus.", "Wo bekomme ich eine Apostille für Brasilien?"),
        ("Closing an account", "Write to Desk 3, 60311 Frankfurt.", "I move to Lyon, how do I close my account?"),
        (
            "Cards you can use",
            "We take Visa, Mastercard and American Express.",
            "Which cards can I use from Austria?",
        ),
        ("Posting a letter back", "Use any box of Deutsche Post.", "How do I post it back from France?"),
        ("Calling us", "Our hotline speaks German from 9 to 5.", "How do I call you from Spain?"),
        ("Caring for the table", "Polish the wood once a year.", "Is the table fine for a house in Italy?"),
        ("Our towels", "They are of Turkish cotton.", "Do the towels fit a hotel in Wales?"),
        ("Our mail does not come", "Important: look into your spam folder.", "Why does no mail come to my Gmail?"),
        ("Our mail does not come", "We import the address again.", "Why does no mail come to my Gmail?"),
        (
            "Keine Mail von uns",
            "Bitte teilen Sie uns Ihre Adresse mit.",
            "Warum kommt keine Bestätigung bei GMX an?",
        ),
        ("Refunds", "We refund you the way you paid.", "I paid by PayPal, how long does the refund take?"),
        ("Refunds", "It goes to your original form of payment.", "How long does the refund to PayPal take?"),
        ("Refunds", "We use the payment method you used.", "When is the refund to Klarna there?"),
        ("Refunds", "It takes five working days.", "I paid by PayPal, how long does the refund take?"),
        (
            "Wann das Geld zurück ist",
            "Wir erstatten auf das Zahlungsmittel, mit dem Sie bezahlt haben.",
            "Wann ist die Erstattung bei PayPal da?",
        ),
        (
            "Wann das Geld zurück ist",
            "In fünf Werktagen.",
            "Ich habe mit PayPal bezahlt, wann kommt mein Geld zurück?",
        ),
        (
            "Eine Rechnung bezahlen",
            "Zahlen Sie in 14 Tagen auf das angegebene Konto.",
            "Kann ich die Rechnung per Überweisung zahlen?",
        ),
        (
            "How many people may join",
            "On the Free plan three, on all other plans as many as you like.",
            "How many people may join on the Pro plan?",
        ),
        (
            "Etwas ist beschädigt",
            "Hat das Paket Schäden, schicken Sie uns ein Foto.",
            "Mein Paket Nummer 123 ist beschädigt, was nun?",
        ),
        (
            "Wann das Paket kommt",
            "Wer heute bestellt, hat das Paket Montag.",
            "Kommt mein Paket Dienstag?",
        ),
        (
            "Exporting your data",
            "On the Free plan press Export once a day.",
            "We are on the Team plan. How do I export my data?",
        ),
    ],
)
def test_a_good_everyday_answer_is_not_stopped_by_a_name(title: str, body: str, text: str) -> None:
    assert of(title, body, text) == ""


@pytest.mark.parametrize(
    ("title", "body", "text", "name"),
    [
        ("What delivery costs", "It costs £4.50.", "What does shipping to France cost?", "France"),
        (
            "Wann das Bürgerbüro offen ist",
            "Bürgerbüro Kassel: 8 bis 18 Uhr.",
            "Ist das Bürgerbüro Berlin offen?",
            "Berlin",
        ),
        ("Sending money", "To a German account within a day.", "How long to an account in Japan?", "Japan"),
        ("Taking your notes out", "**Export** writes Markdown.", "How do I export them to Dropbox?", "Dropbox"),
        ("Refunds", "To PayPal on the same day.", "I paid by Klarna, when is the refund there?", "Klarna"),
        (
            "Was die Pakete enthalten",
            "Das Paket Basis hat 5 GB, das Paket Komfort 20.",
            "Was hat das Paket Turbo?",
            "Turbo",
        ),
        (
            "Opening an account",
            "You need an address in Germany.",
            "I live in Austria, can I open an account?",
            "Austria",
        ),
        ("Ways to pay", "We take PayPal.", "Instead of PayPal, can I pay by Klarna?", "Klarna"),
        ("Ways to pay", "We take PayPal.", "Can I pay by Klarna or PayPal?", ""),
    ],
)
def test_a_near_miss_of_the_same_kinds_still_is(title: str, body: str, text: str, name: str) -> None:
    assert of(title, body, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Many thanks for the quick reply. Do you also deliver to France?", "France"),
        ("Cheers for the help yesterday.\nHow long to France?", "France"),
        ("Cheers for the help yesterday.\nPlease tell me how long it takes to France", "France"),
        ("Hi do you deliver to France, and how long does it take?", "France"),
        ("Hallo liefern Sie auch nach Frankreich\nDanke", "Frankreich"),
        ("How long does delivery from Germany to France take?", "France"),
        ("Wie lange dauert die Lieferung von Deutschland nach Frankreich?", "Frankreich"),
        ("Hello dear Florence, how long does delivery take?", ""),
        ("How long does delivery take?\nMit freundlichen Grüßen\nPaul Paris", ""),
    ],
)
def test_neither_a_greeting_nor_thanks_hide_what_is_asked(text: str, name: str) -> None:
    assert another(GERMANY, text) == name


def test_where_the_houses_articles_name_a_country_its_towns_are_no_other_place() -> None:
    cost, time = ("What delivery costs", "It costs 5 €."), "Delivery within Germany takes two days."

    assert of(*cost, "What does delivery to Hamburg cost?", time) == ""
    assert of(*cost, "What does delivery to Germany cost?", time) == ""
    assert of(*cost, "What does delivery to Vienna cost?", time) == "Vienna"
    assert of(*cost, "What does delivery to Vienna cost?") == ""


def test_a_town_that_many_articles_name_binds_none_of_them() -> None:
    parking, others = ("Parking", "A permit for Kassel costs 30 €."), ["The pool of Kassel", "Kassel has a zoo"]
    asked = "What is a permit for a car from Göttingen?"

    assert of(*parking, asked) == "Göttingen"
    assert of(*parking, asked, others[0]) == "Göttingen"
    assert of(*parking, asked, *others) == ""


def everyday() -> dict[str, list[tuple[str, str, str, str]]]:
    """By house: mark, an article's title and text, and a question that it solves (">") or does not ("!")."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for line in (LISTS / "another_thing_everyday.txt").read_text("utf8").splitlines():
        mark, said = line[:1], line[1:].strip()
        match mark:
            case "=":
                asked = found[said] = []
            case "@":
                title, _, body = said.partition(" | ")
            case ">" | "!":
                asked.append((mark, title, body, said))
    return found


def in_everyday_life(mark: str) -> tuple[list[str], list[str]]:
    """The questions of a mark that are stopped, and those that are not."""
    stopped: list[str] = []
    passed: list[str] = []
    for asked in everyday().values():
        house = House({f"{title}\n{body}" for _, title, body, _ in asked})
        for title, body, text in (rest for its, *rest in asked if its == mark):
            (stopped if another_thing(named_in(title, body), text, house) else passed).append(text)
    return stopped, passed


def test_of_everyday_questions_hardly_one_is_stopped() -> None:
    stopped, passed = in_everyday_life(">")

    assert len(stopped) + len(passed) == 30
    assert len(stopped) <= 2, stopped


def test_of_near_misses_at_the_same_houses_most_still_are() -> None:
    stopped, passed = in_everyday_life("!")

    assert len(stopped) + len(passed) == 18
    assert len(passed) <= 4, passed


def test_of_a_long_past_some_hundred_messages_are_read_and_a_share_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(telling, "keys_in", lambda text: read.append(text) or keys_in(text))
    article = Article("art_x", "x", "How long delivery takes", "Within Germany 2 days.")
    asked = "How long does delivery to France take?"
    many, few = ["when"] * 7_000 + ["to france?"] * 3_000, ["when"] * 9_000 + ["to france?"] * 1_000

    assert Telling(lambda intent: many, {}).another_thing(asked, article, "time") == ""
    assert Telling(lambda intent: few, {}).another_thing(asked, article, "time") == "France"
    assert len(read) <= 1_000
