"""A decision said to people: why, in one sentence, and what would have changed it, in another.

Pure functions of the record. Nothing is read back out of these sentences.
"""

from __future__ import annotations

from collections.abc import Mapping

from segue.domain.decision import Action, Because, Counterfactual, Decision, Reason

_DID: Mapping[Action, str] = {
    Action.ANSWER: "Answered",
    Action.ASK: "Asked one question",
    Action.ACKNOWLEDGE: "Acknowledged",
    Action.SUGGEST: "Left to the person who has it",
    Action.HAND_OFF: "Handed to a person",
}
_WOULD: Mapping[Action, str] = {
    Action.ANSWER: "answered",
    Action.ASK: "asked one question",
    Action.ACKNOWLEDGE: "acknowledged it",
    Action.SUGGEST: "left it to the person who has it",
    Action.HAND_OFF: "handed it to a person",
}
_NOT_ASKED: Mapping[str, str] = {
    "asking.allowed": "two meanings are close and questions are switched off",
    "asking.per_episode": "two meanings are close and the customer has been asked already",
    "asking.margin": "the meanings to ask about are too far apart",
    "asking.floor": "none of the meanings to ask about is likely enough",
}
_NAMED = (
    Reason.ALWAYS_HUMAN_TOPIC,
    Reason.IMPORTANT_CUSTOMER,
    Reason.OTHER_LANGUAGE,
    Reason.COMPLEX,
    Reason.URGENT,
)


def why(decision: Decision) -> str:
    """For example: Handed to a person: the customer is frustrated (0.85, limit 0.80: “ridiculous”); also urgent."""
    deciding, *others = decision.because
    also = "".join(f"; also, {_said(because, decision)}" for because in others)
    return f"{_DID[decision.action]}: {_said(deciding, decision)}{_evidence(deciding)}{also}."


def otherwise(decision: Decision) -> str:
    """For example: It would have answered with confidence ≥ 0.88; it had 0.71. Empty where no single change does it."""
    change = decision.counterfactual
    if change is None:
        return ""
    return f"It would have {_WOULD[change.then]} {_if(change, decision.speaks)}."


def evidence(because: Because) -> str:
    """One reason with what it rests on: the customer is frustrated (0.85, limit 0.80: “ridiculous”)."""
    return f"{because.reason.sentence}{_evidence(because)}"


def _said(because: Because, decision: Decision) -> str:
    if decision.action is Action.ASK:
        return because.reason.sentence
    return _NOT_ASKED.get(because.rule, because.reason.sentence)


def _evidence(because: Because) -> str:
    words = ", ".join(f"“{word}”" for word in because.words[:3])
    parts = [part for part in (_measure(because), words) if part]
    return f" ({': '.join(parts)})" if parts else ""


def _measure(because: Because) -> str:
    value, threshold = because.value, because.threshold
    is_limit = because.reason is Reason.FRUSTRATED or because.rule == "asking.margin"
    match because.reason:
        case Reason.ASKED_BEFORE:
            return "once before" if value == 1 else f"{value} times before"
        case Reason.TOO_MANY_TURNS | Reason.TOO_LITTLE_EVIDENCE:
            return f"{value} of {threshold}"
        case Reason.RUNG_TOO_LOW | Reason.AWAITS_APPROVAL:
            return f"its rung is {_words(value)}, needs {_words(threshold)}"
        case Reason.FRUSTRATED | Reason.LOW_CONFIDENCE | Reason.CONFIDENT:
            return _against(value, "limit" if is_limit else "needs", threshold)
    return str(value) if because.reason in _NAMED else ""


def _against(value: float | str | None, word: str, threshold: float | str | None) -> str:
    if not isinstance(threshold, float | int):
        return ""
    if not isinstance(value, float | int):
        return f"none, {word} {threshold:.2f}"
    had, needed = _apart(value, threshold)
    return f"{had}, {word} {needed}"


def _apart(one: float, other: float) -> tuple[str, str]:
    """With two decimals, or as many as it takes that different figures look different."""
    places = next((n for n in range(2, 7) if one == other or f"{one:.{n}f}" != f"{other:.{n}f}"), 7)
    return f"{one:.{places}f}", f"{other:.{places}f}"


def _words(value: float | str | None) -> str:
    return str(value).replace("_", " ")


def _if(change: Counterfactual, spoke: bool) -> str:
    actual, needed = _words(change.actual), _words(change.needed)
    if isinstance(change.needed, float):
        needed = f"{change.needed:.2f}"
        if isinstance(change.actual, float | int):
            actual, needed = _apart(change.actual, change.needed)
    match change.signal:
        case "confidence" if spoke:
            return f"with confidence below {needed}; it had {actual}"
        case "confidence":
            return f"with confidence ≥ {needed}; it had {'none' if change.actual is None else actual}"
        case "frustration" if spoke:
            return f"with frustration ≥ {needed}; it was {actual}"
        case "frustration":
            return f"with frustration below {needed}; it was {actual}"
        case "wish_for_person" if not spoke:
            return "had the customer not asked for a person"
        case "answer":
            return f"with an answer it is sure of (confidence ≥ {needed})"
        case "threshold":
            reach = "" if change.needed == "any" else f" of {needed} or lower"
            return f"with enough judged cases for a threshold{reach}"
    return _OTHER[change.signal].format(actual=actual, needed=needed)


_OTHER: Mapping[str, str] = {
    "assistant": "with the assistant switched on",
    "handler": "if no person had the conversation",
    "held": "if nobody had been writing a reply",
    "wish_for_person": "had the customer asked for a person",
    "topics": "without the topic {actual}",
    "handling": "if the category were open to the assistant",
    "verified": "for a verified customer",
    "complexity": "for a {needed} matter; it is {actual}",
    "urgency": "with urgency {needed}; it is {actual}",
    "tier": "for a customer of another tier than {actual}",
    "repeat_contacts": "with fewer than {needed} earlier contacts; there were {actual}",
    "turns": "with fewer than {needed} turns taken; there were {actual}",
    "language": "in {needed}; the message is in {actual}",
    "rung": "on the rung {needed}; it is on {actual}",
    "asking": "with questions switched on",
    "draw": "had it not been drawn",
    "questions": "with fewer than {needed} questions asked; there were {actual}",
    "apart": "with the two meanings at most {needed} apart; they were {actual}",
    "together": "with the two meanings at {needed} together; they were at {actual}",
}
