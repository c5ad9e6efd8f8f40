"""What the assistant did about a message and why, in words: the newest turn whole, each in a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segue.desk.why import mood_word
from segue.domain.answer import AnswerKind
from segue.domain.catalogue import Catalogue
from segue.domain.decision import Action, Reason
from segue.policy.prose import otherwise, rests_on
from segue.store.records import decision_of
from segue.texts import N_, _, forms

_LEFT = "left"
"""A suggestion of nothing: it had no answer, or a courtesy, which nobody is shown (`desk_assistant.suggestion_of`)."""
_DID = {
    _LEFT: N_("left it to the person who has it"),
    Action.ANSWER: N_("answered"),
    Action.ASK: N_("asked which of two matters is meant"),
    Action.ACKNOWLEDGE: N_("acknowledged"),
    Action.SUGGEST: N_("suggested an answer to the person who has it"),
    Action.HAND_OFF: N_("handed over to people"),
}
_WHY = {
    _LEFT: N_("Why the assistant left it to a person"),
    Action.ANSWER: N_("Why the assistant answered"),
    Action.ASK: N_("Why the assistant asked"),
    Action.ACKNOWLEDGE: N_("Why the assistant acknowledged"),
    Action.SUGGEST: N_("Why the assistant suggested"),
    Action.HAND_OFF: N_("Why the assistant handed over"),
}


def reasoned(catalogue: Catalogue, turns: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest turn: what was decided, on which grounds, and what would have changed it."""
    if not turns:
        return None
    turn = turns[-1]
    decision, answer = turn["decision"], turn["answer"] or {}
    return {
        "title": title_of(turn),
        "reasons": [
            (_sentence(because), ", ".join(rests_on(read, catalogue.names)))
            for because, read in zip(decision["because"], decision_of(decision).because, strict=True)
        ],
        "confidence": answer.get("confidence"),
        "threshold": decision["threshold"],
        "grounds": answer.get("grounds", ()),
        "signals": _signals(catalogue, turn["assessment"]),
        "otherwise": otherwise(decision_of(decision)),
        "policy": decision["policy_version"],
    }


def title_of(turn: Mapping[str, Any]) -> str:
    """What the reasons of a turn are reasons for; `turn` with its `decision` and `answer`."""
    return _(_WHY.get(_action(turn), _WHY[Action.SUGGEST]))


def _sentence(because: dict[str, Any]) -> str:
    said = _clause(because)
    return said[:1].upper() + said[1:] + "."


def _clause(because: dict[str, Any]) -> str:
    """A reason this version does not know yet is still shown, by its name."""
    try:
        return Reason(because["reason"]).sentence
    except ValueError:
        return str(because["reason"]).replace("_", " ")


def _signals(catalogue: Catalogue, assessment: dict[str, Any] | None) -> list[tuple[str, str, list[str]]]:
    """What triage noticed: name, value, and the customer's words that moved it."""
    if assessment is None:
        return []
    noticed = [("intent", _intent(catalogue, assessment), assessment["none_of_these"]["words"])]
    for name in ("urgency", "frustration", "complexity"):
        signal = assessment[name]
        is_mood = name == "frustration"
        value = f"{forms.number(signal['value'], 2)} ({mood_word(signal['value'])})" if is_mood else _(signal["value"])
        noticed.append((name, value, signal["words"]))
    return noticed


def _intent(catalogue: Catalogue, assessment: dict[str, Any]) -> str:
    guesses = assessment["intents"]
    if assessment["none_of_these"]["value"] or not guesses:
        return _("none of the known ones")
    known = catalogue.intent(guesses[0]["intent"])
    return f"{known.name if known else guesses[0]['intent']} ({forms.percent(guesses[0]['probability'])})"


def _by_name(because: dict[str, Any], catalogue: Catalogue) -> str:
    """Of a category that always goes to a person, and of a thing that no article speaks of, which one it is; empty of
    other reasons."""
    if because["reason"] == Reason.ANOTHER_THING and because["words"]:
        thing = because["words"][0]
        return _("the message asks about %(thing)s, which the article there is does not speak of", thing=thing)
    if because["reason"] != Reason.ALWAYS_HUMAN_CATEGORY or not because["words"]:
        return ""
    named = catalogue.category(because["words"][0])
    category = named.name if named else because["words"][0]
    return _("the category “%(category)s” always goes to a person", category=category)


def in_a_line(turn: dict[str, Any], catalogue: Catalogue) -> str:
    decision = turn["decision"]
    did = _(_DID.get(_action(turn), decision["action"]))
    because = [one for one in decision["because"] if _action(turn) != _LEFT or one["reason"] != Reason.PERSON_HAS_IT]
    reason = (_by_name(because[0], catalogue) or _clause(because[0])) if because else ""
    return f"{did}: {reason}" if reason else did


def _action(turn: Mapping[str, Any]) -> str:
    action, answer = turn["decision"]["action"], turn["answer"] or {}
    return _LEFT if action == Action.SUGGEST and answer.get("kind") != AnswerKind.ANSWER else action
