"""The assistant's whole path on mail, as on chat: real LMTP in, real SMTP out, answers above what they quote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import Message
from itertools import count
from typing import cast

import pytest

from mail.writing import OURS, mail
from segue.app.schedule import EVERY, SILENT_FOR
from segue.domain.conversation import Conversation
from segue.domain.turn import Turn
from segue.intake.receive import Receiver
from segue.learning.switching import throw
from segue.store.figured import Figured
from segue.store.inbox import Arrival
from segue.store.merging import Merging
from segue.web.desk_view import opened
from segue.web.rooms import Rooms
from stage import Stage
from stories.test_mail import MailStage, outside_of, text_of

HIGHER = "Why is my invoice higher this month?"
_NUMBERS = count(1)


@pytest.fixture
def post(house: Stage) -> Iterator[MailStage]:
    with outside_of(house) as stage:
        yield stage


class Ada:
    """Somebody who writes mails as people's programs do."""

    def __init__(self, post: MailStage) -> None:
        self.post, self.name = post, f"ada{next(_NUMBERS)}"

    def writes(self, text: str, answering: Message | None = None) -> list[Message]:
        """What left the house within a minute; `answering` quotes that mail of ours below."""
        self.comes(text, answering)
        return self.post.minute_passes()

    def comes(self, text: str, answering: Message | None = None) -> None:
        more, to = (
            {"Authentication_Results": "mx.ledgerly.example; dmarc=pass header.from=birchwood-studio.example"},
            OURS,
        )
        if answering is not None:
            more["In_Reply_To"], to = str(answering["Message-ID"]), str(answering["Reply-To"])
            quoted = "\n".join(f"> {line}" for line in text_of(answering).splitlines())
            text = f"{text}\n\nOn Mon, Mar 2, 2026 at 10:00, Support <{OURS}> wrote:\n{quoted}\n\n--\nAda\n"
        subject = str(answering["Subject"]) if answering else ""
        sender, key = f"Ada <{self.name}@birchwood-studio.example>", f"<{self.name}.{next(_NUMBERS)}@elsewhere.example>"
        before = self.post.stage.conversation
        self.post.arrives(mail(text, sender, subject=subject, message_id=key, **more), to)
        assert self.post.suspended == []
        assert (self.post.stage.conversation == before) == (answering is not None)


def test_a_question_is_asked_back_by_mail_and_answered_by_mail(post: MailStage) -> None:
    ada = Ada(post)
    (asked,) = ada.writes("Invoice question")
    conversation = post.stage.conversation
    assert post.stage.action == "ask"
    assert "1. Get a copy of an invoice\r\n2. Know why the invoice is higher" in text_of(asked)

    (answer,) = ada.writes("The second one.", asked)
    assert (post.stage.conversation, post.stage.action) == (conversation, "answer")
    assert post.stage.thread[-2] == ("customer", "The second one.")
    assert "you want to know why the invoice is higher." in text_of(answer)
    assert answer["In-Reply-To"] != asked["In-Reply-To"]


def test_who_answers_that_it_did_not_help_gets_a_person_who_knows_what_was_tried(post: MailStage) -> None:
    ada = Ada(post)
    (answer,) = ada.writes(HIGHER)
    (told,) = ada.writes("That did not help. It is still too high.", answer)

    assert (post.stage.handler, post.stage.action) == ("human", "hand_off")
    tried = [line["text"] for line in post.stage.briefing["tried"]]
    assert [HIGHER in tried[0], "did not help" in tried[-1]] == [True, True]
    assert post.stage.briefing["wanted"]["text"]
    assert "You don't need to repeat anything" in text_of(told)
    post.stage.agent_replies("I look into it.")
    (reply,) = post.minute_passes()
    assert (reply["Auto-Submitted"], reply["In-Reply-To"]) == (None, told["Message-ID"])


