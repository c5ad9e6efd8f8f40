"""A policy tried on what really happened in the house."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import pytest
import yaml

from segue.app.backfill import backfill
from segue.domain.ids import message_id
from segue.domain.past import PastTurn
from segue.insight.backtesting import Backtester
from segue.policy.backtest import Backtest
from segue.policy.backtest.replay import as_drawn, as_earned
from segue.policy.decide import decide
from segue.store.backtest import PastStore
from segue.store.bygone import Bygones
from segue.web.policy_draft import draft_of, judge
from segue.web.rooms import Rooms
from stage import Stage

HIGHER = "Why is my invoice higher this month?"


def decided_again(turn: PastTurn, house: Stage) -> object:
    policy, boundary = house.mind.receiver.policy.policy, as_earned(turn.decision)  # type: ignore[attr-defined]
    waited = timedelta(seconds=turn.decision.scores["waited"])
    now = turn.conversation.latest.at + waited
    version, chance = turn.decision.policy_version, as_drawn(turn.decision)
    return decide(turn.conversation, turn.assessment, turn.answer, policy, version, boundary, now, chance)


def past(house: Stage) -> PastStore:
    return PastStore(house.house.db)


def every_turn(house: Stage) -> list[PastTurn]:
    rows = house.house.db.all(
        "select distinct conversation_id from decisions union select conversation_id from replayed_turns"
    )
    return [turn for e in past(house).whole([r.conversation_id for r in rows]) for turn in e.turns]


def tried(house: Stage, **triggers: object) -> Backtest:
    live = house.house.workspace.live_policy()
    assert live is not None
    body = yaml.safe_load(live[1])
    body["triggers"] = body.get("triggers", {}) | triggers
    tester = Backtester(house.house.workspace, past(house))
    return tester.try_policy(yaml.safe_dump(body), house.now - timedelta(days=90), house.now)


def a_busy_day(house: Stage) -> None:
    """Messages of many kinds, some of which a person takes over in the middle."""
    for who, text in [
        ("ada", HIGHER), ("ada", "Still not clear, this is ridiculous!!"), ("ada", "Let me talk to a human."),
        ("grace", "Our whole team is locked out since this morning, urgent!"), ("eve", HIGHER), ("eve", "Thanks!"),
        ("nadia", "Hallo, ich kann mich nicht anmelden, bitte helfen Sie mir"), ("nadia", "I will call my lawyer."),
    ]:  # fmt: skip
        house.customer_writes(text, who)
        house.now += timedelta(minutes=7)
    house.agent_replies("I have put it right.")
    house.customer_writes("And where do I see it?", "nadia")
    house.days_pass(2)
    house.customer_writes(HIGHER, "ada", again=True)
    house.lead_sets(triggers__turn_cap=1)
    house.customer_writes("No, I mean the invoice of March.", "ada")


def test_decided_again_by_its_own_policy_every_turn_comes_out_as_it_was(house: Stage) -> None:
    a_busy_day(house)
    turns = [t for t in every_turn(house) if t.decision.policy_version == house.mind.receiver.policy.version]  # type: ignore[attr-defined]
    house.lead_sets(triggers__turn_cap=3)
    turns += [t for t in every_turn(house) if t.decision.policy_version == 1]

    house.lead_sets(triggers__turn_cap=1)
    for turn in turns:
        cap = 3 if turn.decision.policy_version == 1 else 1
        if house.mind.receiver.policy.policy.triggers.turn_cap != cap:  # type: ignore[attr-defined]
            house.lead_sets(triggers__turn_cap=cap)
        assert decided_again(turn, house) == turn.decision
    assert len(turns) == 11
    assert {t.conversation.handler for t in turns} == {"assistant", "human"}


def test_the_live_policy_tried_on_its_own_decisions_changes_nothing(house: Stage) -> None:
    a_busy_day(house)

    found = tried(house, turn_cap=1)

    assert (found.messages, found.changed) == (11, 0)


def test_a_stricter_policy_shows_whom_it_would_have_handed_over(house: Stage) -> None:
    house.customer_writes(HIGHER)
    house.customer_writes("How do I add a seat?")
    assert house.handler == "assistant"

    found = tried(house, tiers=["free"])

    assert found.moves == {"assistant → human": 1}
    assert found.examples[0].text == HIGHER
    assert "customers of this tier get a person" in found.examples[0].after


def test_imported_conversations_are_considered_afterwards_and_then_tried(house: Stage) -> None:
    begin = house.now - timedelta(days=365)

    bygones = Bygones(house.house.db)
    left = bygones.left(begin)
    done = backfill(house.house, begin, house.now, limit=120)
    again = backfill(house.house, begin, house.now, limit=5)
    assert bygones.left(begin) == left - 125

    assert done["conversations"] == 120
    assert done["messages"] >= 120
    assert again["conversations"] == 5
    turns = every_turn(house)
    assert len(turns) == done["messages"] + again["messages"]
    assert all(turn.is_replayed for turn in turns)
    for turn in turns:
        assert decided_again(turn, house) == turn.decision


def test_what_waits_to_be_considered_is_counted_once_while_a_lead_types(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms, counted, left = cast(Rooms, house.house), list[datetime](), Bygones.left
    monkeypatch.setattr(Bygones, "left", lambda of, since: counted.append(since) or left(of, since))
    live = house.house.workspace.live_policy()
    assert live is not None

    tried = [judge(rooms, draft_of(rooms, live[1]), live[1], days, house.now) for days in (90, 90, 30, 90)]

    assert [(house.now - since).days for since in counted] == [90, 30]
    assert tried[0].to_come == tried[1].to_come == tried[3].to_come > 0


def test_nobody_sees_a_decision_that_was_never_taken(house: Stage) -> None:
    backfill(house.house, house.now - timedelta(days=365), house.now, limit=3)

    shown = [t.conversation.id for t in every_turn(house)]

    assert all(house.house.conversations.turns(conversation) == [] for conversation in shown)
    assert house.house.db.one("select count(*) as n from decisions").n == 0


def test_whoever_is_backfilled_is_read_by_a_head_that_has_not_seen_them(house: Stage) -> None:
    """Its own words would be its nearest example, word for word, and every answer would look sure."""
    backfill(house.house, house.now - timedelta(days=365), house.now, limit=60)
    texts = [q for i in house.house.workspace.catalogue().intents for q in i.questions]

    turns, learnt_from = every_turn(house), 0
    assert len({turn.conversation.id for turn in turns}) == 60
    for turn in turns:
        assert turn.assessment.nearest, "no head has read it"
        own = [near for near in turn.assessment.nearest if near.text == turn.assessment.text]
        whose = house.house.db.one(
            "select count(*) filter (where contact_id = %(contact)s) as own,"
            " count(*) filter (where contact_id <> %(contact)s) as others from examples where body = %(text)s",
            {"text": turn.assessment.text, "contact": turn.conversation.contact.id},
        )
        assert not own or turn.assessment.text in texts or whose.others
        learnt_from += whose.own > 0 and not whose.others
    assert learnt_from > 0, "of none of them the usual head has learnt"


def test_a_forgotten_backfill_can_be_made_again(house: Stage) -> None:
    begin = house.now - timedelta(days=365)
    backfill(house.house, begin, house.now, limit=4)
    first = {(t.conversation.id, t.conversation.latest.seq): t.decision for t in every_turn(house)}

    past(house).forget()
    backfill(house.house, begin, house.now, limit=4)

    assert {(t.conversation.id, t.conversation.latest.seq): t.decision for t in every_turn(house)} == first


def test_what_chance_once_sent_to_people_it_sends_again(house: Stage) -> None:
    house.lead_sets(evidence__holdout=0.5)
    for n in range(8):
        house.customer_writes(HIGHER, f"visitor{n}")
    turns = every_turn(house)

    assert {t.decision.action for t in turns} == {"answer", "hand_off"}
    assert all(decided_again(turn, house) == turn.decision for turn in turns)
    assert tried(house).changed == 0


def test_a_judgement_in_the_evidence_tells_right_from_wrong(house: Stage) -> None:
    house.customer_writes(HIGHER)
    message = {"id": house.conversation}
    house.house.db.run(
        "insert into judgements (conversation_id, seq, source, verdict, weight, author, version, because, at)"
        " select conversation_id, seq, 'marked', 'wrong', 1, 'agt_mira', '1', 'test', at from cases"
        " where conversation_id = %(id)s",
        message,
    )

    wrong = tried(house).wrong_before

    assert (wrong.judged, wrong.wrong) == (1, 1)


def test_a_mark_that_was_taken_back_and_a_grade_that_was_corrected_count_as_they_stand(house: Stage) -> None:
    judging, later = house.house.ladder.judging, timedelta(minutes=1)
    house.lead_sets(evidence={"review_auto": 1.0, "review_with_hold": 1.0})
    house.customer_writes(HIGHER)
    message = message_id(house.conversation, 1)
    judging.mark_wrong(message, "mira", house.now, "")
    assert (tried(house).wrong_before.wrong, tried(house).wrong_before.expected) == (1, None)
    judging.withdraw(message, "mira", house.now + later)
    assert (tried(house).wrong_before.judged, tried(house).wrong_before.wrong) == (0, 0)

    judging.review(message, "wrong", "mira", house.now + 2 * later)
    assert tried(house).wrong_before.expected == 1
    judging.review(message, "right", "mira", house.now + 3 * later)
    assert (tried(house).wrong_before.judged, tried(house).wrong_before.wrong) == (1, 0)
    (turn,) = next(e.turns for e in past(house).episodes(house.now - timedelta(days=1))[0] if e.turns[0].judged)
    assert (turn.was_given, turn.is_marked) == (True, False)
    assert turn.drawn == house.house.ladder.store.case(message).propensity > 0.5


def test_a_matter_nobody_named_at_the_end_does_not_prove_its_own_guess_right(house: Stage) -> None:
    ends = {}
    for named in (None, "invoice_higher"):
        house.customer_writes("I want to talk to a person. " + HIGHER, "ada", again=True)
        house.agent_replies("It was a seat.")
        house.agent_resolves(intent=named)
        (episode,) = past(house).whole([house.conversation])
        assert episode.ending is not None
        ends[named] = episode.ending.intent

    assert ends == {None: None, "invoice_higher": "invoice_higher"}


def test_another_error_budget_is_tried_by_what_the_rehearsal_of_then_proves_for_it(house: Stage) -> None:
    a_busy_day(house)
    live = house.house.workspace.live_policy()
    assert live is not None
    body = yaml.safe_load(live[1])
    body["budget"] = {"wrong": 0.0005, "sure": 0.99}
    tester = Backtester(house.house.workspace, past(house))

    found = tester.try_policy(yaml.safe_dump(body), house.now - timedelta(days=90), house.now)

    assert found.rests["after"].on == "modelled"
    assert found.before.assistant > found.after.assistant == 0
    assert {move.split(" → ")[1] for move in found.moves} == {"human"}
