"""What decided, as a lead reads it."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import pytest

from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.conversation import Handler
from segue.domain.decision import Action, Because, Decision, Reason, Rung
from segue.insight.explaining import Rule
from segue.policy.prose import evidence, why
from segue.policy.settings import load
from segue.policy.settings.topics import TOPICS
from segue.texts import languages, speaking
from segue.web.policy_form import form_of
from segue.web.policy_words import Words
from segue.web.ruled import Ruled, ruled

POLICY = load("name: ours\ntriggers: {tiers: [enterprise]}\ncategories: {contracts: {handling: human}}\n")
CATALOGUE = Catalogue(
    (Category("billing", "Billing"), Category("contracts", "Contracts")),
    (Intent("invoice_higher", "Know why the invoice is higher", "billing"),),
)
NAMES = {"billing": "Billing", "invoice_higher": "Know why the invoice is higher"}
RULES = [
    ("assistant", "on"), ("conversation.handler", None), ("conversation.assistant_is_held", None),
    ("guardrails.wish_for_person", None), ("guardrails.verified_for_account", "on"),
    ("triggers.frustration.high", "0.8"), ("triggers.frustration.middle", "0.6"), ("triggers.complexity", "high"),
    ("triggers.tiers", "['enterprise']"), ("triggers.repeat_contacts", "1"), ("triggers.turn_cap", "3"),
    ("triggers.urgency", "critical"), ("triggers.languages", "['en']"), ("categories.contracts.handling", "human"),
    ("categories.default.ceiling", "auto_with_hold"), ("categories.default.floor", "0.3"),
    ("boundary.billing.rung", None), ("boundary.billing.threshold", None), ("evidence.holdout", "0.0"),
    ("answer", None), ("answer.abstention", None), ("assessment.is_greeting", None), ("assessment.is_closing", None),
    ("asking.allowed", "on"), ("asking.per_episode", "1"), ("asking.margin", "0.9"), ("asking.floor", "0.3"),
    ("desk", None),
    *((f"topics.{topic}.{name}", pattern) for topic, rules in TOPICS.items() for name, pattern in rules.items()),
]  # fmt: skip
"""Each that a reason can name (policy/rules), with what the policy says there."""
RAW = re.compile(r"[\\|_{}]|\w\.\w+\.|\(\?|\.\{|topics\.|boundary\.|triggers\.|categories\.")


def shown(path: str, setting: str | None, because: Because) -> Ruled:
    decision = Decision(Action.HAND_OFF, Handler.HUMAN, (because,), 1, Rung.AUTO)
    record: dict[str, Any] = {"decision": asdict(decision)}
    words = Words([form_of(POLICY, CATALOGUE, ())], {})
    return ruled(Rule(path, setting, 1, None, "", None, ""), record, words, NAMES)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("path", "setting"), RULES, ids=[path for path, _setting in RULES])
def test_a_rule_is_called_by_a_name_and_never_by_a_path_or_a_pattern(path, setting, language):
    because = Because(Reason.ALWAYS_HUMAN_TOPIC, path, ("cancel my account",))
    with speaking(language):
        said = shown(path, setting, because)

    assert len(said.name) > 5
    assert not RAW.search(said.name + said.setting), said
    assert not said.name.endswith("%"), "its unit stands beside the figure"
    assert said.met == ("„cancel my account“" if language == "de" else "“cancel my account”")
    if language != "en":
        assert said.name != shown(path, setting, because).name, "it is said in their language"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_a_sentence_without_a_word_of_the_machine(reason, language):
    words = {Reason.INTENTS_CLOSE: ("invoice_higher",), Reason.COMPLEX: ("a long message",)}.get(reason, ("so angry",))
    value, threshold = {
        Reason.RUNG_TOO_LOW: ("suggest", "auto_with_hold"), Reason.AWAITS_APPROVAL: ("approve", "auto_with_hold"),
        Reason.ALWAYS_HUMAN_TOPIC: ("payment_dispute, harm", "none"), Reason.COMPLEX: ("high", "high"),
        Reason.URGENT: ("critical", "critical"), Reason.ASKED_BEFORE: (2, 1), Reason.TOO_MANY_TURNS: (3, 3),
    }.get(reason, (0.5, 0.8))  # fmt: skip
    because = Because(reason, "triggers.urgency", words, value, threshold)
    decision = Decision(Action.HAND_OFF, Handler.HUMAN, (because, because), 1, Rung.AUTO)
    with speaking(language):
        said = why(decision, NAMES) + evidence(because, NAMES)

    assert not RAW.search(said), said
    if language != "en":
        assert reason.sentence not in said
        assert "a long message" not in said


def test_the_matters_it_wavered_between_are_called_by_their_names():
    because = Because(Reason.INTENTS_CLOSE, "asking.margin", ("invoice_higher",))

    assert "“Know why the invoice is higher”" in evidence(because, NAMES)
    assert shown("asking.margin", "0.9", because).met == "“Know why the invoice is higher”"