def test_two_matters_in_one_mail_are_answered_in_one_and_a_hard_one_brings_both_to_people(post: MailStage) -> None:
    (both,) = Ada(post).writes(f"{HIGHER} Also, how do I reset my password?")
    assert [f"{n}. {said}" in text_of(both) for n, said in ((1, "Know why"), (2, "Reset the"))] == [True, True]

    (told,) = Ada(post).writes(f"{HIGHER} Also, we were charged twice for the same month, I want my money back.")
    assert post.stage.handler == "human"
    assert len(post.stage.briefing["matters"]) == 2
    assert "Know why" not in text_of(told)


def test_a_wish_for_a_person_and_a_tone_that_turns_are_heard_in_the_second_mail(post: MailStage) -> None:
    for second, why in (
        ("Can I please talk to a human?", "the customer asked for a person"),
        ("THIS IS RIDICULOUS!!! Nobody helps, I have asked three times!", "the customer is frustrated"),
    ):
        ada = Ada(post)
        (answer,) = ada.writes("How do I invite a colleague?")
        assert post.stage.handler == "assistant"

        (told,) = ada.writes(second, answer)
        assert post.stage.handler == "human"
        assert why in post.stage.handoff_reasons
        assert "team" in text_of(told)


def test_thanks_close_it_and_thanks_for_what_is_closed_reopen_nothing(post: MailStage) -> None:
    ada = Ada(post)
    (answer,) = ada.writes("How do I invite a colleague?")
    ada.writes("Thank you, that helped!", answer)
    assert post.stage.row["status"] == "resolved"

    post.stage.hours_pass(1)
    ada.writes("Thanks again, have a nice day!", answer)
    assert post.stage.row["status"] == "resolved"
    assert "conversation.reopened" not in post.stage.events

    post.stage.hours_pass(1)
    (other,) = ada.writes("Thanks. One more thing: how do I reset my password?", answer)
    assert "conversation.reopened" in post.stage.events
    assert "you want to reset the password" in text_of(other)


def test_who_begins_to_type_during_the_hold_stops_the_assistants_mail(post: MailStage) -> None:
    ada = Ada(post)
    ada.comes(HIGHER)
    assert "reply.held" in post.stage.events
    for _ in range(8):  # longer than the minute that the answer waits
        post.house.hands.hold(post.stage.conversation, "agt_mira", post.stage.now)
        post.stage.now += timedelta(seconds=10)
        post.stage.worker.work_off()
        post.house.post.send_due(post.stage.now)
    assert post.outside.got == []

    post.stage.agent_replies("It was the second seat.")
    sent = [*post.minute_passes(), *post.minute_passes(), *post.minute_passes()]
    assert [text_of(one).strip() for one in sent] == ["It was the second seat."]
    assert [author for author, _ in post.stage.thread] == ["customer", "agent"]


# the switch


def the_switch_is_thrown(post: MailStage, to_on: bool = False) -> None:
    throw(post.house.workspace, to_on, "agt_lena", "Wrong prices.", post.stage.now)


def a_second_passes(post: MailStage) -> list[Message]:
    """What left the house while everything was done that is done each second."""
    before = len(post.outside.got)
    post.stage.now += timedelta(seconds=1)
    for name in ("stop what the assistant wrote and may not say", "follow events", "send what waits in the outbox"):
        EVERY[name].do(post.house, post.stage.mind, post.stage.now)
    return post.outside.got[before:]


def answers_while_the_way_out_is_shut(post: MailStage, customers: int = 1) -> None:
    post.outside.answer = "451 Come back later"
    for _ in range(customers):
        assert Ada(post).writes(HIGHER) == []
    assert post.stage.action == "answer"


def tells_who_is_next(mail: Message) -> bool:
    return "team" in text_of(mail) and "you want to know why" not in text_of(mail)


def states(post: MailStage) -> list[str]:
    return [mail["state"] for mail in post.house.outbox.deliveries(post.stage.conversation)]


