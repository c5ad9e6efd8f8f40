"""What agents' words on handoffs amount to: a hint for the lead, and never more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from segue.domain.decision import Reason
from segue.domain.evidence import STRANGERS, CellName, Remark, Verdict
from segue.learning.evidence import inside
from segue.learning.hints import hints

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def remark(n: int, needless: bool = True, **more: Any) -> Remark:
    told: dict[str, Any] = {
        "contact": f"con_{n}", "cell": CellName("billing", "free", "chat"), "agent": ("agt_mira", "agt_tom")[n % 2],
        "reason": Reason.LOW_CONFIDENCE, "rule": "boundary.billing", "confidence": 0.7 + n / 100, "threshold": 0.84,
        "verdict": Verdict.UNKNOWN, "at": MONDAY + timedelta(minutes=n),
    }  # fmt: skip
    return Remark(is_needless=needless, **(told | more))


def test_enough_agents_of_enough_customers_make_a_hint_with_the_setting_behind_it() -> None:
    (hint,) = hints([*(remark(n) for n in range(6)), remark(9, needless=False)])

    assert (hint.needless, hint.right_calls, hint.rule, hint.is_telling) == (6, 1, "boundary.billing", True)
    assert "6 of 7 handoffs because the assistant is not confident enough were needless, say 2 agents." in hint.says


@pytest.mark.parametrize(
    "said",
    [
        [remark(n) for n in range(4)],
        [remark(n, agent="agt_mira") for n in range(50)],
        [remark(n, contact="con_eve") for n in range(50)],
        [remark(n, contact=STRANGERS) for n in range(50)],
        [remark(n, needless=n % 2 == 0) for n in range(20)],
    ],
    ids=["four customers", "one agent", "one customer", "strangers", "as many right calls"],
)
def test_a_few_peoples_mood_is_no_hint(said: list[Remark]) -> None:
    assert not any(hint.is_telling for hint in hints(said))


def test_the_newest_word_on_a_customers_handoff_counts() -> None:
    assert hints([remark(1), remark(1, needless=False, at=MONDAY + timedelta(hours=1))]) == []


def test_beside_it_stands_what_the_answer_would_have_been() -> None:
    verdicts = [Verdict.RIGHT, Verdict.RIGHT, Verdict.WRONG, Verdict.UNKNOWN, Verdict.UNKNOWN]

    (hint,) = hints(remark(n, verdict=verdict) for n, verdict in enumerate(verdicts))

    assert (hint.would_be_right, hint.would_be_wrong) == (2, 1)
    assert "2 of 3 answers would have been right" in hint.says


def test_a_low_confidence_names_the_mark_and_what_would_come_along() -> None:
    sure = [0.81, 0.80, 0.78, 0.75, 0.70]
    right = [remark(9, needless=False, confidence=0.79), remark(10, needless=False, confidence=0.5)]

    (hint,) = hints([*(remark(n, confidence=c) for n, c in enumerate(sure)), *right])

    assert (hint.mark, hint.threshold, hint.along) == (0.78, 0.84, 1)


def test_a_trigger_has_no_mark_of_confidence() -> None:
    (hint,) = hints(remark(n, reason=Reason.COMPLEX, rule="triggers.complexity", threshold=None) for n in range(5))

    assert (hint.mark, hint.threshold, hint.rule) == (None, None, "triggers.complexity")


def test_a_finer_cell_takes_its_words_along() -> None:
    mail, chat = remark(1, cell=CellName("billing", "*", "email")), remark(2)

    cells = [CellName("billing"), CellName("billing", "*", "email")]
    assert inside([mail, chat], cells) == {cells[0]: [chat], cells[1]: [mail]}
