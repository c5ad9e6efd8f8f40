"""One message in, one assessment out: facts with the customer's own words, and one text encoded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from segue.domain.assessment import Complexity, IntentGuess, Signal, Urgency
from segue.domain.buttons import NOT_SOLVED
from segue.domain.conversation import (
    Author,
    Channel,
    Conversation,
    EarlierConversation,
    EarlierTurn,
    Handler,
    Message,
    Page,
    Status,
)  # fmt: skip
from segue.domain.errors import EncoderUnavailable
from segue.domain.people import Account, Contact
from segue.knowledge.encoder import StandIn
from segue.policy.settings.topics import TOPICS, compile_topics
from segue.texts import _, languages, speaking
from segue.triage.assess import Triage
from segue.triage.grams import Grams
from segue.triage.intents import IntentReading
from segue.triage.said import Said
from segue.triage.tone import Head, Tone
from segue.triage.wish import cues

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
NOTHING = np.zeros(384, np.float32)
NO_CUES = np.zeros(384 + len(cues(Said.of(""))), np.float32)
NO_GRAMS = Grams(())
HOPPER = Account("acc_hopper", "Hopper Ltd", "enterprise", 4200.0, 0.6)
TOLD = ("Why is my invoice higher?", "Where is my refund for March?", "How do I add a seat?")
ADA = Contact("con_ada", "Ada Lovelace", "ada@lovelace.example", "acc_ada", is_verified=True)
GRACE = Contact("con_grace", "Grace Hopper", "grace@hopper.example", "acc_hopper", is_verified=True)
EVE = Contact("con_eve", "", "eve@elsewhere.example", "acc_hopper")


class Counted(StandIn):
    """The stand-in encoder, which remembers what it was asked."""

    def __init__(self):
        self.texts = []

    def encode(self, texts):
        self.texts += texts
        return super().encode(texts)


class Reads:
    """Intents that were read before anybody asked; remembers what it was given."""

    def __init__(self, intent="invoice_explained"):
        self.intent, self.asked = intent, []

    def read(self, text, vector, options=()):
        self.asked.append((text, vector, tuple(options)))
        guess = IntentGuess(options[0] if len(options) == 1 else self.intent, "billing", 0.9)
        return IntentReading((guess,), Signal(False), Signal(0.2), (), Signal(0.1), 0.3, 20.0, "intents-1")

    def by_words(self, text):
        return np.zeros(1, np.float32)


@pytest.fixture
def encoder():
    return Counted()


@pytest.fixture
def reads():
    return Reads()


@pytest.fixture
def triage(encoder, reads):
    names = {"invoice_explained": "Invoice explained", "seat_change": "Change the number of seats"}
    return Triage(encoder, reads, compile_topics(TOPICS), None, names)


def conversation(contact, *said, account=None, turns=(), earlier=(), page=None):
    """`said` in order, each as "customer: …" or "assistant: …"."""
    messages = tuple(
        Message(seq, Author(line.partition(": ")[0]), line.partition(": ")[2], NOW + timedelta(minutes=seq))
        for seq, line in enumerate(said, start=1)
    )
    return Conversation(
        "cnv_1", 41, Channel.CHAT, Status.OPEN, Handler.ASSISTANT, NOW, contact, account, messages, page,
        turns=turns, earlier=earlier,
    )  # fmt: skip


def test_everything_noticed_of_a_calm_question_is_calm(triage):
    noticed = triage.assess(conversation(ADA, "customer: Why is my invoice higher this month?"), NOW)

    assert noticed.intent == "invoice_explained"
    assert noticed.urgency.value is Urgency.NORMAL
    assert noticed.frustration.value < 0.2
    assert noticed.complexity.value is Complexity.SIMPLE
    assert not noticed.wish_for_person.value
    assert noticed.language.value == "en"
    assert noticed.repeat is None
    assert noticed.topics == ()
    assert (noticed.encoder, noticed.heads) == ("stand-in-1", "intents-1")


def test_exactly_one_text_is_encoded_for_a_turn(triage, encoder):
    said = ("customer: The export of the March report fails.", "assistant: Try again.", "customer: Still not working")

    noticed = triage.assess(conversation(ADA, *said), NOW)

    assert encoder.texts == ["The export of the March report fails.\nStill not working"]
    assert noticed.text == encoder.texts[0]


def test_what_was_read_ahead_is_not_read_again_and_gives_the_same_bits(triage, encoder):
    first, second, third = (conversation(ADA, f"customer: {text}") for text in TOLD)
    alone = triage.assess(first, NOW).vector
    encoder.texts.clear()

    triage.read_ahead([first, second])
    noticed = [triage.assess(one, NOW) for one in (first, second, third)]

    assert encoder.texts == list(TOLD)
    assert np.array_equal(noticed[0].vector, alone)


class Elsewhere(Counted):
    """Reads while others go on; `course` tells what came after what."""

    def __init__(self, course):
        super().__init__()
        self.course = course

    def begin(self, text):
        self.course.append("begun")
        return lambda: self.course.append("fetched") or self.encode([text])


class ReadsWords(Reads):
    def __init__(self, course):
        super().__init__()
        self.course = course

    def by_words(self, text):
        self.course.append("words")
        return super().by_words(text)


def test_what_the_words_say_is_noticed_while_their_meaning_is_read():
    course = []
    encoder = Elsewhere(course)

    noticed = Triage(encoder, ReadsWords(course), ()).assess(conversation(ADA, f"customer: {TOLD[0]}"), NOW)

    assert course == ["begun", "words", "fetched"]
    assert encoder.texts == [TOLD[0]]
    assert np.array_equal(noticed.vector, StandIn().encode([TOLD[0]])[0])


def test_what_was_read_ahead_is_not_begun():
    course = []
    triage = Triage(Elsewhere(course), ReadsWords(course), ())
    waiting = [conversation(ADA, f"customer: {text}") for text in TOLD]

    triage.read_ahead(waiting)
    for one in waiting:
        triage.assess(one, NOW)

    assert course == ["words"] * 3


def test_one_that_was_not_read_ahead_does_not_make_the_others_be_read_again():
    course = []
    encoder = Elsewhere(course)
    triage = Triage(encoder, ReadsWords(course), ())
    first, *others = [conversation(ADA, f"customer: {text}") for text in TOLD]

    triage.read_ahead(others)
    for one in (first, *others):
        triage.assess(one, NOW)

    assert course == ["begun", "words", "fetched", "words", "words"]
    assert sorted(encoder.texts) == sorted(TOLD)


def test_an_encoder_that_fails_elsewhere_fails_the_turn():
    class Fails(Counted):
        def begin(self, text):
            def fetch():
                raise EncoderUnavailable("It is gone.", "Wait.")

            return fetch

    with pytest.raises(EncoderUnavailable):
        Triage(Fails(), Reads(), ()).assess(conversation(ADA, f"customer: {TOLD[0]}"), NOW)


def test_a_message_with_a_matter_of_its_own_is_not_joined(triage, encoder):
    said = ("customer: The export of the March report fails.", "customer: How do I add a seat to my plan?")

    triage.assess(conversation(ADA, *said), NOW)

    assert encoder.texts == ["How do I add a seat to my plan?"]


def test_who_only_asks_for_a_person_is_read_with_the_matter_they_came_with_and_not_as_one_more(triage, reads):
    for wish in ("I would like to talk to a person, please.", "Can I speak to a human?"):
        after = triage.assess(conversation(ADA, "customer: My card was declined in Rome.", f"customer: {wish}"), NOW)
        alone = triage.assess(conversation(ADA, f"customer: {wish}"), NOW)

        assert after.wish_for_person.value
        assert alone.wish_for_person.value
        assert after.text == f"My card was declined in Rome.\n{wish}"
        assert not after.none_of_these.value
        assert alone.none_of_these.value


def test_a_wish_that_names_its_matter_is_read_as_it_stands(triage):
    wish = "I want to talk to a person about invoice 2041."

    noticed = triage.assess(conversation(ADA, "customer: My card was declined in Rome.", f"customer: {wish}"), NOW)

    assert noticed.text == wish
    assert not noticed.none_of_these.value


def test_a_reply_joins_the_last_message_that_could_stand_alone_not_a_greeting(triage, encoder):
    said = ("customer: My card was declined in Rome.", "customer: Why?", "customer: hello?", "customer: and now?")

    triage.assess(conversation(ADA, *said), NOW)

    assert encoder.texts == ["My card was declined in Rome.\nand now?"]


def test_the_second_one_is_the_second_of_what_was_offered(triage, reads):
    turns = (EarlierTurn(1, "invoice_explained", 0.1, "ask", ("invoice_explained", "seat_change")),)
    said = ("customer: It is about our plan.", "assistant: Which of these?", "customer: the second one please")

    noticed = triage.assess(conversation(ADA, *said, turns=turns), NOW)

    assert reads.asked[0][2] == ("seat_change",)
    assert noticed.intent == "seat_change"


def test_a_reply_that_picks_nothing_is_read_together_with_what_was_asked(triage, reads):
    before = StandIn().encode(["It is about our plan."])[0]
    turns = (EarlierTurn(1, None, 0.1, "ask", ("invoice_explained", "seat_change"), vector=before),)
    said = ("customer: It is about our plan.", "customer: Two more people of our sales office should get in")

    noticed = triage.assess(conversation(ADA, *said, turns=turns), NOW)

    _, vector, options = reads.asked[0]
    assert options == ("invoice_explained", "seat_change")
    assert not np.allclose(vector, noticed.vector)
    assert float(vector @ before) > float(noticed.vector @ before)


def test_who_declines_all_options_is_offered_none_of_them_again(triage, reads):
    turns = (EarlierTurn(1, None, 0.1, "ask", ("invoice_explained", "seat_change")),)

    triage.assess(conversation(ADA, "customer: It is about our plan.", "customer: None of those", turns=turns), NOW)

    assert reads.asked[0][2] == ()


def test_a_sentence_with_the_words_of_an_option_that_is_about_another_matter_picks_none(triage, reads):
    turns = (EarlierTurn(1, None, 0.1, "ask", ("invoice_explained", "seat_change")),)
    said = ("customer: It is about our plan.", "customer: How is the number of seats changed?")

    noticed = triage.assess(conversation(ADA, *said, turns=turns), NOW)

    assert reads.asked[0][2] == ("seat_change",)
    assert reads.asked[-1][2] == ("invoice_explained", "seat_change")
    assert noticed.intent == "invoice_explained"


def test_what_is_denied_is_neither_encoded_nor_read_and_stands_in_the_evidence(triage, encoder):
    said = "customer: My card isn't the problem. Why did the payment fail?"

    noticed = triage.assess(conversation(ADA, said), NOW)

    assert encoder.texts == [noticed.text] == ["Why did the payment fail?"]
    assert noticed.left_out == ("My card isn't the problem",)


def test_who_only_denies_means_what_was_said_before_and_without_it_nothing_is_known(triage, encoder):
    denies = "customer: My card isn't the problem."
    alone = triage.assess(conversation(ADA, denies), NOW)
    encoder.texts.clear()
    later = triage.assess(conversation(ADA, "customer: The payment for May failed.", denies), NOW)

    assert alone.none_of_these.value
    assert alone.intent is None
    assert encoder.texts == ["The payment for May failed."]
    assert (later.intent, later.left_out) == ("invoice_explained", ("My card isn't the problem",))


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ("No need to close the account, we only got another card for the plan", []),
        ("Please close the account, we got another card", ["cancellation"]),
        ("No need to close the account, we got a card. Actually nobody helps, so close the account", ["cancellation"]),
        ("It's not about the lawyer, we only got another card for the plan", ["legal"]),
    ],
)
def test_who_denies_that_they_leave_does_not_leave_and_a_denied_threat_is_one(encoder, said, topics):
    watched = compile_topics({topic: TOPICS[topic] for topic in ("cancellation", "legal")})

    noticed = Triage(encoder, None, watched).assess(conversation(ADA, f"customer: {said}"), NOW)

    assert [flag.topic for flag in noticed.topics] == topics


def test_a_claimed_tier_does_not_count(triage):
    eve = triage.assess(conversation(EVE, "customer: Where is my invoice?", account=HOPPER), NOW)
    grace = triage.assess(conversation(GRACE, "customer: Where is my invoice?", account=HOPPER), NOW)

    assert (eve.tier, eve.is_verified) == (None, False)
    assert (grace.tier, grace.is_verified) == ("enterprise", True)


def test_the_page_is_kept(triage):
    page = Page("https://app.example/billing", "Billing")

    noticed = triage.assess(conversation(ADA, "customer: What is this fee?", page=page), NOW)

    assert noticed.page == page


def test_the_course_holds_every_turn_and_frustration_fades_slowly(triage):
    turns = (EarlierTurn(1, None, 0.9, "answer"),)
    said = ("customer: This is ridiculous!!", "assistant: Sorry.", "customer: Where do I find the invoice for March?")

    noticed = triage.assess(conversation(ADA, *said, turns=turns), NOW)

    assert noticed.course == (0.9, noticed.frustration.value)
    assert noticed.frustration.value == pytest.approx(0.54)


@pytest.mark.parametrize("language", languages())
def test_what_our_own_button_wrote_says_nothing_of_the_mood(encoder, reads, language):
    loud = Tone(mood=Head(NOTHING, 9.0), wish=Head(NO_CUES, -9.0), grams=NO_GRAMS, version="tone-1")
    with speaking(language):
        pressed = _(NOT_SOLVED)

    noticed = Triage(encoder, reads, (), loud).assess(
        conversation(ADA, "customer: How do I add a seat?", "assistant: Under Team.", f"customer: {pressed}",
                     turns=(EarlierTurn(1, "seat_change", 0.02, "answer"),)), NOW)  # fmt: skip

    assert noticed.frustration.value < 0.1
    assert noticed.frustration.words == ()


class KnowsInvoices(Reads):
    """Knows what speaks of an invoice, and nothing else."""

    def read(self, text, vector, options=()):
        found = super().read(text, vector, options)
        return found if "invoice" in text else replace(found, intents=(), none_of_these=Signal(True))


@pytest.mark.parametrize(("handler", "intent"), [(Handler.HUMAN, "invoice_explained"), (Handler.ASSISTANT, None)])
def test_what_a_customer_puts_right_while_people_have_it_keeps_its_matter(encoder, handler, intent):
    said = ("customer: Why is my invoice higher?", "customer: I moved to Delft last winter, not Leiden.")
    turns = (EarlierTurn(1, "invoice_explained", 0.1, "hand_off", reason="asked_for_person"),)

    noticed = Triage(encoder, KnowsInvoices(), ()).assess(
        replace(conversation(ADA, *said, turns=turns), handler=handler), NOW
    )

    assert noticed.intent == intent


def test_an_issue_that_was_here_last_week_is_a_repeat_contact(triage):
    vector = StandIn().encode(["Why is my invoice higher this month?"])[0]
    last_week = EarlierConversation(
        "cnv_0", 38, "con_ada", Channel.EMAIL, NOW - timedelta(days=6), Status.RESOLVED, "invoice_explained",
        "Invoice too high", "assumed", "I will look into it tomorrow.", vector,
    )  # fmt: skip

    noticed = triage.assess(
        conversation(ADA, "customer: Why is my invoice higher this month again?", earlier=(last_week,)), NOW
    )

    assert noticed.repeat is not None
    assert noticed.repeat.numbers == (38,)
    assert noticed.repeat.promised == ("I will look into it tomorrow.",)


def test_a_lawyer_is_flagged_with_the_rule_and_the_words(triage):
    noticed = triage.assess(conversation(EVE, "customer: You will hear from my Lawyer."), NOW)

    assert [(flag.topic, flag.rule, flag.words) for flag in noticed.topics] == [
        ("legal", "names a lawyer", ("Lawyer",))
    ]


def test_before_anything_was_learnt_words_are_noticed_and_no_intent_is_claimed(encoder):
    noticed = Triage(encoder, None, ()).assess(conversation(ADA, "customer: Could I speak to someone?"), NOW)

    assert noticed.wish_for_person.value
    assert noticed.intents == ()
    assert noticed.intent is None
    assert noticed.heads == ""


def test_a_day_is_meant_in_the_zone_of_the_hours(encoder):
    thursday_in_new_york = datetime(2026, 3, 6, 1, tzinfo=UTC)
    asked = conversation(ADA, "customer: I need this by Thursday")

    noticed = Triage(encoder, None, (), zone=ZoneInfo("America/New_York")).assess(asked, thursday_in_new_york)

    assert noticed.urgency.value is Urgency.HIGH


def test_manners_are_not_joined_to_a_matter_and_mere_ones_close_nothing_while_a_question_is_open(triage, encoder):
    turns = (EarlierTurn(1, None, 0.1, "ask", ("invoice_explained", "seat_change")),)
    said = ("customer: The export of the March report fails.", "customer: Thank you, that solved it!")

    done = triage.assess(conversation(ADA, *said), NOW)
    asked = triage.assess(conversation(ADA, said[0], "customer: ok, great", turns=turns), NOW)
    solved = triage.assess(conversation(ADA, *said, turns=turns), NOW)

    assert encoder.texts[0] == "Thank you, that solved it!"
    assert done.is_closing
    assert not asked.is_closing
    assert solved.is_closing, "who says that it is solved needs no question answered"


def test_the_head_for_tone_is_asked_about_the_same_vector(encoder, reads):
    loud = Tone(mood=Head(NOTHING, 9.0), wish=Head(NO_CUES, -9.0), grams=NO_GRAMS, version="tone-1")
    question = conversation(ADA, "customer: Where is the invoice?")

    without = Triage(encoder, reads, ()).assess(question, NOW).frustration.value
    with_it = Triage(encoder, reads, (), loud).assess(question, NOW).frustration.value

    assert with_it > 0.9 > without


def test_one_text_a_turn_stays_one_text_when_the_message_is_empty(triage, encoder):
    noticed = triage.assess(conversation(EVE, "customer:  "), NOW)

    assert encoder.texts == [""] or encoder.texts == [" "]
    assert noticed.language.value == "en"


def test_a_wish_no_phrase_holds_is_heard_in_the_meaning_and_quoted_by_the_words_of_the_field(encoder, reads):
    hears_it = Tone(mood=Head(NOTHING, -9.0), wish=Head(NO_CUES, 9.0), grams=NO_GRAMS, version="tone-1")
    wish = (
        Triage(encoder, reads, (), hears_it)
        .assess(conversation(ADA, "customer: Somebody with a pulse would be lovely"), NOW)
        .wish_for_person
    )

    assert wish.value
    assert wish.words == ("Somebody", "pulse")


@pytest.mark.parametrize("text", ["asdf", "Rechnung", "Ich kann meine Rechnung nicht herunterladen", "123"])
def test_what_says_nothing_the_head_knows_is_no_wish_however_loud_it_hears_one(encoder, reads, text):
    hears_it = Tone(mood=Head(NOTHING, -9.0), wish=Head(NO_CUES, 9.0), grams=NO_GRAMS, version="tone-1")

    noticed = Triage(encoder, reads, (), hears_it).assess(conversation(ADA, f"customer: {text}"), NOW)

    assert not noticed.wish_for_person.value


def test_a_head_that_hears_faintly_is_not_believed_against_a_refusal(encoder, reads):
    hears_it = Tone(mood=Head(NOTHING, -9.0), wish=Head(NO_CUES, 1.2), grams=NO_GRAMS, version="tone-1")

    noticed = Triage(encoder, reads, (), hears_it).assess(
        conversation(ADA, "customer: I do not want to talk to a person"), NOW
    )

    assert not noticed.wish_for_person.value
