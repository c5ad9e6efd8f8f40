"""What a lead reads that a rung does is what their policy says of it."""

from __future__ import annotations

from segue.domain.decision import Rung
from segue.policy.settings import load
from segue.web.autonomy import what_each_does

SLOW = """name: slow
hold: {email: 300, chat: 15, form: 0, api: 0}
evidence: {review_with_hold: 0.5, review_auto: 0.02}
"""
AT_ONCE = "name: at once\nhold: {email: 0, chat: 0, form: 0, api: 0}\n"


def test_the_wait_and_the_share_that_is_reviewed_are_those_of_the_policy() -> None:
    told = what_each_does(load(SLOW))

    assert len(told) == len(Rung)
    assert told[Rung.AUTO_WITH_HOLD] == (
        "Answers by itself, after a wait in which people can stop it (Chat 15 s, E-mail 300 s); 50% are drawn for "
        "review."
    )
    assert told[Rung.AUTO] == "Answers by itself; 2% are drawn for review."


def test_where_nothing_waits_no_wait_is_told_of() -> None:
    assert what_each_does(load(AT_ONCE))[Rung.AUTO_WITH_HOLD] == "Answers by itself; 20% are drawn for review."