def test_what_the_assistant_wrote_does_not_leave_once_it_is_stopped_and_people_get_it(post: MailStage) -> None:
    answers_while_the_way_out_is_shut(post, customers=3)
    wrote = post.stage.row["opened_at"]

    the_switch_is_thrown(post)
    post.outside.answer = "250 OK"
    told = [*a_second_passes(post), *post.minute_passes(), *post.minute_passes()]

    assert len(told) == 3, "each customer hears once, of the person who answers"
    assert [tells_who_is_next(mail) for mail in told] == [True] * 3, text_of(told[0])
    assert states(post) == ["stopped", "sent"]
    row = post.stage.row
    assert (row["status"], row["handler"], row["reason"]) == ("open", "human", "assistant_off")
    assert row["waiting_since"] == wrote, "nobody has answered them"
    assert row["first_response_due"] is not None
    assert "switched off" in post.stage.briefing["why"]
    assert post.stage.events.count("message.stopped") == 1
    seen = opened(cast(Rooms, post.house), "agt_tom", post.stage.conversation, post.stage.now)
    assert [lost.is_stopped for lost in seen.lost.values()] == [True]


def test_whoever_gets_it_is_not_told_that_the_customer_had_the_answer(post: MailStage) -> None:
    ada = Ada(post)
    (answer,) = ada.writes(HIGHER)
    post.outside.answer = "451 Come back later"
    ada.writes("How do I invite a colleague?", answer)
    assert [m["author"] for m in post.house.conversations.thread(post.stage.conversation)][-1] == "assistant"
    the_switch_is_thrown(post)
    a_second_passes(post)

    rests_on = [line["seq"] for line in post.stage.briefing["tried"]]
    assert (2 in rests_on, 4 in rests_on) == (True, False)


def test_what_was_stopped_does_not_leave_when_the_assistant_is_started_again(post: MailStage) -> None:
    answers_while_the_way_out_is_shut(post)
    the_switch_is_thrown(post)
    a_second_passes(post)
    the_switch_is_thrown(post, to_on=True)
    post.outside.answer = "250 OK"

    (told,) = [mail for _ in range(5) for mail in post.minute_passes()]
    assert tells_who_is_next(told), text_of(told)
    assert states(post) == ["stopped", "sent"]


def test_a_switch_that_is_thrown_back_before_anybody_looks_has_stopped_what_waited(post: MailStage) -> None:
    answers_while_the_way_out_is_shut(post)
    the_switch_is_thrown(post)
    the_switch_is_thrown(post, to_on=True)
    post.outside.answer = "250 OK"
    assert post.minute_passes() == [], "whoever sends looks before it is taken back"

    (told,) = [*a_second_passes(post), *post.minute_passes(), *post.minute_passes()]
    assert tells_who_is_next(told), text_of(told)
    assert states(post) == ["stopped", "sent"]


def told_of(post: MailStage, kind: str) -> dict[str, list[dict[str, object]]]:
    rows = post.house.db.all(
        "select conversation_id, body from events where kind = %(kind)s order by id", {"kind": kind}
    )
    return {row.conversation_id: [r.body for r in rows if r.conversation_id == row.conversation_id] for row in rows}


def test_of_two_that_were_merged_each_is_told_of_its_own_messages_alone(post: MailStage) -> None:
    ada = Ada(post)
    ada.writes("How do I invite a colleague?")
    older = post.stage.conversation
    post.outside.answer = "451 Come back later"
    ada.writes(HIGHER)
    newer = post.stage.conversation
    post.house.inbox.accept(Arrival("And how do I reset my password?", conversation_id=newer), post.stage.now)
    for _ in range(2):
        post.minute_passes()
    Merging(post.house.db).merge(newer, older, "agt_mira", post.stage.now)

    post.house.mails.undelivered(newer, 4, "550 no such user", post.stage.now)
    the_switch_is_thrown(post)
    a_second_passes(post)
    assert told_of(post, "message.undelivered") == {newer: [{"seq": 4}], older: [{}]}
    assert told_of(post, "message.stopped") == {newer: [{"seq": 2}], older: [{}]}


def test_a_mail_in_the_senders_hands_does_not_leave_either(post: MailStage) -> None:
    """Those that were claimed together leave one after the other, which takes minutes where the server is slow."""
    answers_while_the_way_out_is_shut(post, customers=2)
    post.outside.answer, post.outside.deed = "250 OK", lambda: the_switch_is_thrown(post)

    assert len(post.minute_passes()) == 1
    assert post.house.outbox.stop(post.stage.now) == 1


