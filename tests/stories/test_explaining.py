"""One message explained: from its record alone, in the same words wherever it is told."""

from __future__ import annotations

import pytest

from segue.domain.errors import NotFound
from segue.domain.ids import message_id
from segue.insight.explaining import Explainer, Explanation
from segue.policy.prose import otherwise, why
from segue.store.records import decision_of
from segue.store.trace import Traces
from stage import Stage

HIGHER = "Why is my invoice higher this month?"


def explained(house: Stage, seq: int = 1) -> Explanation:
    card, _ = Explainer(house.house.workspace, Traces(house.house.db)).explain(message_id(house.conversation, seq))
    return card


def signal(card: Explanation, name: str) -> tuple[str, str | None, bool]:
    found = next(s for s in card.signals if s.signal == name)
    return found.value, found.threshold, found.met


def test_an_answer_is_explained_by_its_confidence_beside_the_threshold(house: Stage) -> None:
    house.customer_writes(HIGHER)

    card = explained(house)

    decision = decision_of(house.turn["decision"])
    assert (card.why, card.otherwise) == (why(decision), otherwise(decision))
    assert card.action == "answer"
    assert card.sureness.confidence == decision.confidence
    assert card.sureness.threshold == decision.threshold
    assert card.sureness.cases > 0
    assert card.rule.path == f"boundary.{house.turn['assessment']['intents'][0]['category']}.threshold"
    assert (card.rule.setting, card.rule.policy_version, card.rule.set_in, card.rule.applied_by) == (None, 1, None, "")
    assert len(card.set_aside) == 4
    (ground, *_others) = card.grounds
    assert (ground.slug, ground.version) == ("why-is-my-invoice-higher", 1)
    assert ground.text in house.house.library.store.article(ground.slug).body
    assert card.nearest[0].likeness >= card.nearest[-1].likeness
    assert card.was_decided_then


def test_a_handoff_shows_the_words_the_mark_and_the_setting(house: Stage) -> None:
    house.customer_writes(HIGHER)
    house.customer_writes("This is ridiculous! I am furious, it is a complete joke and NOBODY helps me!!")

    card = explained(house, 3)

    value, mark, met = signal(card, "frustration")
    assert card.action == "hand_off"
    assert met
    assert "→" in value
    assert mark is not None
    assert mark.startswith("0.8")
    assert card.rule.path == "triggers.frustration.high"
    assert card.rule.setting == "0.8"
    assert card.team


def test_a_rule_is_shown_as_the_policy_of_that_time_had_it(house: Stage) -> None:
    house.lead_sets(triggers__turn_cap=1)
    house.lead_sets(triggers__repeat_contacts=9)
    house.customer_writes(HIGHER)
    house.customer_writes("And how do I export my data?")
    house.lead_sets(triggers__turn_cap=5)

    card = explained(house, 3)

    assert (card.rule.path, card.rule.setting, card.rule.policy_version) == ("triggers.turn_cap", "1", 3)
    assert card.rule.set_in == 2, "version 3 changed another line"
    assert card.rule.applied_by


def test_what_would_have_been_answered_is_set_aside_with_its_reason(house: Stage) -> None:
    house.lead_sets(triggers__tiers=["free"])
    house.customer_writes(HIGHER)

    card = explained(house)

    assert card.set_aside[0].what == "the answer it had ready"
    assert "customers of this tier get a person" in card.set_aside[0].why


def test_what_came_of_it_is_told_to_the_end(house: Stage) -> None:
    house.customer_writes("I want to talk to a human about my invoice")
    house.agent_replies("A seat was added on the third.")
    house.agent_resolves(intent="invoice_higher")

    told = [h.says for h in explained(house).afterwards]

    assert told[0].startswith("Segue: ")
    assert any("It went to people (asked for person)" in says for says in told)
    assert any("Mira" in says and "A seat was added" in says for says in told)
    assert "resolved it as Know why the invoice is higher" in told[-1]


def test_a_customer_who_came_back_is_part_of_what_came_of_it(house: Stage) -> None:
    house.customer_writes(HIGHER)
    first = house.conversation
    house.days_pass(4)
    house.customer_writes(HIGHER, again=True)
    assert house.conversation != first

    house.conversation = first

    assert "came back about the same issue after 4 days" in explained(house).afterwards[-1].says


def test_only_customers_messages_are_decided_about_and_that_is_said(house: Stage) -> None:
    house.customer_writes(HIGHER)

    with pytest.raises(NotFound, match=r"is the assistant's; nothing was decided about it\. .* msg_\w+\.1\."):
        explained(house, 2)


def test_what_could_not_be_considered_is_explained_too(house: Stage) -> None:
    """A person got it, and there is nothing that triage noticed."""
    house.customer_writes(HIGHER)
    house.house.db.run("delete from assessments")
    house.house.db.run("delete from answers")

    card = explained(house)

    assert (card.signals, card.nearest, card.set_aside) == ((), (), ())
    assert card.why
