"""A policy tried on hand-made episodes: what it would have changed, what is known of it, and what nobody can know.

`episode` begins with Ada, verified and on the free plan, whose question about billing was answered with confidence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs import assessment
from segue.domain.answer import Abstention, Answer, AnswerKind
from segue.domain.assessment import Complexity, IntentGuess, Signal, Urgency
from segue.domain.conversation import Author, Channel, Conversation, EarlierTurn, Handler, Message, Status
from segue.domain.decision import Action, Decision, Earned, Rung
from segue.domain.past import Ending, PastEpisode, PastTurn
from segue.domain.people import Account, Contact
from segue.policy.backtest import Backtest, Walk, Who, backtest, behind
from segue.policy.backtest.load import load
from segue.policy.backtest.promised import Promised
from segue.policy.backtest.replay import act, as_earned, compare
from segue.policy.backtest.truth import Known, interval, tell, verdict
from segue.policy.boundary import Boundary, Standing
from segue.policy.decide import decide
from segue.policy.guarantee import LADDER, Tally, descend
from segue.policy.settings import Policy, starter
from segue.policy.settings.week import Hours

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
LIVE = starter("balanced")
EARNED = Boundary({"billing": Standing("billing", Rung.AUTO, 0.8, 120)})
CALM = assessment(
    intents=(IntentGuess("invoice_higher", "billing", 0.9),), none_of_these=Signal(False), tier="free", is_verified=True
)
SURE = Answer(AnswerKind.ANSWER, "Because of the new seat.", confidence=0.93, intent="invoice_higher")
FAINT = replace(SURE, confidence=0.82)
ABSTAINS = Answer(AnswerKind.ABSTENTION, abstention=Abstention.NO_GROUNDS)
BY_MIRA = Ending(True, "invoice_higher", "billing", "contained", minutes=12.0)
CONFIRMED = Ending(False, "invoice_higher", "billing", "confirmed")


def turn(
    n: int = 0, answer: Answer = SURE, before: tuple[PastTurn, ...] = (), at: datetime = NOON, **noticed: Any
) -> PastTurn:
    """A customer message, decided as the live policy decides it."""
    now = at + timedelta(minutes=n)
    turns = tuple(EarlierTurn(t.conversation.latest.seq, None, 0.1, t.decision.action.value) for t in before)
    gone = any(t.decision.hands_off for t in before)
    conversation = Conversation(
        "cnv_1", 1, Channel.CHAT, Status.OPEN, Handler.HUMAN if gone else Handler.ASSISTANT, now,
        Contact("con_ada", "Ada", is_verified=True), Account("acc_ada", "Ada's shop", "free", 50.0),
        (Message(2 * n + 1, Author.CUSTOMER, "Why is my invoice higher?", now),), turns=turns,
    )  # fmt: skip
    assessment = replace(CALM, **noticed)
    return PastTurn(
        conversation, assessment, answer, decide(conversation, assessment, answer, LIVE, 7, EARNED, now), now
    )


def episode(*answers: Answer, ending: Ending | None = None, at: datetime = NOON, **noticed: Any) -> PastEpisode:
    turns: tuple[PastTurn, ...] = ()
    for n, answer in enumerate(answers or (SURE,)):
        turns = (*turns, turn(n, answer, turns, at, **noticed))
    return PastEpisode("cnv_1", 1, turns, ending)


def policy(**triggers: Any) -> Policy:
    floor = triggers.pop("floor", None)
    data: dict[str, Any] = LIVE.model_dump(mode="json")
    data["triggers"].update(triggers)
    if floor is not None:
        data["categories"].setdefault("default", {})["floor"] = floor
    return Policy.model_validate(data)


def tried(new: Policy, *episodes: PastEpisode) -> Backtest:
    return backtest(episodes, LIVE, 7, new, NOON - timedelta(days=1), NOON + timedelta(days=1))


# ---- what would change


def test_the_same_policy_changes_nothing() -> None:
    found = tried(LIVE, episode(), episode(ABSTAINS), episode(SURE, SURE, SURE, SURE))

    assert (found.changed, found.moves, found.examples) == (0, {}, ())
    assert found.before == found.after


def test_a_higher_floor_hands_over_what_was_faintly_answered() -> None:
    found = tried(policy(floor=0.9), episode(SURE), episode(FAINT))

    assert (found.before.assistant, found.after.assistant, found.after.human) == (2, 1, 1)
    assert found.moves == {"assistant → human": 1}
    assert (found.categories[0].name, found.categories[0].newly_handed_over) == ("billing", 1)
    assert (found.tiers[0].name, found.tiers[0].changed) == ("free", 1)


def test_each_cell_of_the_table_names_the_conversations_it_counts() -> None:
    past = [replace(episode(one), conversation_id=f"cnv_{n}") for n, one in enumerate([SURE, FAINT, ABSTAINS, FAINT])]
    new = policy(floor=0.9)
    cells = {(was, to): behind(past, LIVE, 7, new, (), was, to) for was in Who for to in Who}

    assert cells[Who.ASSISTANT, Who.HUMAN] == ["cnv_1", "cnv_3"]
    assert cells[Who.HUMAN, Who.HUMAN] == ["cnv_2"]
    found = tried(new, *past)
    assert {(was, to): len(ids) for (was, to), ids in cells.items() if ids and was != to} == {
        tuple(Who(who) for who in name.split(" → ")): n for name, n in found.moves.items()
    }
    assert sum(map(len, cells.values())) == len(past)


def test_what_had_been_earned_then_decides_and_not_what_is_earned_now() -> None:
    then = episode(FAINT)
    now_stricter = replace(then.turns[0].decision, earned=(Earned("billing", Rung.AUTO, 0.99),))

    assert act(then.turns[0], LIVE).action is Action.ANSWER
    assert act(replace(then.turns[0], decision=now_stricter), LIVE).action is Action.HAND_OFF


def test_a_decision_from_before_that_was_kept_is_taken_by_its_rung_and_threshold() -> None:
    old = replace(turn().decision, earned=())

    assert as_earned(old).of("billing").threshold == old.threshold
    assert act(replace(turn(), decision=old), LIVE).action is Action.ANSWER


def test_after_the_first_change_nobody_knows_what_would_have_been_written() -> None:
    found = compare(episode(SURE, SURE, SURE), LIVE, 7, policy(turn_cap=1))

    assert found.at == 1
    assert (found.after.who, found.after.handed_at, found.after.is_recorded) == ("human", 1, False)
    assert found.before.is_recorded
    assert tried(policy(turn_cap=1), found.episode).left_out["after_a_change"] == 1


def test_a_person_who_has_a_conversation_keeps_it_whatever_the_policy() -> None:
    found = tried(policy(turn_cap=1), episode(ABSTAINS, SURE))

    assert found.changed == 0
    assert found.before.human == 1


def test_decisions_of_an_older_version_are_taken_again_for_both_sides() -> None:
    older = episode(FAINT)
    stricter = policy(floor=0.9)
    handed = decide(older.turns[0].conversation, CALM, FAINT, stricter, 6, EARNED, NOON)
    found = tried(LIVE, replace(older, turns=(replace(older.turns[0], decision=handed),)))

    assert (found.before.assistant, found.changed) == (1, 0)
    assert found.rests["before"].on == "replayed"


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0, 1), st.floats(0, 1), st.sampled_from(Complexity), st.sampled_from(Urgency), st.booleans(),
    st.sampled_from([SURE, FAINT, ABSTAINS]), st.sampled_from(Handler),
)  # fmt: skip
def test_the_short_way_decides_as_the_long_one(
    confidence: float, felt: float, complexity: Complexity, urgency: Urgency, wish: bool, answer: Answer, who: Handler
) -> None:
    given_answer = replace(answer, confidence=confidence) if answer is not ABSTAINS else answer
    past = turn(0, given_answer, frustration=Signal(felt), course=(felt,), complexity=Signal(complexity),
                urgency=Signal(urgency), wish_for_person=Signal(wish))  # fmt: skip
    past = replace(past, conversation=replace(past.conversation, handler=who))
    whole = decide(past.conversation, past.assessment, past.answer, LIVE, 7, EARNED, NOON)

    did = act(replace(past, decision=whole), LIVE)

    assert (did.action, did.because) == (whole.action, whole.because[0])


# ---- what is known of it


@pytest.mark.parametrize(
    ("intent", "ending", "known"),
    [
        ("invoice_higher", BY_MIRA, True),
        ("reset_password", BY_MIRA, False),
        ("invoice_higher", CONFIRMED, True),
        ("invoice_higher", replace(CONFIRMED, outcome="assumed"), None),
        ("invoice_higher", replace(CONFIRMED, outcome="reopened"), False),
        ("invoice_higher", replace(BY_MIRA, intent=None), None),
        ("invoice_higher", None, None),
        (None, BY_MIRA, None),
    ],
)
def test_only_people_and_customers_judge_an_answer(
    intent: str | None, ending: Ending | None, known: bool | None
) -> None:
    assert verdict(intent, ending) is known


def test_where_nothing_was_judged_nothing_is_claimed() -> None:
    wrong = tried(LIVE, episode(), episode()).wrong_after

    assert (wrong.answers, wrong.judged, wrong.share, wrong.high, wrong.expected) == (2, 0, None, None, None)


def test_the_share_wrong_comes_with_its_exact_interval() -> None:
    wrong = tell([*map(Known, [False, True, True, True, True, True, True, True, True, True, None, None])])

    assert (wrong.answers, wrong.judged, wrong.wrong) == (12, 10, 1)
    assert wrong.share == pytest.approx(0.1)
    assert (wrong.low, wrong.high) == pytest.approx((0.00253, 0.44502), abs=1e-5)  # R: binom.test(1, 10)
    assert wrong.expected == pytest.approx(1.2)


def drawn(right: int, wrong: int, chance: float) -> list[Known]:
    """Answers that went out, and were graded because chance drew them."""
    return [Known(n >= wrong, was_given=True, drawn=chance) for n in range(right + wrong)]


def unjudged(n: int) -> list[Known]:
    return [Known(None, was_given=True)] * n


def test_what_is_known_of_all_new_answers_says_nothing_of_those_that_went_out() -> None:
    new = [Known(n >= 100) for n in range(500)]
    wrong = tell([*new, *drawn(291, 9, 0.05), *unjudged(8_700)])

    assert (wrong.answers, wrong.judged, wrong.wrong) == (9_500, 800, 109)
    assert wrong.expected == pytest.approx(370)
    assert wrong.expected_low is not None
    assert wrong.expected_high is not None
    assert 150 < wrong.expected_low < 370 < wrong.expected_high < 700


def test_an_answer_that_was_drawn_more_readily_stands_for_fewer_others() -> None:
    """Half of what is sure is wrong, and it is drawn ten times as seldom."""
    sure, faint = drawn(10, 10, 0.01), drawn(200, 0, 0.1)
    wrong = tell([*sure, *faint, *unjudged(3_780)])

    assert wrong.expected == pytest.approx(4_000 * 1_000 / 4_000)


def test_whoever_came_upon_a_wrong_answer_tells_nothing_of_the_others() -> None:
    marks = [Known(False, was_given=True, is_marked=True)] * 3
    known_by_marks, graded = tell([*marks, *unjudged(997)]), tell([*marks, *drawn(50, 0, 0.05), *unjudged(947)])

    assert (known_by_marks.wrong, known_by_marks.expected, known_by_marks.high) == (3, None, None)
    assert (graded.judged, graded.wrong, graded.expected) == (53, 3, 0.0)


def test_where_none_was_graded_what_customers_and_people_settled_tells() -> None:
    settled = [Known(n != 0, was_given=True) for n in range(10)]

    assert tell([*settled, *unjudged(90)]).expected == pytest.approx(10)


@pytest.mark.parametrize(("cases", "wrong", "low", "high"), [(20, 0, 0.0, 0.16843), (20, 20, 0.83157, 1.0)])
def test_the_interval_reaches_the_edge_where_all_or_none_were_wrong(
    cases: int, wrong: int, low: float, high: float
) -> None:
    assert interval(cases, wrong) == pytest.approx((low, high), abs=1e-5)


def test_an_answer_after_which_a_person_had_to_go_on_is_told_apart() -> None:
    found = tried(LIVE, episode(SURE, ABSTAINS, ending=BY_MIRA), episode(SURE, ending=CONFIRMED))

    assert (found.wrong_before.judged, found.wrong_before.wrong, found.wrong_before.taken_over) == (2, 0, 1)


def test_a_persons_judgement_of_the_answer_goes_before_what_the_matter_tells() -> None:
    right_matter = episode(SURE, ending=BY_MIRA)
    found_wrong = replace(right_matter, turns=(replace(right_matter.turns[0], judged=False),))

    assert tried(LIVE, right_matter).wrong_before.wrong == 0
    assert tried(LIVE, found_wrong).wrong_before.wrong == 1


def test_what_was_never_given_cannot_have_been_taken_over() -> None:
    found = tried(policy(complexity=False), episode(SURE, ABSTAINS, ending=BY_MIRA, complexity=Signal(Complexity.HIGH)))

    assert (found.wrong_after.answers, found.wrong_after.taken_over) == (1, 0)


def test_newly_answered_matters_are_judged_by_how_people_resolved_them() -> None:
    asked_before = {"complexity": Signal(Complexity.HIGH)}
    right, wrong = (
        episode(ending=BY_MIRA, **asked_before),
        episode(ending=replace(BY_MIRA, intent="refund"), **asked_before),
    )

    found = tried(policy(complexity=False), right, wrong)

    told = found.wrong_newly_answered
    assert (told.answers, told.judged, told.wrong) == (2, 2, 1)
    assert [e.harm for e in found.examples] == ["answered_wrongly", "answered_rightly"]
    assert "resolved as something else" in found.examples[0].says


def test_the_most_harmful_come_first() -> None:
    hard = {"complexity": Signal(Complexity.HIGH)}
    new = policy(complexity=False, turn_cap=1)
    solved, unknown = episode(SURE, SURE, ending=CONFIRMED), episode(**hard)
    wrong = episode(ending=replace(BY_MIRA, intent="refund"), **hard)

    found = tried(new, unknown, solved, wrong, *[episode(SURE, SURE)] * 25)

    assert [e.harm for e in found.examples[:3]] == ["answered_wrongly", "solved_then_not", "answered_unknown"]
    assert len(found.examples) == 20


# ---- what it costs


def test_minutes_are_those_that_people_noted_and_else_the_median_of_the_category() -> None:
    noted = [episode(ABSTAINS, ending=replace(BY_MIRA, minutes=m)) for m in (10.0, 20.0, 60.0)]

    found = tried(policy(floor=0.9), *noted, episode(FAINT, ending=CONFIRMED))

    assert (found.minutes.before, found.minutes.after) == (90.0, 110.0)
    assert (found.minutes.observed, found.minutes.category_median) == (3, 1)


def test_what_a_person_did_is_saved_where_the_assistant_would_answer() -> None:
    hard = episode(ending=BY_MIRA, complexity=Signal(Complexity.HIGH))

    found = tried(policy(complexity=False), hard)

    assert (found.minutes.before, found.minutes.after) == (12.0, 0.0)


def test_what_reaches_people_is_spread_over_the_hours_they_are_there() -> None:
    office = Hours(week={"mon-fri": "09:00-17:00"})
    saturday, sunday = (datetime(2026, 3, day, 20, tzinfo=UTC) for day in (7, 8))
    monday = datetime(2026, 3, 9, 9, 30, tzinfo=UTC)

    busy = load([saturday, sunday, monday], datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC), office)

    assert (busy.handed_over, busy.business_hours) == (3, 16.0)
    assert busy.per_business_hour == pytest.approx(3 / 16)
    assert (busy.busiest, busy.busiest_at) == (3, datetime(2026, 3, 9, 9, tzinfo=UTC))


def test_a_period_without_an_open_hour_has_no_rate() -> None:
    sunday = datetime(2026, 3, 8, tzinfo=UTC)
    busy = load([sunday], sunday, sunday + timedelta(hours=8), Hours(week={"mon": "09:00-17:00"}))

    assert busy.per_business_hour is None


def test_every_figure_says_what_it_rests_on() -> None:
    rests = tried(LIVE, episode()).rests

    assert rests["before"].on == "observed"
    assert {rests[name].on for name in ("minutes.after", "wrong.expected", "moves")} == {"modelled"}
    assert all(one.because for one in rests.values())


def test_an_empty_past_is_no_error() -> None:
    found = tried(LIVE)

    assert (found.episodes, found.changed, found.categories, found.minutes.before) == (0, 0, (), 0.0)


def test_a_decision_keeps_what_it_was_taken_from() -> None:
    decision: Decision = turn().decision

    assert decision.earned == (Earned("billing", Rung.AUTO, 0.8, 120, 0),)
    assert decision.scores["worth"] == 50.0


# another error budget


def rehearsed(worse: float = 0.5) -> Walk:
    """20,000 cases with modest scores, of which those below the mark stay away: the looser, the more are wrong."""
    steps = []
    for mark in LADDER:
        scores = np.linspace(mark, 0.999, max(2, int(20_000 * (0.999 - mark))))
        wrong = float((1.0 - scores).sum()) * worse
        steps.append(Tally(len(scores), wrong, len(scores)))
    return Walk(NOON - timedelta(days=1), tuple(steps))


def budgeted(wrong: float) -> Policy:
    data: dict[str, Any] = LIVE.model_dump(mode="json")
    data["budget"]["wrong"] = wrong
    return Policy.model_validate(data)


def scored(*confidences: float, ending: Ending | None = BY_MIRA) -> list[PastEpisode]:
    return [episode(replace(SURE, confidence=c), ending=ending) for c in confidences]


def test_a_stricter_budget_answers_fewer_alone_and_fewer_wrongly_and_says_that_it_is_modelled() -> None:
    other = replace(BY_MIRA, intent="another_matter")
    past = scored(0.82, 0.84, ending=other) + scored(0.9, 0.97, 0.99)

    found = backtest(past, LIVE, 7, budgeted(0.02), NOON, NOON + timedelta(days=1), walks=[rehearsed()])

    assert (found.before.assistant, found.wrong_before.wrong) == (5, 2)
    assert found.after.assistant < found.before.assistant
    assert found.wrong_after.wrong < found.wrong_before.wrong
    assert found.rests["after"].on == "modelled"


@pytest.mark.parametrize("wrong", [0.02, 0.03, 0.1])
def test_a_rehearsed_threshold_moves_to_just_where_the_same_test_would_have_put_it(wrong: float) -> None:
    walk = rehearsed()
    proven = {budget: descend(walk.tallies, budget, 0.95).threshold for budget in (LIVE.budget.wrong, wrong)}
    kept = Earned("billing", Rung.AUTO_WITH_HOLD, proven[LIVE.budget.wrong])
    past = turn()
    past = replace(past, decision=replace(past.decision, earned=(kept,)))

    moved = Promised([walk], LIVE, budgeted(wrong)).earned(past)

    assert proven[wrong] not in (None, proven[LIVE.budget.wrong])
    assert moved[0].threshold == pytest.approx(proven[wrong])
    assert moved[0].rung is Rung.AUTO_WITH_HOLD


def test_the_rehearsal_of_then_speaks_and_one_that_proves_nothing_leaves_it_to_people() -> None:
    early, later = rehearsed(), replace(rehearsed(worse=9.0), since=NOON + timedelta(hours=1))
    promised = Promised([early, later], LIVE, budgeted(0.02))

    assert promised.earned(turn())[0].threshold is not None
    assert promised.earned(turn(n=90))[0].threshold is None
    assert act(turn(n=90), budgeted(0.02), promised.earned(turn(n=90))).action is Action.HAND_OFF


def test_only_the_category_whose_budget_changes_moves() -> None:
    data: dict[str, Any] = LIVE.model_dump(mode="json")
    data["categories"]["other"] = {"budget": {"wrong": 0.01, "sure": 0.95}}
    elsewhere = Promised([rehearsed()], LIVE, Policy.model_validate(data))

    assert elsewhere.moves()
    assert elsewhere.earned(turn()) == turn().decision.earned
    assert not Promised([rehearsed()], LIVE, policy(turn_cap=1)).moves()
    assert not Promised([], LIVE, budgeted(0.02)).moves(), "no fit tells what it would mean"


def test_a_budget_of_which_no_fit_tells_anything_is_replayed_as_it_was_and_says_so() -> None:
    found = backtest(scored(0.82, 0.97), LIVE, 7, budgeted(0.02), NOON, NOON + timedelta(days=1))

    assert (found.changed, found.rests["after"].on) == (0, "replayed")
    assert "shows once the past is fitted for it" in found.rests["after"].because