def test_what_people_wrote_or_approved_leaves_while_the_assistant_is_stopped(post: MailStage) -> None:
    post.stage.lead_sets(categories={"default": {"ceiling": "approve"}})
    ada = Ada(post)
    ada.writes(HIGHER)
    post.house.ladder.judging.approve_answer(post.stage.conversation, 1, "tom", post.stage.now)
    the_switch_is_thrown(post)
    post.stage.mind.refresh()
    (approved,) = [*a_second_passes(post), *post.minute_passes()]
    assert "you want to know why" in text_of(approved), text_of(approved)

    told = ada.writes("And who pays for it?", approved)
    post.stage.agent_replies("You do.")
    sent = [*told, *a_second_passes(post), *post.minute_passes()]
    assert [tells_who_is_next(sent[0]), text_of(sent[1]).strip()] == [True, "You do."]


def test_a_person_who_has_replied_since_keeps_what_they_have(post: MailStage) -> None:
    answers_while_the_way_out_is_shut(post)
    post.stage.agent_replies("It was the second seat.")
    the_switch_is_thrown(post)
    post.outside.answer = "250 OK"

    (reply,) = [*a_second_passes(post), *post.minute_passes()]
    assert text_of(reply).strip() == "It was the second seat."
    assert (post.stage.row["status"], post.stage.row["assignee_id"]) == ("waiting", "agt_mira")
    assert states(post) == ["stopped", "sent"]


def test_whoever_fell_silent_because_no_answer_came_is_taken_up_again(post: MailStage) -> None:
    answers_while_the_way_out_is_shut(post)
    post.stage.now += timedelta(hours=80)
    post.house.desk.fall_silent(post.stage.now - timedelta(hours=72), post.stage.now)
    assert post.stage.row["status"] == "resolved"
    the_switch_is_thrown(post)
    post.outside.answer = "250 OK"

    (told,) = [*a_second_passes(post), *post.minute_passes()]
    assert tells_who_is_next(told), text_of(told)
    assert (post.stage.row["status"], post.stage.handler) == ("open", "human")
    asked = "select outcome from resolutions where conversation_id = %(id)s"
    (row,) = post.house.db.all(asked, {"id": post.stage.conversation})
    assert row.outcome == "reopened"


def test_mere_manners_that_did_not_leave_open_nothing_again(post: MailStage) -> None:
    ada = Ada(post)
    (answer,) = ada.writes(HIGHER)
    post.outside.answer = "451 Come back later"
    ada.writes("Thank you, that helped!", answer)
    assert (post.stage.action, post.stage.row["status"]) == ("acknowledge", "resolved")
    the_switch_is_thrown(post)
    post.outside.answer = "250 OK"

    assert [*a_second_passes(post), *post.minute_passes()] == []
    assert (post.stage.row["status"], states(post)[-1]) == ("resolved", "stopped")


def test_a_held_answer_is_people_s_within_seconds_of_the_switch(post: MailStage) -> None:
    post.stage.lead_sets(hold={"email": 3600}, categories={"default": {"ceiling": "auto_with_hold"}})
    Ada(post).writes(HIGHER)
    assert post.stage.row["hold_until"] is not None
    the_switch_is_thrown(post)
    post.stage.mind.refresh()

    a_second_passes(post)
    post.stage.worker.work_off()
    assert (post.stage.action, post.stage.handler, post.stage.row["reason"]) == ("hand_off", "human", "assistant_off")


def test_a_turn_that_was_decided_before_the_switch_speaks_no_more_and_is_considered_anew(
    post: MailStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = post.stage
    stage.customer_writes(HIGHER, "grace", again=True)
    assert stage.action == "answer", "a chat, where nothing waits"
    consider = Receiver.consider

    def slowly(self: Receiver, conversation: Conversation, now: datetime) -> Turn:
        turn = consider(self, conversation, now)
        the_switch_is_thrown(post)
        return turn

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Receiver, "consider", slowly)
        stage.customer_writes(HIGHER, "ada", again=True)
    assert [author for author, _ in stage.thread] == ["customer"]

    stage.mind.refresh()
    stage.now += timedelta(seconds=1)
    stage.worker.work_off()
    assert (stage.action, stage.handler, stage.row["reason"]) == ("hand_off", "human", "assistant_off")
    assert [author for author, _ in stage.thread] == ["customer", "system"]


