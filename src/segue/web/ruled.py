"""The rule that decided, as a lead calls it: its name, what it is set to, and the words of the message that it met.

The one idea: where a rule stands in the policy's YAML, and the pattern it is written in, are for machines. They stand
in the trace; a page shows what the policy's own page calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from segue.insight.explaining import Explanation, Rule
from segue.policy.prose import rests_on, why
from segue.policy.settings import load
from segue.store.records import decision_of
from segue.texts import N_, _, word
from segue.web.policy_words import Words, words_of
from segue.web.rooms import Rooms

_CALLED: Mapping[str, str] = {
    "assistant": N_("The switch of the assistant"),
    "answer": N_("What could not be considered goes to a person"),
    "answer.abstention": N_("Without an answer it is sure of, a person answers"),
    "assessment.is_greeting": N_("A mere greeting is returned"),
    "assessment.is_closing": N_("Mere thanks are acknowledged"),
    "conversation.handler": N_("What a person has stays theirs"),
    "conversation.assistant_is_held": N_("The assistant is silent while somebody writes"),
    "guardrails.wish_for_person": N_("Who asks for a person gets one"),
    "evidence.holdout": N_("A share goes to people by lot, for comparison"),
    "desk": N_("A colleague decided it"),
    "earlier": N_("What was decided before stays so"),
}
"""Rules that are no field of the policy's page, or say more than it does."""


@dataclass(frozen=True, slots=True)
class Ruled:
    name: str
    setting: str
    """Empty where nothing is set there, or what is set can only be read by a machine."""
    met: str
    """The words of the message that it met, quoted; or empty."""
    why: str = ""
    """What was done and the deciding reason; the others that held stand beside it."""


def rule_of(house: Rooms, card: Explanation, record: Mapping[str, Any]) -> Ruled:
    """Of the version of the policy that it was decided under."""
    catalogue, policy = house.workspace.catalogue(), load(house.workspace.policy(card.rule.policy_version))
    names = {category.id: category.name for category in catalogue.categories}
    names |= catalogue.names
    decision = decision_of(record["decision"])
    headline = why(replace(decision, because=decision.because[:1]), names)
    return replace(ruled(card.rule, record, words_of(house, policy), names), why=headline)


def ruled(rule: Rule, record: Mapping[str, Any], words: Words, names: Mapping[str, str]) -> Ruled:
    """`record` is what is stored of the turn; `names` are those of intents and categories, by id."""
    deciding = decision_of(record["decision"]).because[0]
    met = ", ".join(rests_on(deciding, names))
    path = rule.path
    if path.startswith("topics."):
        topic, _dot, name = path.removeprefix("topics.").partition(".")
        return Ruled(f"{_capital(word(topic.replace('_', ' ')))}: {word(name)}", "", met)
    if path.startswith("boundary."):
        return Ruled(_earned(path, names), "", met)
    setting = words.setting(path, rule.setting) if rule.setting is not None else ""
    return Ruled(_named(path, words), setting, met)


def _named(path: str, words: Words) -> str:
    if path in _CALLED:
        return _(_CALLED[path])
    name = words.name(path).removesuffix("%").rstrip(" ,")
    return name or (
        _("When the assistant asks a question") if path.startswith("asking.") else _("A setting of the policy")
    )


def _earned(path: str, names: Mapping[str, str]) -> str:
    """What evidence earned in a category, and nobody set."""
    category, _dot, what = path.removeprefix("boundary.").rpartition(".")
    name = names.get(category, _capital(category.replace("_", " ")))
    if what == "matter":
        return _("What of %(category)s this is about has too few cases of its own to be answered alone", category=name)
    if what == "rung":
        return _("How far the assistant may go in %(category)s, as evidence has it", category=name)
    return _("How sure it must be in %(category)s, as evidence has it", category=name)


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
