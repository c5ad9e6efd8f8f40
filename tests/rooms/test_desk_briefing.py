"""What the agent reads first, written from three small transcripts."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from briefs import (
    ADA,
    EVE,
    GRACE,
    HOPPER,
    NAMES,
    NOW,
    TITLES,
    answered,
    assessment,
    briefed,
    conversation,
    handed_off,
    solved,
)
from segue.app.parts import Briefer
from segue.desk.briefing import brief, missing_parts
from segue.desk.cues import says_a_matter
from segue.domain.answer import Abstention, Answer, AnswerKind
from segue.domain.assessment import (
    NearExample,
    RepeatContact,
    Signal,
    TopicFlag,
)  # fmt: skip
from segue.domain.briefing import Fact, Line, Moved
from segue.domain.buttons import NOT_SOLVED
from segue.domain.catalogue import Catalogue, Category
from segue.domain.conversation import (
    Channel,
    EarlierConversation,
    EarlierTurn,
    Page,
    Status,
)  # fmt: skip
from segue.domain.decision import Action, Because, Reason, Rung
from segue.domain.people import Account
from segue.domain.ports import DIMENSIONS
from segue.texts import _, languages, speaking
from segue.texts.wording import worded


@pytest.fixture
def graces_invoice():
    """Grace asks twice about her invoice, checks herself, and wants a person."""
    return conversation(
        GRACE,
        "customer: Hi team, why is my invoice INV-2041 higher this month?",
        "assistant: Seats added in the middle of a month are prorated. The next invoice shows the full price.",
        "customer: That doesn't explain it. I already checked the member list and we never added seats.",
        "assistant: Every change stands under Settings, Billing, History.",
        "customer: Nothing there. Please let me talk to a person, I need this settled before Friday.",
        turns=(
            EarlierTurn(1, "invoice_explained", 0.1, "answer", article_id="art_proration"),
            EarlierTurn(3, "invoice_explained", 0.35, "answer", article_id="art_history"),
        ),
        account=HOPPER,
        page=Page("https://app.example/billing", "Billing"),
    )


def test_graces_briefing_says_why_what_and_what_not_to_ask_again(graces_invoice):
    noticed = assessment(
        "invoice_explained",
        frustration=Signal(0.72, words=("Nothing there",)),
        course=(0.1, 0.35, 0.72),
        wish_for_person=Signal(True, words=("talk to a person",)),
    )
    answer = answered("See the history.", "art_history", "Where changes are listed", 0.71)
    because = handed_off(
        Because(Reason.ASKED_FOR_PERSON, "guardrail", ("talk to a person",)),
        Because(Reason.FRUSTRATED, "trigger", ("Nothing there",), 0.72, 0.6),
        threshold=0.88,
    )

    briefing = briefed(graces_invoice, noticed, answer, because, [solved("Credit the duplicated seat.", cosine=0.8)])

    assert briefing.why == (
        "Grace asked for a person (“talk to a person”). The assistant's 2 answers did not solve it. "
        "Grace is frustrated (“Nothing there”)."
    )
    assert briefing.moved == (
        Moved("frustration", "0.10 (calm)", "0.72 (upset)", ("Nothing there",)),
        Moved("confidence", "", "71%, needs 88%"),
    )
    assert briefing.wanted == Line("Why is my invoice INV-2041 higher this month? (before Friday)", 1)
    assert briefing.tried == (
        Line("The assistant answered “Seats added in the middle of a month are prorated.”", 2),
        Line("The customer said it did not help.", 3),
        Line("The customer says: “I already checked the member list and we never added seats.”", 3),
        Line("The assistant answered with “Where changes are listed”.", 4),
    )
    assert briefing.open_question == Line("Why is my invoice INV-2041 higher this month?", 1)
    assert briefing.facts == (Fact("id", "invoice INV-2041", 1),)
    assert briefing.next_step.text == "Credit the duplicated seat."
    assert (briefing.next_step.confidence, briefing.next_step.threshold) == (0.71, 0.88)
    assert briefing.customer.tier == "enterprise"
    assert briefing.customer.renews_on == date(2027, 2, 6)
    assert briefing.customer.page == "Billing (https://app.example/billing)"
    assert briefing.mood == (0.1, 0.35, 0.72)
    assert missing_parts(briefing) == []


def test_a_reason_that_always_holds_stands_in_a_sentence_of_its_own(graces_invoice):
    because = handed_off(Because(Reason.ALWAYS_HUMAN_CATEGORY, "cell"), Because(Reason.RUNG_TOO_LOW, "cell"))

    briefing = briefed(graces_invoice, assessment("invoice_explained"), None, because)

    assert briefing.why == "The category always goes to a person. The assistant's 2 answers did not solve it."


def test_adas_briefing_follows_her_to_a_new_matter_and_names_the_earlier_contact():
    last_week = NOW - timedelta(days=6)
    of = conversation(
        ADA,
        "customer: How do I add a seat?",
        "assistant: Open Members and press Add.",
        "customer: That worked, thanks.",
        "customer: Now I cannot log in on my phone, it says error 403. I restarted the phone already and tried Chrome.",
        turns=(
            EarlierTurn(1, "seat_change", 0.05, "answer", article_id="art_seats"),
            EarlierTurn(3, "seat_change", 0.0, "acknowledge"),
        ),
        account=Account("acc_ada", "Lovelace", "free"),
        earlier=(
            EarlierConversation("cnv_8", 8, ADA.id, Channel.FORM, last_week - timedelta(days=9), Status.RESOLVED,
                                "seat_change", "Seats", "confirmed"),
            EarlierConversation("cnv_9", 9, ADA.id, Channel.EMAIL, last_week, Status.OPEN, "login", "Login on phone",
                                promised="I will look at it tomorrow."),
        ),
    )  # fmt: skip
    noticed = assessment(
        "login", repeat=RepeatContact(("cnv_9",), (9,), 0.83, ("I will look at it tomorrow.",)), course=(0.05, 0.0, 0.1)
    )

    briefing = briefed(of, noticed, Answer(AnswerKind.ABSTENTION, abstention=Abstention.NO_GROUNDS),
                       handed_off(Because(Reason.ASKED_BEFORE, "trigger")))  # fmt: skip

    assert briefing.why == "Ada has asked before (#9). The assistant had answered once."
    assert briefing.moved == (Moved("intent", "Change seats", "Cannot log in"),)
    assert briefing.wanted == Line("Now I cannot log in on my phone, it says error 403.", 4)
    assert briefing.tried == (
        Line("The assistant answered “Open Members and press Add.”", 2),
        Line("The customer said it helped.", 3),
        Line("The customer says: “I restarted the phone already and tried Chrome.”", 4),
    )
    assert briefing.open_question is None
    assert [(e.number, e.is_same_issue, e.promised) for e in briefing.earlier] == [
        (9, True, "I will look at it tomorrow."),
        (8, False, ""),
    ]
    assert briefing.next_step.text.startswith("No similar case is known and no article covers it")
    assert missing_parts(briefing) == []


@pytest.mark.parametrize(
    ("language", "why", "next_step"),
    [
        ("en", "Ada asks about France, which the article there is does not speak of.", "does not speak of this one"),
        ("de", "Ada fragt nach France, wovon der vorhandene Artikel nicht spricht.", "spricht davon nicht"),
    ],
)
def test_a_briefing_names_what_the_article_does_not_speak_of(language: str, why: str, next_step: str):
    of = conversation(ADA, "customer: How long does delivery to France take?")
    nothing = Answer(AnswerKind.ABSTENTION, abstention=Abstention.ANOTHER_THING, another_thing="France")
    decided = handed_off(Because(Reason.ANOTHER_THING, "answer.abstention", ("France",)))

    briefing = briefed(of, assessment("login"), nothing, decided)

    with speaking(language):
        assert worded(briefing.why, briefing.wording) == why
        assert next_step in worded(briefing.next_step.text, briefing.wording)


def test_eves_briefing_shows_nothing_she_only_claims():
    of = conversation(
        EVE,
        "customer: Hello",
        "customer: I lost access to the Hopper account, send me a reset link to this address please.",
        account=HOPPER,
        earlier=(
            EarlierConversation("cnv_3", 3, "con_grace", Channel.CHAT, NOW, Status.OPEN, None, "Grace's invoice"),
        ),
    )
    briefing = briefed(of, assessment("login"), None, handed_off(Because(Reason.UNVERIFIED_CUSTOMER, "guardrail")))

    assert briefing.why == "The customer is not verified and the matter concerns their account."
    assert briefing.wanted.seq == 2
    assert briefing.tried == (Line("Nothing yet."),)
    card = briefing.customer
    assert (card.name, card.account, card.tier, card.value, card.health) == (EVE.email, None, None, None, None)
    assert briefing.earlier == ()
    assert briefing.next_step.text.startswith("First make sure who is writing.")
    assert missing_parts(briefing) == []


def test_a_conversation_nobody_could_consider_is_briefed_from_the_record_alone(graces_invoice):
    briefing = briefed(graces_invoice, None, None, handed_off(Because(Reason.NOT_CONSIDERED, "deadline")))

    assert missing_parts(briefing) == []
    assert briefing.why.startswith("The assistant could not consider it in time")
    assert briefing.moved == ()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_makes_a_complete_sentence(graces_invoice, reason):
    briefing = briefed(graces_invoice, assessment("login"), None, handed_off(Because(reason, "rule")))

    assert missing_parts(briefing) == []
    assert briefing.why[0].isupper()
    assert briefing.why.endswith(".")


def test_a_message_without_words_still_gets_a_line():
    briefing = briefed(conversation(ADA, "customer: …"))

    assert briefing.wanted == Line("The customer sent no words.", 1)
    assert missing_parts(briefing) == []


def test_every_line_rests_on_a_message_that_was_sent(graces_invoice):
    briefing = briefed(graces_invoice, assessment("invoice_explained"))
    rested = [briefing.wanted, briefing.open_question, *briefing.tried]

    assert {line.seq for line in rested} <= {message.seq for message in graces_invoice.messages}


def test_the_wanted_line_stands_word_for_word_in_the_message_it_names(graces_invoice):
    line = briefed(graces_invoice).wanted

    text = graces_invoice.messages[line.seq - 1].text.casefold()
    assert line.text.removesuffix(" (before Friday)").casefold() in text


def test_the_step_most_similar_cases_were_solved_by_is_proposed_with_its_frequency():
    similar = [solved("Explain proration.", "art_proration", 0.9 - i / 100, number=i) for i in range(9)]
    similar.append(solved("Credit the seat.", "art_credit", 0.95))
    similar.append(solved("Explain proration.", "art_proration", 0.9, outcome="reopened"))

    step = briefed(conversation(GRACE, "customer: Why is it higher?"), similar=similar).next_step

    assert (step.text, step.article_id, step.solved_so, step.of) == ("Explain proration.", "art_proration", 9, 11)


def test_replies_worded_a_little_differently_count_as_one_solution():
    similar = [
        solved("Open the billing history and explain the added line.", number=1),
        solved("Open billing history and explain the line that was added.", number=2),
        solved("Merge both accounts.", number=3),
    ]
    assert briefed(conversation(GRACE, "customer: Why is it higher?"), similar=similar).next_step.solved_so == 2


def test_what_is_far_from_the_nearest_case_is_not_counted_as_like_it():
    similar = [solved("Explain proration.", "art_1", 0.9), solved("Reset the password.", "art_2", 0.5)]

    assert briefed(conversation(GRACE, "customer: Why is it higher?"), similar=similar).next_step.of == 1


NOW_MEANT, MEANT_BEFORE = np.eye(2, DIMENSIONS, dtype=np.float32)


@pytest.mark.parametrize(
    ("wishes", "step"), [(True, "Add a seat under Plan."), (False, "Cancelled at the period's end.")]
)
def test_who_only_asks_for_a_person_is_briefed_with_cases_like_what_they_had_asked(wishes, step):
    near = {MEANT_BEFORE.tobytes(): [solved("Add a seat under Plan.", cosine=0.8)],
            NOW_MEANT.tobytes(): [solved("Cancelled at the period's end.", cosine=0.7)]}  # fmt: skip
    library = SimpleNamespace(similar=lambda vector, limit: near[vector.tobytes()])
    asked = EarlierTurn(1, "seat_change", 0.1, "answer", vector=MEANT_BEFORE)
    said = conversation(ADA, "customer: How do I add seats?", "customer: A person, please.", turns=(asked,))
    noticed = assessment("invoice_explained", wish_for_person=Signal(wishes), vector=NOW_MEANT)
    decision = handed_off(Because(Reason.ASKED_FOR_PERSON, "guardrail"))

    briefing = Briefer(library, {}, NAMES, TITLES, None).brief(said, noticed, None, decision)

    assert briefing.next_step.text == step


FILED_UNDER_NOTHING = replace(solved("Not about our product.", cosine=0.6), intent=None)


@pytest.mark.parametrize(
    ("case", "intent", "of"),
    [
        (solved("Explain proration.", cosine=0.5), "invoice_explained", 1),
        (solved("Explain proration.", cosine=0.4), "invoice_explained", 0),
        (solved("Explain proration.", cosine=0.6), "seat_change", 0),
        (solved("Explain proration.", cosine=0.7), "seat_change", 1),
        (solved("Use a category for mileage.", cosine=0.54), None, 0),
        (FILED_UNDER_NOTHING, "invoice_explained", 0),
        (FILED_UNDER_NOTHING, None, 0),
    ],
)
def test_the_nearest_case_is_like_this_one_only_if_it_is_near_and_of_another_matter_nearer(case, intent, of):
    briefing = briefed(conversation(GRACE, "customer: Why is it higher?"), assessment(intent), similar=[case])

    assert (briefing.next_step.of, len(briefing.similar)) == (of, of)
    assert of or briefing.next_step.text == "No similar case is known and the assistant has no answer: read the thread."


@pytest.mark.parametrize(("solution", "step"), [
    ("INV-2041 was paid twice; refunded €58.00.", "[number] was paid twice; refunded [amount]."),
    ("Renewed the consent for Lakeside Credit Union and fetched missing days since 2026-02-03.",
     "Renewed the consent for [name] and fetched missing days since [date]."),
    ("Renewed the consent for Banque du Parc and fetched missing days since 7 October.",
     "Renewed the consent for [name] and fetched missing days since [date]."),
    ("Opened Settings → Billing, then Compare.", "Opened Settings → Billing, then Compare."),
])  # fmt: skip
def test_a_step_is_whole_and_names_nothing_of_another_customer(solution, step):
    asked = conversation(GRACE, "customer: Why is it higher?")

    assert briefed(asked, assessment("invoice_explained"), similar=[solved(solution)]).next_step.text == step


def test_figures_beneath_a_headline_are_of_the_message_it_speaks_of():
    turns = (EarlierTurn(1, "login", 0.02, "answer"), EarlierTurn(3, "login", 0.84, "hand_off", reason="frustrated"))
    said = (
        "customer: How?",
        "assistant: So.",
        "customer: RUBBISH!",
        "assistant: A person is next.",
        "customer: No, Ada.",
    )
    noticed = assessment(novelty=Signal(1.0), frustration=Signal(0.51), course=(0.02, 0.84, 0.51))
    decision = replace(handed_off(Because(Reason.PERSON_HAS_IT, "conversation.handler")), action=Action.SUGGEST)

    briefing = briefed(conversation(ADA, *said, turns=turns), noticed, None, decision)

    assert briefing.why.startswith("Ada is frustrated.")
    assert briefing.moved == (Moved("frustration", "0.02 (calm)", "0.84 (upset)"),)


def test_an_answer_given_already_and_what_came_of_it_are_one_sentence(graces_invoice):
    decision = handed_off(Because(Reason.ALREADY_SAID, "answer.abstention"))

    briefing = briefed(graces_invoice, assessment(), None, decision)
    with speaking("de"):
        german = worded(briefing.why, briefing.wording)

    assert briefing.why == "The assistant's 2 answers did not solve it, and it knows no other."
    assert german == "Die 2 Antworten des Assistenten haben nicht geholfen, und eine andere kennt er nicht."


@pytest.mark.parametrize("language", languages())
def test_a_pressed_no_is_told_before_the_reason(language):
    with speaking(language):
        pressed = _(NOT_SOLVED)
    asked = conversation(ADA, "customer: How?", "assistant: So.", f"customer: {pressed}",
                         turns=(EarlierTurn(1, "login", 0.1, "answer"),))  # fmt: skip
    decision = handed_off(Because(Reason.LOW_CONFIDENCE, "cell", value=0.12, threshold=0.8))

    briefing = briefed(asked, assessment("login"), None, decision)
    with speaking("de"):
        german = worded(briefing.why, briefing.wording)

    assert briefing.why == (
        "The assistant's answer did not solve it. The assistant is 12% sure of its answer and needs 80%."
    )
    assert german.startswith("Die Antwort des Assistenten hat nicht geholfen. Der Assistent ist sich")
    assert briefing.tried[-1] == Line("The customer said it did not help.", 3)


@pytest.mark.parametrize("marks", ["“%s”", "„%s“", '"%s"'])
def test_a_past_reply_that_names_the_article_answered_with_here_is_no_next_step(graces_invoice, marks):
    told = [solved(f"Answered from {marks % TITLES['art_history']}.", number=n) for n in (1, 2)]

    step = briefed(graces_invoice, similar=[*told, solved("Credit the duplicated seat.", number=3)]).next_step

    assert (step.text, step.solved_so, step.of) == ("Credit the duplicated seat.", 1, 3)


def test_what_was_already_answered_is_neither_the_next_step_nor_the_suggested_reply(graces_invoice):
    answer = answered("Seats are prorated.", "art_proration", "How proration works", 0.7)
    similar = [solved("Explain proration.", "art_proration", 0.9), solved("Credit the seat.", "art_credit", 0.85)]

    step = briefed(graces_invoice, assessment("invoice_explained"), answer, similar=similar).next_step

    assert step.text == "Credit the seat."
    assert step.reply == ""


def test_the_suggested_reply_is_the_assistants_answer_where_it_is_new():
    answer = answered("Seats are prorated.", "art_proration", "How proration works", 0.7)

    step = briefed(conversation(ADA, "customer: Why is it higher?"), None, answer).next_step

    assert step.reply == "Seats are prorated."


def test_a_customer_who_asks_the_same_in_other_words_was_not_helped():
    vector = np.eye(1, 384, dtype=np.float32)[0]
    of = conversation(
        ADA,
        "customer: Where is my receipt?",
        "assistant: Receipts are sent by e-mail.",
        "customer: And the receipt?",
        turns=(EarlierTurn(1, "receipt", 0.1, "answer", vector=vector),),
    )
    briefing = briefed(of, assessment(vector=vector))

    assert "did not solve it" in briefing.why
    assert [line.text for line in briefing.tried] == ["The assistant answered “Receipts are sent by e-mail.”"]


@pytest.mark.parametrize("words", ["I would like to talk to a person, please.", "Can I speak to a human?"])
def test_who_asks_for_a_person_after_an_answer_has_not_asked_the_same_again(words):
    vector = np.eye(1, 384, dtype=np.float32)[0]
    of = conversation(
        ADA, "customer: Where is my receipt?", "assistant: Receipts are sent by e-mail.", f"customer: {words}",
        turns=(EarlierTurn(1, "receipt", 0.1, "answer", vector=vector),),
    )  # fmt: skip

    assert "did not solve it" not in briefed(of, assessment(vector=vector)).why


@pytest.mark.parametrize(
    "words",
    ["I need this fixed today, it is broken.", "It works now only for admins, the others get an error.", "Thanks."],
)
def test_nothing_is_taken_for_solved_that_the_customer_did_not_call_solved(words):
    of = conversation(ADA, "customer: Cannot log in.", "assistant: Reset it.", f"customer: {words}")

    assert "The customer said it helped." not in {line.text for line in briefed(of).tried}


def test_a_clarifying_question_is_told_with_what_it_offered():
    of = conversation(
        ADA, "customer: The bill", "assistant: Which one?", "customer: The seats one.",
        turns=(EarlierTurn(1, None, 0.1, "ask", ("invoice_explained", "seat_change")),),
    )  # fmt: skip
    assert briefed(of).tried[0] == Line("The assistant asked which is meant: “Invoice explained” or “Change seats”.", 2)


def test_a_long_history_keeps_its_newest_steps_and_says_how_many_it_left_out():
    said = [line for i in range(12) for line in (f"customer: It fails at step {i}.", f"assistant: Try number {i}.")]
    tried = briefed(conversation(ADA, *said, "customer: Still the same.")).tried

    assert len(tried) == 7
    assert tried[0] == Line("7 earlier steps, see the thread.", 2)
    assert tried[-1] == Line("The customer said it did not help.", 25)


def test_a_decision_about_a_topic_names_it():
    noticed = assessment("login", topics=(TopicFlag("payment_dispute", "chargeback", ("chargeback",)),))
    because = handed_off(Because(Reason.ALWAYS_HUMAN_TOPIC, "topics", ("chargeback",)))

    why = briefed(conversation(ADA, "customer: I file a chargeback."), noticed, decision=because).why

    assert why == "Ada wrote about payment dispute, which always goes to a person (“chargeback”)."


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The category “Refunds and disputes” always goes to a person."),
        ("de", "Die Kategorie „Refunds and disputes“ geht immer an einen Menschen."),
    ],
)
def test_a_category_that_always_goes_to_a_person_is_named(language, told):
    names = Catalogue((Category("refunds", "Refunds and disputes"),), ()).names
    because = handed_off(Because(Reason.ALWAYS_HUMAN_CATEGORY, "categories.refunds.handling", ("refunds",), "human"))

    briefing = brief(conversation(ADA, "customer: My money back."), None, None, because, (), names.get, TITLES)

    with speaking(language):
        assert worded(briefing.why, briefing.wording) == told


def test_a_confidence_just_under_its_threshold_never_reads_as_having_reached_it():
    because = handed_off(Because(Reason.LOW_CONFIDENCE, "cell", value=0.8799, threshold=0.88), threshold=0.88)

    why = briefed(conversation(ADA, "customer: Why?"), decision=because).why

    assert "87% sure of its answer and needs 88%" in why


@pytest.mark.parametrize(
    ("letter", "line"),
    [
        ("Dear team, I hope you are well. I was charged twice for order 7781. Kind regards, Ada",
         "I was charged twice for order 7781."),
        ("This is the third time I write! Nobody answers. My export stops at 60 %.", "My export stops at 60 %."),
        ("hi\nhow do I change the language?\nthanks", "How do I change the language?"),
        ("I want to talk to a human. The login page shows an error.", "The login page shows an error."),
        ("Since this morning nobody can sign in with single sign-on. The error says SSO-104.",
         "Since this morning nobody can sign in with single sign-on."),
    ],
)  # fmt: skip
def test_the_wanted_line_is_the_matter_and_not_the_courtesy_or_the_anger(letter, line):
    assert briefed(conversation(ADA, f"customer: {letter}")).wanted.text == line


@pytest.mark.parametrize(
    "later",
    [
        "I would like to talk to a person, please.", "Here is one more detail for your colleague.", "Thanks a lot!",
        "One more thing: it was on Tuesday.", "Please connect me with a human.",
    ],
)  # fmt: skip
def test_a_wish_for_a_person_an_addition_and_thanks_are_never_the_matter(later):
    """Also where the matter is told in two words."""
    of = conversation(ADA, "customer: Exports empty", "assistant: See Data.", f"customer: {later}")

    assert briefed(of).wanted.text == "Exports empty"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("I would like to talk to a person, please.", False), ("Hello, thank you.", False),
        ("Here is one more detail for your colleague", False), ("Where do I find the export?", True),
        ("I was told it works. My invoice is wrong.", True), ("Exports", True),
    ],
)  # fmt: skip
def test_who_only_asks_for_a_person_is_not_quoted_back(text, is_one):
    assert says_a_matter(text) is is_one


def test_the_nearest_examples_of_the_intent_draw_the_line_to_their_words():
    near = (NearExample("Can I get the invoice as a PDF?", "invoice_explained", 0.8),)
    of = conversation(ADA, "customer: We moved to a new office. Our PDF invoice has the old address on it.")

    assert briefed(of, assessment("invoice_explained", nearest=near)).wanted.text.startswith("Our PDF invoice")


@pytest.mark.parametrize("words", ["It worked yesterday.", "This works only on my laptop.", "It is still the same."])
def test_what_worked_once_or_elsewhere_is_not_solved(words):
    of = conversation(ADA, "customer: Cannot log in.", "assistant: Reset it.", f"customer: {words}")

    assert "The customer said it helped." not in {line.text for line in briefed(of).tried}


def test_a_matter_that_goes_on_is_still_the_matter():
    of = conversation(ADA, "customer: I wrote on Tuesday about March. The invoice is still wrong.")

    assert briefed(of).wanted.text == "The invoice is still wrong."


def test_a_fact_told_twice_is_kept_once_where_it_was_told_first():
    of = conversation(ADA, "customer: Invoice INV-7 is €20 too high.", "customer: I mean INV-7, by €20.")

    assert briefed(of).facts == (Fact("id", "Invoice INV-7", 1), Fact("amount", "€20", 1))


def test_two_dates_and_two_amounts_stay_two():
    of = conversation(ADA, "customer: Charged 20 euros on May 5 and 30 euros on June 5.")

    assert [fact.value for fact in briefed(of).facts] == ["20 euros", "May 5", "30 euros", "June 5"]


@pytest.mark.parametrize(
    ("step", "question"),
    [
        ("I also tried it in Firefox and cleared the cache.", "How do I reset the connection?"),
        ("Meanwhile I logged out and in again, no change.", "Can we read the log somewhere?"),
        ("On my phone I reinstalled the app and it is the same.", "Can it be read on a phone?"),
        ("Restarting the router did not help either.", "If I restart the server, is anything lost?"),
        ("Den Cache habe ich inzwischen geleert.", "Wie kann ich die Verbindung zurücksetzen?"),
        ("Auch ein Neustart hat nichts gebracht.", "Soll ich den Cache leeren?"),
    ],
)
def test_a_step_is_told_from_any_message_of_the_customer_and_once(step, question):
    for said in (
        ("customer: My export fails.", f"customer: {question}", f"customer: {step}", f"customer: As I said: {step}"),
        ("customer: A person, please.", "agent: Hello, let me look.", f"customer: {step} {question}"),
    ):
        tried = briefed(conversation(ADA, *said)).tried

        assert [line.seq for line in tried if step.rstrip(".") in line.text] == [3]
        assert not any(question.rstrip("?") in line.text for line in tried)


@pytest.mark.parametrize(
    "words",
    [
        "I have not tried another browser.", "I haven't tried that yet.", "How do I reset the password?",
        "Should I restart the router?", "Ich habe noch keinen anderen Browser versucht.",
        "Ich habe den Router nicht neu gestartet.", "Haben Sie das schon geprüft?", "Wie lösche ich den Cache?",
        "Did you restart something?", "If I reinstalled the app, would I lose data?",
        "The receipt photo I uploaded is not read.", "Every export we tried comes out empty.",
    ],
)  # fmt: skip
def test_what_was_not_done_is_only_asked_or_says_which_thing_is_not_tried(words):
    assert [line.text for line in briefed(conversation(ADA, f"customer: {words}")).tried] == ["Nothing yet."]


def test_however_long_it_gets_no_step_of_the_customer_is_left_out():
    verbs = ("restarted the router", "cleared the cache", "reinstalled the app", "updated the browser")
    said = [
        line for verb in verbs for line in (f"customer: I {verb}.", "agent: Please wait a day.", "customer: Still no.")
    ]

    tried = briefed(conversation(ADA, *said)).tried

    assert [line.seq for line in tried if "The customer says" in line.text] == [1, 4, 7, 10]
    assert tried[0].text.endswith("earlier steps, see the thread.")


@pytest.mark.parametrize(
    ("letter", "line"),
    [
        ("We removed two seats in February. The invoice still shows 14 of them. Where do I see who has one?",
         "The invoice still shows 14 of them. Where do I see who has one?"),
        ("Your invoice INV-7 is higher. Why is it so?", "Your invoice INV-7 is higher. Why is it so?"),
        ("Guten Tag, seit Montag kommen keine Mails mehr an. Woran liegt das?",
         "Seit Montag kommen keine Mails mehr an. Woran liegt das?"),
        ("My export stops at 60 %. It did so on Monday. Can you send me the file?",
         "My export stops at 60 %. … Can you send me the file?"),
    ],
)  # fmt: skip
def test_where_a_message_tells_a_story_and_asks_both_stand_in_the_line(letter, line):
    assert briefed(conversation(ADA, f"customer: {letter}")).wanted.text == line


ANSWERED = (EarlierTurn(1, "login", 0.1, "answer", article_id="art_history"),)


def after_an_answer(*said, **noticed):
    of = conversation(ADA, "customer: Where are my invoices?", "assistant: Under Billing.", *said, turns=ANSWERED)
    return briefed(of, assessment("login", **noticed))


def test_what_an_answer_left_open_stands_beside_what_was_wanted():
    assert after_an_answer("customer: There is no Billing page for me").wanted.text == (
        "Where are my invoices? … There is no Billing page for me"
    )
    assert after_an_answer("customer: I cleared the cache").wanted.text == "Where are my invoices?"


def test_one_more_thing_is_what_is_wanted_once_the_first_is_solved():
    told = after_an_answer("customer: Thanks, that worked", "customer: One more thing: can we delete an invoice?")

    assert told.wanted.text == "One more thing: can we delete an invoice?"


@pytest.mark.parametrize(("said", "wish"), [("Not helpful\nHuman!", "Human"), ("Hilft nicht\nMensch!", "Mensch")])
def test_who_says_no_more_than_that_it_was_no_help_wants_a_person(said, wish):
    told = briefed(conversation(ADA, f"customer: {said}"), assessment(wish_for_person=Signal(True, 1.0, (wish,))))

    assert told.wanted.text == f"{wish}!"


def test_a_question_about_a_thing_that_one_made_oneself_tells_of_no_step():
    told = briefed(conversation(ADA, "customer: Can I restore an endpoint I deleted?"), assessment("login"))

    assert told.tried == (Line("Nothing yet."),)


def test_a_guess_is_called_one_and_what_nobody_suggests_is_not_to_be_checked():
    of, noticed = conversation(ADA, "customer: It is stuck."), assessment("login")

    def step(confidence, rung):
        decision = replace(handed_off(Because(Reason.LOW_CONFIDENCE, "cell"), threshold=0.8), rung=rung)
        return briefed(of, noticed, answered("Do this.", "art_history", "History", confidence), decision)

    assert "hardly more than a guess" in step(0.03, Rung.AUTO).next_step.text
    assert "check the suggested reply" in step(0.5, Rung.AUTO).next_step.text
    assert step(0.9, Rung.ROUTE).next_step.text == "No similar case is known: read the thread."
    assert [m.signal for m in step(0.5, Rung.AUTO).moved] == ["confidence"]
    assert step(0.9, Rung.AUTO).moved == ()
