"""Rules that ask for a person whatever the answer is: the kill switch, guardrails and triggers."""

from __future__ import annotations

from segue.domain.conversation import Handler
from segue.domain.decision import Action, Because, Reason
from segue.policy.rules.case import Case


def assistant_is_off(case: Case) -> Because | None:
    return None if case.policy.assistant else Because(Reason.ASSISTANT_OFF, "assistant", (), "off", "on")


def a_person_has_it(case: Case) -> Because | None:
    if case.conversation.handler is Handler.ASSISTANT:
        return None
    is_nobodys = case.conversation.assignee_id is None and not case.conversation.turns  # as a mail that was let in
    reason = Reason.GIVEN_TO_PEOPLE if is_nobodys else Reason.PERSON_HAS_IT
    return Because(reason, "conversation.handler", (), "human", "assistant")


def a_person_is_writing(case: Case) -> Because | None:
    if not case.conversation.assistant_is_held:
        return None
    return Because(Reason.PERSON_HAS_IT, "conversation.assistant_is_held", (), "held", "free")


def asked_for_a_person(case: Case) -> Because | None:
    wish = case.assessment.wish_for_person
    if not wish.value:
        return None
    return Because(Reason.ASKED_FOR_PERSON, "guardrails.wish_for_person", wish.words, "yes", "no")


def always_human_topic(case: Case) -> Because | None:
    always = case.policy.guardrails.always_human_topics
    flags = [flag for flag in case.assessment.topics if flag.topic in always]
    if not flags:
        return None
    words = tuple(word for flag in flags for word in flag.words)
    topics = ", ".join(dict.fromkeys(flag.topic for flag in flags))
    return Because(Reason.ALWAYS_HUMAN_TOPIC, f"topics.{flags[0].topic}.{flags[0].rule}", words, topics, "none")


def always_human_category(case: Case) -> Because | None:
    place = next((place for place in case.places if place.cell.handling == "human"), None)
    if place is None:
        return None
    named = (place.category,) if place.category else ()
    return Because(Reason.ALWAYS_HUMAN_CATEGORY, place.cell.set_at["handling"], named, "human", "answer")


def unverified_customer(case: Case) -> Because | None:
    if case.conversation.contact.is_verified or not case.policy.guardrails.verified_for_account:
        return None
    if not any(place.cell.needs_account for place in case.places):
        return None
    return Because(Reason.UNVERIFIED_CUSTOMER, "guardrails.verified_for_account", (), "no", "yes")


def frustrated(case: Case) -> Because | None:
    trigger, felt = case.policy.triggers.frustration, case.assessment.frustration
    if trigger is None:
        return None
    bar = handover_mark(case)
    if felt.value < bar:
        return None
    mark = "high" if felt.value >= trigger.high else "middle"
    return Because(Reason.FRUSTRATED, f"triggers.frustration.{mark}", felt.words, felt.value, getattr(trigger, mark))


def handover_mark(case: Case) -> float:
    """The frustration from which a person takes over at this turn; it is lower after turns that reached `middle`."""
    trigger = case.policy.triggers.frustration
    if trigger is None:
        return float("inf")
    before = case.assessment.course[-trigger.turns : -1]
    warmed_up = len(before) == trigger.turns - 1 and min(before) >= trigger.middle
    return min(trigger.middle, trigger.high) if warmed_up else trigger.high


def complex_matter(case: Case) -> Because | None:
    trigger, found = case.policy.triggers.complexity, case.assessment.complexity
    if trigger is None or found.value.rank < trigger.rank:
        return None
    words = found.words or case.assessment.drivers
    return Because(Reason.COMPLEX, "triggers.complexity", words, found.value.value, trigger.value)


def important_customer(case: Case) -> Because | None:
    tier, tiers = case.conversation.tier, case.policy.triggers.tiers
    return Because(Reason.IMPORTANT_CUSTOMER, "triggers.tiers", (), tier, ", ".join(tiers)) if tier in tiers else None


def asked_before(case: Case) -> Because | None:
    cap, repeat = case.policy.triggers.repeat_contacts, case.assessment.repeat
    if cap is None or repeat is None or repeat.count < cap:
        return None
    numbers = tuple(f"#{number}" for number in repeat.numbers)
    return Because(Reason.ASKED_BEFORE, "triggers.repeat_contacts", numbers, repeat.count, cap)


def too_many_turns(case: Case) -> Because | None:
    cap, taken = case.policy.triggers.turn_cap, case.times(Action.ANSWER, Action.ASK)
    return Because(Reason.TOO_MANY_TURNS, "triggers.turn_cap", (), taken, cap) if cap and taken >= cap else None


def urgent(case: Case) -> Because | None:
    trigger, found = case.policy.triggers.urgency, case.assessment.urgency
    if trigger is None or found.value.rank < trigger.rank:
        return None
    return Because(Reason.URGENT, "triggers.urgency", found.words, found.value.value, trigger.value)


def other_language(case: Case) -> Because | None:
    spoken, found = case.policy.triggers.languages, case.assessment.language
    is_guess = found.threshold is not None and found.sure < found.threshold
    if spoken is None or is_guess or found.value.partition("-")[0] in spoken:
        return None
    return Because(Reason.OTHER_LANGUAGE, "triggers.languages", (), found.value, ", ".join(spoken))