def test_a_turn_that_was_decided_before_the_switch_was_thrown_and_thrown_back_is_considered_anew(
    post: MailStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, consider = post.stage, Receiver.consider

    def slowly(self: Receiver, conversation: Conversation, now: datetime) -> Turn:
        turn = consider(self, conversation, now)
        the_switch_is_thrown(post)
        the_switch_is_thrown(post, to_on=True)
        return turn

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Receiver, "consider", slowly)
        stage.customer_writes(HIGHER, "ada", again=True)
    assert [author for author, _ in stage.thread] == ["customer"]

    stage.mind.refresh()
    stage.now += timedelta(seconds=1)
    stage.worker.work_off()
    assert [author for author, _ in stage.thread] == ["customer", "assistant"]


# what did not arrive


def figures_count_as_offered(post: MailStage) -> list[bool]:
    Figured(post.house.db).keep_up()
    return [row.is_offered for row in post.house.db.all("select is_offered from figured order by episode")]


def test_an_answer_that_does_not_arrive_is_handed_over_as_any_other_and_no_mail_follows_it(post: MailStage) -> None:
    post.outside.answer = "550 No such user"
    assert Ada(post).writes(HIGHER) == []
    assert post.stage.action == "answer"
    wrote = post.stage.row["opened_at"]

    post.outside.answer = "250 OK"
    assert [*a_second_passes(post), *post.minute_passes()] == [], "nobody is there to be told"

    row = post.stage.row
    assert (row["status"], row["handler"], row["reason"]) == ("open", "human", "not_delivered")
    assert row["team_id"] is not None
    assert row["waiting_since"] == wrote, "nobody has answered them"
    assert row["first_response_due"] is not None
    assert row["resolution_due"] is not None
    assert "did not reach" in post.stage.briefing["why"]
    assert figures_count_as_offered(post) == [False]


def test_an_answer_that_bounces_after_silence_was_taken_for_success_is_opened_again(post: MailStage) -> None:
    Ada(post).writes(HIGHER)
    assert figures_count_as_offered(post) == [True]
    post.stage.hours_pass(80)
    post.house.desk.fall_silent(post.stage.now - SILENT_FOR, post.stage.now)
    assert post.stage.row["status"] == "resolved"

    assert post.house.mails.undelivered(post.stage.conversation, 2, "550 no such user", post.stage.now)
    a_second_passes(post)

    row = post.stage.row
    assert (row["status"], row["handler"], row["episode"], row["reason"]) == ("open", "human", 2, "not_delivered")
    assert row["first_response_due"] is not None
    assert "conversation.reopened" in post.stage.events
    (outcome,) = post.house.db.all("select outcome from resolutions where conversation_id = %(id)s", row)
    assert outcome == ("reopened",)
    assert figures_count_as_offered(post) == [False]


def test_what_was_promised_before_a_long_rest_does_not_run_on_when_a_mail_turns_out_lost(post: MailStage) -> None:
    post.arrives(mail("I want to talk to a person.", "Eve <eve@elsewhere.example>"))
    post.minute_passes()
    post.stage.agent_replies("We are on it.")
    post.stage.now += timedelta(seconds=11)
    post.house.post.send_due(post.stage.now)
    promised = post.stage.row["resolution_due"]
    post.stage.agent_resolves()
    post.stage.hours_pass(24 * 30)

    (last,) = (mail for mail in post.house.outbox.deliveries(post.stage.conversation) if mail["seq"] == 3)
    assert post.house.mails.undelivered(post.stage.conversation, last["seq"], "550 no such user", post.stage.now)
    a_second_passes(post)

    row = post.stage.row
    assert row["status"] == "open"
    assert row["resolution_due"] > post.stage.now > promised
    assert row["first_response_due"] > post.stage.now, "the new episode has a promise of its own"
