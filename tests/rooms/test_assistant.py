"""What the assistant says, asks and leaves alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from segue.assistant import compose
from segue.assistant.answer import Assistant, stage_of
from segue.assistant.confidence import POOLED, Confidence, Odds, Record, Stage
from segue.assistant.evidence import Evidence, Middles, weigh
from segue.domain.answer import Abstention, AnswerKind
from segue.domain.assessment import Assessment, Complexity, IntentGuess, Matter, NearExample, Signal, Urgency
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.conversation import Author, Channel, Conversation, EarlierTurn, Handler, Message, Page, Status
from segue.domain.decision import Rung
from segue.domain.knowledge import Article, Found
from segue.domain.people import Account, Contact
from segue.domain.ports import DIMENSIONS
from segue.knowledge.passages import passages_of
from segue.policy.guarantee import Certificate
from segue.policy.settings import load

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ADA = Contact("con_ada", "Ada Lovelace", "ada@lovelace.example", is_verified=True)
CATALOGUE = Catalogue(
    (Category("billing", "Billing"), Category("sign_in", "Signing in")),
    (
        Intent("invoice_higher", "Know why the invoice is higher", "billing"),
        Intent("proration", "Understand proration", "billing"),
        Intent("invoice_copy", "Get an invoice again", "billing", is_opened=False),
        Intent("password", "Reset a password", "sign_in"),
    ),
)
HIGHER = Article(
    "art_higher", "why-higher", "Why an invoice can be higher",
    "Seats added in the month are charged by the day.\n\nOpen **Billing › Invoices** to see each line.",
    intent="invoice_higher", review_by=date(2026, 12, 31), version=3,
)  # fmt: skip
PRORATION = Article("art_proration", "proration", "How proration works", "By the day.", intent="proration")
VECTOR = np.eye(1, DIMENSIONS, dtype=np.float32)[0]
OTHER = np.eye(1, DIMENSIONS, 1, dtype=np.float32)[0]


def confidence(bias=0.0, threshold=0.8, worth=None, picked=0.9, **weights):
    """Every stage the same: log-odds `bias` plus the weights named."""
    odds = Odds(np.array([weights.get(name, 0.0) for name in Evidence._fields]), bias)
    middles = Middles(("invoice_higher", "invoice_copy"), np.stack([VECTOR, OTHER]), np.array([True, False]))
    proof = Certificate(threshold, 400, 8, 0.04, 0 if threshold else 70, 0.05, 0.95)
    asking = None if worth is None else Odds(np.zeros(len(Evidence._fields)), worth)
    return Confidence(
        middles, dict.fromkeys(Stage, odds), asking, picked, {POOLED: proof}, ("billing", "sign_in"), "intents-1"
    ).versioned()


def found_nothing(text, vector, limit):
    return ()


def assistant(*articles, sure=None, search=found_nothing):
    return Assistant(search, CATALOGUE, {a.id: a for a in articles or (HIGHER, PRORATION)}, sure)


def conversation(*said, turns=(), handler=Handler.ASSISTANT):
    messages = tuple(
        Message(n, Author.CUSTOMER, text, NOW) for n, text in enumerate(said or ("Why is my invoice higher?",), 1)
    )
    return Conversation(
        "cnv_1", 41, Channel.CHAT, Status.OPEN, handler, NOW, ADA, None, messages, turns=turns
    )  # fmt: skip


def noticed(*guesses, none=False, **more):
    """`guesses` as (intent, probability), best first."""
    known = {i.id: i for i in CATALOGUE.intents}
    intents = tuple(IntentGuess(i, known[i].category_id, p, known[i].is_opened) for i, p in guesses)
    nearest = (NearExample("Invoice went up", "invoice_higher", 0.8), NearExample("Again", "invoice_copy", 0.6))
    found = Assessment(
        intents=intents, none_of_these=Signal(none), novelty=Signal(0.2), nearest=nearest, unopened=Signal(0.05),
        urgency=Signal(Urgency.NORMAL), frustration=Signal(0.0), course=(0.0,), complexity=Signal(Complexity.SIMPLE),
        drivers=(), wish_for_person=Signal(False), language=Signal("en"), text="Why is my invoice higher?",
        heads="intents-1", vector=VECTOR,
    )  # fmt: skip
    return replace(found, **more)


SURE = (("invoice_higher", 0.9), ("invoice_copy", 0.05), ("proration", 0.03))
TORN = (("invoice_higher", 0.48), ("proration", 0.42), ("invoice_copy", 0.05))


def test_an_answer_quotes_the_article_and_names_its_source():
    answer = assistant(sure=confidence()).answer(conversation(), noticed(*SURE), NOW)

    assert answer.kind is AnswerKind.ANSWER
    assert answer.text.startswith("As I understand you, you want to **know why the invoice is higher**.")
    assert "Seats added in the month are charged by the day." in answer.text
    assert "Why an invoice can be higher" in answer.text
    assert (answer.article_id, answer.intent) == ("art_higher", "invoice_higher")


@pytest.mark.parametrize(
    ("matter", "said"),
    [
        ("Know why the invoice is higher", "As I understand you, you want to **know why the invoice is higher**."),
        ("Get a copy of an invoice", "As I understand you, you want to **get a copy of an invoice**."),
        ("Higher invoice", "As I understand you, this is about “**Higher invoice**”."),
        ("Refund rules", "As I understand you, this is about “**Refund rules**”."),
        ("Export", "As I understand you, this is about “**Export**”."),
    ],
)
def test_what_was_understood_is_said_in_a_sentence_or_quoted(matter, said):
    assert compose.understood(matter) == said


def test_every_ground_is_a_span_of_that_version_of_the_article():
    answer = assistant().answer(conversation(), noticed(*SURE), NOW)

    assert answer.grounds
    for ground in answer.grounds:
        assert ground.text == HIGHER.body[ground.start : ground.end]
        assert ground.text.strip() in answer.text
        assert (ground.version, ground.passage_id) == (3, f"pas_higher.{ground.start}")


def test_of_a_long_article_the_passages_that_search_found_are_quoted_in_reading_order():
    body = "\n\n".join(f"Part {n}. " + "words " * 110 for n in range(6))
    long = replace(HIGHER, body=body)
    passages = passages_of(long)
    ranked = [passages[4], passages[1], passages[5], passages[0]]

    def search(text, vector, limit):
        return [
            Found(replace(p, id=f"pas_x.{p.start}"), long.title, long.slug, long.intent, False, 0.1, 0.7, n, n)
            for n, p in enumerate(ranked, 1)
        ]

    answer = assistant(long, search=search).answer(conversation(), noticed(*SURE), NOW)

    assert [g.text[:7] for g in answer.grounds] == ["Part 1.", "Part 4.", "Part 5."]
    assert all(g.passage_id.startswith("pas_x.") for g in answer.grounds)


def test_of_two_articles_for_an_intent_search_chooses():
    second = replace(HIGHER, id="art_second", slug="another", title="Another")

    def search(text, vector, limit):
        (passage, *_) = passages_of(second)
        return [Found(passage, second.title, second.slug, second.intent, False, 0.1, 0.7, 1, 1)]

    answer = assistant(HIGHER, second, search=search).answer(conversation(), noticed(*SURE), NOW)

    assert answer.article_id == "art_second"


def test_nothing_is_searched_where_there_is_nothing_to_choose():
    def search(text, vector, limit):
        raise AssertionError("searched")

    assistant(sure=confidence(), search=search).answer(conversation(), noticed(*SURE), NOW)


@pytest.mark.parametrize(
    ("articles", "assessment", "reason"),
    [
        ((HIGHER,), noticed(), Abstention.NO_HEADS),
        ((HIGHER,), noticed(*SURE, none=True), Abstention.UNKNOWN_MATTER),
        ((HIGHER,), noticed(("invoice_copy", 0.7), ("invoice_higher", 0.2)), Abstention.UNOPENED_INTENT),
        ((HIGHER,), noticed(("password", 0.9)), Abstention.NO_GROUNDS),
        ((replace(HIGHER, audience="internal"),), noticed(*SURE), Abstention.NO_GROUNDS),
        ((replace(HIGHER, review_by=date(2026, 3, 1)),), noticed(*SURE), Abstention.STALE_ARTICLE),
    ],
)
def test_the_assistant_says_why_it_offers_nothing(articles, assessment, reason):
    answer = assistant(*articles, sure=confidence()).answer(conversation(), assessment, NOW)

    assert (answer.kind, answer.abstention) == (AnswerKind.ABSTENTION, reason)
    assert answer.text == ""


def test_what_an_article_does_not_tell_how_to_do_is_not_answered_from_it():
    asked = noticed(*SURE, text="How do I delete an invoice I sent by mistake?")

    answer = assistant(sure=confidence()).answer(conversation(), asked, NOW)

    assert (answer.kind, answer.abstention) == (AnswerKind.ABSTENTION, Abstention.ANOTHER_ACT)
    assert (answer.intent, answer.text, answer.confidence) == ("invoice_higher", "", None)


def test_who_wrote_to_us_is_not_told_to_write_to_us_and_people_see_where_it_stands():
    body = f"{HIGHER.body}\n\n**Charged for a year that is over?** Write to us."
    asked = noticed(*SURE, text="You charged me for a year that is over")

    answer = assistant(replace(HIGHER, body=body), sure=confidence()).answer(conversation(), asked, NOW)

    assert (answer.kind, answer.abstention) == (AnswerKind.ABSTENTION, Abstention.REFERS_TO_US)
    assert answer.article_id == "art_higher"
    assert "Write to us." in answer.grounds[0].text
    assert assistant(replace(HIGHER, body=body), sure=confidence()).answer(conversation(), noticed(*SURE), NOW).text


def test_what_the_article_does_not_speak_of_goes_to_people_by_its_name_and_with_the_article():
    german = replace(HIGHER, body="In Germany an invoice is higher by 19 % VAT.")
    asked = noticed(*SURE, text="Why is my invoice higher in France?")

    answer = assistant(german, sure=confidence()).answer(conversation(), asked, NOW)

    assert (answer.kind, answer.abstention) == (AnswerKind.ABSTENTION, Abstention.ANOTHER_THING)
    assert (answer.another_thing, answer.article_id, answer.text) == ("France", "art_higher", "")
    assert answer.grounds[0].text == german.body


def test_of_two_articles_for_an_intent_the_one_that_speaks_of_what_is_asked_goes_before_what_search_prefers():
    german = replace(HIGHER, body="In Germany an invoice is higher by 19 % VAT.")
    french = replace(HIGHER, id="art_french", slug="french", body="In France an invoice is higher by 20 % VAT.")

    def search(text, vector, limit):
        (passage, *_) = passages_of(german)
        return [Found(passage, german.title, german.slug, german.intent, False, 0.1, 0.7, 1, 1)]

    asked = noticed(*SURE, text="Why is my invoice higher in France?")
    answer = assistant(german, french, search=search).answer(conversation(), asked, NOW)

    assert (answer.kind, answer.article_id) == (AnswerKind.ANSWER, "art_french")


def test_what_the_customer_is_called_is_no_thing_they_ask_about():
    german = replace(HIGHER, body="In Germany an invoice is higher by 19 % VAT.")
    asked = noticed(*SURE, text="Why is the invoice to France Bikes higher?")
    theirs = replace(conversation(), account=replace(NORTHGATE, name="France Bikes"))

    assert assistant(german).answer(conversation(), asked, NOW).abstention is Abstention.ANOTHER_THING
    assert assistant(german).answer(theirs, asked, NOW).kind is AnswerKind.ANSWER


def test_a_customer_called_parisa_may_still_ask_about_paris():
    german = replace(HIGHER, body="In Germany an invoice is higher by 19 % VAT.")
    asked = noticed(*SURE, text="Why is the invoice higher in Paris?")

    def by(name):
        return replace(conversation(), contact=replace(conversation().contact, name=name))

    assert assistant(german).answer(by("Parisa Amin"), asked, NOW).abstention is Abstention.ANOTHER_THING
    assert assistant(german).answer(by("Paris Webb"), asked, NOW).kind is AnswerKind.ANSWER


ON_THE_PLAN = "Hello {{customer.first_name|there}}, {{account.tier}} has five seats; you were at {{page.title}}."
NORTHGATE = Account("acc_n", "Northgate", "enterprise", 4200.0)


def told(body, of=None, **known):
    """What is answered from an article of those words; `known` of the conversation."""
    plan = replace(of or HIGHER, body=body)
    known = {"account": NORTHGATE, "page": Page("https://app.example/seats", "Seats"), **known}
    return assistant(plan, sure=confidence()).answer(replace(conversation(), **known), noticed(*SURE), NOW)


def test_an_article_says_what_is_known_of_the_customer():
    answer = told(ON_THE_PLAN)

    assert "Hello Ada, enterprise has five seats; you were at Seats." in answer.text
    assert answer.grounds[0].text == ON_THE_PLAN  # as it stands in the article


@pytest.mark.parametrize("known", [{"account": None}, {"page": None}, {"contact": replace(ADA, is_verified=False)}])
def test_where_a_variable_has_no_value_or_a_visitor_only_claims_it_nothing_is_answered(known):
    answer = told(ON_THE_PLAN, **known)

    assert (answer.kind, answer.abstention, answer.text) == (AnswerKind.ABSTENTION, Abstention.NO_VALUE, "")
    assert answer.intent == "invoice_higher"


def test_what_stands_for_none_is_said_to_a_visitor_and_nothing_they_claim():
    visitor = replace(ADA, is_verified=False)

    answer = told("Hello {{customer.first_name|there}}, {{account.tier|your plan}} has five seats.", contact=visitor)

    assert "Hello there, your plan has five seats." in answer.text


def test_words_in_braces_that_are_the_articles_own_are_quoted_and_a_slip_is_not_sent():
    assert "Write {{invoice}} into the template." in told("Write {{invoice}} into the template.").text
    assert told("Hello {{customer.shoe_size}}.").abstention is Abstention.NO_VALUE


def test_the_same_article_is_never_given_twice_in_an_episode():
    told = EarlierTurn(1, "invoice_higher", 0.0, "answer", article_id="art_higher", vector=VECTOR)

    answer = assistant(sure=confidence()).answer(
        conversation("Why?", "But why?", turns=(told,)), noticed(*SURE), NOW
    )  # fmt: skip

    assert answer.abstention is Abstention.ALREADY_SAID


def test_an_article_that_was_only_suggested_to_an_agent_may_still_be_given():
    shown = EarlierTurn(1, "invoice_higher", 0.0, "suggest", article_id="art_higher", vector=VECTOR)

    answer = assistant(sure=confidence()).answer(conversation("Why?", turns=(shown,)), noticed(*SURE), NOW)

    assert answer.kind is AnswerKind.ANSWER


def test_a_greeting_is_returned_and_thanks_are_taken():
    greeted = assistant().answer(conversation("hello"), noticed(is_greeting=True), NOW)
    thanked = assistant().answer(conversation("thanks!"), noticed(is_closing=True), NOW)

    assert (greeted.kind, greeted.text) == (AnswerKind.COURTESY, compose.GREETING)
    assert (thanked.kind, thanked.text) == (AnswerKind.COURTESY, compose.CLOSING)
    assert greeted.confidence is None


def test_without_a_fitted_confidence_the_answer_carries_none():
    answer = assistant().answer(conversation(), noticed(*SURE), NOW)

    assert answer.kind is AnswerKind.ANSWER
    assert answer.confidence is None


def test_a_confidence_fitted_beside_another_head_is_not_used():
    answer = assistant(sure=confidence()).answer(conversation(), noticed(*SURE, heads="intents-2"), NOW)

    assert answer.confidence is None


def test_the_answer_shows_the_evidence_it_weighed():
    sure = confidence()

    answer = assistant(sure=sure).answer(conversation(), noticed(*SURE), NOW)

    assert set(answer.features) == set(Evidence._fields)
    assert answer.features["agree"] == 0.5
    assert answer.calibration == sure.version


# one question between two meanings


def test_two_close_meanings_lead_to_a_question_that_names_both():
    answer = assistant(sure=confidence(bias=0.0, worth=2.0)).answer(conversation(), noticed(*TORN), NOW)

    assert answer.kind is AnswerKind.QUESTION
    assert answer.options == ("invoice_higher", "proration")
    assert "1. Know why the invoice is higher" in answer.text
    assert "2. Understand proration" in answer.text


def test_nothing_is_asked_where_an_answer_is_sure_enough():
    answer = assistant(sure=confidence(bias=4.0, worth=2.0)).answer(conversation(), noticed(*TORN), NOW)

    assert answer.kind is AnswerKind.ANSWER


def test_nothing_is_asked_where_it_would_not_pay():
    answer = assistant(sure=confidence(worth=-3.0)).answer(conversation(), noticed(*TORN), NOW)

    assert answer.kind is AnswerKind.ANSWER


def test_nothing_is_asked_where_one_meaning_is_far_ahead_and_a_person_sees_the_answer():
    ahead = (("invoice_higher", 0.95), ("proration", 0.03))

    answer = assistant(sure=confidence(bias=0.0, worth=2.0)).answer(conversation(), noticed(*ahead), NOW)

    assert answer.kind is AnswerKind.ANSWER
    assert answer.grounds


def test_nothing_is_asked_about_what_could_not_be_answered():
    answer = assistant(HIGHER, sure=confidence(worth=2.0)).answer(conversation(), noticed(*TORN), NOW)

    assert answer.kind is AnswerKind.ANSWER


def test_nothing_is_asked_twice():
    asked = EarlierTurn(1, "invoice_higher", 0.0, "ask", ("invoice_higher", "proration"), vector=OTHER)

    answer = assistant(sure=confidence(worth=2.0)).answer(conversation("It?", turns=(asked,)), noticed(*TORN), NOW)

    assert answer.kind is AnswerKind.ANSWER


def test_nothing_is_asked_once_a_person_has_the_conversation():
    answer = assistant(sure=confidence(worth=2.0)).answer(
        conversation(handler=Handler.HUMAN), noticed(*TORN), NOW
    )  # fmt: skip

    assert answer.kind is AnswerKind.ANSWER


def test_the_rival_in_a_question_is_opened():
    torn = (("invoice_higher", 0.48), ("invoice_copy", 0.42), ("proration", 0.06))

    answer = assistant(sure=confidence(worth=2.0)).answer(conversation(), noticed(*torn), NOW)

    assert answer.options == ("invoice_higher", "proration")


def test_a_reply_is_weighed_together_with_the_message_it_explains():
    asked = EarlierTurn(1, "invoice_higher", 0.0, "ask", ("invoice_higher", "proration"), vector=OTHER)

    answer = assistant(sure=confidence()).answer(conversation("It", turns=(asked,)), noticed(*TORN), NOW)

    assert answer.features["middle"] == pytest.approx(np.sqrt(0.5))
    assert answer.features["again"] == pytest.approx(np.sqrt(0.5))


def test_what_the_customer_picked_is_as_sure_as_picks_are():
    asked = EarlierTurn(1, "invoice_higher", 0.0, "ask", ("invoice_higher", "proration"), vector=OTHER)
    picked = noticed(("proration", 0.98), ("invoice_higher", 0.01))

    answer = assistant(sure=confidence(bias=-2.0, picked=0.93)).answer(
        conversation("the second", turns=(asked,)), picked, NOW
    )

    assert (answer.intent, answer.confidence) == ("proration", 0.93)


@pytest.mark.parametrize(
    ("actions", "stage"),
    [
        ((), Stage.FIRST),
        (("acknowledge",), Stage.FIRST),
        (("ask",), Stage.ASKED),
        (("answer",), Stage.ANSWERED),
        (("ask", "answer"), Stage.ANSWERED),
        (("suggest",), Stage.FIRST),
    ],
)
def test_where_a_message_stands_in_its_episode(actions, stage):
    turns = tuple(EarlierTurn(n, None, 0.0, action) for n, action in enumerate(actions, 1))

    assert stage_of(conversation(turns=turns)) is stage


# evidence and confidence


def test_evidence_grows_with_what_speaks_for_the_intent():
    middles = confidence().middles
    assessment = noticed(*SURE)

    for_it, against = (
        weigh(assessment, "Why?", VECTOR, guess, middles) for guess in (assessment.intents[0], assessment.intents[2])
    )

    for name in ("log_p", "margin", "agree", "best", "gap", "middle"):
        assert getattr(for_it, name) > getattr(against, name)


def test_a_confidence_that_was_kept_is_as_sure_as_before():
    sure = confidence(bias=0.4, worth=0.3, log_p=0.7, near=0.2)
    evidence = weigh(noticed(*SURE), "Why?", VECTOR, noticed(*SURE).intents[0], sure.middles)

    again = Confidence.from_bytes(sure.to_bytes())

    assert again.version == sure.version
    assert again.of(evidence, Stage.ASKED) == sure.of(evidence, Stage.ASKED)
    assert again.certificates == sure.certificates
    assert again.is_worth_asking(evidence) == sure.is_worth_asking(evidence)


def test_only_what_the_fit_held_the_past_against_counts_as_tried():
    asked = (load(f"name: ours\nbudget: {{wrong: {wrong}}}\n") for wrong in (0.05, 0.02, 0.08))

    assert [confidence().boundary(policy).of("billing").is_tried for policy in asked] == [True, False, False]


def test_a_proven_threshold_earns_answering_alone_and_an_unproven_one_suggesting():
    proven, unproven = (confidence(threshold=t).boundary().of("billing") for t in (0.8, None))

    assert (proven.rung, proven.threshold, proven.cases) == (Rung.AUTO_WITH_HOLD, 0.8, 400)
    assert (unproven.rung, unproven.threshold, unproven.needed) == (Rung.SUGGEST, None, 70)


def test_a_category_without_any_standing_stays_silent():
    assert confidence().boundary().of("legal").rung is Rung.SHADOW


def test_a_category_with_a_budget_of_its_own_has_its_own_threshold():
    strict = Certificate(0.95, 300, 1, 0.02, 0, 0.02, 0.95)
    sure = replace(confidence(), certificates={**confidence().certificates, "sign_in": strict})

    assert (sure.threshold("billing"), sure.threshold("sign_in")) == (0.8, 0.95)


def test_the_less_is_known_of_a_category_the_surer_an_answer_in_it_must_be():
    known = replace(confidence(fared=1.0), record=Record({}, {"billing": 0.1, "sign_in": 0.6}, 0.8))

    assert 0.8 < known.threshold("billing") < known.threshold("sign_in") < known.threshold("unheard_of") < 0.9
    assert known.boundary().of("sign_in").threshold == known.threshold("sign_in")


def test_an_answer_is_less_sure_in_a_category_that_fared_worse():
    badly = replace(confidence(1.0, fared=1.0), record=Record({"billing": -0.8}))

    plain, worse = (
        assistant(sure=replace(c, head="intents-1")).answer(conversation(), noticed(*SURE, heads="intents-1"), NOW)
        for c in (confidence(1.0, fared=1.0), badly)
    )

    assert worse.confidence < plain.confidence
    assert worse.features["fared"] == -0.8


def test_a_review_date_is_kept_to_the_last_day():
    on_the_day = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)

    kinds = [
        assistant(HIGHER).answer(conversation(), noticed(*SURE), at).kind
        for at in (on_the_day, on_the_day + timedelta(hours=2))
    ]

    assert kinds == [AnswerKind.ANSWER, AnswerKind.ABSTENTION]


# several matters in one message

ABOUT_HIGHER = Matter("Why is it higher?", (IntentGuess("invoice_higher", "billing", 0.9),), Signal(False), Signal(0.2),
                      (), Signal(0.05), VECTOR)  # fmt: skip
ABOUT_PRORATION = replace(
    ABOUT_HIGHER, words="How does proration work?", intents=(IntentGuess("proration", "billing", 0.8),)
)


def test_several_matters_are_answered_together_each_from_its_article():
    both = noticed(*SURE, matters=(ABOUT_HIGHER, ABOUT_PRORATION))

    answer = assistant(sure=confidence()).answer(conversation(), both, NOW)

    assert answer.kind is AnswerKind.ANSWER
    assert answer.text.index("1. Know why the invoice is higher") < answer.text.index("2. Understand proration")
    assert {ground.article_id for ground in answer.grounds} == {"art_higher", "art_proration"}
    assert "By the day." in answer.text


def test_an_answer_to_several_matters_is_as_sure_as_that_every_part_is_right():
    sure = confidence(bias=2.0)
    one = assistant(sure=sure).answer(conversation(), noticed(*SURE), NOW)
    both = noticed(*SURE, matters=(ABOUT_HIGHER, ABOUT_PRORATION))

    answer = assistant(sure=sure).answer(conversation(), both, NOW)

    assert answer.confidence == pytest.approx(one.confidence**2)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(ABOUT_PRORATION, none_of_these=Signal(True)), Abstention.UNKNOWN_MATTER),
        (replace(ABOUT_PRORATION, intents=(IntentGuess("invoice_copy", "billing", 0.9, False),)),
         Abstention.UNOPENED_INTENT),
        (replace(ABOUT_PRORATION, intents=(IntentGuess("password", "sign_in", 0.9),)), Abstention.NO_GROUNDS),
    ],
)  # fmt: skip
def test_where_one_of_several_matters_has_no_answer_none_is_given(other, why):
    both = noticed(*SURE, matters=(ABOUT_HIGHER, other))

    answer = assistant(sure=confidence()).answer(conversation(), both, NOW)

    assert (answer.kind, answer.abstention) == (AnswerKind.ABSTENTION, why)


def test_two_matters_with_one_article_are_answered_once():
    both = noticed(*SURE, matters=(ABOUT_HIGHER, replace(ABOUT_HIGHER, words="And this line?")))

    answer = assistant(sure=confidence()).answer(conversation(), both, NOW)

    assert answer.text.count("Seats added in the month") == 1
    assert "several things" not in answer.text


def test_no_question_is_asked_about_one_of_several_matters():
    torn = replace(ABOUT_HIGHER, intents=noticed(*TORN).intents)
    sure = confidence(bias=0.0, worth=3.0)
    alone = assistant(sure=sure).answer(conversation(), noticed(*TORN), NOW)
    both = assistant(sure=sure).answer(conversation(), noticed(*TORN, matters=(torn, ABOUT_PRORATION)), NOW)

    assert alone.kind is AnswerKind.QUESTION
    assert both.kind is not AnswerKind.QUESTION
