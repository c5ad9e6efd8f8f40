"""The rules a message is decided by, in their order: each a small question about the case, most asking "why a person?".

A rule answers with its reason and evidence, or with None where it does not hold. All rules are always asked, so that a
decision can say what else held and what would have followed had the first one not.
"""

from __future__ import annotations

from collections.abc import Callable

from segue.domain.decision import Action, Because
from segue.policy.rules import answers, people
from segue.policy.rules.case import Case

Rule = Callable[[Case], Because | None]


def about_a_matter(rule: Rule) -> Rule:
    """A rule that is left out for a greeting or a word of thanks: neither has a category, a complexity or an earlier
    contact."""
    return lambda case: None if case.is_courtesy else rule(case)


def unless_closing(rule: Rule) -> Rule:
    """A rule that is left out where the matter is settled and the customer says thanks: that need not wait for a
    person."""
    return lambda case: None if case.is_courtesy and case.assessment.is_closing else rule(case)


RULES: tuple[tuple[Rule, Action], ...] = (
    (people.assistant_is_off, Action.HAND_OFF),
    (people.a_person_has_it, Action.SUGGEST),
    (people.a_person_is_writing, Action.SUGGEST),
    # guardrails
    (people.asked_for_a_person, Action.HAND_OFF),
    (people.always_human_topic, Action.HAND_OFF),
    (about_a_matter(people.always_human_category), Action.HAND_OFF),
    (about_a_matter(people.unverified_customer), Action.HAND_OFF),
    # triggers
    (people.frustrated, Action.HAND_OFF),
    (about_a_matter(people.complex_matter), Action.HAND_OFF),
    (unless_closing(people.important_customer), Action.HAND_OFF),
    (about_a_matter(people.asked_before), Action.HAND_OFF),
    (about_a_matter(people.too_many_turns), Action.HAND_OFF),
    (people.urgent, Action.HAND_OFF),
    (unless_closing(people.other_language), Action.HAND_OFF),
    # courtesy
    (answers.closing, Action.ACKNOWLEDGE),
    (answers.greeting, Action.ACKNOWLEDGE),
    # may it answer here, and can it?
    (answers.abstained, Action.HAND_OFF),
    (about_a_matter(answers.rung_too_low), Action.HAND_OFF),
    (about_a_matter(answers.too_little_evidence), Action.HAND_OFF),
    (answers.may_not_ask, Action.HAND_OFF),
    (answers.asked_already, Action.HAND_OFF),
    (answers.meanings_apart, Action.HAND_OFF),
    (answers.meanings_faint, Action.HAND_OFF),
    (answers.close_intents, Action.ASK),
    (answers.low_confidence, Action.HAND_OFF),
    (about_a_matter(answers.awaits_approval), Action.HAND_OFF),
    (about_a_matter(answers.held_out), Action.HAND_OFF),
    (answers.confident, Action.ANSWER),
)
