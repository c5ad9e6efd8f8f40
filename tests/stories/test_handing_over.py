"""From answering to handing over, as customers live it."""

from __future__ import annotations

from typing import cast

import pytest
from psycopg.errors import DivisionByZero

from segue.app.learning import keep_promise
from segue.app.schedule import follow
from segue.domain.errors import Conflict
from segue.domain.people import Team
from segue.store.desk import HOLD, AgentReply
from segue.store.inbox import Arrival
from segue.store.sql import statements
from segue.web.desk_briefing import briefing_of
from segue.web.rooms import Rooms
from segue.web.widget_view import receipt
from small import make_small
from stage import Stage


def test_an_invoice_question_is_answered_with_its_source(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")

    assert house.action == "answer"
    assert house.turn["answer"]["grounds"]
    assert house.turn["decision"]["confidence"] >= house.turn["decision"]["threshold"]
    assert house.row["status"] == "waiting"


def test_a_second_contact_about_the_same_invoice_reaches_a_person(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    assert house.handler == "assistant"

    house.days_pass(4)
    house.customer_writes("Why is my invoice still higher this month?", "nadia", again=True)

    assert house.handler == "human"
    assert "the customer has asked before" in house.handoff_reasons


def test_an_agent_who_only_touched_the_composer_leaves_it_with_the_assistant(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.house.hands.hold(house.conversation, "agt_mira", house.now)
    house.customer_writes("How do I reset my password?", "nadia")
    assert (house.thread[-1][0], house.handler) == ("customer", "assistant")
    assert house.house.conversations.undecided(house.now)[0] == 0, "it is before the agent's eyes"

    house.now += HOLD
    house.worker.work_off()

    assert (house.thread[-1][0], house.action, house.handler) == ("assistant", "answer", "assistant")


def test_what_waits_for_an_agents_hands_is_theirs_as_soon_as_they_write(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.house.hands.hold(house.conversation, "agt_mira", house.now)
    house.customer_writes("How do I reset my password?", "nadia")
    house.agent_replies("By the link under the form.")
    house.worker.work_off()

    assert (house.action, house.row["assignee_id"], house.thread[-1][0]) == ("suggest", "agt_mira", "agent")


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_whoever_is_given_a_conversation_is_promised_and_told_of_once_whatever_comes_first(
    house: Stage, is_overtaken: bool
) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.house.hands.assign(house.conversation, "agt_mira", house.now, team="billing")
    if is_overtaken:  # a message is considered before anybody followed the event
        house.customer_writes("It is INV-2041.", "nadia")
    for _ in range(2):
        follow(house.house, house.mind, house.now)

    assert [author for author, _ in house.thread].count("system") == 1
    assert house.row["first_response_due"] is not None


def test_what_was_handed_back_and_given_to_people_again_is_promised_and_told_anew(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.agent_takes()
    house.agent_replies("I have a look.")
    house.agent_hands_back()
    house.hours_pass(1)
    before = len(house.thread)
    house.agent_assigns("technical")

    assert [author for author, _ in house.thread[before:]] == ["system"]
    assert house.row["first_response_due"] > house.now


def test_a_notice_that_could_not_be_written_leaves_nothing_behind_and_is_written_later(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.house.hands.assign(house.conversation, "agt_mira", house.now, team="billing")
    with monkeypatch.context() as broken:
        broken.setattr(statements("desk"), "say", "select 1 / 0 from conversations where id = %(id)s")
        with pytest.raises(DivisionByZero):
            follow(house.house, house.mind, house.now)
    follow(house.house, house.mind, house.now)

    assert [author for author, _ in house.thread].count("system") == 1


def test_who_is_erased_before_their_conversation_is_followed_keeps_nothing_up(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.house.hands.take(house.conversation, "agt_mira", house.now)
    house.house.erasures.erase("con_nadia", "agt_lena", house.now)
    house.customer_writes("Why is my invoice higher this month?", "ada")
    house.agent_assigns("billing")

    assert house.row["first_response_due"] is not None


@pytest.mark.parametrize(
    "wish", ["I want to talk to a human", "can i speak to a reprsentative pls", "Agent!", "is there a real person here"]
)
def test_a_wish_for_a_person_is_obeyed_in_the_same_turn(house: Stage, wish: str) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.customer_writes(wish, "nadia")

    assert house.action == "hand_off"
    assert house.handoff_reasons[0] == "the customer asked for a person"


def test_the_customer_is_told_who_is_next_and_when_and_need_not_repeat(house: Stage) -> None:
    house.customer_writes("I want to talk to a person about my invoice INV-4711.", "grace")

    author, said = house.thread[-1]
    assert author == "system"
    assert "team" in said
    assert "don't need to repeat" in said
    assert house.row["first_response_due"] is not None


def test_the_briefing_is_there_before_anybody_opens_the_conversation(house: Stage) -> None:
    house.customer_writes("Why is my invoice INV-4711 higher this month?", "nadia")
    house.customer_writes("That did not help. Please let me talk to a person.", "nadia")

    briefing = house.briefing
    assert "asked for a person" in briefing["why"]
    assert briefing["wanted"]["text"]
    assert any("INV-4711" in fact["value"] for fact in briefing["facts"])
    assert briefing["tried"]
    assert briefing["customer"]["account"]
    assert briefing["next_step"]["text"]


def test_after_a_handoff_the_assistant_keeps_thinking_but_stops_speaking(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    before = len(house.thread)
    house.customer_writes("Why is my invoice higher this month?", "ada")

    assert house.action == "suggest"
    assert len(house.thread) == before + 1
    assert house.turn["answer"]["kind"] in ("answer", "question", "abstention")


def test_a_tone_that_turns_reaches_a_person_in_the_middle(house: Stage) -> None:
    house.customer_writes("How do I invite a colleague?", "grace")
    house.customer_writes("THIS IS RIDICULOUS!!! Nobody helps, I have asked three times, this is a joke!", "grace")

    assert house.handler == "human"
    assert "the customer is frustrated" in house.handoff_reasons


def test_thanks_close_the_conversation_and_count_as_confirmed(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.customer_writes("Thank you, that helped!", "nadia")

    assert house.row["status"] == "resolved"
    found = house.house.db.one("select outcome, resolved_by from resolutions order by at desc limit 1")
    assert (found.outcome, found.resolved_by) == ("confirmed", "assistant")


@pytest.mark.parametrize(("before", "outcome"), [("Why is my invoice higher this month?", "assumed"), ("Hello", None)])
def test_a_goodbye_closes_and_confirms_nothing(house: Stage, before: str, outcome: str | None) -> None:
    house.customer_writes(before, "nadia")
    house.customer_writes("Never mind, bye", "nadia")

    assert house.row["status"] == "resolved"
    found = house.house.db.one(
        "select outcome from resolutions where conversation_id = %(id)s", {"id": house.conversation}
    )
    assert (found.outcome if found else None) == outcome


def test_silence_closes_but_is_only_assumed(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    conversation = house.conversation
    house.days_pass(4)

    found = house.house.db.one("select outcome from resolutions where conversation_id = %(id)s", {"id": conversation})
    assert found.outcome == "assumed"


def test_a_message_after_the_end_opens_a_new_episode_without_old_signals(house: Stage) -> None:
    house.customer_writes("THIS IS RIDICULOUS!!! Nobody helps, I have asked three times, this is a joke!", "grace")
    house.agent_replies("I am sorry. It is done.")
    house.agent_resolves()
    house.customer_writes("How do I invite a colleague?", "grace")

    assert house.row["episode"] == 2
    assert len(house.turn["assessment"]["course"]) == 1
    assert "conversation.reopened" in house.events


def test_an_answer_is_never_given_twice(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    first = house.last_word
    house.customer_writes("Why is my invoice higher this month?", "nadia")

    assert house.last_word != first


def test_a_stranger_gets_no_history_and_no_tier(house: Stage) -> None:
    house.customer_writes("I am Grace from the enterprise plan, let me talk to a person.", "eve")

    assert house.briefing["customer"]["tier"] is None
    assert house.briefing["earlier"] == []


def test_the_kill_switch_sends_everything_to_people(house: Stage) -> None:
    house.lead_sets(assistant=False)
    house.customer_writes("Why is my invoice higher this month?", "nadia")

    assert house.handler == "human"
    assert house.handoff_reasons[0] == "the assistant is switched off"


def test_what_a_person_resolves_becomes_an_example(house: Stage) -> None:
    house.customer_writes("I want to talk to a person about the odd thing on my invoice.", "nadia")
    house.agent_replies("It was a second seat.")
    house.agent_resolves(intent="invoice_higher")

    found = house.house.db.one("select intent_id, body from examples where source = 'resolved'")
    assert found.intent_id == "invoice_higher"


def test_a_clock_past_its_promise_is_recorded_once(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "grace")
    house.days_pass(3)
    house.days_pass(1)

    assert house.events.count("clock.breached") == 2  # first response, then resolution


def test_who_comes_back_to_a_closed_conversation_is_not_told_the_same_again(house: Stage) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    closed = house.conversation
    house.days_pass(4)
    house.conversation = closed
    house.customer_writes("Why is my invoice still higher this month?", "nadia")

    assert house.row["episode"] == 2
    assert house.handler == "human"
    assert "the customer has asked before" in house.handoff_reasons


@pytest.mark.parametrize("deed", ["takes", "assigns"])
def test_who_takes_over_from_the_assistant_is_briefed_like_anybody(house: Stage, deed: str) -> None:
    house.customer_writes("Why is my invoice INV-4711 higher this month?", "nadia")
    house.agent_takes() if deed == "takes" else house.agent_assigns("billing")

    assert any("INV-4711" in fact["value"] for fact in house.briefing["facts"])
    assert "took it from the assistant" in house.briefing["why"]
    assert house.row["first_response_due"] is not None
    assert ("team is next" in house.last_word) == (deed == "assigns")


def test_who_was_told_that_mira_answers_hears_when_somebody_else_will(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    house.agent_takes()
    assert "Mira Sandoval has joined" in house.last_word
    house.agent_assigns("technical")

    assert house.last_word.startswith("Mira Sandoval has passed this on. Our Technical team is next")


def test_handing_back_does_not_end_what_was_promised(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    promised = house.row["first_response_due"]
    house.customer_writes("Why is my invoice higher this month?", "ada")
    house.agent_hands_back()
    house.worker.work_off()

    assert house.action == "answer"
    assert house.row["first_response_due"] == promised
    assert house.row["waiting_since"] is not None


def test_a_second_handoff_buys_no_time(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    promised = house.row["first_response_due"]
    house.customer_writes("Why is my invoice higher this month?", "ada")
    house.agent_hands_back()
    house.worker.work_off()
    house.hours_pass(1)
    house.customer_writes("No, I want to talk to a person.", "ada")

    assert house.row["first_response_due"] == promised


def test_a_persons_reply_ends_the_wait_and_the_next_message_begins_another(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    house.agent_replies("Here I am.")
    assert (house.row["first_response_due"], house.row["waiting_since"]) == (None, None)
    assert house.row["resolution_due"] is not None

    house.customer_writes("Good. Why is my invoice higher this month?", "ada")
    assert house.row["next_response_due"] is not None
    assert house.row["first_response_due"] is None


def test_a_resolution_sets_the_clocks_to_rest_and_an_early_return_finds_them_running(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    promised = house.row["resolution_due"]
    house.agent_replies("It is done.")
    house.agent_resolves()
    assert house.listed["resolution_due"] is None

    house.hours_pass(20)
    house.customer_writes("I want to talk to a person, it is not done.", "ada")
    assert house.row["resolution_due"] == promised


def test_a_return_after_a_week_is_promised_anew(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    promised = house.row["resolution_due"]
    house.agent_replies("It is done.")
    house.agent_resolves()
    house.hours_pass(24 * 8)
    house.customer_writes("I want to talk to a person about my invoice.", "ada")

    assert house.row["resolution_due"] > promised


def test_who_thanks_mira_waits_for_nothing(house: Stage) -> None:
    house.customer_writes("I want to talk to a person about my invoice.", "ada")
    house.agent_replies("It was the second seat.")
    house.customer_writes("Thank you Mira, that explains it. All good now!", "ada")

    assert house.row["status"] == "waiting"
    assert (house.row["next_response_due"], house.row["waiting_since"]) == (None, None)


def test_the_briefing_keeps_up_until_somebody_opens_it(house: Stage) -> None:
    house.customer_writes("I want to talk to a person about invoice INV-4711.", "ada")
    house.customer_writes("Hello?? I tried it twice and it shows error E-4471. You are wasting my time!", "ada")

    assert "asked for a person" in house.briefing["why"]
    told = " ".join(fact["value"] for fact in house.briefing["facts"])
    assert "INV-4711" in told
    assert "E-4471" in told


def test_who_comes_back_after_a_person_closed_it_reaches_a_person(house: Stage) -> None:
    house.customer_writes("I want to talk to a person, my bank feed is broken and shows error BF-22.", "ada")
    house.agent_replies("I renewed the consent.")
    house.agent_resolves()
    house.customer_writes("It is broken again, same error BF-22", "ada")

    assert house.handler == "human"


def test_who_speaks_of_harm_gets_no_form_letter(house: Stage) -> None:
    house.customer_writes("I am going to kill myself", "eve")

    assert "emergency number" in house.last_word
    assert "kill" not in house.last_word


def test_a_colleagues_reply_in_between_is_read_before_the_next_goes_out(house: Stage) -> None:
    house.customer_writes("I want to talk to a person.", "ada")
    seen = house.row["seq"]
    house.agent_replies("I am on it.", "mira")

    with pytest.raises(Conflict, match="Mira Sandoval wrote while you were answering"):
        house.house.desk.reply(AgentReply(house.conversation, "agt_tom", "Hello", seen), house.now)


def test_a_stricter_promise_holds_at_once_and_is_fitted_for(house: Stage) -> None:
    house.lead_sets(budget={"wrong": 0.001, "sure": 0.99})
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    assert house.handler == "human"
    assert "the assistant may not answer alone here" in house.handoff_reasons

    house.lead_sets(budget={"wrong": 0.2, "sure": 0.9})
    make_small(house.house)
    keep_promise(house.house, house.now)
    house.mind.refresh()
    house.customer_writes("Why is my invoice higher this month?", "ada", again=True)
    assert house.turn["decision"]["threshold"] is not None


def test_what_was_looked_at_once_is_looked_at_again_when_something_changes_or_the_look_failed(house: Stage) -> None:
    looks = list[str]()
    house.mind.see_to(lambda: looks.append("first"))
    house.mind.see_to(lambda: looks.append("again, though nothing changed"))
    house.lead_sets(budget={"wrong": 0.2, "sure": 0.9})
    house.mind.refresh()
    with pytest.raises(ZeroDivisionError):
        house.mind.see_to(lambda: 1 / 0)
    house.mind.see_to(lambda: looks.append("after the policy"))
    assert looks == ["first", "after the policy"]


def test_what_another_version_had_fitted_is_fitted_anew_by_itself(house: Stage) -> None:
    house.lead_sets(budget={"wrong": 0.2, "sure": 0.9})
    house.house.workspace.put_head("confidence", b"what an older Segue wrote", {}, house.now)
    house.mind.refresh()
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    assert house.handler == "human"

    make_small(house.house)
    keep_promise(house.house, house.now)
    house.mind.refresh()
    house.customer_writes("Why is my invoice higher this month?", "ada", again=True)
    assert house.turn["decision"]["threshold"] is not None


def test_who_takes_over_before_the_message_was_considered_is_briefed_and_it_is_decided_all_the_same(
    house: Stage,
) -> None:
    house.customer_writes("Why is my invoice higher this month?", "nadia")
    house.house.inbox.accept(Arrival("And what is invoice INV-4711?", conversation_id=house.conversation), house.now)
    house.agent_takes()
    assert house.briefing

    house.worker.work_off()

    assert len(house.house.conversations.turns(house.conversation)) == 2
    assert house.action == "suggest"


# handed back


def test_what_nobody_answered_is_looked_at_anew_when_it_is_handed_back(house: Stage) -> None:
    house.customer_writes("I want to talk to a person please.", "nadia")
    house.agent_replies("Here I am. What can I do?")
    house.customer_writes("How do I reset my password?", "nadia")
    assert house.action == "suggest", "a person has it"

    house.agent_hands_back()
    house.worker.work_off()

    assert (house.action, house.handler) == ("answer", "assistant")
    assert house.thread[-1][0] == "assistant"
    assert house.row["status"] == "waiting"


def test_what_people_got_because_the_assistant_was_stopped_is_answered_once_it_is_handed_back(house: Stage) -> None:
    house.lead_sets(assistant=False)
    house.customer_writes("How do I reset my password?", "nadia")
    assert (house.handler, house.thread[-1][0]) == ("human", "system")
    house.lead_sets(assistant=True)

    house.agent_hands_back()
    house.worker.work_off()

    assert (house.action, house.handler, house.row["status"]) == ("answer", "assistant", "waiting")
    assert [author for author, _ in house.thread][-1] == "assistant"


def test_what_the_assistant_handed_over_is_answered_before_it_is_handed_back(house: Stage) -> None:
    house.customer_writes("I want to talk to a person please.", "nadia")
    with pytest.raises(Conflict, match="nobody has answered"):
        house.agent_hands_back()
    assert house.handler == "human"

    house.agent_replies("I called you just now.")
    house.agent_hands_back()
    assert (house.handler, house.row["status"]) == ("assistant", "waiting")


# the same issue once more


def tells(house: Stage, agent: str) -> list[str]:
    """What was tried, as this agent reads it."""
    briefing = briefing_of(cast(Rooms, house.house), agent, house.row)
    assert briefing is not None
    return [line["text"] for line in briefing["tried"]]


def test_the_briefing_of_a_second_contact_tells_what_failed_in_the_first_and_does_not_offer_it_again(
    house: Stage,
) -> None:
    house.customer_writes("Our bank feed is not updating since yesterday, what can I do?", "grace")
    first = house.row["number"]
    assert house.action == "answer"

    house.customer_writes("The bank feed is still not updating, it did not help.", "grace", again=True)

    assert house.handler == "human"
    title, step = "A bank feed is not updating", house.briefing["next_step"]
    assert tells(house, "agt_mira") == [f"In #{first} the assistant answered with “{title}”."]
    assert (step["reply"], title in step["text"]) == ("", False)


def test_what_a_colleague_wrote_elsewhere_is_read_by_who_may_read_that_and_by_no_customer(house: Stage) -> None:
    house.house.workspace.put_team(Team("vault", "Vault", is_closed=True))
    house.customer_writes("I want to talk to a person. Our bank feed is not updating.", "grace")
    house.agent_replies("Renew the consent of account 4711 under Bank, then fetch the missing days.", "tom")
    elsewhere, first = house.conversation, house.row["number"]
    house.customer_writes("I want to talk to a person. The bank feed is still not updating.", "grace", again=True)
    begins = f"In #{first} a colleague wrote: “Renew the consent of account 4711"
    assert any(line.startswith(begins) for line in tells(house, "agt_mira")), tells(house, "agt_mira")

    house.house.db.run("update conversations set team_id = 'vault' where id = %(id)s", {"id": elsewhere})

    assert not any("4711" in line for line in tells(house, "agt_mira"))
    shown = receipt(cast(Rooms, house.house), house.row, house.house.conversations.turns(house.conversation))
    assert shown is not None
    assert "4711" not in str(shown)
