"""Where a category begins: its past proves, a person answers for it, and the history says who. No name, no rung."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from climb import INVOICE
from faults.bugs import plant
from segue.app.cli.people import coming
from segue.app.fitting import publish
from segue.app.schedule import follow
from segue.assistant.confidence import Confidence
from segue.domain.catalogue import Catalogue
from segue.domain.decision import Rung
from segue.domain.errors import Conflict
from segue.domain.evidence import CellName
from segue.domain.moves import Cause, Move
from segue.learning.begun import NOBODYS, PROVEN, UNTRIED
from segue.learning.history import Fitted
from segue.policy.boundary import OWN
from segue.triage.intents import IntentHead
from stage import Stage

LOOSER, AS_BEFORE, STRICTER = 0.08, 0.05, 0.01


def publishes(house: Stage, author: str, wrong: float) -> None:
    """The live policy with another budget, and what a worker does about it."""
    live = house.house.workspace.live_policy()
    assert live is not None
    body = yaml.safe_load(live[1]) | {"budget": {"wrong": wrong, "sure": 0.95}}
    house.house.workspace.apply_policy(yaml.safe_dump(body, sort_keys=False), author, "A story.", house.now)
    house.house.beginnings.enter(house.now)
    house.mind.refresh()


def fits_again(house: Stage) -> None:
    """A fit that finds what the one before found."""
    workspace = house.house.workspace
    heads = workspace.head("intents"), workspace.head("confidence")
    intents, confidence = (head[1] for head in heads if head)
    fitted = Fitted(IntentHead.from_bytes(intents), Confidence.from_bytes(confidence), {})
    publish(house.house, fitted, house.now)
    house.mind.refresh()


def entries(house: Stage, cell: CellName) -> list[Move]:
    return [move for move in house.house.ladder.history.moves() if move.cell == cell]


def asks(house: Stage, who: str = "ada") -> CellName:
    house.customer_writes(INVOICE, who, again=True)
    return CellName(str(house.turn["assessment"]["intents"][0]["category"]))


def test_a_first_start_answers_alone_and_says_in_whose_name(house: Stage) -> None:
    cell = asks(house)

    assert house.action == "answer"
    (entry,) = entries(house, cell)
    assert (entry.rung, entry.author, entry.cause, entry.why) == (
        Rung.AUTO_WITH_HOLD, "agt_lena", Cause.REHEARSED, PROVEN,
    )  # fmt: skip
    assert entry.proof is not None
    assert (entry.proof.policy_version, entry.proof.budget, entry.proof.contacts) == (1, 0.05, 0)
    assert entry.proof.least_right >= 0.95
    assert entry.proof.cases > 0

    fits_again(house)
    assert len(entries(house, cell)) == 1, "nothing changed, and the history says nothing"


def test_a_matter_that_is_put_where_the_assistant_answers_alone_is_told_before(house: Stage) -> None:
    cell, workspace = asks(house), house.house.workspace
    assert house.action == "answer"
    found = workspace.catalogue()
    moved = [replace(intent, category_id=cell.category) for intent in found.intents]
    told = list(coming(workspace, Catalogue((), tuple(moved))))
    from_elsewhere = [i.id for i in found.intents if i.is_opened and i.category_id != cell.category]
    assert [line.partition(" ")[0] for line in told] == from_elsewhere
    assert list(coming(workspace, found)) == []


def test_a_matter_with_few_cases_of_its_own_waits_for_a_key_until_five_customers_cases_are_judged(house: Stage) -> None:
    workspace = house.house.workspace
    stored = workspace.head("confidence")
    assert stored is not None
    confidence = Confidence.from_bytes(stored[1])
    assert (confidence.rehearsed or {})["invoice_higher"] >= OWN
    hardly = replace(confidence, rehearsed=dict(confidence.rehearsed or {}) | {"invoice_higher": OWN - 2}).versioned()
    workspace.put_head("confidence", hardly.to_bytes(), stored[2], house.now)
    house.mind.refresh()

    for who, missing, is_enough in (("grace", 2, False), ("grace", 1, False), ("nadia", 1, True)):
        cell = asks(house, who)
        assert "an agent approves the answer before it is sent" in house.handoff_reasons
        report = next(r for r in house.house.ladder.reports(house.now) if r.cell == cell)
        assert [(one.intent, one.missing) for one in report.lacking] == [("invoice_higher", missing)]
        house.house.ladder.judging.approve_answer(house.conversation, 1, "agt_mira", house.now)
        follow(house.house, house.mind, house.now)
        assert house.mind.refresh() is is_enough, "the mind is made anew with the last case and not with each"

    asks(house, "ada")
    assert house.action == "answer"
    assert all(not r.lacking for r in house.house.ladder.reports(house.now) if r.cell == cell)


def test_what_nobody_published_by_name_waits_for_a_key_and_is_offered_to_a_lead(house: Stage) -> None:
    cell = asks(house)
    publishes(house, "key:nobodys", LOOSER)
    asks(house, "grace")

    assert house.handoff_reasons == ["an agent approves the answer before it is sent"]
    assert [(m.rung, m.author, m.why) for m in entries(house, cell)][1:] == [(Rung.APPROVE, "segue", NOBODYS)]

    ladder = house.house.ladder
    ladder.watch(house.now)
    offers = {offer.cell: offer for offer in ladder.offers()}
    offer = offers[cell]
    assert (offer.rung, offer.to, offer.proof.is_rehearsed) == (Rung.APPROVE, Rung.AUTO_WITH_HOLD, True)
    other = next(o for o in offers.values() if o.cell != cell)
    ladder.decline(other.id, "lena", house.now)
    ladder.approve(offer.id, "lena", house.now, "I read what it would say.")
    house.mind.refresh()
    asks(house, "nadia")
    assert house.action == "answer"
    assert (entries(house, cell)[-1].author, entries(house, cell)[-1].cause) == ("agt_lena", Cause.OFFERED)

    ladder.lower(CellName("billing", "free"), "mira", "Something new to look at.", house.now)
    ladder.watch(house.now)
    assert other.cell not in {o.cell for o in ladder.offers()}, "the same rehearsal was turned down"


def test_a_version_without_a_name_takes_back_nothing_that_a_person_accepted(house: Stage) -> None:
    cell = asks(house)
    publishes(house, "key:nobodys", AS_BEFORE)
    asks(house, "grace")

    assert house.action == "answer"
    assert len(entries(house, cell)) == 1


def test_what_is_no_longer_proven_is_said_and_what_is_proven_again_too(house: Stage) -> None:
    cell = asks(house)
    publishes(house, "agt_lena", STRICTER)
    asks(house, "grace")
    assert house.action == "hand_off"
    publishes(house, "agt_lena", AS_BEFORE)
    asks(house, "nadia")

    assert house.action == "answer"
    assert [(m.before, m.rung, m.author, m.why) for m in entries(house, cell)] == [
        (None, Rung.AUTO_WITH_HOLD, "agt_lena", PROVEN),
        (Rung.AUTO_WITH_HOLD, Rung.SUGGEST, "segue", UNTRIED),
        (Rung.SUGGEST, Rung.AUTO_WITH_HOLD, "agt_lena", PROVEN),
    ]


def test_an_offer_that_the_past_no_longer_proves_is_not_taken_up(house: Stage) -> None:
    cell = asks(house)
    publishes(house, "key:nobodys", LOOSER)
    house.house.ladder.watch(house.now)
    offer = next(o for o in house.house.ladder.offers() if o.cell == cell)

    publishes(house, "key:nobodys", STRICTER)

    with pytest.raises(Conflict):
        house.house.ladder.approve(offer.id, "lena", house.now)


@pytest.mark.parametrize("bug", ["a_rehearsal_needs_no_name", "anybody_publishes", "what_is_proven_begins"])
def test_without_its_guard_it_answers_in_nobodys_name(house: Stage, bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(bug, monkeypatch.setattr)
    publishes(house, "key:nobodys", LOOSER)
    asks(house)

    assert house.action == "answer", "and the story of what nobody published by name would fail"
