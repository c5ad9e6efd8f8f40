"""What single change would have decided otherwise, found by deciding again and never guessed.

Where a person was preferred, each reason is taken away in turn until the remaining rules act differently; where none
does it alone, all that stand before the assistant's turn to speak are, for each of them is enough for a person. Where
the assistant speaks, the nearest signal that would have stopped it is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import chain, takewhile
from typing import TypeVar

from segue.domain.assessment import Complexity, Urgency
from segue.domain.decision import Action, Alteration, Because, Counterfactual, Reason
from segue.policy.rules.case import Case
from segue.policy.rules.people import handover_mark

Held = Sequence[tuple[Because, Action]]
"""The reasons that held, in the order of the rules, each with what it asks for."""

SPEAKS = (Action.ANSWER, Action.ASK, Action.ACKNOWLEDGE)
Ladder = TypeVar("Ladder", bound=StrEnum)


def settle(held: Held) -> Action:
    """The action that the first reason asks for; a conversation that people have already is not handed off again."""
    action = held[0][1]
    if action is Action.HAND_OFF and any(because.rule == "conversation.handler" for because, _ in held):
        return Action.SUGGEST
    return action


def otherwise(case: Case, held: Held, action: Action) -> Counterfactual | None:
    """The smallest change that would have decided otherwise; None where a reason stood in the way that no change would
    take away."""
    if action in SPEAKS:
        return _nearest_stop(case, action)
    return _one_change(case, held, action) or _all_changes(case, held)


def _one_change(case: Case, held: Held, action: Action) -> Counterfactual | None:
    for place, (because, asks) in enumerate(held):
        if asks in SPEAKS:
            return None
        then = settle([*held[:place], *held[place + 1 :]])
        needed = _needed(case, because)
        if then is not action and needed is not None:
            return Counterfactual(_signal(because), because.value, needed, then)
    return None


def _all_changes(case: Case, held: Held) -> Counterfactual | None:
    in_the_way = [because for because, _ in takewhile(lambda reason: reason[1] not in SPEAKS, held)]
    changes: dict[str, Alteration] = {}
    for because in in_the_way:
        needed = _needed(case, because)
        if needed is None:
            return None
        changes.setdefault(_signal(because), Alteration(_signal(because), because.value, needed))
    first, *rest = changes.values()
    return Counterfactual(first.signal, first.actual, first.needed, settle(held[len(in_the_way) :]), tuple(rest))


_SIGNALS: Mapping[Reason, str] = {
    Reason.ASSISTANT_OFF: "assistant",
    Reason.ASKED_FOR_PERSON: "wish_for_person",
    Reason.ALWAYS_HUMAN_TOPIC: "topics",
    Reason.ALWAYS_HUMAN_CATEGORY: "handling",
    Reason.UNVERIFIED_CUSTOMER: "verified",
    Reason.FRUSTRATED: "frustration",
    Reason.COMPLEX: "complexity",
    Reason.IMPORTANT_CUSTOMER: "tier",
    Reason.ASKED_BEFORE: "repeat_contacts",
    Reason.TOO_MANY_TURNS: "turns",
    Reason.URGENT: "urgency",
    Reason.OTHER_LANGUAGE: "language",
    Reason.RUNG_TOO_LOW: "rung",
    Reason.AWAITS_APPROVAL: "rung",
    Reason.HELD_OUT: "draw",
    Reason.TOO_LITTLE_EVIDENCE: "threshold",
    Reason.LOW_CONFIDENCE: "confidence",
}
_BY_RULE: Mapping[str, str] = {
    "conversation.handler": "handler",
    "conversation.assistant_is_held": "held",
    "asking.allowed": "asking",
    "asking.per_episode": "questions",
    "asking.margin": "apart",
    "asking.floor": "together",
}


def _signal(because: Because) -> str:
    """Every way to abstain comes down to the answer itself."""
    return _BY_RULE.get(because.rule) or _SIGNALS.get(because.reason, "answer")


def _needed(case: Case, because: Because) -> float | str | None:
    """Where the signal would have to stand; None where it cannot stand anywhere better."""
    special = _NEEDED.get(_signal(because))
    return special(case) if special else because.threshold


def _bar(case: Case) -> float | str:
    """A floor alone says nothing of where a threshold will lie."""
    if case.threshold is None:
        return "any" if case.confidence is None else case.floor
    return case.threshold


_NEEDED: Mapping[str, Callable[[Case], float | str | None]] = {
    "frustration": handover_mark,
    "complexity": lambda case: _below(case.policy.triggers.complexity, Complexity),
    "urgency": lambda case: _below(case.policy.triggers.urgency, Urgency),
    "tier": lambda _: "another",
    "confidence": _bar,
    "threshold": lambda case: case.confidence if case.confidence is not None else "any",
    "answer": lambda case: case.threshold if case.threshold is not None else "any",
}


def _below(trigger: Ladder | None, ladder: type[Ladder]) -> str | None:
    steps = [step.value for step in ladder]
    place = steps.index(trigger.value) if trigger else 0
    return steps[place - 1] if place else None


def _nearest_stop(case: Case, action: Action) -> Counterfactual:
    """Of the figures between 0 and 1 the one with the least way to go; else a spoken wish."""
    figures = sorted(chain(_less_confidence(case, action), _more_frustration(case)))
    if figures:
        _, signal, actual, needed = figures[0]
        return Counterfactual(signal, actual, needed, Action.HAND_OFF)
    return Counterfactual("wish_for_person", "no", "yes", Action.HAND_OFF)


def _less_confidence(case: Case, action: Action) -> list[tuple[float, str, float, float]]:
    if action is not Action.ANSWER or not case.threshold or case.confidence is None:
        return []
    return [(case.confidence - case.threshold, "confidence", case.confidence, case.threshold)]


def _more_frustration(case: Case) -> list[tuple[float, str, float, float]]:
    felt, mark = case.assessment.frustration.value, handover_mark(case)
    return [(mark - felt, "frustration", felt, mark)] if mark <= 1.0 else []
