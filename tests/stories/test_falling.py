"""How the assistant loses ground by itself: an article in doubt, taken out or rewritten; customers who come back or say
no. And how it gets it back once an article is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from climb import INVOICE, Climb
from faults.bugs import plant
from segue.domain.decision import Rung
from segue.domain.errors import Conflict
from segue.domain.evidence import CellName
from segue.domain.knowledge import Article
from segue.domain.moves import Cause, Move
from segue.store.outcomes import Outcomes
from segue.texts import speaking
from segue.web.moved import reason
from stage import Stage

PRICE = "The price per seat has changed: €15 a month on Team."


@pytest.fixture
def climb(house: Stage) -> Climb:
    return Climb(house)


def answered(climb: Climb, times: int) -> None:
    for _ in range(times):
        climb.minutes_pass()
        climb.asks()
        assert climb.stage.action == "answer"


def contradicted(climb: Climb) -> str:
    """Agents tell four customers that the price is another one; returns the stale case."""
    stage = climb.stage
    for who, agent in (("nadia", "mira"), ("ada", "mira"), ("grace", "mira"), ("eve", "tom")):
        climb.minutes_pass()
        stage.customer_writes(INVOICE, who, again=True)
        stage.agent_replies(PRICE, agent)
        stage.agent_resolves(agent, "invoice_higher")
    (case,) = stage.house.watch.store.cases()
    return str(case["id"])


def article(climb: Climb) -> Article:
    found = climb.stage.house.knowledge.article(climb.stage.turn["answer"]["article_id"])
    assert found is not None
    return found


# a source


def test_an_article_that_replies_contradict_takes_its_cell_down_and_says_why(climb: Climb) -> None:
    answered(climb, 5)
    title = article(climb).title

    contradicted(climb)
    climb.minutes_pass()
    (done,) = climb.watch()

    assert climb.rung is Rung.APPROVE
    move = climb.ladder.history.moves()[-1]
    assert (move.cause, move.author, move.before) == (Cause.STALE, "segue", Rung.AUTO_WITH_HOLD)
    assert f"“{title}” says something else than several people replied" in move.why
    assert move.why in done
    assert climb.watch() == [], "it falls once"


def test_a_lead_who_upholds_the_article_is_offered_the_step_back_and_takes_it_by_name(climb: Climb) -> None:
    answered(climb, 5)
    case = contradicted(climb)
    climb.minutes_pass()
    climb.watch()
    assert climb.ladder.offers() == []

    climb.minutes_pass()
    climb.stage.house.watch.decide(case, "agt_lena", False, climb.stage.now)
    climb.watch()
    (offer,) = climb.ladder.offers()
    assert (offer.rung, offer.to) == (Rung.APPROVE, Rung.AUTO_WITH_HOLD)
    assert "settled" in offer.why
    assert climb.rung is Rung.APPROVE, "nothing goes up without a name"

    climb.ladder.approve(offer.id, "lena", climb.stage.now)
    answered(climb, 2)
    assert climb.watch() == []
    assert climb.rung is Rung.AUTO_WITH_HOLD


def test_whoever_takes_an_offer_up_is_shown_their_own_move_whatever_else_moved_at_that_moment(
    climb: Climb, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(climb, 5)
    case = contradicted(climb)
    climb.minutes_pass()
    climb.watch()
    climb.stage.house.watch.decide(case, "agt_lena", False, climb.stage.now)
    climb.watch()
    (offer,) = climb.ladder.offers()
    moves = climb.ladder.history.move

    def and_another_beside(move: Move, offer: str | None = None, seen: int | None = None) -> int:
        number = moves(move, offer, seen)
        moves(Move(CellName("exports"), Rung.SUGGEST, "Elsewhere.", "agt_tom", climb.stage.now))
        return number

    monkeypatch.setattr(climb.ladder.history, "move", and_another_beside)

    assert climb.ladder.approve(offer.id, "lena", climb.stage.now).cell == climb.cell


def test_the_offer_falls_if_the_article_goes_stale_again_meanwhile(climb: Climb) -> None:
    answered(climb, 5)
    case = contradicted(climb)
    climb.minutes_pass()
    climb.watch()
    climb.stage.house.watch.decide(case, "agt_lena", False, climb.stage.now)
    climb.watch()
    (offer,) = climb.ladder.offers()

    climb.stage.house.db.run("update articles set review_by = '2020-01-01' where intent_id = 'invoice_higher'")

    with pytest.raises(Conflict, match="no longer holds"):
        climb.ladder.approve(offer.id, "lena", climb.stage.now)
    assert climb.rung is Rung.APPROVE


def test_of_two_doubts_about_an_article_the_one_that_stands_keeps_it_stale(climb: Climb) -> None:
    answered(climb, 1)
    watch, ours = climb.stage.house.watch, article(climb)
    contradicted(climb)
    climb.stage.house.db.run(
        "insert into stale_cases (id, article_id, version, kind, claim, article_says, opened_at) select 'stl_2',"
        " article_id, version, kind, 'another', 'Another sentence.', opened_at from stale_cases"
    )
    watch.decide("stl_2", "agt_lena", True, climb.stage.now)

    watch.decide("stl_2", "agt_lena", False, climb.stage.now)
    assert ours.id in climb.ladder.store.stale_articles(climb.stage.now.date())
    first = next(c["id"] for c in watch.store.cases() if c["id"] != "stl_2")
    watch.decide(first, "agt_lena", False, climb.stage.now)

    assert ours.id not in climb.ladder.store.stale_articles(climb.stage.now.date())
    assert climb.stage.house.knowledge.article(ours.id) == ours, "with the review date it had"


def test_an_article_that_is_taken_out_takes_its_cell_down(climb: Climb) -> None:
    answered(climb, 5)
    found = article(climb)
    climb.stage.house.knowledge.retire(found.id, "agt_lena", climb.stage.now)
    climb.watch()

    assert climb.rung is Rung.APPROVE
    move = climb.ladder.history.moves()[-1]
    assert "was taken out" in move.why
    with speaking("de"):
        assert reason(move) == f"die Quelle ist veraltet: „{found.title}“ wurde herausgenommen"
        assert reason(replace(move, wording={})) == move.why, "what was kept before stands as it was kept"


def test_an_article_past_its_review_date_takes_its_cell_down_on_that_day(climb: Climb) -> None:
    answered(climb, 5)
    tomorrow = (climb.stage.now + timedelta(days=1)).date()
    climb.stage.house.knowledge.publish(
        replace(article(climb), review_by=tomorrow), (), (), "agt_lena", climb.stage.now
    )
    assert climb.watch() == []

    climb.stage.now += timedelta(days=2)
    climb.watch()

    assert climb.rung is Rung.APPROVE
    assert "is past its review date" in climb.ladder.history.moves()[-1].why


def test_an_article_that_is_rewritten_puts_a_free_cell_back_to_hold_and_sample(climb: Climb) -> None:
    climb.stage.lead_sets(categories__default__ceiling="auto")
    answered(climb, 5)
    climb.rises(Rung.AUTO)
    answered(climb, 5)
    old = article(climb)
    assert climb.watch() == []

    climb.minutes_pass()
    new = Article("", old.slug, old.title, old.body + "\n\nSeats are charged by the day.", "public", old.intent)
    climb.stage.house.library.publish(new, "agt_lena", climb.stage.now)
    climb.watch()

    move = climb.ladder.history.moves()[-1]
    assert (climb.rung, move.cause) == (Rung.AUTO_WITH_HOLD, Cause.REWRITTEN)
    assert old.title in move.why


# customers


def test_customers_who_say_no_take_an_automatic_cell_down(climb: Climb) -> None:
    for _ in range(5):
        answered(climb, 1)
        Outcomes(climb.stage.house.db).feedback(climb.stage.conversation, False, climb.stage.now)
    climb.follows()

    climb.watch()

    assert climb.rung is Rung.APPROVE
    move = climb.ladder.history.moves()[-1]
    assert move.cause is Cause.COMPLAINTS
    assert "customers say no or come back" in move.why


def test_customers_who_come_back_about_the_same_within_a_week_take_it_down_too(climb: Climb) -> None:
    stage = climb.stage
    answered(climb, 5)
    first = climb.customers
    stage.now += timedelta(days=4)
    for n in range(first - 4, first + 1):
        climb.asks_again(n)
    climb.follows()

    climb.watch()

    assert climb.rung is Rung.APPROVE
    assert climb.ladder.history.moves()[-1].cause is Cause.COMPLAINTS


def test_a_conversation_that_is_reopened_counts_as_a_return(climb: Climb) -> None:
    for _ in range(5):
        answered(climb, 1)
        conversation, stage = climb.stage.conversation, climb.stage
        Outcomes(stage.house.db).feedback(conversation, True, stage.now)
        climb.minutes_pass(60)
        climb.writes_in(conversation, INVOICE)
    climb.follows()

    climb.watch()

    assert climb.rung is Rung.APPROVE
    assert climb.ladder.history.moves()[-1].cause is Cause.COMPLAINTS


@pytest.mark.parametrize(
    ("story", "bug"),
    [
        (test_an_article_that_replies_contradict_takes_its_cell_down_and_says_why, "sources_alarm_nobody"),
        (test_an_article_that_is_rewritten_puts_a_free_cell_back_to_hold_and_sample, "sources_alarm_nobody"),
        (test_a_lead_who_upholds_the_article_is_offered_the_step_back_and_takes_it_by_name,
         "what_is_settled_goes_up_by_itself"),
        (test_the_offer_falls_if_the_article_goes_stale_again_meanwhile, "any_settling_will_do"),
        (test_customers_who_say_no_take_an_automatic_cell_down, "customers_are_not_heard"),
        (test_customers_who_come_back_about_the_same_within_a_week_take_it_down_too, "customers_are_not_heard"),
    ],
    ids=lambda v: v if isinstance(v, str) else v.__name__[5:40],
)  # fmt: skip
def test_each_story_turns_red_with_its_bug(
    story: Callable[[Climb], None], bug: str, climb: Climb, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(bug, monkeypatch.setattr)

    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        story(climb)
