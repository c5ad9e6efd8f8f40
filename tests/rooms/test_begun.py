"""Which entries about a beginning are due: the past proves, a person's name allows, and a move goes before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Cause, Move
from segue.learning.begun import CAPPED, LATER, NOBODYS, PROVEN, UNPROVEN, UNTRIED, due, highest
from segue.policy.boundary import Boundary, Standing
from segue.policy.settings import Policy, load

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BILLING = CellName("billing")
PROOF = Standing("billing", Rung.AUTO_WITH_HOLD, 0.8, 400, 8)
OPEN = Standing("billing", Rung.SUGGEST, None, 30, 2, 70)
USUAL, LOOSE, STRICT = (load(f"name: ours\nbudget: {{wrong: {wrong}}}\n") for wrong in (0.05, 0.08, 0.02))


def entered(standing: Standing, policy: Policy, publisher: str | None, *moves: Move) -> list[Move]:
    return list(due(Boundary({"billing": standing}), policy, 3, publisher, moves, MONDAY))


def began(publisher: str = "agt_lena", policy: Policy = USUAL) -> Move:
    (entry,) = entered(PROOF, policy, publisher)
    return entry


def test_it_begins_in_the_name_of_who_published_the_policy() -> None:
    entry = began()

    assert (entry.cell, entry.rung, entry.author, entry.why, entry.before) == (
        BILLING, Rung.AUTO_WITH_HOLD, "agt_lena", PROVEN, None,
    )  # fmt: skip
    assert entry.proof is not None
    assert (entry.proof.policy_version, entry.proof.cases, entry.proof.wrong, entry.proof.budget) == (3, 400, 8, 0.05)
    assert entry.proof.least_right == pytest.approx(0.9642, abs=1e-3), "Clopper-Pearson, one-sided, 95 %"


@pytest.mark.parametrize(
    ("standing", "publisher", "moves", "said"),
    [
        (PROOF, None, (), [(Rung.APPROVE, "segue", NOBODYS)]),
        (OPEN, "agt_lena", (), [(Rung.SUGGEST, "segue", UNPROVEN)]),
        (PROOF, "agt_lena", (began(),), []),
        (PROOF, "agt_grace", (began(),), []),
        (PROOF, None, (began(),), []),
        (OPEN, None, (began(),), [(Rung.SUGGEST, "segue", UNPROVEN)]),
        (PROOF, "agt_lena", (Move(BILLING, Rung.SUGGEST, "", "agt_mira", MONDAY),), []),
        (PROOF, "agt_lena", (Move(CellName("billing", "free"), Rung.SUGGEST, "", "agt_mira", MONDAY),),
         [(Rung.AUTO_WITH_HOLD, "agt_lena", PROVEN)]),
    ],
)  # fmt: skip
def test_only_what_the_history_lacks_is_due(
    standing: Standing, publisher: str | None, moves: tuple[Move, ...], said: list[tuple[Rung, str, str]]
) -> None:
    found = entered(standing, USUAL, publisher, *moves)
    assert [(entry.rung, entry.author, entry.why) for entry in found] == said


def test_who_accepted_as_many_wrong_answers_still_answers_for_a_version_without_a_name() -> None:
    fallen = entered(OPEN, USUAL, None, began())[0]

    assert entered(PROOF, STRICT, None, began()) == []
    (back,) = entered(PROOF, STRICT, None, began(), fallen)
    assert (back.rung, back.author) == (Rung.AUTO_WITH_HOLD, "agt_lena")
    (more,) = entered(PROOF, LOOSE, None, began())
    assert (more.rung, more.author, more.why) == (Rung.APPROVE, "segue", NOBODYS)


def test_what_only_a_later_look_proves_is_offered_whoever_published_the_policy() -> None:
    in_vain = replace(OPEN, cases=120, wrong=9)
    (looked,) = entered(in_vain, USUAL, "agt_lena")

    (later,) = entered(PROOF, USUAL, "agt_lena", looked)
    assert (later.rung, later.author, later.why) == (Rung.APPROVE, "segue", LATER)
    assert entered(PROOF, USUAL, "agt_lena", looked, later) == [], "and stays an offer however often it is looked at"


def test_a_look_that_could_prove_nothing_costs_nothing() -> None:
    too_few = entered(OPEN, USUAL, "agt_lena")

    assert [(e.rung, e.author) for e in entered(PROOF, USUAL, "agt_lena", *too_few)] == [
        (Rung.AUTO_WITH_HOLD, "agt_lena")
    ]


def test_the_first_look_that_could_have_proven_it_is_remembered_once() -> None:
    in_vain = replace(OPEN, cases=120, wrong=9)
    too_few = entered(OPEN, USUAL, "agt_lena")

    (looked,) = entered(in_vain, USUAL, "agt_lena", *too_few)
    assert (looked.rung, looked.before, looked.why) == (Rung.SUGGEST, Rung.SUGGEST, UNPROVEN)
    assert entered(in_vain, USUAL, "agt_lena", *too_few, looked) == []


def test_what_no_fit_has_tried_yet_is_no_look_in_vain() -> None:
    nobodys = entered(PROOF, USUAL, None)
    untried = replace(OPEN, cases=220, wrong=4, is_tried=False)
    (waits,) = entered(untried, STRICT, "agt_lena", *nobodys)

    assert (waits.rung, waits.why) == (Rung.SUGGEST, UNTRIED)
    assert entered(untried, STRICT, "agt_lena", *nobodys, waits) == []
    (begins,) = entered(PROOF, STRICT, "agt_lena", *nobodys, waits)
    assert (begins.rung, begins.author, begins.why) == (Rung.AUTO_WITH_HOLD, "agt_lena", PROVEN)


def test_the_fit_that_tries_it_in_vain_is_remembered() -> None:
    untried = replace(OPEN, cases=220, wrong=4, is_tried=False)
    (waits,) = entered(untried, STRICT, "agt_lena")
    (looked,) = entered(replace(untried, is_tried=True), STRICT, "agt_lena", waits)

    assert looked.why == UNPROVEN
    assert [(e.author, e.why) for e in entered(PROOF, STRICT, "agt_lena", waits, looked)] == [("segue", LATER)]


def test_for_another_promise_the_next_look_is_the_first() -> None:
    (looked,) = entered(replace(OPEN, cases=120, wrong=9), USUAL, "agt_lena")

    assert [e.author for e in entered(PROOF, LOOSE, "agt_lena", looked)] == ["agt_lena"]


def test_what_a_person_had_answered_for_they_answer_for_again() -> None:
    fallen = entered(replace(OPEN, cases=120, wrong=9), USUAL, "agt_lena", began())

    assert [(e.rung, e.author) for e in entered(PROOF, USUAL, "agt_lena", began(), *fallen)] == [
        (Rung.AUTO_WITH_HOLD, "agt_lena")
    ]


def test_another_promise_by_a_person_stands_in_the_history() -> None:
    (entry,) = entered(PROOF, LOOSE, "agt_grace", began())

    assert (entry.rung, entry.before, entry.author) == (Rung.AUTO_WITH_HOLD, Rung.AUTO_WITH_HOLD, "agt_grace")
    assert entry.proof is not None
    assert entry.proof.budget == 0.08


def test_nobody_answers_for_more_than_the_policy_allows() -> None:
    capped = load("name: ours\ncategories: {default: {ceiling: approve}}\n")
    finely = load("name: ours\ncategories: {default: {ceiling: approve, channels: {chat: {ceiling: auto}}}}\n")
    by_people = load("name: ours\ncategories: {billing: {handling: human}}\n")

    assert [highest(policy, "billing") for policy in (capped, finely, by_people)] == [
        Rung.APPROVE, Rung.AUTO, Rung.ROUTE,
    ]  # fmt: skip
    assert [(e.rung, e.why) for e in entered(PROOF, capped, "agt_lena")] == [(Rung.APPROVE, CAPPED)]
    assert [e.rung for e in entered(PROOF, finely, "agt_lena")] == [Rung.AUTO_WITH_HOLD]
    assert [(e.rung, e.why) for e in entered(PROOF, by_people, "agt_lena")] == [(Rung.APPROVE, CAPPED)]


def test_without_an_entry_it_begins_on_approve_and_a_move_goes_before() -> None:
    proven = Boundary({"billing": PROOF, "login": replace(OPEN, category="login")})
    moved = Move(BILLING, Rung.AUTO, "", "agt_lena", MONDAY, 0.9, number=2)

    bare = proven.begins([])
    assert (bare.of("billing").rung, bare.of("billing").threshold, bare.of("billing").is_nobodys) == (
        Rung.APPROVE, 0.8, True,
    )  # fmt: skip
    assert (bare.of("login").rung, bare.of("login").is_nobodys) == (Rung.SUGGEST, False)
    assert proven.begins([began()]).of("billing").rung is Rung.AUTO_WITH_HOLD
    fallen = replace(began(), rung=Rung.APPROVE, author="segue")
    assert proven.begins([began(), fallen]).of("billing").rung is Rung.APPROVE
    after = proven.begins([began()]).after([began(), moved])
    assert (after.of("billing").rung, after.moved(BILLING)) == (Rung.AUTO, moved)
    assert proven.begins([began()]).after([began()]).moved(BILLING) is None
    assert began().cause is Cause.REHEARSED
