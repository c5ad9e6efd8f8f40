"""The marks that the judged record asks for: who may move them, how far, and what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from segue.domain.decision import Rung
from segue.domain.evidence import CellName, JudgedCase, Judgement, Source, Verdict
from segue.domain.moves import Move
from segue.learning.following import Followed, follow, records_of
from segue.policy.boundary import Boundary, Mark, Standing
from segue.policy.settings.cells import Budget

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
USUAL = Budget(wrong=0.05, sure=0.95)
STRICT = Budget(wrong=0.02, sure=0.95)


def usual(category: str) -> Budget:
    return USUAL


def case(n: int, confidence: float, is_right: bool, **more: object) -> JudgedCase:
    verdict = Verdict.RIGHT if is_right else Verdict.WRONG
    said = Judgement(Source.UNEDITED if is_right else Source.THROWN_AWAY, verdict, 1.0, "agt_mira", MONDAY)
    made = JudgedCase(
        f"cnv_{n}", 1, f"con_{n}", ("billing", "login")[n % 2], "", "chat", "any", "art_1", confidence, Rung.SUGGEST,
        False, True, 1.0, False, MONDAY + timedelta(minutes=n), (said,),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def honest(many: int, seed: int = 1, worse: float = 1.0) -> list[JudgedCase]:
    """Confidences that say the truth; of logins only `worse` times as often."""
    rng = np.random.default_rng(seed)
    scores, draws = rng.beta(4, 0.5, many), rng.random(many)
    return [
        case(n, float(s), bool(d < s * (worse if n % 2 else 1.0)))
        for n, (s, d) in enumerate(zip(scores, draws, strict=True))
    ]


def marks(cases: Sequence[JudgedCase], before: Followed | None = None) -> dict[str, float]:
    found = follow(cases, usual, before).marks(["billing", "login"], usual)
    return {category: mark.confidence for category, mark in found.items()}


def test_nothing_is_followed_before_the_record_proves_the_budget() -> None:
    few = follow(honest(70), usual)

    assert few.marks(["billing"], usual) == {}
    (told,) = few.report()
    assert (told["is_open"], told["cases"], told["needed"] > 0) == (False, 70, True)


def test_the_category_that_errs_more_often_gets_the_stricter_mark() -> None:
    found = marks(honest(6_000, worse=0.97))

    assert found["login"] > found["billing"]


def test_each_budget_is_followed_by_its_own_cases() -> None:
    def two(category: str) -> Budget:
        return STRICT if category == "login" else USUAL

    found = follow(honest(6_000), two).marks(["billing", "login"], two)

    assert found["login"].confidence > found["billing"].confidence
    assert follow(honest(3_000), usual).marks(["login"], two) == {}, "another promise than was followed"


def test_one_incident_counts_less_each_time_right_or_wrong() -> None:
    again = records_of([case(n, 0.9, n > 2, alike=7) for n in range(6)])

    assert again.weights.sum() < 1.5


def test_a_customer_counts_less_each_time_right_or_wrong() -> None:
    again = records_of([case(n, 0.9, n > 2, contact="con_eve") for n in range(6)])

    assert again.weights.sum() < 1.5
    assert again.weights[0] == 1.0


def test_what_was_drawn_counts_for_as_many_as_it_was_drawn_from() -> None:
    graded = (Judgement(Source.GRADED, Verdict.RIGHT, 1.0, "agt_tom", MONDAY),)
    drawn = case(1, 0.9, True, was_given=True, is_drawn=True, propensity=0.05, judgements=graded)
    picked = case(2, 0.9, True, was_given=True)

    assert records_of([drawn]).weights.tolist() == pytest.approx([20.0])
    assert follow([drawn, picked], usual).cases == {(0.05, 0.95): 1}


def test_written_and_read_it_says_the_same_and_an_open_gate_stays_open() -> None:
    found = follow(honest(3_000), usual)

    read = Followed.from_bytes(found.to_bytes())

    assert read.marks(["billing", "new"], usual) == found.marks(["billing", "new"], usual)
    assert read.report() == found.report()
    assert marks(honest(100), read), "sixty new cases would prove nothing by themselves"


# who may move them


def standing(rung: Rung, mark: float, threshold: float | None = 0.9, leaves_out: bool = True) -> Standing:
    marks = {"billing": Mark(mark, leaves_out)}
    return Boundary({"billing": Standing("billing", rung, threshold)}, marks=marks).of("billing")


@pytest.mark.parametrize(
    ("rung", "mark", "holds"),
    [
        (Rung.APPROVE, 0.7, 0.7), (Rung.APPROVE, 0.95, 0.95), (Rung.SHADOW, 0.7, 0.7),
        (Rung.AUTO_WITH_HOLD, 0.7, 0.9), (Rung.AUTO, 0.7, 0.9), (Rung.AUTO, 0.95, 0.95),
        (Rung.ROUTE, 0.7, 0.9),
    ],
)  # fmt: skip
def test_alone_it_only_becomes_stricter_and_looser_only_where_a_person_sends(
    rung: Rung, mark: float, holds: float
) -> None:
    assert standing(rung, mark).threshold == holds


def test_a_record_without_a_case_below_its_mark_makes_nothing_stricter() -> None:
    """Were all judged answers equally sure and right, the mark would stand at just that confidence."""
    found = follow([case(n, 0.999, True) for n in range(100)], usual).marks(["billing"], usual)

    assert found == {"billing": Mark(0.999, leaves_out=False)}
    assert standing(Rung.AUTO, 0.999, leaves_out=False).threshold == 0.9
    assert standing(Rung.SUGGEST, 0.999, leaves_out=False).threshold == 0.9


def test_where_rehearsal_proves_nothing_the_record_gives_the_first_mark_below_alone() -> None:
    assert standing(Rung.SUGGEST, 0.8, None).threshold == 0.8


def test_what_was_taken_up_at_a_stricter_mark_keeps_it() -> None:
    taken_up = Move(CellName("billing"), Rung.AUTO_WITH_HOLD, "offer", "agt_lena", MONDAY, 0.85, number=1)
    boundary = Boundary({"billing": Standing("billing", Rung.SUGGEST, None)}, marks={"billing": Mark(0.6)})

    assert boundary.after([taken_up]).of("billing").threshold == 0.85
