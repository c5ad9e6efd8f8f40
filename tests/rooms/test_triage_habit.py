"""Urgency as agents see it: learnt from what they change, and never against the facts or from one of them alone."""

from __future__ import annotations

import numpy as np
import pytest

from segue.domain.assessment import Signal, Urgency
from segue.triage.habit import Handled, UrgencyHabit

HIGH, NORMAL, LOW, CRITICAL = Urgency.HIGH, Urgency.NORMAL, Urgency.LOW, Urgency.CRITICAL
RULE = Signal(NORMAL, 0.9)


def vector(matter, rng):
    row = 0.02 * rng.standard_normal(384)
    row[matter] += 1.0
    return (row / np.linalg.norm(row)).astype(np.float32)


def handled(matter, count, left_at, agents=("mira", "tom"), rule=NORMAL, seed=0):
    rng = np.random.default_rng([seed, matter])
    return [Handled(vector(matter, rng), rule, left_at, agents[n % len(agents)]) for n in range(count)]


def payroll(seed=99):
    return vector(1, np.random.default_rng(seed))


def test_what_agents_raise_again_and_again_is_raised_one_step_and_says_so():
    habit, report = UrgencyHabit.fit([*handled(1, 24, HIGH), *handled(2, 60, NORMAL)])
    assert habit
    moved = habit.moved(RULE, payroll())

    assert report["used"]
    assert moved.value is HIGH
    assert moved.words == ("agents raised 15 of 15 like this",)
    assert moved.threshold == 0.7
    assert habit.moved(RULE, vector(2, np.random.default_rng(5))) == RULE


def test_what_agents_lower_is_lowered():
    habit, _ = UrgencyHabit.fit([*handled(1, 24, LOW), *handled(2, 60, NORMAL)])

    assert habit
    assert habit.moved(RULE, payroll()).value is LOW


def test_two_steps_by_agents_are_still_one_step():
    habit, _ = UrgencyHabit.fit(handled(1, 24, CRITICAL))

    assert habit
    assert habit.moved(RULE, payroll()).value is HIGH


def test_critical_facts_are_never_lowered():
    habit, _ = UrgencyHabit.fit(handled(1, 24, NORMAL, rule=HIGH))
    facts = Signal(CRITICAL, 0.95, ("production is down",))

    assert habit
    assert habit.moved(facts, payroll()) == facts
    assert habit.moved(Signal(HIGH), payroll()).value is NORMAL


@pytest.mark.parametrize(
    ("cases", "why"),
    [
        (handled(1, 19, HIGH), "changes"),
        (handled(1, 200, HIGH, agents=("mira",)), "agents"),
        ([], "changes"),
    ],
)
def test_too_few_changes_or_one_agent_alone_teach_nothing(cases, why):
    habit, report = UrgencyHabit.fit(cases)

    assert habit is None
    assert not report["used"]
    assert why in report["needed"]


def test_an_agent_who_raises_everything_moves_nothing_that_others_leave():
    one_raises = [*handled(1, 40, HIGH, agents=("eve",)), *handled(1, 40, NORMAL, seed=1), *handled(2, 5, HIGH)]
    habit, report = UrgencyHabit.fit(one_raises)

    assert habit is None or habit.moved(RULE, payroll()) == RULE
    assert report["changes"] == 45


def test_a_second_agent_s_single_change_does_not_lend_the_first_a_majority():
    habit, _ = UrgencyHabit.fit([*handled(1, 14, HIGH, agents=("eve",)), *handled(1, 1, HIGH, agents=("tom",), seed=1),
                                 *handled(3, 24, HIGH)])  # fmt: skip

    assert habit
    assert habit.moved(RULE, payroll()) == RULE


def test_a_habit_that_comes_no_nearer_to_the_agents_is_not_used():
    rng = np.random.default_rng(0)
    noise = [Handled(vector(1, rng), NORMAL, HIGH if n % 3 == 0 else NORMAL, "ab"[n % 2]) for n in range(90)]
    habit, report = UrgencyHabit.fit(noise)

    assert habit is None
    assert report["habit_off"] >= report["rules_off"]


def test_a_habit_survives_as_bytes():
    habit, _ = UrgencyHabit.fit(handled(1, 24, HIGH))
    assert habit
    again = UrgencyHabit.from_bytes(habit.to_bytes())

    assert again.moved(RULE, payroll()) == habit.moved(RULE, payroll())
