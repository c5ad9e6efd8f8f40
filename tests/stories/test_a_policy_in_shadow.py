"""A policy decides in shadow beside the live one: seen, never obeyed, and of no harm to any turn."""

from __future__ import annotations

import pytest
import yaml

from segue.domain.errors import Conflict
from segue.intake.shadowing import Shadow
from segue.store.shadows import Run, Shadows
from stage import Stage

HIGHER = "Why is my invoice higher this month?"


def shadows(house: Stage) -> Shadows:
    return Shadows(house.house.db)


def runs_in_shadow(house: Stage, **changed: object) -> Run:
    """The live policy with something changed, in shadow."""
    live = house.house.workspace.live_policy()
    assert live is not None
    body = yaml.safe_load(live[1]) | changed
    shadows(house).begin(yaml.safe_dump(body), "agt_lena", "A try.", house.now)
    house.mind.refresh()
    run = shadows(house).running()
    assert run is not None
    return run


def test_what_a_shadow_would_have_done_is_told_and_never_done(house: Stage) -> None:
    run = runs_in_shadow(house, triggers={"tiers": ["free"]})

    house.customer_writes(HIGHER, "ada")
    ada = house.conversation
    house.customer_writes(HIGHER, "grace", again=True)

    assert house.handler == "assistant"
    assert house.house.conversations.one(ada)["handler"] == "assistant"
    found = shadows(house).compared(run.id)
    assert (found.messages, found.conversations, found.changed, found.failed) == (2, 2, 1, 0)
    assert found.moves == {("assistant", "human"): 1, ("assistant", "assistant"): 1}
    (row,) = shadows(house).differing(run.id)
    assert (row.conversation_id, row.reason, row.words) == (ada, "important_customer", HIGHER)
    assert "policy.shadowed" in [e.kind for e in house.house.events.after("0-0")]


def test_the_live_policy_in_shadow_decides_as_the_live_one_whatever_chance_draws(house: Stage) -> None:
    house.lead_sets(evidence__holdout=0.5)
    run = runs_in_shadow(house)

    for n in range(6):
        house.customer_writes(HIGHER, f"visitor{n}")
    house.agent_takes()
    house.customer_writes("And the one before?", "visitor5")

    found = shadows(house).compared(run.id)
    assert (found.messages, found.changed, found.teams, found.suggestions) == (7, 0, 0, 0)


def test_a_topic_only_the_shadow_watches_is_seen_by_it(house: Stage) -> None:
    watched = {"always_human_topics": ["seats"]}
    run = runs_in_shadow(house, topics={"seats": {"a seat": r"\bseats?\b"}}, guardrails=watched)

    house.customer_writes("How do I add a seat?")

    assert house.handler == "assistant"
    (row,) = shadows(house).differing(run.id)
    assert row.reason == "always_human_topic"


class Broken:
    def decide(self, *_: object) -> None:
        raise ZeroDivisionError("a shadow that fails")

    def keep(self, *_: object) -> None:
        raise OSError("nowhere to keep it")


def test_a_shadow_that_fails_costs_a_comparison_and_no_turn(house: Stage) -> None:
    run = runs_in_shadow(house)
    shadow = house.mind.receiver.shadow
    assert isinstance(shadow, Shadow)
    shadow.decider = Broken()  # type: ignore[assignment]

    house.customer_writes(HIGHER)
    assert house.action == "answer"
    assert shadows(house).compared(run.id).failed == 1

    shadow.store = Broken()
    house.customer_writes("How do I add a seat?")
    assert house.action == "answer"
    assert shadows(house).compared(run.id).messages == 1


def test_a_shadow_that_cannot_be_read_leaves_the_live_policy_alone(house: Stage) -> None:
    run = runs_in_shadow(house)
    broken = {"body": "no_such_setting: 1", "version": run.version}
    house.house.db.run("update policies set body = %(body)s where version = %(version)s", broken)
    house.lead_sets(triggers__turn_cap=3)

    house.customer_writes(HIGHER)

    assert house.action == "answer"
    assert house.mind.receiver.shadow is None


def test_a_promoted_shadow_is_live_and_a_dropped_one_stays_in_the_history(house: Stage) -> None:
    before = house.house.workspace.live_policy()
    assert before is not None
    run = runs_in_shadow(house, triggers={"tiers": ["free"]})
    with pytest.raises(Conflict):
        shadows(house).promote(run.id, "agt_lena", "Too late.", house.now, replaces=before[0] + 7)

    made = shadows(house).promote(run.id, "agt_lena", "It is better.", house.now, replaces=before[0])
    house.mind.refresh()
    house.customer_writes(HIGHER)

    assert (made, house.action) == (run.version, "hand_off")
    assert shadows(house).running() is None
    with pytest.raises(Conflict):
        shadows(house).drop(run.id, "agt_lena", "Twice.", house.now)

    second = runs_in_shadow(house, triggers={"tiers": []})
    third = runs_in_shadow(house, triggers={"tiers": ["free", "team"]})
    shadows(house).drop(third.id, "agt_lena", "No use.", house.now)
    ends = {v: row.outcome for v, row in shadows(house).runs().items()}
    assert ends == {run.version: "promoted", second.version: "replaced", third.version: "dropped"}
    live = house.house.workspace.live_policy()
    assert live is not None
    assert live[0] == run.version


def test_who_is_erased_is_gone_from_the_shadow_too(house: Stage) -> None:
    run = runs_in_shadow(house, triggers={"tiers": ["free"]})
    house.customer_writes(HIGHER, "ada")

    house.house.erasures.erase("con_ada", "agt_lena", house.now)

    assert shadows(house).compared(run.id).messages == 0
