"""What would have changed a decision, and how it is said. `scene` is the one of `scenes.Scene`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scenes import (
    ADA,
    CONFIDENT,
    COURTESY,
    ENTERPRISE,
    FREE,
    GUESSES,
    HALF,
    QUESTION,
    Scene,
    abstaining,
)
from segue.domain.answer import Abstention, Answer, AnswerKind
from segue.domain.assessment import (
    Complexity,
    RepeatContact,
    Signal,
    TopicFlag,
    Urgency,
)
from segue.domain.conversation import Handler
from segue.domain.decision import Action, Alteration, Counterfactual, Rung
from segue.policy.boundary import Boundary, Standing
from segue.policy.prose import otherwise, why
from segue.policy.settings import load


@pytest.fixture
def scene() -> Scene:
    return Scene()


# ---- what would have changed it


def test_a_single_reason_names_what_would_have_changed_it(scene: Scene) -> None:
    scene.answer = replace(CONFIDENT, confidence=0.71)

    assert scene.decide().counterfactual == Counterfactual("confidence", 0.71, 0.88, Action.ANSWER)


def test_two_reasons_for_a_person_have_a_way_out_together(scene: Scene) -> None:
    scene.feels(0.9)
    scene.notices(complexity=Signal(Complexity.HIGH))

    assert scene.decide().counterfactual == Counterfactual(
        "frustration", 0.9, 0.8, Action.ANSWER, (Alteration("complexity", "high", "moderate"),)
    )


def test_once_warmed_up_calmer_means_below_middle(scene: Scene) -> None:
    scene.feels(0.7, 0.9)

    assert scene.decide().counterfactual == Counterfactual("frustration", 0.9, 0.6, Action.ANSWER)


SINGLE: list[tuple[str, dict[str, Any], str, str]] = [
    ("complexity", {"complexity": Signal(Complexity.HIGH)}, "high", "moderate"),
    ("urgency", {"urgency": Signal(Urgency.CRITICAL)}, "critical", "high"),
    ("language", {"language": Signal("de")}, "de", "en"),
    ("wish_for_person", {"wish_for_person": Signal(True)}, "yes", "no"),
]


@pytest.mark.parametrize(("signal", "facts", "actual", "needed"), SINGLE, ids=[s[0] for s in SINGLE])
def test_a_signal_would_have_had_to_stand_elsewhere(
    scene: Scene, signal: str, facts: dict[str, Any], actual: str, needed: str
) -> None:
    scene.notices(**facts)

    assert scene.decide().counterfactual == Counterfactual(signal, actual, needed, Action.ANSWER)


def test_no_matter_is_simpler_than_simple(scene: Scene) -> None:
    scene.sets("triggers.complexity", "simple")

    assert scene.decide().counterfactual is None


def test_without_a_threshold_the_confidence_it_had_would_have_had_to_do(scene: Scene) -> None:
    scene.earns(threshold=None)
    assert scene.decide().counterfactual == Counterfactual("threshold", 120, 0.93, Action.ANSWER)

    scene.notices(intents=HALF)
    scene.answer = QUESTION
    assert scene.decide().counterfactual == Counterfactual("threshold", 120, "any", Action.ASK)


def test_a_courtesy_would_have_given_way_to_a_wish_for_a_person(scene: Scene) -> None:
    scene.answer = COURTESY
    scene.notices(is_greeting=True)
    assert scene.decide().counterfactual == Counterfactual("frustration", 0.1, 0.8, Action.HAND_OFF)

    scene.sets("triggers.frustration", False)
    assert scene.decide().counterfactual == Counterfactual("wish_for_person", "no", "yes", Action.HAND_OFF)


def test_even_the_highest_frustration_may_be_the_mark(scene: Scene) -> None:
    scene.sets("triggers.frustration.high", 1.0)
    scene.feels(0.97)

    assert scene.decide().counterfactual == Counterfactual("frustration", 0.97, 1.0, Action.HAND_OFF)


def test_an_answer_names_the_figure_that_was_nearest_to_stopping_it(scene: Scene) -> None:
    assert scene.decide().counterfactual == Counterfactual("confidence", 0.93, 0.88, Action.HAND_OFF)

    scene.feels(0.78)
    assert scene.decide().counterfactual == Counterfactual("frustration", 0.78, 0.8, Action.HAND_OFF)


def tuned(scene: Scene, **standing: Any) -> None:
    scene.boundary = Boundary(
        {name: replace(of, **standing) for name, of in scene.boundary.standings.items()},
        replace(scene.boundary.default, **standing),
    )


def every_category(scene: Scene, setting: str, value: Any) -> None:
    for category in ("default", "billing", "login"):
        scene.sets(f"categories.{category}.{setting}", value)


def climbs(scene: Scene, needed: str, _: bool) -> None:
    tuned(scene, rung=Rung.AUTO)
    every_category(scene, "ceiling", needed)


def feels_like(scene: Scene, needed: float, spoke: bool) -> None:
    value = needed if spoke else needed - TINY
    scene.notices(frustration=Signal(value), course=(*scene.assessment.course[:-1], value))


def is_as_sure(scene: Scene, needed: float | str, spoke: bool) -> None:
    assert scene.answer
    if isinstance(needed, str):
        needed = 1.0
    scene.answer = replace(scene.answer, confidence=needed - TINY if spoke else needed)


def was_asked_less(scene: Scene, needed: float, _: bool) -> None:
    kept = tuple(turn for turn in scene.conversation.turns if turn.action != "ask")
    scene.happens(turns=kept[: int(needed) - 1])


def came_back_less(scene: Scene, needed: float, _: bool) -> None:
    few = int(needed) - 1
    scene.notices(repeat=RepeatContact(("cnv_0",) * few, (1,) * few, 0.8))


def means(scene: Scene, together: float) -> None:
    scene.notices(intents=tuple(replace(guess, probability=together / 2) for guess in scene.assessment.intents))


def is_answered(scene: Scene, needed: float | str, _: bool) -> None:
    confidence = CONFIDENT.confidence if needed == "any" else needed
    scene.answer = replace(CONFIDENT, confidence=confidence, intent=None)


def is_known(scene: Scene, *_: Any) -> None:
    """A tier counts only for a verified customer; it stays what it was seen to be."""
    scene.happens(contact=ADA, account=scene.conversation.account if scene.conversation.contact.is_verified else FREE)


TINY = 1e-9
CHANGES: dict[str, Callable[[Scene, Any, bool], None]] = {
    "assistant": lambda scene, needed, spoke: scene.sets("assistant", True),
    "handler": lambda scene, needed, spoke: scene.happens(handler=Handler.ASSISTANT),
    "held": lambda scene, needed, spoke: scene.happens(assistant_is_held=False),
    "wish_for_person": lambda scene, needed, spoke: scene.notices(wish_for_person=Signal(needed == "yes")),
    "topics": lambda scene, needed, spoke: scene.notices(topics=()),
    "handling": lambda scene, needed, spoke: every_category(scene, "handling", needed),
    "verified": is_known,
    "frustration": feels_like,
    "complexity": lambda scene, needed, spoke: scene.notices(complexity=Signal(Complexity(needed))),
    "urgency": lambda scene, needed, spoke: scene.notices(urgency=Signal(Urgency(needed))),
    "tier": lambda scene, needed, spoke: scene.happens(account=FREE),
    "repeat_contacts": came_back_less,
    "turns": lambda scene, needed, spoke: scene.happens(turns=scene.conversation.turns[: int(needed) - 1]),
    "language": lambda scene, needed, spoke: scene.notices(language=Signal(needed.split(", ")[0])),
    "answer": is_answered,
    "rung": climbs,
    "threshold": lambda scene, needed, spoke: tuned(scene, threshold=0.5 if needed == "any" else needed),
    "confidence": is_as_sure,
    "asking": lambda scene, needed, spoke: scene.sets("asking.allowed", True),
    "questions": was_asked_less,
    "apart": lambda scene, needed, spoke: means(scene, sum(g.probability for g in scene.assessment.intents)),
    "together": lambda scene, needed, spoke: means(scene, needed),
}
"""How each signal a counterfactual may name is changed in the scene itself."""


shares = st.sampled_from([0.0, 0.1, 0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.95, 1.0])
likely = st.integers(0, 9).map(lambda n: n == 0)
policies = st.builds(
    lambda base, assistant, tiers, human, account, ceiling, floor, asking, margin, urgency, complexity, turns: load(
        f"name: any\nassistant: {'off' if assistant else 'on'}\n"
        f"triggers: {{tiers: [{'enterprise' if tiers else ''}], frustration: {base}, urgency: {urgency},"
        f" complexity: {complexity}, turn_cap: {turns}, repeat_contacts: 2, languages: [en, fr]}}\n"
        f"asking: {{allowed: {asking}, margin: {margin}, floor: 0.5}}\n"
        f"categories: {{default: {{ceiling: {ceiling}}},"
        f" billing: {{handling: {'human' if human else 'answer'}, needs_account: {account}, floor: {floor}}}}}\n"
    ),
    st.sampled_from(["off", "{high: 0.8, middle: 0.6}", "{high: 0.7, middle: 0.3, turns: 3}"]),
    likely, likely, likely,
    st.sampled_from(["on", "off"]),
    st.sampled_from(["auto", "auto", "auto_with_hold", "approve"]),
    st.sampled_from([0.0, 0.0, 0.9]),
    st.sampled_from(["on", "on", "off"]),
    st.sampled_from([0.01, 0.2, 1.0]),
    st.sampled_from(["off", "critical", "high", "low"]),
    st.sampled_from(["off", "high", "moderate", "simple"]),
    st.sampled_from(["off", "1", "3"]),
)  # fmt: skip
intents = st.sampled_from(["invoice_higher", "reset_password", None])
answers = st.one_of(
    st.builds(lambda sure, intent: replace(CONFIDENT, confidence=sure, intent=intent), shares, intents),
    st.sampled_from([QUESTION, COURTESY, None]),
    st.builds(abstaining, st.sampled_from(Abstention)),
)  # fmt: skip
courses = st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.65, 0.75, 0.9]), min_size=1, max_size=4).map(tuple)
standings = st.builds(
    Standing, st.just("billing"), st.sampled_from([Rung.AUTO, Rung.AUTO, Rung.AUTO_WITH_HOLD, Rung.SHADOW]),
    st.sampled_from([0.88, 0.6, 0.88, None]), st.just(20), st.just(0), st.just(10),
)  # fmt: skip


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    scene = Scene(policy=draw(policies), answer=draw(answers))
    course = draw(courses)
    scene.notices(
        intents=draw(st.sampled_from([GUESSES, HALF])),
        frustration=Signal(course[-1]),
        course=course,
        none_of_these=Signal(draw(likely)),
        wish_for_person=Signal(draw(likely)),
        topics=(TopicFlag("legal", "names a lawyer", ("lawyer",)),) if draw(likely) else (),
        complexity=Signal(draw(st.sampled_from(Complexity))),
        urgency=Signal(draw(st.sampled_from(Urgency))),
        language=Signal(draw(st.sampled_from(["en", "en", "fr", "de"]))),
        repeat=RepeatContact(("cnv_0",) * 2, (12, 13), 0.8) if draw(likely) else None,
        is_greeting=draw(st.booleans()),
        is_closing=draw(likely),
    )
    scene.happens(
        handler=Handler.HUMAN if draw(likely) else Handler.ASSISTANT,
        assistant_is_held=draw(likely),
        contact=replace(ADA, is_verified=not draw(likely)),
        account=ENTERPRISE if draw(likely) else FREE,
    )
    scene.has_spoken(*draw(st.lists(st.sampled_from(["answer", "ask", "acknowledge"]), max_size=3)))
    scene.boundary = Boundary({"billing": draw(standings), "login": draw(standings)}, draw(standings))
    return scene


many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@many
@given(scenes())
def test_making_the_change_a_counterfactual_names_does_what_it_says(scene: Scene) -> None:
    decision = scene.decide()
    change = decision.counterfactual
    if change is None:
        return

    for altered in (change, *change.also):
        CHANGES[altered.signal](scene, altered.needed, decision.speaks)

    assert change.then is not decision.action
    assert scene.decide().action is change.then


BEST: dict[str, float | str] = {
    "assistant": "on", "handler": "assistant", "held": "free", "wish_for_person": "no", "topics": "none",
    "handling": "answer", "verified": "yes", "frustration": 0.0, "complexity": "simple", "urgency": "low",
    "tier": "another", "repeat_contacts": 1, "turns": 1, "language": "en", "rung": "auto_with_hold",
    "threshold": "any", "asking": "on", "questions": 1,
}  # fmt: skip


@many
@given(scenes(), st.sampled_from(sorted(BEST)))
def test_where_no_counterfactual_is_named_no_single_change_helps(scene: Scene, signal: str) -> None:
    decision = scene.decide()
    rules = {because.rule for because in decision.because}
    assume(decision.counterfactual is None)
    assume(not {"triggers.turn_cap", "asking.per_episode"} <= rules)  # forgetting the turns would heal both

    CHANGES[signal](scene, BEST[signal], False)

    assert scene.decide().action is decision.action


@many
@given(scenes())
def test_the_assistant_never_speaks_against_a_guardrail(scene: Scene) -> None:
    decision = scene.decide()

    if scene.assessment.wish_for_person.value or scene.assessment.topics or not scene.policy.assistant:
        assert not decision.speaks
    if scene.conversation.handler is Handler.HUMAN or scene.conversation.assistant_is_held:
        assert not decision.speaks
    if decision.action is Action.ANSWER:
        assert decision.confidence is not None
        assert decision.threshold is not None
        assert decision.confidence >= decision.threshold
        assert decision.rung >= Rung.AUTO_WITH_HOLD


@many
@given(scenes())
def test_every_decision_can_be_said_in_one_sentence(scene: Scene) -> None:
    decision = scene.decide()

    for sentence in (why(decision), otherwise(decision)):
        assert "\n" not in sentence
        assert not {"{", "_", "None"} & set(sentence.split())
    assert bool(otherwise(decision)) == (decision.counterfactual is not None)


# ---- how it is said


def test_a_handoff_says_why_with_the_words_that_moved_it(scene: Scene) -> None:
    scene.feels(0.85)

    assert why(scene.decide()) == "Handed to a person: the customer is frustrated (0.85, limit 0.80: “ridiculous”)."
    assert otherwise(scene.decide()) == "It would have answered with frustration below 0.80 (it was 0.85)."


def test_other_reasons_follow_the_deciding_one(scene: Scene) -> None:
    scene.notices(wish_for_person=Signal(True, words=("a human",)), complexity=Signal(Complexity.HIGH))

    assert why(scene.decide()) == (
        "Handed to a person: the customer asked for a person (“a human”); also, the matter is complex."
    )


def test_where_no_single_change_is_enough_all_are_told_that_are_together(scene: Scene) -> None:
    scene.notices(wish_for_person=Signal(True, words=("a human",)), complexity=Signal(Complexity.HIGH))

    assert otherwise(scene.decide()) == (
        "It would have answered had the customer not asked for a person, and for a moderate matter (it is high)."
    )


def test_an_unknown_matter_where_nothing_is_proven_needs_an_answer_and_a_threshold(scene: Scene) -> None:
    scene.earns(rung=Rung.ROUTE, threshold=None)
    scene.answer = replace(CONFIDENT, kind=AnswerKind.ABSTENTION, abstention=Abstention.UNKNOWN_MATTER, confidence=None)

    assert otherwise(scene.decide()) == (
        "It would have answered with an answer it is sure of, and on the rung “auto with hold” (it is on “route”), "
        "and with enough judged cases for a threshold."
    )


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (0.71, "It would have answered with confidence ≥ 0.88 (it had 0.71)."),
        (0.879, "It would have answered with confidence ≥ 0.880 (it had 0.879)."),
        (None, "It would have answered with confidence ≥ 0.88 (it had none)."),
        (0.93, "It would have handed it to a person with confidence below 0.88 (it had 0.93)."),
    ],
)
def test_figures_that_differ_look_different(scene: Scene, confidence: float | None, expected: str) -> None:
    scene.answer = replace(CONFIDENT, confidence=confidence)

    assert otherwise(scene.decide()) == expected


SAID: list[tuple[dict[str, Any], str]] = [
    ({"topics": (TopicFlag("legal", "names a lawyer", ("lawyer",)),)},
     "Handed to a person: the topic always goes to a person (legal: “lawyer”)."),
    ({"repeat": RepeatContact(("cnv_0",), (12,), 0.8)},
     "Handed to a person: the customer has asked before (once before: #12)."),
    ({"language": Signal("de")}, "Handed to a person: the assistant does not answer in this language (de)."),
]  # fmt: skip


def test_the_reason_names_what_the_article_does_not_speak_of(scene: Scene) -> None:
    scene.answer = Answer(AnswerKind.ABSTENTION, abstention=Abstention.ANOTHER_THING, another_thing="France")

    assert why(scene.decide()) == (
        "Handed to a person: the message asks about something the article there is does not speak of (“France”)."
    )


@pytest.mark.parametrize(("facts", "expected"), SAID)
def test_a_reason_is_said_with_its_evidence(scene: Scene, facts: dict[str, Any], expected: str) -> None:
    scene.notices(**facts)

    assert why(scene.decide()) == expected


def test_what_the_assistant_did_is_said_too(scene: Scene) -> None:
    assert why(scene.decide()) == "Answered: the assistant is confident enough (0.93, needs 0.88)."

    scene.earns(threshold=None, cases=23, needed=70)
    assert why(scene.decide()) == "Handed to a person: too few judged cases to set a threshold (23 of 93)."

    scene.earns(rung=Rung.SHADOW)
    assert why(scene.decide()) == (
        "Handed to a person: the assistant may not answer alone here (its rung is shadow, needs auto with hold)."
    )


def test_a_question_not_asked_is_explained(scene: Scene) -> None:
    scene.sets("asking.margin", 0.2)
    scene.notices(intents=GUESSES)
    scene.answer = QUESTION

    assert why(scene.decide()) == (
        "Handed to a person: the meanings to ask about are too far apart (0.70, limit 0.20)."
    )
    assert otherwise(scene.decide()) == (
        "It would have asked one question with the two meanings at most 0.20 apart (they were 0.70)."
    )
