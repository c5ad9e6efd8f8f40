"""Who handles a message, and why. `scene` is the one of `scenes.Scene`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scenes import (
    ADA,
    CALM,
    CONFIDENT,
    COURTESY,
    EARNED,
    ENTERPRISE,
    GUESSES,
    HALF,
    NOON,
    QUESTION,
    Scene,
    abstaining,
)
from segue.domain.answer import Abstention
from segue.domain.assessment import (
    Complexity,
    IntentGuess,
    Matter,
    RepeatContact,
    Signal,
    TopicFlag,
    Urgency,
)
from segue.domain.catalogue import Catalogue, Category
from segue.domain.conversation import Handler
from segue.domain.decision import Action, Decision, Reason, Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Move
from segue.policy.boundary import OWN, Boundary
from segue.policy.decide import not_considered
from segue.policy.prose import otherwise, why
from segue.policy.settings import load


@pytest.fixture
def scene() -> Scene:
    return Scene()


# ---- the assistant speaks


def test_a_confident_answer_is_given(scene: Scene) -> None:
    decision = scene.decide()

    assert (decision.action, decision.handler) == (Action.ANSWER, Handler.ASSISTANT)
    assert decision.reasons == (Reason.CONFIDENT,)
    assert (decision.confidence, decision.threshold, decision.rung) == (0.93, 0.88, Rung.AUTO_WITH_HOLD)
    assert (decision.policy_version, decision.team) == (7, None)


def test_a_greeting_is_returned_and_thanks_are_acknowledged(scene: Scene) -> None:
    scene.answer = COURTESY

    scene.notices(is_greeting=True)
    assert (scene.decide().action, scene.decide().reasons) == (Action.ACKNOWLEDGE, (Reason.GREETING,))

    scene.notices(is_greeting=False, is_closing=True)
    assert (scene.decide().action, scene.decide().reasons) == (Action.ACKNOWLEDGE, (Reason.CLOSING,))


def test_thanks_after_the_last_allowed_turn_do_not_call_a_person(scene: Scene) -> None:
    scene.answer = COURTESY
    scene.notices(is_closing=True, complexity=Signal(Complexity.HIGH), language=Signal("de"))
    scene.has_spoken("answer", "answer", "answer")

    assert scene.decide().action is Action.ACKNOWLEDGE


def test_a_greeting_reaches_a_person_where_the_assistant_could_not_go_on(scene: Scene) -> None:
    scene.answer = COURTESY
    scene.notices(is_greeting=True, language=Signal("de"))
    assert scene.decide().reasons == (Reason.OTHER_LANGUAGE,)

    scene.notices(language=Signal("en"))
    scene.sets("triggers.tiers", ["free"])
    assert scene.decide().reasons == (Reason.IMPORTANT_CUSTOMER,)


def test_an_angry_greeting_reaches_a_person(scene: Scene) -> None:
    scene.answer = COURTESY
    scene.notices(is_greeting=True)
    scene.feels(0.9)

    assert scene.decide().reasons[0] is Reason.FRUSTRATED


def test_a_courtesy_nobody_was_owed_is_not_sent(scene: Scene) -> None:
    scene.answer = COURTESY

    assert scene.decide().action is Action.HAND_OFF


def test_an_answer_is_never_sent_as_a_courtesy(scene: Scene) -> None:
    scene.notices(is_greeting=True)
    scene.answer = replace(CONFIDENT, confidence=0.2)

    assert scene.decide().reasons == (Reason.LOW_CONFIDENCE,)


def test_one_question_is_asked_where_two_meanings_are_close(scene: Scene) -> None:
    scene.notices(intents=HALF)
    scene.answer = QUESTION

    assert (scene.decide().action, scene.decide().reasons) == (Action.ASK, (Reason.INTENTS_CLOSE,))
    assert scene.decide().because[0].words == ("invoice_higher", "reset_password")

    scene.has_spoken("ask")
    assert (scene.decide().action, scene.decide().because[0].rule) == (Action.HAND_OFF, "asking.per_episode")


@pytest.mark.parametrize(("path", "value"), [("asking.allowed", False), ("asking.margin", 0.01), ("asking.floor", 0.9)])
def test_a_question_the_policy_does_not_want_becomes_a_handoff(scene: Scene, path: str, value: Any) -> None:
    scene.notices(intents=HALF)
    scene.answer = QUESTION
    scene.sets(path, value)

    assert (scene.decide().action, scene.decide().because[0].rule) == (Action.HAND_OFF, path)


def test_meanings_just_close_and_likely_enough_are_asked_about(scene: Scene) -> None:
    scene.notices(intents=(replace(HALF[0], probability=0.5), replace(HALF[1], probability=0.25)))
    scene.answer = QUESTION
    scene.sets("asking.margin", 0.25)
    scene.sets("asking.floor", 0.75)

    assert scene.decide().action is Action.ASK


def test_a_question_is_only_asked_where_an_answer_may_follow(scene: Scene) -> None:
    scene.notices(intents=HALF)
    scene.answer = QUESTION
    scene.boundary = Boundary({"billing": replace(EARNED, rung=Rung.SHADOW), "login": replace(EARNED, threshold=0.9)})
    assert (scene.decide().action, scene.decide().rung) == (Action.ASK, Rung.AUTO_WITH_HOLD)

    scene.boundary = Boundary({"billing": EARNED, "login": replace(EARNED, threshold=0.9)})
    assert scene.decide().threshold == 0.88

    scene.boundary = Boundary({"billing": replace(EARNED, rung=Rung.SHADOW)})
    assert scene.decide().reasons[0] is Reason.RUNG_TOO_LOW


# ---- a person is preferred


REASONS: list[tuple[str, dict[str, Any], Reason, str]] = [
    ("asked for a person", {"wish_for_person": Signal(True, words=("a human",))}, Reason.ASKED_FOR_PERSON,
     "guardrails.wish_for_person"),
    ("names a lawyer", {"topics": (TopicFlag("legal", "names a lawyer", ("lawyer",)),)}, Reason.ALWAYS_HUMAN_TOPIC,
     "topics.legal.names a lawyer"),
    ("is furious once", {"frustration": Signal(0.85), "course": (0.1, 0.85)}, Reason.FRUSTRATED,
     "triggers.frustration.high"),
    ("is annoyed twice", {"frustration": Signal(0.62), "course": (0.65, 0.62)}, Reason.FRUSTRATED,
     "triggers.frustration.middle"),
    ("has a complex matter", {"complexity": Signal(Complexity.HIGH)}, Reason.COMPLEX, "triggers.complexity"),
    ("asked before", {"repeat": RepeatContact(("cnv_0",), (12,), 0.8)}, Reason.ASKED_BEFORE,
     "triggers.repeat_contacts"),
    ("has an outage", {"urgency": Signal(Urgency.CRITICAL, words=("down",))}, Reason.URGENT, "triggers.urgency"),
    ("writes German", {"language": Signal("de")}, Reason.OTHER_LANGUAGE, "triggers.languages"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "reason", "rule"), [r[1:] for r in REASONS], ids=[r[0] for r in REASONS])
def test_a_customer_reaches_a_person_who(scene: Scene, facts: dict[str, Any], reason: Reason, rule: str) -> None:
    scene.notices(**facts)

    decision = scene.decide()

    assert (decision.action, decision.handler) == (Action.HAND_OFF, Handler.HUMAN)
    assert decision.reasons == (reason,)
    assert decision.because[0].rule == rule


def test_the_mark_itself_is_enough(scene: Scene) -> None:
    scene.feels(0.8)
    assert scene.decide().because[0].rule == "triggers.frustration.high"

    scene.feels(0.6, 0.6)
    assert scene.decide().because[0].rule == "triggers.frustration.middle"


def test_every_turn_of_the_row_must_be_at_middle(scene: Scene) -> None:
    scene.sets("triggers.frustration.turns", 3)

    scene.feels(0.7, 0.2, 0.7)
    assert scene.decide().action is Action.ANSWER

    scene.feels(0.7, 0.7)
    assert scene.decide().action is Action.ANSWER

    scene.feels(0.7, 0.7, 0.7)
    assert scene.decide().reasons == (Reason.FRUSTRATED,)


def test_a_complex_matter_shows_what_made_it_so(scene: Scene) -> None:
    scene.notices(complexity=Signal(Complexity.HIGH), drivers=("three matters",))
    assert scene.decide().because[0].words == ("three matters",)

    scene.notices(complexity=Signal(Complexity.HIGH, words=("and also",)))
    assert scene.decide().because[0].words == ("and also",)


CALMER: list[tuple[str, dict[str, Any]]] = [
    ("is annoyed once", {"frustration": Signal(0.79), "course": (0.1, 0.79)}),
    ("was annoyed and calmed down", {"frustration": Signal(0.3), "course": (0.79, 0.3)}),
    ("has a moderate matter", {"complexity": Signal(Complexity.MODERATE)}),
    ("is in a hurry", {"urgency": Signal(Urgency.HIGH)}),
    ("writes British English", {"language": Signal("en-GB")}),
    ("may have written German", {"language": Signal("de", sure=0.3, threshold=0.5)}),
    ("surely wrote English", {"language": Signal("en", sure=0.9, threshold=0.5)}),
    ("speaks of a topic nobody watches", {"topics": (TopicFlag("praise", "is happy", ("great",)),)}),
]


@pytest.mark.parametrize("facts", [c[1] for c in CALMER], ids=[c[0] for c in CALMER])
def test_the_assistant_answers_a_customer_who(scene: Scene, facts: dict[str, Any]) -> None:
    scene.notices(**facts)

    assert scene.decide().action is Action.ANSWER


OFF = ["frustration", "complexity", "repeat_contacts", "turn_cap", "urgency", "languages"]


@pytest.mark.parametrize("trigger", OFF)
def test_a_trigger_that_is_off_never_holds(scene: Scene, trigger: str) -> None:
    scene.feels(1.0, 1.0)
    scene.notices(complexity=Signal(Complexity.HIGH), urgency=Signal(Urgency.CRITICAL), language=Signal("de"))
    scene.notices(repeat=RepeatContact(("cnv_0",), (12,), 0.8))
    scene.has_spoken("answer", "answer", "answer")
    assert len(scene.decide().reasons) == len(OFF)

    scene.sets(f"triggers.{trigger}", False)
    assert len(scene.decide().reasons) == len(OFF) - 1


def test_a_language_just_sure_enough_counts(scene: Scene) -> None:
    scene.notices(language=Signal("de", sure=0.5, threshold=0.5))

    assert scene.decide().reasons == (Reason.OTHER_LANGUAGE,)


def test_an_enterprise_customer_always_gets_a_person_where_the_policy_says_so(scene: Scene) -> None:
    scene.happens(account=ENTERPRISE)
    assert scene.decide().action is Action.ANSWER

    scene.sets("triggers.tiers", ["enterprise"])
    assert scene.decide().reasons == (Reason.IMPORTANT_CUSTOMER,)


def test_a_visitor_who_claims_a_tier_does_not_have_it(scene: Scene) -> None:
    scene.sets("triggers.tiers", ["enterprise"])
    scene.happens(account=ENTERPRISE, contact=replace(ADA, is_verified=False))

    assert scene.decide().action is Action.ANSWER
    assert scene.decide().scores["worth"] == 0.0


def test_account_matters_need_a_verified_customer(scene: Scene) -> None:
    scene.sets("categories.billing", {"needs_account": True})
    assert scene.decide().action is Action.ANSWER

    scene.happens(contact=replace(ADA, is_verified=False))
    assert scene.decide().reasons == (Reason.UNVERIFIED_CUSTOMER,)

    scene.sets("guardrails.verified_for_account", False)
    assert scene.decide().action is Action.ANSWER


def test_a_category_can_belong_to_people(scene: Scene) -> None:
    scene.sets("categories.billing", {"handling": "human"})

    decision = scene.decide()

    assert (decision.reasons, decision.rung) == ((Reason.ALWAYS_HUMAN_CATEGORY,), Rung.ROUTE)
    assert decision.because[0].rule == "categories.billing.handling"
    names = Catalogue((Category("billing", "Billing and plans"),), ()).names
    assert why(decision, names) == "Handed to a person: the category always goes to a person (“Billing and plans”)."


def test_a_category_of_peoples_is_said_to_stand_on_one_rung(scene: Scene) -> None:
    scene.sets("categories.billing", {"handling": "human"})
    scene.boundary = Boundary({"billing": replace(EARNED, rung=Rung.SHADOW)})

    decision = scene.decide()

    (too_low,) = [b for b in decision.because if b.reason is Reason.RUNG_TOO_LOW]
    assert (decision.rung, too_low.value) == (Rung.ROUTE, "route")
    assert "it is on “route”" in otherwise(decision)


def test_an_answer_in_two_categories_is_held_to_the_stricter(scene: Scene) -> None:
    scene.answer = replace(CONFIDENT, intent="reset_password")

    scene.boundary = Boundary({"billing": EARNED, "login": replace(EARNED, threshold=0.97)})
    assert (scene.decide().reasons, scene.decide().threshold) == ((Reason.LOW_CONFIDENCE,), 0.97)
    assert scene.decide().because[0].rule == "boundary.login.threshold"

    scene.boundary = Boundary({"billing": EARNED, "login": replace(EARNED, rung=Rung.SUGGEST)})
    assert (scene.decide().reasons, scene.decide().rung) == ((Reason.RUNG_TOO_LOW,), Rung.SUGGEST)
    assert scene.decide().because[0].rule == "boundary.login.rung"

    scene.boundary = Boundary({"billing": EARNED, "login": replace(EARNED, threshold=None)})
    assert scene.decide().because[0].rule == "boundary.login.threshold"

    scene.boundary = Boundary({"billing": EARNED, "login": EARNED})
    scene.sets("categories.login", {"floor": 0.99})
    assert scene.decide().because[0].rule == "categories.login.floor"


def test_an_answer_must_be_allowed_in_its_own_category_too(scene: Scene) -> None:
    scene.answer = replace(CONFIDENT, intent="reset_password")
    scene.sets("categories.login", {"handling": "human"})

    assert scene.decide().reasons == (Reason.ALWAYS_HUMAN_CATEGORY,)


def matter(intent: str, category: str, words: str = "and the other") -> Matter:
    return Matter(words, (IntentGuess(intent, category, 0.9),), Signal(False), Signal(0.1), (), Signal(0.0))


def test_of_several_matters_the_strictest_decides_wherever_it_stands(scene: Scene) -> None:
    scene.assessment = replace(
        CALM, matters=(matter("invoice_higher", "billing"), matter("reset_password", "login", "reset my password"))
    )
    assert scene.decide().action is Action.ANSWER

    scene.boundary = Boundary({"billing": EARNED, "login": replace(EARNED, threshold=0.97)})
    assert scene.decide().reasons == (Reason.LOW_CONFIDENCE,)

    scene.sets("categories.login", {"handling": "human", "team": "technical"})
    decision = scene.decide()
    assert decision.reasons[0] is Reason.ALWAYS_HUMAN_CATEGORY
    assert decision.team == "technical"


def test_a_handoff_quotes_the_matter_that_has_no_answer(scene: Scene) -> None:
    stray = replace(matter("", "", "my elephant needs shoes"), none_of_these=Signal(True), intents=())
    scene.assessment = replace(CALM, matters=(matter("invoice_higher", "billing"), stray))
    scene.answer = abstaining(Abstention.UNKNOWN_MATTER)

    decision = scene.decide()

    assert (decision.reasons[0], decision.because[0].words) == (Reason.UNKNOWN_MATTER, ("my elephant needs shoes",))


def test_the_assistant_has_only_so_many_turns_and_courtesies_do_not_count(scene: Scene) -> None:
    scene.has_spoken("answer", "acknowledge", "ask", "acknowledge")
    assert scene.decide().action is Action.ANSWER

    scene.has_spoken("answer", "answer", "ask")
    assert scene.decide().reasons == (Reason.TOO_MANY_TURNS,)


@pytest.mark.parametrize(
    ("why_not", "reason"),
    [
        (Abstention.NO_GROUNDS, Reason.NO_GROUNDS),
        (Abstention.UNKNOWN_MATTER, Reason.UNKNOWN_MATTER),
        (Abstention.UNOPENED_INTENT, Reason.UNOPENED_INTENT),
        (Abstention.STALE_ARTICLE, Reason.STALE_ARTICLE),
        (Abstention.NO_HEADS, Reason.UNKNOWN_MATTER),
        (Abstention.ALREADY_SAID, Reason.ALREADY_SAID),
        (Abstention.NO_VALUE, Reason.NO_GROUNDS),
        (Abstention.ANOTHER_ACT, Reason.ANOTHER_ACT),
        (Abstention.REFERS_TO_US, Reason.REFERS_TO_US),
        (Abstention.ANOTHER_THING, Reason.ANOTHER_THING),
    ],
)
def test_an_abstention_hands_off_with_its_reason(scene: Scene, why_not: Abstention, reason: Reason) -> None:
    scene.answer = abstaining(why_not)

    assert (scene.decide().action, scene.decide().reasons) == (Action.HAND_OFF, (reason,))


def test_every_abstention_has_a_reason(scene: Scene) -> None:
    for why_not in Abstention:
        scene.answer = abstaining(why_not)
        assert scene.decide().hands_off


def test_an_answer_that_never_came_hands_off(scene: Scene) -> None:
    scene.answer = None

    assert scene.decide().reasons == (Reason.NOT_CONSIDERED,)


# ---- how far it may go, and how sure it must be


@pytest.mark.parametrize("rung", [Rung.ROUTE, Rung.SHADOW, Rung.SUGGEST, Rung.APPROVE])
def test_below_auto_a_person_sends(scene: Scene, rung: Rung) -> None:
    scene.earns(rung=rung)

    decision = scene.decide()

    reason = Reason.AWAITS_APPROVAL if rung is Rung.APPROVE else Reason.RUNG_TOO_LOW
    assert (decision.reasons, decision.rung) == ((reason,), rung)
    assert decision.because[0].rule == "boundary.billing.rung"


@pytest.mark.parametrize(
    ("rung", "draw", "share"),
    [
        (Rung.AUTO_WITH_HOLD, 0.19, 0.2),
        (Rung.AUTO_WITH_HOLD, 0.2, 0.2),
        (Rung.AUTO, 0.049, 0.05),
        (Rung.AUTO, 0.05, 0.05),
    ],
)
def test_chance_draws_answers_for_review_by_the_share_of_their_rung(
    scene: Scene, rung: Rung, draw: float, share: float
) -> None:
    scene.earns(rung=rung)
    scene.sets("categories.billing", {"ceiling": "auto"})

    decision = scene.decide(lambda purpose: {"review": draw}.get(purpose, 1.0))

    assert decision.scores["review_share"] == share
    assert decision.is_drawn == (draw < share)


def test_what_people_have_is_not_drawn(scene: Scene) -> None:
    scene.earns(rung=Rung.SUGGEST)

    assert not scene.decide(lambda purpose: 0.0).is_drawn


def test_answers_wait_where_the_rung_holds_them_and_only_there(scene: Scene) -> None:
    scene.earns(rung=Rung.AUTO_WITH_HOLD)
    scene.sets("hold", {"chat": 5.0})
    assert scene.decide().hold == 5.0

    scene.earns(rung=Rung.AUTO)
    scene.sets("categories.billing", {"ceiling": "auto"})
    assert scene.decide().hold == 0.0


def test_a_share_of_what_it_could_answer_goes_to_people_for_comparison(scene: Scene) -> None:
    scene.sets("evidence", {"holdout": 0.1})

    kept, given = scene.decide(lambda purpose: 0.09), scene.decide(lambda purpose: 0.1)

    assert (kept.action, kept.reasons, kept.shows_suggestion) == (Action.HAND_OFF, (Reason.HELD_OUT,), False)
    assert (given.action, given.scores["holdout_share"]) == (Action.ANSWER, 0.1)


def test_the_ceiling_holds_whatever_has_been_earned(scene: Scene) -> None:
    scene.sets("categories.billing", {"ceiling": "suggest"})

    decision = scene.decide()

    assert (decision.reasons, decision.rung) == ((Reason.RUNG_TOO_LOW,), Rung.SUGGEST)
    assert decision.because[0].rule == "categories.billing.ceiling"


def test_without_a_threshold_nothing_is_answered(scene: Scene) -> None:
    scene.earns(threshold=None, cases=23, needed=70)

    because = scene.decide().because[0]

    assert (because.reason, because.value, because.threshold) == (Reason.TOO_LITTLE_EVIDENCE, 23, 93)


@pytest.mark.parametrize("confidence", [0.8799, 0.0, None, float("nan")])
def test_an_answer_below_the_threshold_is_not_sent(scene: Scene, confidence: float | None) -> None:
    scene.answer = replace(CONFIDENT, confidence=confidence)

    assert scene.decide().reasons == (Reason.LOW_CONFIDENCE,)


def test_the_threshold_itself_is_enough(scene: Scene) -> None:
    scene.answer = replace(CONFIDENT, confidence=0.88)

    assert scene.decide().action is Action.ANSWER


def test_the_leads_floor_raises_the_threshold(scene: Scene) -> None:
    scene.sets("categories.billing", {"floor": 0.95})

    decision = scene.decide()

    assert (decision.reasons, decision.threshold) == ((Reason.LOW_CONFIDENCE,), 0.95)
    assert decision.because[0].rule == "categories.billing.floor"


def test_a_message_of_no_known_category_has_the_default_standing(scene: Scene) -> None:
    scene.notices(none_of_these=Signal(True))
    scene.answer = replace(CONFIDENT, intent=None)
    scene.boundary = Boundary({"billing": EARNED})

    assert scene.decide().reasons == (Reason.RUNG_TOO_LOW, Reason.TOO_LITTLE_EVIDENCE)
    assert scene.decide().because[1].rule == "boundary.default.threshold"


def test_a_floor_counts_even_without_a_threshold(scene: Scene) -> None:
    scene.earns(threshold=None)
    scene.answer = replace(CONFIDENT, confidence=0.7, intent="reset_password")
    scene.sets("categories.login", {"floor": 0.75})

    assert scene.decide().reasons == (Reason.TOO_LITTLE_EVIDENCE, Reason.LOW_CONFIDENCE)


# ---- order


def everything_at_once(scene: Scene) -> None:
    scene.policy = load(
        "name: strict\nassistant: off\n"
        "triggers: {tiers: [enterprise], urgency: high}\n"
        "categories: {billing: {handling: human, needs_account: on, ceiling: suggest}}\n"
    )
    scene.feels(0.9)
    scene.notices(**{name: fact for _, facts, _, _ in REASONS for name, fact in facts.items()})
    scene.feels(0.9)
    scene.happens(assistant_is_held=True, account=ENTERPRISE)
    scene.has_spoken("answer", "answer", "answer")
    scene.answer = abstaining(Abstention.NO_GROUNDS)
    scene.earns(threshold=None)


ORDER = [
    Reason.ASSISTANT_OFF,
    Reason.PERSON_HAS_IT,
    Reason.ASKED_FOR_PERSON,
    Reason.ALWAYS_HUMAN_TOPIC,
    Reason.ALWAYS_HUMAN_CATEGORY,
    Reason.FRUSTRATED,
    Reason.COMPLEX,
    Reason.IMPORTANT_CUSTOMER,
    Reason.ASKED_BEFORE,
    Reason.TOO_MANY_TURNS,
    Reason.URGENT,
    Reason.OTHER_LANGUAGE,
    Reason.NO_GROUNDS,
    Reason.RUNG_TOO_LOW,
    Reason.TOO_LITTLE_EVIDENCE,
]


def test_all_reasons_that_held_are_recorded_in_the_order_of_the_rules(scene: Scene) -> None:
    everything_at_once(scene)

    assert list(scene.decide().reasons) == ORDER


def test_a_person_who_has_the_conversation_keeps_it_and_sees_the_reasons(scene: Scene) -> None:
    scene.happens(handler=Handler.HUMAN, team_id="billing", assignee_id="agt_mira")
    scene.feels(0.9)

    decision = scene.decide()

    assert (decision.action, decision.handler, decision.team) == (Action.SUGGEST, Handler.HUMAN, "billing")
    assert decision.reasons == (Reason.PERSON_HAS_IT, Reason.FRUSTRATED)


def test_what_people_got_before_anybody_read_it_is_not_said_to_be_somebodys(scene: Scene) -> None:
    scene.happens(handler=Handler.HUMAN)

    assert (scene.decide().action, scene.decide().reasons) == (Action.SUGGEST, (Reason.GIVEN_TO_PEOPLE,))


def test_the_assistant_is_silent_while_somebody_is_writing(scene: Scene) -> None:
    scene.happens(assistant_is_held=True)

    assert (scene.decide().action, scene.decide().reasons) == (Action.SUGGEST, (Reason.PERSON_HAS_IT,))


def test_the_kill_switch_does_not_hand_off_what_a_person_already_has(scene: Scene) -> None:
    scene.sets("assistant", False)
    assert scene.decide().action is Action.HAND_OFF

    scene.happens(handler=Handler.HUMAN)
    assert (scene.decide().action, scene.decide().reasons[0]) == (Action.SUGGEST, Reason.ASSISTANT_OFF)


# ---- where it goes, and how soon


def test_a_handoff_goes_by_urgency_then_topic_then_category_then_default(scene: Scene) -> None:
    scene.policy = load(
        "name: routed\ntriggers: {urgency: high}\n"
        "routing: {default: support, urgent: duty, topics: {legal: lawyers}}\n"
        "categories: {billing: {team: finance}, login: {}}\n"
    )
    scene.notices(wish_for_person=Signal(True), intents=GUESSES[1:])
    assert scene.decide().team == "support"

    scene.notices(intents=GUESSES)
    assert scene.decide().team == "finance"

    scene.notices(topics=(TopicFlag("legal", "names a lawyer", ("lawyer",)),))
    assert scene.decide().team == "lawyers"

    scene.notices(urgency=Signal(Urgency.HIGH))
    assert scene.decide().team == "duty"


def test_only_a_person_who_has_it_keeps_it_in_their_team(scene: Scene) -> None:
    scene.notices(wish_for_person=Signal(True))
    scene.happens(team_id="billing")
    assert scene.decide().team == "support"

    scene.happens(team_id=None, handler=Handler.HUMAN)
    assert scene.decide().team == "support"

    scene.happens(team_id="billing")
    assert scene.decide().team == "billing"


def test_a_message_nobody_could_consider_goes_to_a_person(scene: Scene) -> None:
    decision = not_considered(scene.conversation, scene.policy, 7)

    assert (decision.action, decision.team) == (Action.HAND_OFF, "support")
    assert decision.reasons == (Reason.NOT_CONSIDERED,)


def test_a_message_nobody_could_consider_stays_with_the_person_who_has_it(scene: Scene) -> None:
    scene.happens(handler=Handler.HUMAN, team_id="billing")

    assert not_considered(scene.conversation, scene.policy, 7).action is Action.SUGGEST


def test_the_scores_name_the_figures_it_rested_on(scene: Scene) -> None:
    scene.happens(messages=(replace(scene.conversation.latest, at=NOON - timedelta(seconds=2)),))

    scores = scene.decide().scores

    assert scores["intent"] == 0.8
    assert scores["margin"] == pytest.approx(0.7)
    assert scores["waited"] == 2.0
    assert scores["none_of_these"] == 0.0

    scene.notices(none_of_these=Signal(True, sure=0.7))
    assert scene.decide().scores["none_of_these"] == 0.7


def test_a_matter_that_came_to_a_category_which_answers_alone_waits_for_a_key_until_it_has_cases_of_its_own() -> None:
    def decided(boundary: Boundary) -> Decision:
        return Scene(boundary=boundary).decide()

    moved = {CellName("billing"): Move(CellName("billing"), Rung.AUTO, "earned", "agt_lena", NOON, 0.88)}
    by_people = replace(Boundary({"billing": replace(EARNED, rung=Rung.SUGGEST)}), moves=moved)
    proven = Boundary({"billing": EARNED})
    new = decided(replace(proven, rehearsed={"invoice_copy": 90, "invoice_higher": OWN - 1}))
    assert (new.action, new.because[0].reason) == (Action.HAND_OFF, Reason.AWAITS_APPROVAL)
    assert (new.because[0].rule, new.earned[0].rung) == ("boundary.billing.matter", Rung.APPROVE)

    assert decided(replace(proven, rehearsed={"invoice_higher": OWN})).action is Action.ANSWER
    assert decided(replace(by_people, rehearsed={"invoice_higher": 90})).rung is Rung.APPROVE, "the past proves nothing"
    known = replace(by_people, rehearsed={}, judged={("billing", "invoice_higher"): OWN})
    assert decided(known).action is Action.ANSWER
    elsewhere = replace(by_people, rehearsed={}, judged={("login", "invoice_higher"): OWN})
    assert decided(elsewhere).rung is Rung.APPROVE, "it brings its own cases along, not another category's rung"
