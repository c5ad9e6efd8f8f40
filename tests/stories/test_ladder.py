"""How the assistant earns its way up, loses it, and behaves on each rung, as agents and the lead live it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import pytest

from climb import INVOICE, Climb
from segue.app.schedule import follow
from segue.domain.conversation import Conversation
from segue.domain.decision import Reason, Rung
from segue.domain.errors import Conflict, Forbidden, NotFound, Refused
from segue.domain.evidence import CellName, Source, Verdict
from segue.domain.moves import Move
from segue.domain.people import Agent
from segue.domain.turn import Turn
from segue.intake.receive import Receiver
from segue.learning.correcting import Correcting
from segue.learning.switching import throw
from segue.store.candidates import CandidateStore
from segue.store.corrections import Corrections
from segue.store.drafts import Drafts
from segue.store.inbox import Arrival
from segue.web.desk_view import opened
from segue.web.news import FOR_CUSTOMERS
from segue.web.queue_view import open_queue
from segue.web.rooms import Rooms
from segue.web.widget_view import talk
from stage import Stage


@pytest.fixture
def climb(house: Stage) -> Climb:
    return Climb(house)


def judged(climb: Climb, conversation: str) -> tuple[Source, Verdict]:
    case = climb.ladder.store.case(f"msg_{conversation[4:]}.1")
    (judgement,) = case.judgements
    return judgement.source, judgement.verdict


def teaching(climb: Climb) -> Correcting:
    house = climb.stage.house
    return Correcting(
        Corrections(house.db), house.conversations, house.workspace, climb.ladder.judging, CandidateStore(house.db)
    )


def waits_in(stage: Stage) -> list[str]:
    """In which of the two lists Tom finds the conversation."""
    lists = [open_queue(stage.house.db, "agt_tom", name, "", stage.now) for name in ("approve", "unassigned")]
    return [one.view.id for one in lists if stage.conversation in [row["id"] for row in one.rows]]


# what a rung means


def test_on_route_nothing_is_kept_and_nobody_sees_a_suggestion(climb: Climb) -> None:
    climb.lower(Rung.ROUTE)
    climb.asks()

    assert climb.stage.action == "hand_off"
    assert climb.stage.briefing["next_step"]["reply"] == ""
    assert climb.stage.house.db.one("select from cases where rung = 0") is None


def test_in_the_shadow_the_assistant_is_silent_and_is_compared_with_what_the_person_writes(climb: Climb) -> None:
    climb.lower(Rung.SHADOW)
    alike, other = climb.asks(), climb.asks()
    assert climb.stage.briefing["next_step"]["reply"] == ""

    climb.sends(alike, "mira")
    climb.sends(other, "mira", "Please reset your second factor under Security, then sign in again.")
    follow(climb.stage.house, climb.stage.mind, climb.stage.now)

    assert judged(climb, alike) == (Source.COMPARED, Verdict.RIGHT)
    assert judged(climb, other)[1] is not Verdict.RIGHT


def test_a_suggestion_is_judged_by_what_the_agent_made_of_it(climb: Climb) -> None:
    climb.lower(Rung.SUGGEST)
    same, changed, gone = climb.asks(), climb.asks(), climb.asks()
    suggestion = climb.stage.briefing["next_step"]["reply"]

    climb.sends(same, "mira", f"Hello!\n\n{suggestion}")
    climb.sends(changed, "tom", " ".join(suggestion.split()[: -len(suggestion.split()) // 5]))
    climb.sends(gone, "tom", "I have refunded the difference.")
    follow(climb.stage.house, climb.stage.mind, climb.stage.now)
    follow(climb.stage.house, climb.stage.mind, climb.stage.now)

    assert judged(climb, same) == (Source.UNEDITED, Verdict.RIGHT)
    assert judged(climb, changed) == (Source.EDITED, Verdict.RIGHT)
    assert judged(climb, gone) == (Source.THROWN_AWAY, Verdict.WRONG)


def test_on_approve_one_key_sends_the_answer_and_the_conversation_goes_on_with_the_assistant(climb: Climb) -> None:
    climb.lower(Rung.APPROVE)
    conversation = climb.asks()
    assert climb.stage.handoff_reasons == ["an agent approves the answer before it is sent"]
    assert climb.stage.handler == "human"

    climb.ladder.judging.approve_answer(conversation, 1, "mira", climb.stage.now)
    follow(climb.stage.house, climb.stage.mind, climb.stage.now)

    author, said = climb.stage.thread[-1]
    assert (author, said) == ("assistant", climb.stage.turn["answer"]["text"])
    assert (climb.stage.handler, climb.stage.row["status"]) == ("assistant", "waiting")
    assert climb.stage.row["first_response_due"] is None
    assert judged(climb, conversation) == (Source.UNEDITED, Verdict.RIGHT)
    with pytest.raises(Conflict, match="meanwhile"):
        climb.ladder.judging.approve_answer(conversation, 1, "tom", climb.stage.now)


@pytest.mark.parametrize("by", ["an agent who takes it", "a lead who gives it to a team"])
def test_whoever_gets_it_after_an_approved_answer_is_briefed_as_if_nobody_had_had_it(climb: Climb, by: str) -> None:
    climb.lower(Rung.APPROVE)
    conversation, stage = climb.asks(), climb.stage
    climb.ladder.judging.approve_answer(conversation, 1, "mira", stage.now)
    stage.house.inbox.accept(Arrival("And who pays for it?", conversation_id=conversation), stage.now)
    if by == "a lead who gives it to a team":
        stage.house.desk.assign_team(conversation, "billing", "agt_lena", stage.now)
    else:
        stage.house.hands.take(conversation, "agt_tom", stage.now)
    before = len(stage.thread)
    follow(stage.house, stage.mind, stage.now)

    assert stage.events.count("conversation.briefed") == 1
    assert stage.briefing["seq"] == 4, "behind the word that people have it, and the answer"
    told = [author for author, _ in stage.thread][before:]
    assert told == (["system"] if by == "a lead who gives it to a team" else []), "one by name is seen"

    stage.house.hands.take(conversation, "agt_lena", stage.now, force=True)
    taken = stage.row["changed_at"]
    stage.hours_pass(0.5)
    follow(stage.house, stage.mind, stage.now)
    assert stage.events.count("conversation.briefed") == 1
    assert stage.row["changed_at"] == taken, "of what nobody was told nothing may look different"


def test_words_that_were_approved_are_nobodys_draft_any_more(climb: Climb) -> None:
    climb.lower(Rung.APPROVE)
    conversation = climb.asks()
    drafts, now = Drafts(climb.stage.house.db), climb.stage.now
    taken = opened(climb.stage.house, "agt_mira", conversation, now).draft
    drafts.put(conversation, "agt_mira", "reply", taken, 0, now)
    drafts.put(conversation, "agt_mira", "note", taken, 0, now)
    drafts.put(conversation, "agt_tom", "reply", f"{taken}\n\nAnd I have looked at yours.", 0, now)

    climb.ladder.judging.approve_answer(conversation, 1, "mira", now)

    assert {kind: kept.text for kind, kept in drafts.of(conversation, "agt_mira").items()} == {
        "reply": "",
        "note": taken,
    }
    assert drafts.of(conversation, "agt_tom")["reply"].text.endswith("looked at yours.")


def test_a_rejected_answer_leaves_approve_and_waits_for_a_person_until_that_is_taken_back(climb: Climb) -> None:
    climb.lower(Rung.APPROVE)
    conversation, teach = climb.asks(), teaching(climb)
    assert waits_in(climb.stage) == ["approve", "unassigned"]

    teach.mark_wrong(conversation, "agt_mira", 1, "fact", climb.stage.now)
    assert waits_in(climb.stage) == ["unassigned"]
    assert judged(climb, conversation) == (Source.MARKED, Verdict.WRONG)
    seen = opened(cast(Rooms, climb.stage.house), "agt_tom", conversation, climb.stage.now)
    assert (seen.chip, seen.rejected) == ("answer rejected", "Mira Sandoval rejected it: a wrong fact.")
    assert (seen.suggestion != "", seen.approves) == (True, None)

    teach.undo(conversation, "agt_mira", climb.stage.now)
    assert waits_in(climb.stage) == ["approve", "unassigned"]


@pytest.mark.parametrize("second", ["agt_mira", "agt_tom"])
def test_an_answer_rejected_twice_stays_rejected_until_both_are_taken_back(climb: Climb, second: str) -> None:
    climb.lower(Rung.APPROVE)
    conversation, teach = climb.asks(), teaching(climb)
    for agent in ("agt_mira", second):
        climb.minutes_pass()
        teach.mark_wrong(conversation, agent, 1, "fact", climb.stage.now)
    case, lists = f"msg_{conversation[4:]}.1", []
    for agent in (second, "agt_mira"):
        climb.minutes_pass()
        teach.undo(conversation, agent, climb.stage.now)
        lists.append((waits_in(climb.stage), climb.ladder.store.case(case).verdict))

    assert lists == [(["unassigned"], Verdict.WRONG), (["approve", "unassigned"], Verdict.UNKNOWN)]


@pytest.mark.parametrize("drawn", [False, True])
def test_what_a_machine_marked_or_graded_is_not_unsaid_with_an_agents_own_key(climb: Climb, drawn: bool) -> None:
    climb.stage.lead_sets(evidence__review_auto=float(drawn), evidence__review_with_hold=float(drawn))
    climb.lower(Rung.APPROVE)
    conversation, teach = climb.asks(), teaching(climb)
    climb.ladder.judging.review(f"msg_{conversation[4:]}.1", "wrong", "tom", climb.stage.now)
    climb.minutes_pass()
    teach.mark_wrong(conversation, "agt_mira", 1, "tone", climb.stage.now)
    climb.minutes_pass()
    teach.undo(conversation, "agt_mira", climb.stage.now)

    assert waits_in(climb.stage) == ["unassigned"]


def test_who_asked_for_a_person_keeps_the_one_who_approved_an_answer(climb: Climb) -> None:
    climb.stage.customer_writes("I want to talk to a person.", "grace", again=True)
    climb.stage.customer_writes(INVOICE, "grace")

    seq = climb.stage.turn["seq"]
    climb.ladder.judging.approve_answer(climb.stage.conversation, seq, "tom", climb.stage.now)

    assert climb.stage.thread[-1][0] == "assistant"
    assert (climb.stage.handler, climb.stage.row["assignee_id"]) == ("human", "agt_tom")


def test_what_the_customer_added_meanwhile_is_not_answered_by_an_old_approval(climb: Climb) -> None:
    climb.lower(Rung.APPROVE)
    conversation = climb.asks()
    arrival = Arrival("Forget it, my card was stolen!", conversation_id=conversation)
    climb.stage.house.inbox.accept(arrival, climb.stage.now)

    with pytest.raises(Conflict):
        climb.ladder.judging.approve_answer(conversation, 1, "mira", climb.stage.now)


def test_a_held_answer_waits_and_goes_out_once(climb: Climb) -> None:
    climb.asks("email", "regular@elsewhere.example")
    assert [author for author, _ in climb.stage.thread] == ["customer"]
    assert "reply.held" in climb.stage.events

    assert climb.stage.house.conversations.undecided(climb.stage.now)[0] == 0, "held is not forgotten"

    climb.minutes_pass(0.5)
    climb.stage.worker.work_off()
    assert len(climb.stage.thread) == 1

    climb.minutes_pass(0.6)
    climb.stage.worker.work_off()
    assert [author for author, _ in climb.stage.thread] == ["customer", "assistant"]
    assert climb.stage.events.count("reply.held") == 1


def test_an_agent_stops_a_held_answer_by_taking_over(climb: Climb) -> None:
    conversation = climb.asks("email", "regular@elsewhere.example")
    climb.stage.house.hands.take(conversation, "agt_mira", climb.stage.now)

    climb.minutes_pass(5)
    climb.stage.worker.work_off()

    assert climb.stage.action == "suggest"
    assert "assistant" not in [author for author, _ in climb.stage.thread]


def test_before_a_page_an_answer_waits_while_somebody_is_at_the_desk_and_the_customer_sees_so(climb: Climb) -> None:
    """An agent reads it in the list of what the AI handles and in the conversation; then it goes out by itself."""
    house, stage = climb.stage.house, climb.stage
    climb.minutes_pass()
    house.workspace.begin_session("a-session", "agt_mira", stage.now)
    conversation = climb.asks()

    lists = open_queue(house.db, "agt_mira", "assistant", "", stage.now)
    row = next(row for row in lists.rows if row["id"] == conversation)
    seen = opened(cast(Rooms, house), "agt_mira", conversation, stage.now)
    thread = house.conversations.thread(conversation)
    shown = talk(
        cast(Rooms, house), house.conversations.one(conversation), [m | {"client_id": ""} for m in thread], stage.now
    )
    assert row["chip"] == f"answers at {stage.now + timedelta(seconds=8):%H:%M:%S} UTC"
    assert (seen.row["hold_until"] - stage.now).total_seconds() == 8
    assert seen.held
    assert seen.held == stage.row["hold_body"]
    assert (shown.is_considering, shown.is_checked) == (True, True)
    assert "reply.held" in FOR_CUSTOMERS

    climb.minutes_pass(0.1)
    stage.worker.work_off()
    assert [author for author, _ in stage.thread] == ["customer"]
    climb.minutes_pass(0.05)
    stage.worker.work_off()
    assert [author for author, _ in stage.thread] == ["customer", "assistant"]


def test_a_chats_answer_is_stopped_at_the_desk_and_becomes_a_suggestion(climb: Climb) -> None:
    climb.minutes_pass()
    climb.stage.house.workspace.begin_session("a-session", "agt_mira", climb.stage.now)
    conversation = climb.asks()
    climb.stage.house.hands.take(conversation, "agt_mira", climb.stage.now)

    climb.minutes_pass()
    climb.stage.worker.work_off()

    assert climb.stage.action == "suggest"
    assert "assistant" not in [author for author, _ in climb.stage.thread]


@pytest.mark.parametrize("who", ["nobody", "somebody who has gone", "an analyst", "who lets it go at once"])
def test_nobody_waits_before_a_page_for_a_desk_that_nobody_is_at(climb: Climb, who: str) -> None:
    stage, workspace = climb.stage, climb.stage.house.workspace
    climb.minutes_pass()
    if who == "somebody who has gone":
        workspace.begin_session("a-session", "agt_mira", stage.now - timedelta(minutes=3))
    elif who == "an analyst":
        workspace.put_agent(Agent("agt_ines", "Ines", "ines@ledgerly.example", "analyst"), stage.now)
        workspace.begin_session("a-session", "agt_ines", stage.now)
    elif who == "who lets it go at once":
        stage.lead_sets(hold={"chat": 0})
        workspace.begin_session("a-session", "agt_mira", stage.now)

    climb.asks()

    assert [author for author, _ in stage.thread] == ["customer", "assistant"]


@pytest.mark.parametrize("by", ["the switch", "a cell"])
def test_an_answer_that_is_held_does_not_go_out_once_the_assistant_is_stopped(climb: Climb, by: str) -> None:
    stage = climb.stage
    climb.asks("email", "regular@elsewhere.example")
    assert "reply.held" in stage.events

    if by == "the switch":
        throw(stage.house.workspace, False, "agt_lena", "Wrong prices.", stage.now)
    else:
        climb.ladder.lower(climb.cell, "mira", "Wrong prices.", stage.now)
    climb.minutes_pass(5)
    stage.worker.work_off()

    assert stage.action == "hand_off"
    assert [author for author, _ in stage.thread if author == "assistant"] == []


def decided_while(climb: Climb, monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object]) -> None:
    """One more customer asks, and the deed is done between the decision and its commit."""
    consider = Receiver.consider

    def slowly(self: Receiver, conversation: Conversation, now: datetime) -> Turn:
        turn = consider(self, conversation, now)
        deed()
        return turn

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Receiver, "consider", slowly)
        climb.asks()


def test_an_answer_that_was_decided_before_its_cell_was_lowered_is_not_sent(
    climb: Climb, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = climb.stage
    climb.minutes_pass()
    decided_while(climb, monkeypatch, lambda: climb.ladder.lower(climb.cell, "mira", "Wrong prices.", stage.now))
    assert [author for author, _ in stage.thread] == ["customer"]

    climb.minutes_pass(0.05)
    stage.worker.work_off()
    assert stage.action == "hand_off"
    assert [author for author, _ in stage.thread] == ["customer", "system"]


@pytest.mark.parametrize("what", ["another category", "up"])
def test_a_move_that_takes_nothing_from_an_answer_keeps_none_back(
    climb: Climb, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    climb.minutes_pass()
    category, before, to = {
        "another category": ("account_access", Rung.AUTO, Rung.APPROVE),
        "up": (climb.cell.category, Rung.AUTO_WITH_HOLD, Rung.AUTO),
    }[what]
    move = Move(CellName(category), to, "A story.", "lena", climb.stage.now, before=before)
    decided_while(climb, monkeypatch, lambda: climb.ladder.history.move(move))

    assert [author for author, _ in climb.stage.thread] == ["customer", "assistant"]


def test_a_second_message_waits_its_turn_behind_a_held_answer(climb: Climb) -> None:
    conversation = climb.asks("email", "regular@elsewhere.example")
    climb.stage.house.inbox.accept(Arrival("Thank you!", conversation_id=conversation), climb.stage.now)
    climb.stage.worker.work_off()
    assert [author for author, _ in climb.stage.thread] == ["customer", "customer"]

    climb.minutes_pass(2)
    climb.stage.worker.work_off()
    answered = [m["answers_seq"] for m in climb.stage.house.conversations.thread(conversation) if m["answers_seq"]]
    assert answered == [1, 2]


@pytest.mark.parametrize(
    ("since", "reason"),
    [("I want to talk to a person.", "asked_for_person"), ("I want to kill myself.", "always_human_topic")],
)
def test_what_the_customer_writes_behind_a_held_answer_is_heard_at_once(climb: Climb, since: str, reason: str) -> None:
    stage, conversation = climb.stage, climb.asks("email", "regular@elsewhere.example")
    stage.house.inbox.accept(Arrival(since, conversation_id=conversation), stage.now)
    stage.worker.work_off()

    decided = [turn["decision"] for turn in stage.house.conversations.turns(conversation)]
    assert [(d["action"], d["because"][0]["reason"]) for d in decided] == [
        ("hand_off", reason),
        ("suggest", "person_has_it"),
    ]
    climb.minutes_pass(5)
    stage.worker.work_off()
    assert [author for author, _ in stage.thread] == ["customer", "customer", "system"], "told once, and not answered"
    assert ("emergency" in stage.thread[-1][1]) == (reason == "always_human_topic")


def test_a_word_that_changes_nothing_lets_a_held_answer_wait_its_time_out(climb: Climb) -> None:
    stage, conversation = climb.stage, climb.asks("email", "regular@elsewhere.example")
    until = stage.house.conversations.one(conversation)["hold_until"]
    for _ in range(3):
        climb.minutes_pass(0.2)
        stage.house.inbox.accept(Arrival("Thank you!", conversation_id=conversation), stage.now)
        stage.worker.work_off()

    row = stage.house.conversations.one(conversation)
    assert (row["hold_until"], row["considered_seq"]) == (until, 0)
    assert stage.house.conversations.undecided(stage.now)[0] == 0
    assert stage.events.count("reply.held") == 1


def test_answers_to_what_was_written_while_one_was_held_wait_together_and_once(climb: Climb) -> None:
    stage = climb.stage
    climb.minutes_pass()
    stage.house.workspace.begin_session("a-session", "agt_mira", stage.now)
    conversation, began = climb.asks(), stage.now
    for text in ("How do I invite a colleague?", "How do I reset my password?", "Thank you!"):
        climb.minutes_pass(1 / 60)
        climb.writes_in(conversation, text)

    def answered_after(seconds: float) -> list[int]:
        climb.minutes_pass((began + timedelta(seconds=seconds) - stage.now).total_seconds() / 60)
        stage.worker.work_off()
        thread = stage.house.conversations.thread(conversation)
        return [m["answers_seq"] for m in thread if m["answers_seq"] and m["author"] == "assistant"]

    assert answered_after(7.5) == []
    assert answered_after(8) == [1]
    assert "invite a person" in stage.row["hold_body"]
    assert "reset the password" in stage.row["hold_body"]
    assert answered_after(15.5) == [1]
    assert answered_after(16) == [1, 2, 3, 4]
    assert stage.events.count("reply.held") == 2


def test_what_comes_while_several_answers_are_held_waits_for_a_look_of_its_own(climb: Climb) -> None:
    stage = climb.stage
    climb.minutes_pass()
    stage.house.workspace.begin_session("a-session", "agt_mira", stage.now)
    conversation = climb.asks()
    climb.writes_in(conversation, "How do I invite a colleague?")
    climb.minutes_pass(8 / 60)
    stage.worker.work_off()
    climb.writes_in(conversation, "How do I reset my password?")
    assert "reset the password" not in stage.row["hold_body"]

    climb.minutes_pass(8 / 60)
    stage.worker.work_off()
    assert [author for author, _ in stage.thread].count("assistant") == 2
    assert "reset the password" in stage.row["hold_body"]


def test_chance_draws_a_share_for_review_and_the_same_ones_when_asked_again(climb: Climb) -> None:
    climb.stage.lead_sets(evidence={"review_with_hold": 0.5})
    conversations = []
    for _ in range(24):
        climb.minutes_pass()
        conversations.append(climb.asks())
    cases = [climb.ladder.store.case(f"msg_{c[4:]}.1") for c in conversations]

    assert 1 <= sum(case.is_drawn for case in cases) <= 23
    assert {case.propensity for case in cases} == {cases[0].least}, "all as sure as the surest, so all at the least"
    assert cases[0].propensity == pytest.approx(0.425), "0.7 times the share, drawn in so that none is above 1"
    mine = {case.message for case in cases}
    climb.passes_over_what_was_drawn_before(mine, "mira")
    found = climb.ladder.judging.next_review("mira")
    assert found is not None
    assert found.message == next(case.message for case in cases if case.is_drawn)


def test_a_held_out_customer_goes_to_a_person_who_sees_no_suggestion(climb: Climb) -> None:
    climb.stage.lead_sets(evidence={"holdout": 1.0})
    climb.asks()

    assert climb.stage.handoff_reasons == ["it was drawn at random to go to a person, for comparison"]
    assert climb.stage.briefing["next_step"]["reply"] == ""
    assert climb.stage.turn["decision"]["scores"]["holdout_share"] == 1.0


def test_a_drawn_answer_nobody_graded_is_not_forgotten_however_many_went_out_since(
    climb: Climb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.store.evidence.GIVEN", 1)
    climb.stage.lead_sets(evidence__review_with_hold=1.0)
    drawn = f"msg_{climb.asks()[4:]}.1"
    climb.stage.lead_sets(evidence__review_with_hold=0.0)
    climb.minutes_pass()
    climb.asks()

    known = {case.message: case for case in climb.ladder.cases(climb.stage.now)}
    assert (known[drawn].is_drawn, known[drawn].judgements) == (True, ())


def test_a_case_knows_the_confidence_that_was_asked_of_it(climb: Climb) -> None:
    message = f"msg_{climb.asks()[4:]}.1"
    asked = climb.stage.turn["decision"]["threshold"]

    assert asked > 0.5
    assert climb.ladder.store.case(message).threshold == asked
    assert next(c for c in climb.ladder.cases(climb.stage.now) if c.message == message).threshold == asked


def test_a_part_of_a_cell_stands_for_itself_from_the_moment_somebody_lowers_it(climb: Climb) -> None:
    mails = CellName(climb.cell.category, "*", "email")
    climb.ladder.lower(mails, "tom", "Mails are long.", climb.stage.now, Rung.SUGGEST)

    assert climb.ladder.record(climb.stage.now).apart == {mails: climb.stage.now}


# whose word counts how often


def test_what_many_write_in_the_same_words_on_one_day_is_one_case(climb: Climb) -> None:
    climb.lower(Rung.SUGGEST)
    for text in (INVOICE, f"  {INVOICE.lower()}", f"{INVOICE} 4711", f"{INVOICE} 4712"):
        climb.minutes_pass()
        climb.sends(climb.asks(text=text), "mira")
    climb.follows()
    assert (climb.report.proof.cases, climb.report.proof.counted) == (4, 1.0)

    climb.minutes_pass(24 * 60)
    climb.sends(climb.asks(text=INVOICE), "mira")
    climb.goes_well(2)
    assert climb.report.proof.counted == 4.0, "another day, and two in words of their own"


def test_a_company_is_an_account_or_a_mail_domain_that_not_anybody_has(climb: Climb) -> None:
    climb.lower(Rung.SUGGEST)
    for email in ("a@acme.example", "B@ACME.example", "c@gmail.com", "d@ledgerly.example", ""):
        climb.sends(climb.asks(email=email), "mira")
        climb.minutes_pass()
    climb.stage.customer_writes(INVOICE, "grace", again=True)
    climb.sends(climb.stage.conversation, "mira")
    climb.follows()

    assert companies(climb) == ["acme.example", "acme.example", "", "", "", "acc_northgate"]
    climb.stage.lead_sets(evidence={"companies_singly": True})
    assert set(companies(climb)) == {""}


def companies(climb: Climb) -> list[str]:
    return [case.company for case in climb.ladder.cases(climb.stage.now) if case.judgements and not case.was_given]


# up


def test_it_climbs_by_itself_to_approve_and_only_by_a_leads_name_beyond(climb: Climb) -> None:
    climb.lower(Rung.SUGGEST)
    climb.goes_well(20)
    assert climb.watch() == []
    report = next(r for r in climb.ladder.reports(climb.stage.now) if r.cell == climb.cell)
    assert report.proof.needed > 0
    assert any("cases worth 30" in missing for missing in report.proof.missing)

    climb.goes_well(report.proof.needed)
    climb.watch()
    assert climb.rung is Rung.APPROVE

    climb.approves(report.proof.needed + 20)
    climb.watch()
    (offer,) = climb.ladder.offers()
    assert (offer.to, climb.rung) == (Rung.AUTO_WITH_HOLD, Rung.APPROVE)
    assert climb.ladder.store.would_be(offer.proof.messages)

    move = climb.ladder.approve(offer.id, "lena", climb.stage.now)
    assert (move.rung, climb.rung) == (Rung.AUTO_WITH_HOLD, Rung.AUTO_WITH_HOLD)
    climb.minutes_pass()
    climb.asks()
    assert climb.stage.action == "answer"


def test_who_is_no_lead_or_judged_the_cases_takes_no_offer_up(climb: Climb) -> None:
    climb.lower(Rung.APPROVE)
    climb.approves(100, ("mira", "lena"))
    climb.watch()
    (offer,) = climb.ladder.offers()

    with pytest.raises(Forbidden, match="no lead"):
        climb.ladder.approve(offer.id, "tom", climb.stage.now)
    with pytest.raises(Forbidden, match="yourself"):
        climb.ladder.approve(offer.id, "lena", climb.stage.now)
    assert climb.rung is Rung.APPROVE


def test_an_offer_falls_when_what_it_stood_on_has_turned(climb: Climb) -> None:
    climb.lower(Rung.APPROVE)
    climb.approves(100)
    climb.watch()
    (offer,) = climb.ladder.offers()

    for _ in range(8):
        climb.minutes_pass()
        climb.sends(climb.asks(), "tom", "No. I have corrected it by hand.")
    follow(climb.stage.house, climb.stage.mind, climb.stage.now)

    with pytest.raises(Conflict, match="no longer holds"):
        climb.ladder.approve(offer.id, "lena", climb.stage.now)
    assert climb.ladder.offers() == []


# down


def test_complaints_take_an_automatic_cell_down_at_once_and_it_starts_anew(climb: Climb) -> None:
    for _ in range(6):
        climb.minutes_pass()
        conversation = climb.asks()
        assert climb.stage.action == "answer"
        climb.ladder.judging.review(f"msg_{conversation[4:]}.1", "wrong", "mira", climb.stage.now)

    climb.watch()

    assert climb.rung is Rung.APPROVE
    climb.minutes_pass()
    climb.asks()
    assert climb.stage.handoff_reasons == ["an agent approves the answer before it is sent"]
    report = next(r for r in climb.ladder.reports(climb.stage.now) if r.cell == climb.cell)
    assert (report.proof.cases, report.alarm) == (0, "")
    assert report.moved is not None
    assert report.moved.author == "segue"


def test_what_customers_say_later_counts_as_recorded(climb: Climb) -> None:
    conversation = climb.asks()
    for source in ("customer_confirmed", "returned", "silence"):
        climb.stage.house.db.run(
            "insert into events (kind, conversation_id, author, body, at)"
            " values ('outcome.recorded', %(id)s, 'segue', jsonb_build_object('seq', 1, 'source', %(source)s::text,"
            " 'author', 'con_1'), %(now)s)",
            {"id": conversation, "source": source, "now": climb.stage.now},
        )
    follow(climb.stage.house, climb.stage.mind, climb.stage.now)

    case = climb.ladder.store.case(f"msg_{conversation[4:]}.1")
    assert [j.source for j in case.judgements] == [Source.CONFIRMED, Source.RETURNED, Source.SILENCE]
    assert case.verdict is Verdict.WRONG


def test_a_finer_cell_may_stand_lower_than_its_category(climb: Climb) -> None:
    mails = CellName(climb.cell.category, "*", "email")
    climb.ladder.lower(mails, "tom", "Mails are long.", climb.stage.now, Rung.SUGGEST)
    climb.minutes_pass()

    climb.asks("email")
    assert climb.stage.action == "hand_off"
    climb.asks("chat")
    assert climb.stage.action == "answer"


def test_a_cell_that_is_not_there_is_not_lowered_and_no_cell_without_a_reason(climb: Climb) -> None:
    billing = climb.cell.category
    for cell in (CellName("bilings"), CellName(billing, "entreprise")):
        with pytest.raises(NotFound):
            climb.ladder.lower(cell, "lena", "A story.", climb.stage.now)
    with pytest.raises(Refused, match="no reason"):
        climb.ladder.lower(climb.cell, "lena", " ", climb.stage.now)

    named = f"{{name: ours, categories: {{{billing}: {{tiers: {{gold: {{floor: 0.9}}}}}}}}}}"
    climb.stage.house.workspace.apply_policy(named, "agt_lena", "Gold.", climb.stage.now)
    assert climb.ladder.lower(CellName(billing, "gold"), "lena", "A story.", climb.stage.now).cell.tier == "gold"


def test_erasing_a_customer_takes_their_cases_along(climb: Climb) -> None:
    conversation = climb.asks()
    climb.ladder.judging.review(f"msg_{conversation[4:]}.1", "wrong", "mira", climb.stage.now)
    contact = climb.stage.row["contact_id"]
    climb.stage.house.db.run("delete from contacts where id = %(id)s", {"id": contact})

    assert climb.stage.house.db.one("select from judgements") is None


def test_what_agents_call_needless_is_told_to_the_lead_and_moves_nothing(climb: Climb) -> None:
    stage = climb.stage
    house = stage.house
    teach = teaching(climb)
    climb.lower(Rung.SHADOW)
    for n in range(6):
        who, conversation = ("mira", "tom")[n % 2], climb.asks()
        climb.sends(conversation, who)
        teach.judge_handoff(conversation, f"agt_{who}", n == 5, stage.now)
        climb.minutes_pass()
    follow(house, stage.mind, stage.now)

    (hint,) = climb.report.hints

    assert (hint.needless, hint.right_calls, hint.would_be_right) == (5, 1, 5)
    assert (hint.reason, hint.is_telling) == (Reason.RUNG_TOO_LOW, True)
    climb.watch()
    assert climb.rung is Rung.SHADOW
