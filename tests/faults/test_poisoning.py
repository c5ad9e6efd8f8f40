"""Trust R7: the boundary never grows on poison or too little evidence, and a test that no bug can fail is a defect.

Each attack of the drill gains nothing in the house as it is, and something as soon as its guard is taken away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest

from faults.bugs import plant
from segue.app.drill.poison import (
    CELL,
    SCENARIOS,
    Attack,
    Scenario,
    a_colluding_agent_takes_up_what_two_accounts_praised,
    a_key_praises_in_the_names_of_agents,
    all_of_one_company_write,
    an_agent_praises_nearly_all,
    an_agent_praises_whatever_comes,
    one_contact_writes_a_thousand_times,
    one_incident_makes_all_write_the_same,
    started_again_in_mid_promotion,
    twenty_sybils_write_fifty_times_each,
    twenty_vouched_for_sybils_write_fifty_times_each,
)
from segue.app.drill.small import small_house
from segue.domain.decision import Rung
from segue.domain.evidence import Judgement, Source, Verdict
from segue.domain.moves import Move, Proof
from segue.learning.record import Report
from segue.store.workspace import Workspace

RED: list[tuple[Scenario, tuple[str, ...], str]] = [
    (one_contact_writes_a_thousand_times, ("praise_has_no_cap",), "offered AUTO_WITH_HOLD"),
    (twenty_sybils_write_fifty_times_each, ("strangers_are_known", "praise_has_no_cap"), "offered AUTO_WITH_HOLD"),
    (twenty_vouched_for_sybils_write_fifty_times_each, ("praise_has_no_cap",), "offered AUTO_WITH_HOLD"),
    (one_incident_makes_all_write_the_same, ("an_incident_is_as_many_cases_as_customers",), "offered AUTO_WITH_HOLD"),
    (all_of_one_company_write, ("a_company_counts_for_any_number",), "offered AUTO_WITH_HOLD"),
    (a_key_praises_in_the_names_of_agents, ("keys_are_one_voice_no_more",), "offered AUTO_WITH_HOLD"),
    (
        an_agent_praises_whatever_comes,
        ("a_fig_leaf_is_a_second_agent", "one_agent_counts_for_any_number"),
        "offered AUTO_WITH_HOLD",
    ),
    (an_agent_praises_nearly_all, ("one_agent_counts_for_any_number",), "offered AUTO_WITH_HOLD"),
    (a_colluding_agent_takes_up_what_two_accounts_praised, ("judges_take_up_their_own",), "moved to AUTO_WITH_HOLD"),
    (started_again_in_mid_promotion, ("offers_pile_up",), "2 offers"),
    (started_again_in_mid_promotion, ("offers_stay_open", "an offer is taken up any number of times"), "2 moves"),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_poison_gains_nothing(scenario: Scenario, database_url: str) -> None:
    assert what_is_gained(scenario, database_url) == []


@pytest.mark.parametrize(("scenario", "bugs", "found"), RED, ids=lambda v: v.__name__ if callable(v) else None)
def test_without_its_guard_it_gains_something(
    scenario: Scenario, bugs: tuple[str, ...], found: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found in what_is_gained(scenario, database_url, bugs, monkeypatch)


def test_honest_evidence_of_the_same_size_is_offered(database_url: str) -> None:
    """So that the tests above do not pass because nothing is ever offered."""
    with small_house(database_url) as house:
        attack = Attack(house, Rung.APPROVE)
        attack.customers(150, ("mira", "tom"))

        assert attack.gained == ["offered AUTO_WITH_HOLD"]
        (offer,) = attack.ladder.offers()
        assert attack.ladder.approve(offer.id, "lena", house.now).rung is Rung.AUTO_WITH_HOLD


def test_a_fall_that_was_reckoned_before_somebody_lowered_the_cell_does_not_raise_it_again(database_url: str) -> None:
    with small_house(database_url) as house:
        attack = Attack(house, Rung.SUGGEST)
        attack.ladder.history.move(Move(CELL, Rung.AUTO, "offer", "agt_lena", house.now, 0.9, proven_at(0.05)))
        Workspace(house.db).apply_policy("{name: small, budget: {wrong: 0.02}}", "lena", "Stricter.", house.now)
        reckoned = attack.ladder.reports

        def lowered_meanwhile(now: datetime) -> list[Report]:
            found = reckoned(now)
            attack.ladder.lower(CELL, "mira", "A doubt.", house.now, Rung.ROUTE)
            return found

        attack.ladder.reports = lowered_meanwhile  # type: ignore[assignment, method-assign]
        assert "meanwhile" in str(attack.ladder.watch(house.now + timedelta(minutes=1)))
        assert attack.ladder.boundary().of("billing").rung is Rung.ROUTE


def test_who_copies_a_text_and_puts_another_number_into_it_asks_the_same(database_url: str) -> None:
    """Also where the encoder reads them otherwise. What has the same letters in their order, and more, is another."""
    texts = (
        "Charged 100 € once, twice?",
        "Charged 100 € twice?",
        "charged 2,500 € – TWICE",
        "Have I paid 100 € twice?",
    )
    with small_house(database_url) as house:
        attack = Attack(house, Rung.APPROVE)
        opened = [c for n, text in enumerate(texts) for c in attack.writes(f"hit {n}", 1, text=text)]
        attack.handled(opened, ("mira",))
        attack.hears()

        found = {
            row.conversation_id: row.alike for row in house.db.all("select conversation_id, alike from judgements")
        }
    longer, first, copied, other = (found[conversation] for conversation in opened)
    assert copied == first
    assert len({first, longer, other}) == 3


def proven_at(budget: float) -> Proof:
    return Proof(0.9, 100, 100.0, 0, 100, ("agt_mira", "agt_tom"), 40.0, 20.0, 0.96, budget, 0.95, 0)


def test_the_assistants_own_words_never_judge_it(database_url: str) -> None:
    with small_house(database_url) as house:
        attack = Attack(house, Rung.APPROVE)
        (conversation,) = attack.writes("ada", 1)
        praise = Judgement(Source.GRADED, Verdict.RIGHT, 1.0, "assistant", house.now)

        with pytest.raises(psycopg.errors.CheckViolation):
            attack.ladder.store.judge(f"msg_{conversation[4:]}.1", praise, "judging-1", "itself")


@pytest.mark.parametrize("table", ["cases", "judgements", "standings"])
def test_the_record_is_added_to_and_never_rewritten(table: str, database_url: str) -> None:
    with small_house(database_url) as house:
        attack = Attack(house, Rung.APPROVE)
        (conversation,) = attack.writes("ada", 1)
        attack.handled([conversation], ("mira",))
        attack.hears()
        attack.ladder.lower(CELL, "mira", "A doubt.", house.now)

        with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
            house.db.run(f"update {table} set at = at")


def what_is_gained(
    scenario: Scenario, url: str, bugs: tuple[str, ...] = (), monkeypatch: pytest.MonkeyPatch | None = None
) -> list[str]:
    with small_house(url) as house:
        for bug in bugs:
            if bug == "an offer is taken up any number of times":
                house.db.run("alter table standings drop constraint standings_offer_id_key")
                continue
            if bug == "offers_pile_up":
                house.db.run("drop index one_open_offer")
            assert monkeypatch is not None
            plant(bug, monkeypatch.setattr)
        return scenario(Attack(house, Rung.APPROVE))
