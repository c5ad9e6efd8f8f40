"""What one judged case counts for, and which cases speak for a step up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.decision import Rung
from segue.domain.errors import Refused
from segue.domain.evidence import MACHINES, STRANGERS, CellName, JudgedCase, Judgement, Source, Verdict
from segue.insight.calibration import calibration
from segue.learning.evidence import (
    AGAIN,
    AHEAD,
    DAILY,
    RIPE,
    Weighed,
    capped,
    complaints,
    distance,
    edited,
    few_of_each,
    inside,
    outcome,
    speaking,
    telling,
)  # fmt: skip
from segue.learning.following import follow
from segue.learning.trend import Trend, trends
from segue.policy.betting import Wager
from segue.policy.settings.cells import Budget

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = MONDAY + timedelta(days=30)
ALWAYS = datetime.min.replace(tzinfo=UTC)


def said(source: Source, verdict: Verdict, author: str = "agt_mira", weight: float = 1.0) -> Judgement:
    return Judgement(source, verdict, weight, author, MONDAY)


RIGHT = said(Source.UNEDITED, Verdict.RIGHT)
WRONG = said(Source.THROWN_AWAY, Verdict.WRONG, "agt_tom")
TOMS = said(Source.UNEDITED, Verdict.RIGHT, "agt_tom")


def case(*judgements: Judgement, n: int = 1, contact: str = "", **more: Any) -> JudgedCase:
    told: dict[str, Any] = {
        "category": "billing", "tier": "", "channel": "chat", "intent": "invoice_higher", "article_id": "art_1",
        "confidence": 0.97, "rung": Rung.SUGGEST, "was_given": False, "would_go": True, "propensity": 1.0,
        "is_drawn": False, "at": MONDAY + timedelta(minutes=n),
    }  # fmt: skip
    return JudgedCase(f"cnv_{n}", 1, contact or f"con_{n}", **(told | more), judgements=judgements)


# the verdict


def test_what_one_person_called_wrong_no_weaker_word_makes_right() -> None:
    confirmed = said(Source.CONFIRMED, Verdict.RIGHT, "con_1", 0.25)

    assert case(RIGHT, confirmed, said(Source.RETURNED, Verdict.WRONG, "con_1")).verdict is Verdict.WRONG


def test_a_grade_decides_and_the_newest_one_does() -> None:
    first = said(Source.GRADED, Verdict.RIGHT)
    second = Judgement(Source.GRADED, Verdict.WRONG, 1.0, "agt_tom", MONDAY + timedelta(days=1))

    assert case(WRONG, first).verdict is Verdict.RIGHT
    assert case(first, second).verdict is Verdict.WRONG


def test_nobody_makes_right_what_a_colleague_graded_wrong() -> None:
    wrong, right = said(Source.GRADED, Verdict.WRONG), said(Source.GRADED, Verdict.RIGHT, "agt_tom")
    cannot_tell = said(Source.GRADED, Verdict.UNKNOWN, "agt_tom", 0.0)

    assert case(wrong, right).verdict is Verdict.WRONG
    assert case(wrong, cannot_tell).verdict is Verdict.WRONG
    assert case(wrong, right, said(Source.GRADED, Verdict.RIGHT)).verdict is Verdict.RIGHT


def test_the_last_word_is_the_one_recorded_last_though_the_clock_was_set_back() -> None:
    def at(hour: int, source: Source, verdict: Verdict) -> Judgement:
        return Judgement(source, verdict, 1.0, "agt_mira", MONDAY + timedelta(hours=hour))

    assert case(at(2, Source.GRADED, Verdict.RIGHT), at(1, Source.GRADED, Verdict.WRONG)).verdict is Verdict.WRONG
    assert case(at(2, Source.MARKED, Verdict.WRONG), at(1, Source.MARKED, Verdict.UNKNOWN)).standing == ()


def test_a_mark_stands_until_its_author_takes_back_as_many_as_they_made() -> None:
    mark, back = said(Source.MARKED, Verdict.WRONG), said(Source.MARKED, Verdict.UNKNOWN, weight=0.0)
    toms = said(Source.MARKED, Verdict.WRONG, "agt_tom")

    found = [case(*said).verdict for said in ((mark, mark, back), (mark, mark, back, back), (mark, toms, back))]
    assert found == [Verdict.WRONG, Verdict.UNKNOWN, Verdict.WRONG]
    assert case(mark, back, RIGHT).verdict is Verdict.RIGHT
    assert case(mark, mark, back).judges == {"agt_mira"}


def test_silence_says_nothing() -> None:
    silent = outcome("silence", "system", MONDAY)
    assert silent is not None
    assert case(silent).verdict is Verdict.UNKNOWN
    assert speaking([case(silent)], Rung.SUGGEST, 0.9, ALWAYS, LATER) == []


def test_an_outcome_nobody_knows_is_no_judgement() -> None:
    assert outcome("rumour", "con_1", MONDAY) is None


@pytest.mark.parametrize(
    ("judged", "is_sampled"),
    [
        (said(Source.GRADED, Verdict.RIGHT), True),
        (said(Source.GRADED, Verdict.UNKNOWN), False),
        (said(Source.DENIED, Verdict.WRONG, "con_1"), False),
        (said(Source.CONFIRMED, Verdict.RIGHT, "con_1", 0.25), False),
        (said(Source.MARKED, Verdict.WRONG), False),
    ],
)
def test_what_chance_drew_and_nobody_graded_speaks_for_no_other_answer_whatever_else_is_said_of_it(
    judged: Judgement, is_sampled: bool
) -> None:
    """Who says no without being asked says it because it was wrong."""
    drawn = case(judged, was_given=True, is_drawn=True, propensity=0.05, least=0.05)

    assert drawn.is_sampled is is_sampled
    assert [bool(calibration([drawn])), bool(follow([drawn], lambda _: Budget(wrong=0.05)).cases)] == [is_sampled] * 2
    assert bool(trends([drawn], [CellName("billing")], drawn.at)) is is_sampled


# what an agent's reply says


@pytest.mark.parametrize(
    ("sent", "source", "verdict"),
    [
        ("{}", Source.UNEDITED, Verdict.RIGHT),
        ("Hi Ada!\n\n{}", Source.UNEDITED, Verdict.RIGHT),
        ("I have given you the money back, sorry for the trouble.", Source.THROWN_AWAY, Verdict.WRONG),
    ],
)
def test_a_reply_judges_the_suggestion(sent: str, source: Source, verdict: Verdict) -> None:
    suggestion = " ".join(f"word{n}" for n in range(60))

    judged = edited(suggestion, sent.format(suggestion), "agt_mira", MONDAY)

    assert (judged.source, judged.verdict) == (source, verdict)


ANSWER = (
    "Refunds are paid to the card you paid with, within 5 days of our mail. You can follow yours under Billing. "
    "If nothing has come by then, your bank is holding it: ask them with the number in our mail, please."
)


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        ("within 5 days", "within 15 days", Verdict.WRONG),
        ("You can follow", "You cannot follow", Verdict.WRONG),
        ("is holding it", "is not holding it", Verdict.WRONG),
        ("Refunds", "No problem! Refunds", Verdict.RIGHT),
        ("our mail. You", "our mail. No worries. You", Verdict.RIGHT),
        ("within 5 days", "within 5 working days", Verdict.RIGHT),
        ("under Billing", "on the page Billing", Verdict.RIGHT),
    ],
)
def test_one_word_that_says_something_else_is_a_correction_however_long_the_answer(
    ours: str, theirs: str, verdict: Verdict
) -> None:
    assert ours in ANSWER
    assert edited(ANSWER, ANSWER.replace(ours, theirs), "agt_mira", MONDAY).verdict is verdict


def test_half_of_a_suggestion_kept_says_neither() -> None:
    words = [f"word{n}" for n in range(40)]

    judged = edited(" ".join(words), " ".join(words[:20] + ["other"] * 20), "agt_mira", MONDAY)

    assert (judged.source, judged.verdict, judged.distance) == (Source.EDITED, Verdict.UNKNOWN, 0.5)


@given(st.lists(st.sampled_from("abcdef"), max_size=30), st.lists(st.sampled_from("abcdef"), max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_distance_lies_between_the_same_and_nothing_in_common(one: list[str], other: list[str]) -> None:
    assert 0.0 <= distance(" ".join(one), " ".join(other)) <= 1.0
    assert distance(" ".join(one), " ".join(one)) == 0.0


# what counts, and how much


def test_however_often_one_contact_is_right_it_counts_less_than_one_and_a_half() -> None:
    weighed = capped(case(RIGHT, n=n, contact="con_eve") for n in range(1000))

    assert weighed[0].weight == 1.0
    assert weighed[1].weight == pytest.approx(AGAIN)
    assert sum(w.weight for w in weighed) < 1.5 + 1e-9


def test_one_incident_of_a_hundred_customers_is_one_right_case_and_a_hundred_wrong_ones() -> None:
    right = capped(case(RIGHT, n=n, alike=7) for n in range(100))
    wrong = capped(case(WRONG, n=n, alike=7) for n in range(100))

    assert [w.weight for w in right] == [1.0, *[0.0] * 99]
    assert [w.weight for w in wrong] == [1.0] * 100
    another_day = capped(case(RIGHT, n=n, alike=n // 50) for n in range(100))
    assert sum(w.weight for w in another_day) == 2.0


def test_who_repeats_what_others_wrote_keeps_their_own_voice() -> None:
    """What counts nothing uses nothing up."""
    said_by_eve = [case(RIGHT, n=1, alike=7), case(RIGHT, n=2, contact="con_eve", alike=7)]

    weighed = capped([*said_by_eve, case(RIGHT, n=3, contact="con_eve", alike=8)])

    assert [w.weight for w in weighed] == [1.0, 0.0, 1.0]


def test_an_alarm_listens_to_few_of_one_incident() -> None:
    incident = [case(RIGHT, n=n, alike=7) for n in range(100)]
    others = [case(WRONG, n=n, alike=n) for n in range(200, 203)]

    assert few_of_each([*incident, *others]) == [*incident[:DAILY], *others]
    tomorrow = [replace(one, at=one.at + timedelta(days=1)) for one in incident]
    assert len(few_of_each([*incident, *tomorrow])) == 2 * DAILY


@pytest.mark.parametrize("seed", [1, 2])
def test_a_bet_on_incidents_in_which_all_is_right_or_all_is_wrong_stays_fair(seed: int) -> None:
    """Each day one incident of twenty, answered wrongly as often as the budget allows. Were each of the twenty a case,
    nearly every cell would be proven."""
    rng, budget, delta, cells = np.random.default_rng(seed), 0.2, 0.2, 60
    proven = Counter[bool]()
    one = {
        (is_bad, is_capped): [case(WRONG if is_bad else RIGHT, n=n, alike=n // 20 if is_capped else n)
                              for n in range(800)]
        for is_bad in (True, False) for is_capped in (True, False)
    }  # fmt: skip
    for _ in range(cells):
        bad = [bool(is_bad) for is_bad in rng.random(40) < budget for _ in range(20)]
        for is_capped in (True, False):
            cases = [one[is_bad, is_capped][n] for n, is_bad in enumerate(bad)]
            proven[is_capped] += is_ever_proven(capped(cases), budget, delta)
    assert proven[True] <= delta * cells + 3 * (delta * (1 - delta) * cells) ** 0.5
    assert proven[False] > cells / 2


def is_ever_proven(weighed: Sequence[Weighed], budget: float, delta: float) -> bool:
    wager = Wager(budget)
    for one in weighed:
        wager = wager.after(one.right, one.weight)
        if wager.is_proven(delta):
            return True
    return False


def test_being_wrong_counts_whole_every_time() -> None:
    weighed = capped(case(WRONG, n=n, contact="con_eve") for n in range(10))

    assert [(w.right, w.weight) for w in weighed] == [(0.0, 1.0)] * 10


def test_what_was_drawn_more_readily_counts_less() -> None:
    graded = said(Source.GRADED, Verdict.RIGHT)
    weighed = capped(case(graded, n=n, propensity=chance, least=0.05) for n, chance in enumerate([0.2, 0.05]))

    assert [w.weight for w in weighed] == [pytest.approx(0.25), 1.0]


def test_on_automatic_rungs_only_what_was_drawn_and_graded_speaks() -> None:
    given_out = {"rung": Rung.AUTO_WITH_HOLD, "was_given": True, "propensity": 0.2}
    praised = case(said(Source.CONFIRMED, Verdict.RIGHT, "con_1", 0.25), n=1, **given_out)
    marked = case(said(Source.MARKED, Verdict.WRONG), n=2, **given_out)
    graded = case(said(Source.GRADED, Verdict.RIGHT), n=3, is_drawn=True, **given_out)

    found = speaking([praised, marked, graded], Rung.AUTO_WITH_HOLD, 0.9, ALWAYS, LATER)

    assert [w.case for w in found] == [graded]


def test_what_a_person_had_or_chance_held_out_says_nothing_for_a_step_up_of_what_answers_alone() -> None:
    held_out = [case(one, n=n, rung=Rung.AUTO_WITH_HOLD) for n, one in enumerate((RIGHT, WRONG))]

    assert speaking(held_out, Rung.AUTO_WITH_HOLD, 0.9, ALWAYS, LATER) == []
    assert [w.right for w in telling(held_out, 0.9, ALWAYS, LATER)] == [1.0, 0.0], "an alarm hears them"


def drawn(*verdicts: Verdict | None) -> list[JudgedCase]:
    """Answers that went out alone and that chance drew, a minute apart; None: nobody graded it."""
    more = {"rung": Rung.AUTO_WITH_HOLD, "was_given": True, "is_drawn": True, "propensity": 0.2}
    return [case(*[said(Source.GRADED, v)] * bool(v), n=n, **more) for n, v in enumerate(verdicts)]


def test_who_grades_only_the_good_ones_proves_nothing_with_what_came_after_the_first_that_was_left_out() -> None:
    chosen = drawn(Verdict.RIGHT, Verdict.RIGHT, None, Verdict.RIGHT, Verdict.WRONG)

    def bet(now: datetime) -> list[float]:
        return [w.right for w in speaking(chosen, Rung.AUTO_WITH_HOLD, 0.9, ALWAYS, now)]

    assert bet(MONDAY + RIPE) == [1.0, 1.0]
    assert bet(LATER) == [1.0, 1.0, 0.0, 1.0, 0.0], "a week later what was left out counts as wrong"
    assert [w.right for w in telling(chosen, 0.9, ALWAYS, LATER)] == [1.0, 1.0, 1.0, 0.0], "and takes nothing down"


def test_what_nobody_can_tell_is_not_proven_to_be_right() -> None:
    found = speaking(drawn(Verdict.RIGHT, Verdict.UNKNOWN), Rung.AUTO_WITH_HOLD, 0.9, ALWAYS, LATER)

    assert [(w.right, w.weight) for w in found] == [(1.0, 1.0), (0.0, 1.0)]


@pytest.mark.parametrize(("rung", "speaks"), [(Rung.SUGGEST, []), (Rung.APPROVE, [0.0])])
def test_what_an_agent_rewrote_by_half_speaks_against_sending_it_alone_and_against_nothing_else(
    rung: Rung, speaks: list[float]
) -> None:
    half = case(said(Source.EDITED, Verdict.UNKNOWN, weight=0.5), rung=rung)

    assert [w.right for w in speaking([half], rung, 0.9, ALWAYS, LATER)] == speaks
    assert telling([half], 0.9, ALWAYS, LATER) == []


def test_one_agents_praise_counts_no_more_than_that_of_all_others_and_a_few() -> None:
    uneven = [case(TOMS if n < 145 else RIGHT, n=n) for n in range(150)]

    assert sum(w.weight for w in speaking(uneven, Rung.SUGGEST, 0.9, ALWAYS, LATER)) == pytest.approx(5 + 5 + AHEAD)
    even = [case(TOMS if n % 2 else RIGHT, n=n) for n in range(151)]
    assert sum(w.weight for w in speaking(even, Rung.SUGGEST, 0.9, ALWAYS, LATER)) == 151


def test_one_companys_customers_count_for_no_more_than_all_others_and_a_few() -> None:
    uneven = [case(RIGHT if n % 2 else TOMS, n=n, company="acc_acme" if n < 140 else "") for n in range(150)]

    found = speaking(uneven, Rung.SUGGEST, 0.9, ALWAYS, LATER)

    assert sum(w.weight for w in found) == pytest.approx(10 + 10 + AHEAD)
    assert [w.is_companys for w in found] == [n < 140 for n in range(150)]
    each_their_own = [replace(one, company=f"acc_{n}") for n, one in enumerate(uneven)]
    assert sum(w.weight for w in speaking(each_their_own, Rung.SUGGEST, 0.9, ALWAYS, LATER)) == 150


def test_of_two_that_count_for_too_much_the_one_that_leaves_less_is_the_cap() -> None:
    """All of one agent's are one company's, and more: the company leaves 25 of 140, the agent 55 of 100."""
    both = [case(TOMS if n < 100 else RIGHT, n=n, company="acc_acme" if n < 140 else "") for n in range(150)]

    found = speaking(both, Rung.SUGGEST, 0.9, ALWAYS, LATER)

    assert [found[0].weight, found[120].weight, found[145].weight] == pytest.approx([15 / 140, 15 / 140, 1.0])
    assert (found[0].is_cut, found[120].is_cut) == (True, False)


def test_a_wrong_answer_to_a_company_counts_whole() -> None:
    all_theirs = [case(WRONG if n < 10 else RIGHT, n=n, company="acc_acme") for n in range(60)]

    found = speaking(all_theirs, Rung.SUGGEST, 0.9, ALWAYS, LATER)

    assert [w.weight for w in found if not w.right] == [1.0] * 10
    assert sum(w.weight for w in found if w.right) == pytest.approx(AHEAD)


def test_whoever_says_wrong_is_heard_whole_however_much_they_judged() -> None:
    found = speaking([case(WRONG, n=n) for n in range(40)], Rung.SUGGEST, 0.9, ALWAYS, LATER)

    assert [w.weight for w in found] == [1.0] * 40


@pytest.mark.parametrize(
    "left_out", [{"rung": Rung.SHADOW}, {"confidence": 0.8}, {"would_go": False}, {"at": MONDAY - timedelta(days=1)}]
)
def test_answers_of_another_kind_do_not_speak_for_this_step(left_out: dict[str, Any]) -> None:
    assert speaking([case(RIGHT, **left_out)], Rung.SUGGEST, 0.9, MONDAY, LATER) == []


def test_a_customers_yes_counts_once_they_have_not_come_back_for_a_week() -> None:
    praised = case(said(Source.CONFIRMED, Verdict.RIGHT, "con_1", 0.25))

    assert speaking([praised], Rung.SUGGEST, 0.9, ALWAYS, praised.at + RIPE / 2) == []
    assert len(speaking([praised], Rung.SUGGEST, 0.9, ALWAYS, praised.at + RIPE)) == 1


def test_every_complaint_is_heard_and_silence_is_not() -> None:
    given_out = [case(*judged, n=n, was_given=True) for n, judged in enumerate([(), (WRONG,), (RIGHT,)])]

    assert complaints([*given_out, case(WRONG, n=9)], ALWAYS) == [1.0, 0.0, 1.0]


@pytest.mark.parametrize("seed", [1, 2])
def test_weights_and_caps_leave_the_bet_fair(seed: int) -> None:
    """A property of the whole: where exactly the budget is wrong, a cell whose cases come with any mix of sources and
    contacts is proven in at most the share that was promised, though one looks after every case."""
    rng, budget, delta, cells = np.random.default_rng(seed), 0.2, 0.2, 60
    proven = 0
    for _ in range(cells):
        wrong = rng.random(60) < budget
        sources = rng.choice([Source.UNEDITED, Source.EDITED, Source.CONFIRMED], 60)
        contacts = rng.integers(0, 40, 60)
        weights = {Source.UNEDITED: 1.0, Source.EDITED: 0.5, Source.CONFIRMED: 0.25}
        cases = (
            case(WRONG if bad else said(source, Verdict.RIGHT, weight=weights[source]), n=n, contact=f"con_{who}")
            for n, (bad, source, who) in enumerate(zip(wrong, sources, contacts, strict=True))
        )
        proven += is_ever_proven(capped(cases), budget, delta)
    assert proven <= delta * cells + 3 * (delta * (1 - delta) * cells) ** 0.5


# cells


def test_a_cell_is_written_as_people_would() -> None:
    names = ["billing", "billing/enterprise", "billing/*/email", "billing/enterprise/email"]

    assert [str(CellName.read(name)) for name in names] == names


@pytest.mark.parametrize("name", ["", "*", "a/b/c/d", "billing/", "billing/*/pigeon"])
def test_what_names_no_cell_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        CellName.read(name)


def test_a_finer_cell_that_stands_for_itself_takes_its_cases_along() -> None:
    mail, chat = case(RIGHT, n=1, channel="email"), case(RIGHT, n=2, channel="chat")
    cells = [CellName("billing"), CellName("billing", "*", "email")]

    assert inside([mail, chat], cells) == {cells[0]: [chat], cells[1]: [mail]}


def test_strangers_are_one_voice() -> None:
    weighed = capped(case(RIGHT, n=n, contact=STRANGERS) for n in range(20))

    assert sum(w.weight for w in weighed) < 1.5


def test_what_keys_say_in_the_names_of_agents_is_one_voice_and_no_agents() -> None:
    """Whoever holds a key has any number of agents' names, and may have made up the customers, too."""
    by_key = [said(Source.UNEDITED, Verdict.RIGHT, f"key:{name}") for name in ("crm", "bot")]
    lent = [case(by_key[n % 2], n=n) for n in range(1000)]

    assert sum(w.weight for w in capped(lent)) <= 1.5
    assert {w.case.voice for w in capped(lent)} == {MACHINES}
    assert {one.judges for one in lent} == {frozenset()}
    assert case(by_key[0], RIGHT).voice == "con_1", "a person said it, too"
    assert case(by_key[0], WRONG).verdict is Verdict.WRONG


def test_a_cell_says_how_it_fared_lately_and_before_by_cases_that_nobody_picked() -> None:
    day = timedelta(days=1)
    old = [case(one, n=n, at=LATER - 40 * day) for n, one in enumerate((RIGHT, WRONG, WRONG))]
    new = [case(one, n=n, at=LATER - day) for n, one in enumerate((RIGHT, RIGHT, WRONG), 10)]
    picked = case(WRONG, n=20, at=LATER - day, was_given=True)
    unsaid, long_ago = case(n=21, at=LATER - day), case(WRONG, n=22, at=LATER - 61 * day)
    billing, other = CellName("billing"), CellName("shipping")

    found = trends([*old, *new, picked, unsaid, long_ago], [billing, other], LATER)

    assert found == {billing: Trend(2, 3, 1, 3)}
