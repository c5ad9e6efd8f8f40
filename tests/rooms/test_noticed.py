"""What the why-card says was noticed: what decided is marked, and nothing else."""

from __future__ import annotations

from typing import Any

from briefs import assessment, handed_off
from segue.domain.assessment import IntentGuess, Signal
from segue.domain.decision import Because, Reason
from segue.insight.noticed import Noticed, noticed
from segue.policy.settings import Policy

NAMES = {"mileage": "Claim mileage"}


def shown(reason: Reason, **changed: Any) -> dict[str, Noticed]:
    """By signal."""
    found: Any = assessment(**changed)
    decision: Any = handed_off(Because(reason, "answer.abstention"))
    return {one.signal: one for one in noticed(found, decision, Policy(name="Ours"), NAMES)}


def test_where_the_likeliest_matter_is_not_opened_that_decided_and_not_what_lies_near() -> None:
    guess = IntentGuess("mileage", "expenses", 0.47, is_opened=False)
    rows = shown(Reason.UNOPENED_INTENT, intents=(guess,), unopened=Signal(0.49, threshold=0.5))

    assert [name for name, row in rows.items() if row.met] == ["intent"]
    assert rows["intent"].value == "Claim mileage (likely by 47.0%, not opened)"
    assert rows["near an unopened intent"].value == "0.49"


def test_of_an_opened_matter_its_chance_is_said() -> None:
    rows = shown(Reason.ASKED_FOR_PERSON, intents=(IntentGuess("mileage", "expenses", 0.8),))

    assert rows["intent"].value == "Claim mileage (likely by 80.0%)"
