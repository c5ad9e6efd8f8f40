"""A decision said to people: why, in one sentence, and what would have changed it, in another.

Pure functions of the record. Nothing is read back out of these sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from types import MappingProxyType

from segue.domain.catalogue import of_category
from segue.domain.decision import Action, Alteration, Because, Counterfactual, Decision, Reason
from segue.texts import N_, _, forms, word
from segue.texts.codes import DRIVERS

NONE: Mapping[str, str] = MappingProxyType({})

_DID: Mapping[Action, str] = {
    Action.ANSWER: N_("Answered"),
    Action.ASK: N_("Asked one question"),
    Action.ACKNOWLEDGE: N_("Acknowledged"),
    Action.SUGGEST: N_("Left to the person who has it"),
    Action.HAND_OFF: N_("Handed to a person"),
}
_WOULD: Mapping[Action, str] = {
    Action.ANSWER: N_("answered"),
    Action.ASK: N_("asked one question"),
    Action.ACKNOWLEDGE: N_("acknowledged it"),
    Action.SUGGEST: N_("left it to the person who has it"),
    Action.HAND_OFF: N_("handed it to a person"),
}
_NOT_ASKED: Mapping[str, str] = {
    "asking.allowed": N_("two meanings are close and questions are switched off"),
    "asking.per_episode": N_("two meanings are close and the customer has been asked already"),
    "asking.margin": N_("the meanings to ask about are too far apart"),
    "asking.floor": N_("none of the meanings to ask about is likely enough"),
}
_NAMED = (
    Reason.ALWAYS_HUMAN_TOPIC,
    Reason.IMPORTANT_CUSTOMER,
    Reason.OTHER_LANGUAGE,
    Reason.COMPLEX,
    Reason.URGENT,
)


def why(decision: Decision, names: Mapping[str, str] = NONE) -> str:
    """For example: Handed to a person: the customer is frustrated (0.85, limit 0.80: “ridiculous”); also urgent."""
    deciding, *others = decision.because
    also = "".join(_("; also, %(reason)s", reason=_said(because, decision)) for because in others)
    return f"{_(_DID[decision.action])}: {_said(deciding, decision)}{_evidence(deciding, names)}{also}."


def otherwise(decision: Decision) -> str:
    """For example: It would have answered with confidence ≥ 0.88 (it had 0.71). Empty where nothing would have."""
    change = decision.counterfactual
    if change is None:
        return ""
    also = "".join(_(", and %(condition)s", condition=_if(altered, decision.speaks)) for altered in change.also)
    condition = _if(change, decision.speaks) + also
    return _("It would have %(done)s %(condition)s.", done=_(_WOULD[change.then]), condition=condition)


def evidence(because: Because, names: Mapping[str, str] = NONE) -> str:
    """One reason with what it rests on: the customer is frustrated (0.85, limit 0.80: “ridiculous”)."""
    return f"{because.reason.sentence}{_evidence(because, names)}"


def rests_on(because: Because, names: Mapping[str, str] = NONE) -> list[str]:
    """At most three: the customer's words in quotation marks; what the category, or the matters it wavered between, are
    called (`names`, as `Catalogue.names` has them); what made it complex; numbers of conversations."""
    return [_as_read(told, because, names) for told in because.words[:3]]


def _as_read(told: str, because: Because, names: Mapping[str, str]) -> str:
    if because.reason is Reason.COMPLEX and told in DRIVERS:
        return word(told)
    if because.reason is Reason.ASKED_BEFORE:
        return told
    if because.reason is Reason.ALWAYS_HUMAN_CATEGORY:
        told = names.get(of_category(told), told)
    return _("“%(text)s”", text=names.get(told, told) if because.reason is Reason.INTENTS_CLOSE else told)


def _said(because: Because, decision: Decision) -> str:
    if decision.action is Action.ASK:
        return because.reason.sentence
    return _(_NOT_ASKED[because.rule]) if because.rule in _NOT_ASKED else because.reason.sentence


def _evidence(because: Because, names: Mapping[str, str]) -> str:
    words = ", ".join(rests_on(because, names))
    parts = [part for part in (_measure(because), words) if part]
    return f" ({': '.join(parts)})" if parts else ""


def _measure(because: Because) -> str:
    value, threshold = because.value, because.threshold
    is_limit = because.reason is Reason.FRUSTRATED or because.rule == "asking.margin"
    match because.reason:
        case Reason.ASKED_BEFORE:
            return _("once before") if value == 1 else _("%(n)s times before", n=value)
        case Reason.TOO_MANY_TURNS | Reason.TOO_LITTLE_EVIDENCE:
            return _("%(n)s of %(of)s", n=value, of=threshold) if threshold else ""
        case Reason.RUNG_TOO_LOW | Reason.AWAITS_APPROVAL:
            return _("its rung is %(rung)s, needs %(needed)s", rung=_words(value), needed=_words(threshold))
        case Reason.FRUSTRATED | Reason.LOW_CONFIDENCE | Reason.CONFIDENT:
            return _against(value, is_limit, threshold)
    return _words(value) if because.reason in _NAMED else ""


def _against(value: float | str | None, is_limit: bool, threshold: float | str | None) -> str:
    if not isinstance(threshold, float | int):
        return ""
    if not isinstance(value, float | int):
        had, needed = _("none"), forms.number(_cut(threshold, 2), 2)
    else:
        had, needed = _apart(value, threshold)
    if is_limit:
        return _("%(had)s, limit %(limit)s", had=had, limit=needed)
    return _("%(had)s, needs %(needed)s", had=had, needed=needed)


def _apart(one: float, other: float) -> tuple[str, str]:
    """With two decimals, or as many as it takes that different figures look different; cut off, as percentages are."""
    places = next((n for n in range(2, 7) if one == other or _differ(one, other, n)), 7)
    return forms.number(_cut(one, places), places), forms.number(_cut(other, places), places)


def _differ(one: float, other: float, places: int) -> bool:
    return _cut(one, places) != _cut(other, places) and f"{one:.{places}f}" != f"{other:.{places}f}"


def _cut(value: float, places: int) -> float:
    scale = float(10**places)
    return floor(value * scale + 1e-9) / scale


def _words(value: float | str | None) -> str:
    return ", ".join(word(part.replace("_", " ")) for part in str(value).split(", "))


def _if(change: Alteration | Counterfactual, spoke: bool) -> str:  # noqa: C901 (one case for each signal)
    actual, needed = _words(change.actual), _words(change.needed)
    if isinstance(change.needed, float):
        needed = forms.number(_cut(change.needed, 2), 2)
        if isinstance(change.actual, float | int):
            actual, needed = _apart(change.actual, change.needed)
    match change.signal:
        case "confidence" if spoke:
            return _("with confidence below %(needed)s (it had %(actual)s)", needed=needed, actual=actual)
        case "confidence" if change.needed == "any":
            return _("with a confidence that reaches it")
        case "confidence":
            actual = _("none") if change.actual is None else actual
            return _("with confidence ≥ %(needed)s (it had %(actual)s)", needed=needed, actual=actual)
        case "frustration" if spoke:
            return _("with frustration ≥ %(needed)s (it was %(actual)s)", needed=needed, actual=actual)
        case "frustration":
            return _("with frustration below %(needed)s (it was %(actual)s)", needed=needed, actual=actual)
        case "wish_for_person" if not spoke:
            return _("had the customer not asked for a person")
        case "answer":
            if change.needed == "any":
                return _("with an answer it is sure of")
            return _("with an answer it is sure of (confidence ≥ %(needed)s)", needed=needed)
        case "threshold":
            if change.needed == "any":
                return _("with enough judged cases for a threshold")
            return _("with enough judged cases for a threshold of %(needed)s or lower", needed=needed)
    return _(_OTHER[change.signal], actual=actual, needed=needed)


_OTHER: Mapping[str, str] = {
    "assistant": N_("with the assistant switched on"),
    "handler": N_("if no person had the conversation"),
    "held": N_("if nobody had been writing a reply"),
    "wish_for_person": N_("had the customer asked for a person"),
    "topics": N_("without the topic %(actual)s"),
    "handling": N_("if the category were open to the assistant"),
    "verified": N_("for a verified customer"),
    "complexity": N_("for a %(needed)s matter (it is %(actual)s)"),
    "urgency": N_("with urgency %(needed)s (it is %(actual)s)"),
    "tier": N_("for a customer of another tier than %(actual)s"),
    "repeat_contacts": N_("with fewer than %(needed)s earlier contacts (here: %(actual)s)"),
    "turns": N_("with fewer than %(needed)s turns taken (here: %(actual)s)"),
    "language": N_("in %(needed)s (the message is in %(actual)s)"),
    "rung": N_("on the rung “%(needed)s” (it is on “%(actual)s”)"),
    "asking": N_("with questions switched on"),
    "draw": N_("had it not been drawn"),
    "questions": N_("with fewer than %(needed)s questions asked (here: %(actual)s)"),
    "apart": N_("with the two meanings at most %(needed)s apart (they were %(actual)s)"),
    "together": N_("with the two meanings at %(needed)s together (they were at %(actual)s)"),
}
