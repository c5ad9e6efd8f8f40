"""What agents have in hand, through the whole house: sending with a pause, setting aside, teaching with one key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from segue import web
from segue.desk import finding
from segue.desk.sending import Sending, StaysOpen
from segue.domain.errors import Conflict, NotFound, Refused
from segue.domain.evidence import Verdict
from segue.domain.people import Team
from segue.learning.correcting import Correcting
from segue.store import queue
from segue.store.candidates import CandidateStore
from segue.store.corrections import Corrections
from segue.store.desk import AgentReply
from segue.store.drafts import Drafts, Kept, NewerDraft
from segue.store.inbox import Arrival
from segue.store.mail import MailStore
from segue.store.mentions import Mentions
from segue.store.queue import QueueStore, Wanted
from segue.store.unsent import UnsentStore
from segue.store.waiting_replies import WaitingReplies
from segue.texts import forms
from segue.web.queue_view import open_queue
from stage import Stage

WISH = "I would like to talk to a person, please."
MIRA, TOM = "agt_mira", "agt_tom"


@pytest.fixture
def by_mail(house: Stage) -> Stage:
    house.customer_writes(f"{WISH} My invoice is wrong.", channel="email")
    return house


def sends(house: Stage, text: str = "It is corrected.", resolves: bool = False) -> str:
    seen = house.row["seq"]
    return house.house.sending.send(AgentReply(house.conversation, MIRA, text, seen), "email", house.now, resolves)


def teaching(house: Stage) -> Correcting:
    inner = house.house
    return Correcting(
        Corrections(inner.db), inner.conversations, inner.workspace, inner.ladder.judging, CandidateStore(inner.db)
    )


# sending


def test_a_mail_waits_ten_seconds_and_goes_without_the_browser(by_mail: Stage) -> None:
    assert sends(by_mail)
    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=9))
    assert by_mail.thread[-1][0] != "agent"

    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=10))
    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=60))

    assert [said for said in by_mail.thread if said[0] == "agent"] == [("agent", "It is corrected.")]
    assert WaitingReplies(by_mail.house.db).of(by_mail.conversation) == []


def test_a_subject_that_is_cut_ends_between_two_words_and_says_so(house: Stage) -> None:
    house.customer_writes(text := f"{WISH} It is about " + " ".join(f"INV-{n}" for n in range(2041, 2070)))

    subject = str(house.house.conversations.one(house.conversation)["subject"])

    assert text.startswith(f"{subject.removesuffix('…')} INV-")
    assert 100 < len(subject) <= 121


def test_a_chat_waits_for_nothing(house: Stage) -> None:
    house.customer_writes(WISH)
    reply = AgentReply(house.conversation, MIRA, "Here I am.", house.row["seq"])
    assert house.house.sending.send(reply, "chat", house.now) == ""
    assert house.last_word == "Here I am."


def test_a_stopped_reply_comes_back_before_what_was_typed_since(by_mail: Stage) -> None:
    reply = sends(by_mail)
    drafts = Drafts(by_mail.house.db)
    since = drafts.of(by_mail.conversation, MIRA)["reply"].version
    drafts.put(by_mail.conversation, MIRA, "reply", "And another thing.", since, by_mail.now)
    by_mail.house.sending.stop(reply, MIRA, by_mail.now)

    by_mail.house.sending.send_due(by_mail.now + timedelta(minutes=1))
    assert by_mail.thread[-1][0] != "agent"
    assert drafts.of(by_mail.conversation, MIRA)["reply"].text == "It is corrected.\n\nAnd another thing."
    with pytest.raises(Conflict):
        by_mail.house.sending.stop(reply, MIRA, by_mail.now)


def test_a_save_that_comes_after_the_reply_doubles_nothing_that_is_taken_back(by_mail: Stage) -> None:
    """It began before the reply was sent, and was overtaken by it."""
    reply, drafts = sends(by_mail, "Too hasty"), Drafts(by_mail.house.db)
    with pytest.raises(NewerDraft):
        drafts.put(by_mail.conversation, MIRA, "reply", "Too hasty", 0, by_mail.now)
    by_mail.house.sending.stop(reply, MIRA, by_mail.now)

    assert drafts.of(by_mail.conversation, MIRA)["reply"].text == "Too hasty"


def test_what_is_typed_at_the_very_moment_of_taking_back_loses_neither(
    by_mail: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply, drafts, real = sends(by_mail, "Too hasty"), Drafts(by_mail.house.db), Drafts.of

    def overtaken(self: Drafts, conversation: str, agent: str) -> dict[str, Kept]:
        kept = real(self, conversation, agent)
        if not kept["reply"].text:
            drafts.put(conversation, agent, "reply", "Typed since", kept["reply"].version, by_mail.now)
        return kept

    monkeypatch.setattr(Drafts, "of", overtaken)
    by_mail.house.sending.stop(reply, MIRA, by_mail.now)
    assert drafts.of(by_mail.conversation, MIRA)["reply"].text == "Too hasty\n\nTyped since"


def test_nobody_stops_a_colleagues_reply(by_mail: Stage) -> None:
    reply = sends(by_mail)
    with pytest.raises(Conflict):
        by_mail.house.sending.stop(reply, TOM, by_mail.now)


def test_a_reply_that_crossed_the_customers_word_is_refused_and_kept(by_mail: Stage) -> None:
    sends(by_mail, resolves=True)
    by_mail.customer_writes("Wait, I found it myself!", channel="email")
    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=10))

    kept = WaitingReplies(by_mail.house.db).of(by_mail.conversation)
    assert [(w["state"], w["body"]) for w in kept] == [("refused", "It is corrected.")]
    assert "wrote while you were answering" in kept[0]["why"]
    assert by_mail.row["status"] == "open"

    for who in (TOM, MIRA):
        with suppress(Conflict):
            WaitingReplies(by_mail.house.db).again(kept[0]["id"], who, by_mail.row["seq"], by_mail.now)
        by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=10))
        assert (by_mail.last_word == "It is corrected.") == (who == MIRA)
    assert by_mail.row["status"] == "resolved"


def test_closing_behind_a_reply_passes_no_message_and_the_reply_is_not_sent_again(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.customer_writes(WISH)
    sending, real, seen = house.house.sending, Sending._go_on, house.row["seq"]

    def overtaken(self: Sending, *more: Any) -> None:
        house.house.inbox.accept(Arrival("No, still broken", conversation_id=house.conversation), house.now)
        real(self, *more)

    monkeypatch.setattr(Sending, "_go_on", overtaken)
    Drafts(house.house.db).put(house.conversation, MIRA, "reply", "Done.", 0, house.now)
    with pytest.raises(StaysOpen, match=r"Your reply has gone\. The customer wrote meanwhile\."):
        sending.send(AgentReply(house.conversation, MIRA, "Done.", seen), "chat", house.now, resolves=True)

    assert [body for author, body in house.thread if author == "agent"] == ["Done."]
    assert (house.row["status"], Drafts(house.house.db).of(house.conversation, MIRA)["reply"].text) == ("open", "")


def test_a_mail_that_closes_leaves_open_what_the_customer_wrote_behind_it(
    by_mail: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Sending._go_on

    def overtaken(self: Sending, *more: Any) -> None:
        by_mail.house.inbox.accept(Arrival("Not yet!", conversation_id=by_mail.conversation), by_mail.now)
        real(self, *more)

    monkeypatch.setattr(Sending, "_go_on", overtaken)
    sends(by_mail, resolves=True)
    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=10))

    assert (by_mail.row["status"], by_mail.row["assignee_id"]) == ("open", MIRA)
    assert WaitingReplies(by_mail.house.db).of(by_mail.conversation) == []


def not_gone(house: Stage, who: str = MIRA) -> list[tuple[str, bool]]:
    found = UnsentStore(house.house.db).of(who)
    return [(one.conversation_id, one.is_closed) for one in found]


def test_what_was_refused_stands_before_its_author_until_they_drop_it_edit_it_or_send_it_again(by_mail: Stage) -> None:
    reply, unsent, here = sends(by_mail), UnsentStore(by_mail.house.db), by_mail.conversation
    after = by_mail.house.events.latest()
    by_mail.customer_writes("Wait, I found it myself!", channel="email")
    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=10))
    assert (not_gone(by_mail), not_gone(by_mail, TOM)) == ([(here, False)], [])
    assert [row["unsent"] for row in open_queue(by_mail.house.db, MIRA, "needs-me", "", by_mail.now).rows] == [
        "Your reply was not sent"
    ]
    assert [told.kind for told in Mentions(by_mail.house.db).told(MIRA, after)] == ["reply.refused"]
    assert Mentions(by_mail.house.db).told(TOM, after) == []
    with pytest.raises(Conflict):
        unsent.drop_reply(reply, TOM, by_mail.now)

    unsent.drop_reply(reply, MIRA, by_mail.now)
    assert not_gone(by_mail) == []
    unsent.pick_up(here, MIRA, by_mail.now)
    assert not_gone(by_mail) == [(here, False)]
    with pytest.raises(Conflict):
        unsent.pick_up(here, MIRA, by_mail.now)
    WaitingReplies(by_mail.house.db).again(reply, MIRA, by_mail.row["seq"], by_mail.now)
    assert not_gone(by_mail) == []


def test_a_reply_whose_conversation_was_closed_to_its_author_is_kept_and_keeps_no_other_one_back(
    by_mail: Stage,
) -> None:
    """It lies under their preferences, where nobody else reads it, and comes back there when it was forgotten."""
    db, closed = by_mail.house.db, by_mail.conversation
    sends(by_mail, "Only I may read this.")
    by_mail.customer_writes(f"{WISH} Mine, too.", "grace", channel="email")
    sends(by_mail, "This goes out.")
    by_mail.house.workspace.put_team(Team("vault", "Vault", is_closed=True))
    by_mail.house.hands.assign(closed, TOM, by_mail.now, team="vault")
    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=10))

    assert by_mail.last_word == "This goes out."
    assert not_gone(by_mail) == [(closed, True)]
    (kept,) = Drafts(db).no_longer_seen(MIRA)
    assert (kept["body"], Drafts(db).no_longer_seen(TOM)) == ("Only I may read this.", [])
    for is_back in (False, True):
        UnsentStore(db).drop_reply(kept["reply"], MIRA, by_mail.now, back=is_back)
        assert bool(Drafts(db).no_longer_seen(MIRA)) == is_back


def test_a_customer_was_last_seen_when_they_wrote_or_looked_last_wherever_that_was_open_to_who_asks(
    house: Stage,
) -> None:
    house.customer_writes("My invoice is wrong.", "grace")
    contact, elsewhere, wrote = house.row["contact_id"], house.conversation, house.now

    def last_seen(agent: str = TOM) -> datetime | None:
        return house.house.conversations.last_seen(contact, agent)

    assert last_seen() == wrote
    house.hours_pass(3)
    assert last_seen() == wrote, "that time passes, or an agent acts, is no sign of them"
    MailStore(house.house.db).seen(elsewhere, house.now)
    looked = house.now
    assert last_seen() == looked

    house.house.workspace.put_team(Team("vault", "Vault", is_closed=True))
    house.house.hands.assign(elsewhere, MIRA, house.now, team="vault")
    before = last_seen()
    assert before is None or before < wrote, "of what is closed to them they learn nothing"
    assert last_seen("agt_lena") == looked
    assert house.house.conversations.last_seen("con_nobody", MIRA) is None


def test_a_conversation_is_unanswered_until_somebody_answers_and_thanks_ask_for_nothing(house: Stage) -> None:
    def is_unanswered() -> bool:
        return bool(house.house.conversations.unanswered([house.conversation]))

    house.customer_writes(f"{WISH} My invoice is wrong.")
    assert is_unanswered()
    house.house.hands.note(house.conversation, MIRA, "I look.", house.now)
    assert is_unanswered()
    house.agent_replies("It is corrected.")
    assert not is_unanswered()
    house.customer_writes("Thank you!")
    assert not is_unanswered()
    house.customer_writes("But the next one is wrong as well.")
    assert is_unanswered()


def test_a_sweep_that_died_on_the_way_sends_once(by_mail: Stage) -> None:
    sends(by_mail)
    waiting, later = WaitingReplies(by_mail.house.db), by_mail.now + timedelta(seconds=10)
    taken = waiting.due(later)[0]
    by_mail.house.hands.reply(taken.reply, later)

    by_mail.house.sending.send_due(later + timedelta(seconds=31))
    assert [author for author, _ in by_mail.thread].count("agent") == 1


def test_send_and_close_teaches_the_matter_that_a_person_named(by_mail: Stage) -> None:
    teaching(by_mail).name_intent(by_mail.conversation, MIRA, "invoice_higher", by_mail.now)
    sends(by_mail, resolves=True)
    by_mail.house.sending.send_due(by_mail.now + timedelta(seconds=10))

    assert (by_mail.row["status"], by_mail.row["intent_id"]) == ("resolved", "invoice_higher")
    row = by_mail.house.db.one("select intent_named, solution from resolutions where conversation_id = %(id)s",
                               {"id": by_mail.conversation})  # fmt: skip
    assert row is not None
    assert (row.intent_named, row.solution) == (True, "It is corrected.")


# drafts


def test_a_draft_is_one_agents_and_one_kinds(house: Stage) -> None:
    house.customer_writes(WISH)
    drafts = Drafts(house.house.db)
    drafts.put(house.conversation, MIRA, "reply", "Dear Ada", 0, house.now)
    drafts.put(house.conversation, MIRA, "note", "She is right", 0, house.now)

    assert drafts.of(house.conversation, MIRA)["note"].text == "She is right"
    assert drafts.of(house.conversation, TOM)["reply"].text == ""


def test_a_second_window_never_overwrites_silently(house: Stage) -> None:
    house.customer_writes(WISH)
    drafts = Drafts(house.house.db)
    first = drafts.put(house.conversation, MIRA, "reply", "One", 0, house.now)
    drafts.put(house.conversation, MIRA, "reply", "One and a half", first, house.now)

    with pytest.raises(NewerDraft) as newer:
        drafts.put(house.conversation, MIRA, "reply", "Two", first, house.now)
    assert newer.value.kept.text == "One and a half"


def merges_it_away(house: Stage) -> None:
    gone = house.conversation
    house.customer_writes(WISH, "grace", again=True)
    house.house.hands.merge(gone, house.conversation, TOM, house.now)


HAPPENS: dict[str, Callable[[Stage], object]] = {
    "a colleague takes it": lambda house: house.agent_takes("tom"),
    "it goes to a team": lambda house: house.agent_assigns("billing"),
    "it goes back to the assistant": lambda house: (house.agent_replies("Sent.", "tom"), house.agent_hands_back("tom")),
    "the customer writes": lambda house: house.customer_writes("Hello?", "grace"),
    "a colleague answers": lambda house: house.agent_replies("It is done.", "tom"),
    "it is resolved": lambda house: house.agent_resolves("tom"),
    "it is set aside": lambda house: house.house.attention.snooze(
        house.conversation, TOM, house.now + timedelta(hours=1), house.now
    ),
    "it is merged away": merges_it_away,
}


def test_a_draft_survives_whatever_happens_to_the_conversation(house: Stage) -> None:
    drafts = Drafts(house.house.db)
    for what, happens in HAPPENS.items():
        house.customer_writes(f"{WISH} ({what})", "grace", again=True)
        drafts.put(house.conversation, MIRA, "reply", f"Half a thought ({what})", 0, house.now)
        drafts.put(house.conversation, MIRA, "note", "She is right", 0, house.now)

        happens(house)

        kept = drafts.of(house.conversation, MIRA)
        assert [kept["reply"].text, kept["note"].text] == [f"Half a thought ({what})", "She is right"], what


# looking on


def looks_at(house: Stage) -> list[str]:
    return [who for who, _name in house.house.attention.present([house.conversation], house.now)[house.conversation]]


def test_who_closes_one_of_two_tabs_is_still_there_with_their_hand(house: Stage) -> None:
    house.customer_writes(WISH)
    attention, here = house.house.attention, (house.conversation, MIRA, house.now)
    assert attention.look(*here, "one")
    assert not attention.look(*here, "two")
    house.house.hands.hold(*here)

    attention.leave(*here, "two")
    assert looks_at(house) == [MIRA]
    assert attention.before(MIRA, house.now) == [house.conversation]
    assert attention.before(MIRA, house.now + timedelta(minutes=10)) == []
    assert house.row["held_by"] == MIRA
    attention.leave(*here, "one")
    assert looks_at(house) == []
    assert attention.before(MIRA, house.now) == []
    assert house.row["held_by"] is None


def test_a_tab_that_died_keeps_nobody_there(house: Stage) -> None:
    house.customer_writes(WISH)
    attention = house.house.attention
    attention.look(house.conversation, MIRA, house.now - timedelta(seconds=80), "died")
    attention.look(house.conversation, MIRA, house.now - timedelta(seconds=10), "lives")

    attention.leave(house.conversation, MIRA, house.now, "lives")
    assert looks_at(house) == []


# setting aside


def test_what_is_set_aside_comes_back_at_its_time_or_with_the_customer(house: Stage) -> None:
    attention = house.house.attention
    for how in ("time", "word"):
        house.customer_writes(f"{WISH} ({how})", again=True)
        attention.snooze(house.conversation, MIRA, house.now + timedelta(hours=3), house.now)
        rows = {row["id"]: row for row in QueueStore(house.house.db, "agt_mira").rows("human", 50)}
        assert rows[house.conversation]["snoozed_until"] is not None

        if how == "word":
            house.customer_writes("Any news?")
        else:
            house.hours_pass(3)
            attention.wake_due(house.now)

        rows = {row["id"]: row for row in QueueStore(house.house.db, "agt_mira").rows("human", 50)}
        assert rows[house.conversation]["snoozed_until"] is None
    assert "conversation.snoozed" in house.events


# teaching


def test_each_word_of_an_agent_is_taken_back_by_a_row_of_its_own(house: Stage) -> None:
    house.customer_writes(WISH)
    teach, kept = teaching(house), Corrections(house.house.db)
    before = house.row["intent_id"]
    teach.judge_handoff(house.conversation, MIRA, False, house.now)
    teach.judge_handoff(house.conversation, MIRA, True, house.now)
    teach.name_intent(house.conversation, MIRA, "invoice_higher", house.now)
    assert [c.kind for c in kept.standing(house.conversation)] == ["intent", "right_call"]
    assert house.row["intent_id"] == "invoice_higher"

    teach.undo(house.conversation, MIRA, house.now)
    teach.undo(house.conversation, MIRA, house.now)

    assert kept.standing(house.conversation) == []
    assert house.row["intent_id"] == before
    assert house.events.count("correction.undone") == 3
    with pytest.raises(NotFound):
        teach.undo(house.conversation, MIRA, house.now)


def test_nobody_undoes_what_a_colleague_said(house: Stage) -> None:
    house.customer_writes(WISH)
    teaching(house).judge_handoff(house.conversation, MIRA, True, house.now)
    with pytest.raises(NotFound):
        teaching(house).undo(house.conversation, TOM, house.now)


@pytest.mark.parametrize("drawn", [False, True])
def test_a_wrong_answer_counts_until_its_judge_takes_it_back(house: Stage, drawn: bool) -> None:
    share = 1.0 if drawn else 0.0
    house.lead_sets(evidence__review_auto=share, evidence__review_with_hold=share)
    house.customer_writes("Why is my invoice higher this month?")
    message = f"msg_{house.conversation[4:]}.1"
    teaching(house).mark_wrong(house.conversation, MIRA, 1, "fact", house.now)
    assert house.house.ladder.store.case(message).verdict is Verdict.WRONG

    house.hours_pass(0.01)
    teaching(house).undo(house.conversation, MIRA, house.now)
    case = house.house.ladder.store.case(message)
    assert case.verdict is Verdict.UNKNOWN
    assert case.grade is None


def test_a_reply_becomes_a_candidate_without_the_customers_data(house: Stage) -> None:
    house.customer_writes(WISH)
    house.agent_replies("Dear Ada, open Settings and choose Billing. Write to ada@example.com if it fails.")
    seq = house.row["seq"]
    with pytest.raises(Refused):
        teaching(house).propose_article(house.conversation, MIRA, 1, house.now)
    teaching(house).propose_article(house.conversation, MIRA, seq, house.now)

    store = CandidateStore(house.house.db)
    candidate = store.candidates()[0]
    reply = store.proposed(candidate["id"])
    assert reply is not None
    assert (reply["conversation_id"], reply["seq"]) == (house.conversation, seq), "a lead can read where it was said"
    assert "ada@example.com" not in candidate["body"]
    assert "open Settings and choose Billing" in candidate["body"]
    teaching(house).undo(house.conversation, MIRA, house.now)
    assert store.candidates() == []


# search


def test_search_finds_words_beginnings_names_and_numbers_in_the_whole_history(house: Stage) -> None:
    house.customer_writes("The flux capacitor hums.", who="eve")
    number, own = house.row["number"], house.conversation
    store = QueueStore(house.house.db, "agt_mira")

    for wanted in (
        Wanted("capacitor"), Wanted("capac"), Wanted('"flux capacitor"'), Wanted("eve"), Wanted(str(number), number),
        Wanted("capacitor", person="eve", status=house.row["status"]),
    ):  # fmt: skip
        assert own in store.search(wanted, 20), wanted
    for wanted in (
        Wanted("capacitor -flux"),
        Wanted("capacitor", person="ada"),
        Wanted("nothing like it"),
        Wanted("%"),
    ):
        assert own not in store.search(wanted, 20), wanted


TYPED = {
    "invoice": "invoice:*", "it": "it", "invoice vat": "invoice:* & vat:*", "invoice -vat": "invoice:* & !vat:*",
    "-the": "!the:*", "invoice or -the": "invoice:* | !the:*", '"the invoice"': "the:* <-> invoice:*",
    'invoice -"the invoice"': "invoice:* & !(the:* <-> invoice:*)", "it's": "it <-> s", "nosuchword": "nosuchword:*",
    '"the invoice" or vat': "the:* <-> invoice:* | vat:*", '"sign on" -"single sign on"':
    "sign:* <-> on & !(single:* <-> sign:* <-> on)",
}  # fmt: skip
"""What agents type, none of it part of a name, and what it asks of a message."""
READ = """
select array(
    select conversation_id from messages
    where author in ('customer', 'agent') and to_tsvector('simple', body) @@ %(words)s::tsquery
    union select conversation_id from notes
    where to_tsvector('simple', body) @@ %(words)s::tsquery and querytree(%(words)s::tsquery) <> 'T'
    union select id from conversations
    where to_tsvector('simple', subject) @@ %(words)s::tsquery and querytree(%(words)s::tsquery) <> 'T'
    order by 1 desc) as ids"""


def test_the_conversation_of_a_number_comes_before_those_that_name_it(house: Stage) -> None:
    house.customer_writes(WISH)
    meant, number = house.conversation, house.row["number"]
    house.customer_writes(f"{WISH} As in #{number}.", "grace", again=True)

    assert QueueStore(house.house.db, MIRA).search(Wanted(str(number), number), 20) == [meant, house.conversation]


def test_search_goes_back_through_all_times_newest_first(house: Stage) -> None:
    told, store = [], QueueStore(house.house.db, MIRA)
    for n in range(4):
        house.customer_writes(f"The flux capacitor hums, for the {n}th time.", who="eve", again=True)
        told.append(house.conversation)
        house.hours_pass(100)
    house.customer_writes("Only this one is about a teapot.", who="eve", again=True)

    assert store.search(Wanted("flux capacitor"), 1) == told[:2:-1]
    assert store.search(Wanted("capacitor"), 2) == told[:1:-1]
    assert store.search(Wanted('"flux capacitor"', until=house.now - timedelta(hours=250)), 10) == told[1::-1]
    assert store.search(Wanted("capacitor", since=house.now - timedelta(hours=250)), 10) == told[:1:-1]
    assert store.search(Wanted("capacitor", since=datetime(1969, 7, 20, tzinfo=UTC)), 10) == told[::-1]
    assert store.search(Wanted("0th"), 10) == told[:1]
    assert store.search(Wanted('capacitor -0th -"3th time"'), 10) == told[2:0:-1]
    assert store.search(Wanted("teapot or capacitor"), 10)[:2] == [house.conversation, told[3]]


def test_the_desk_searches_by_the_days_of_the_place_where_it_works(house: Stage) -> None:
    house.customer_writes("Only this one is about a teapot.", who="eve", again=True)
    db, far = house.house.db, ZoneInfo("Pacific/Kiritimati")
    begun = house.house.conversations.one(house.conversation)["opened_at"].astimezone(far)
    today, next_day = begun.date(), begun.date() + timedelta(days=1)
    midnight = datetime.combine(today, time(), far)

    def found(at: datetime, query: str) -> list[str]:
        db.run("update conversations set opened_at = %(at)s where id = %(id)s", {"at": at, "id": house.conversation})
        with forms.seeing_in(far):
            return [row["id"] for row in open_queue(db, MIRA, "", f"from:eve {query}", house.now).rows]

    second, of_today = timedelta(seconds=1), f"after:{today} before:{next_day}"
    assert found(midnight - second, of_today) == []
    assert found(midnight, of_today) == [house.conversation]
    assert found(midnight + timedelta(days=1) - second, of_today) == [house.conversation]
    assert found(midnight + timedelta(days=1), of_today) == []


SAID_INSIDE = "Hand this to the xylophonic squad: the invoice carries no VAT."


@pytest.fixture
def noted(house: Stage) -> Stage:
    """A conversation whose note and subject hold words that nobody wrote to the other."""
    house.customer_writes("It hums.", who="eve", again=True, subject="Zephyr import stalls")
    house.house.hands.note(house.conversation, MIRA, SAID_INSIDE, house.now)
    return house


INSIDE = (
    "xylophonic", "xylo", '"xylophonic squad"', "zephyr", '"import stalls"', "zephyr -hums", "from:eve xylophonic",
    'from:eve "zephyr import"', "is:open zephyr", "is:open xylophonic", "nosuch or zephyr",
)  # fmt: skip


def test_search_finds_what_stands_in_notes_and_in_the_subject(noted: Stage) -> None:
    store = QueueStore(noted.house.db, MIRA)

    found = {typed: store.search(finding.wanted(typed, MIRA, UTC), 20) for typed in INSIDE}

    assert found == {typed: [noted.conversation] for typed in INSIDE}


def test_what_only_stands_apart_in_notes_or_subject_is_no_phrase(noted: Stage) -> None:
    for typed in (
        '"squad xylophonic"',
        '"stalls import"',
        "zephyr xylophonic",
        "from:eve zephyr xylophonic",
        "zephyr -import",
    ):
        assert QueueStore(noted.house.db, MIRA).search(finding.wanted(typed, MIRA, UTC), 20) == [], typed


def test_notes_and_subjects_of_a_closed_team_are_found_by_its_own_people_only(noted: Stage) -> None:
    db = noted.house.db
    db.run("update teams set is_closed = true where id = 'billing'")
    db.run("delete from agent_teams where team_id = 'billing' and agent_id = 'agt_tom'")
    db.run("insert into agent_teams (team_id, agent_id) values ('billing', 'agt_mira') on conflict do nothing")
    db.run("update conversations set team_id = 'billing' where id = %(id)s", {"id": noted.conversation})

    def found(who: str) -> list[list[str]]:
        return [QueueStore(db, who).search(finding.wanted(typed, who, UTC), 20) for typed in INSIDE]

    assert found(MIRA) == [[noted.conversation]] * len(INSIDE)
    assert found(TOM) == found("agt_nobody") == [[]] * len(INSIDE)


def test_only_faces_of_the_desk_can_search_it() -> None:
    """What customers and machines are shown cannot come from where notes are looked through."""
    faces = Path(web.__file__).parent.glob("*.py")
    asking = {face.stem for face in faces if "segue.store.queue" in face.read_text("utf8")}

    assert asking == {"desk_assistant", "desk_briefing", "queue_view", "rail"}


def test_search_finds_what_reading_every_text_finds(noted: Stage) -> None:
    db = noted.house.db
    read = {typed: db.all(READ, {"words": words})[0].ids for typed, words in TYPED.items()}

    found = {typed: QueueStore(db, MIRA).search(Wanted(typed), 5_000) for typed in TYPED}

    assert sum(map(bool, read.values())) == len(TYPED) - 1
    assert found == read


def test_beside_a_common_word_the_oldest_is_found_by_a_rarer_one_or_by_its_customer(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "TRIED", 2)
    house.customer_writes("The capacitor hums like a kestrel.", who="grace", again=True, channel="email")
    oldest, store = house.conversation, QueueStore(house.house.db, MIRA)
    for _ in range(2):
        house.hours_pass(1)
        house.customer_writes("The capacitor hums.", who="eve", again=True)

    assert store.search(Wanted("capacitor", channel="email"), 10) == []
    assert store.search(Wanted("capacitor kestrel", channel="email"), 10) == [oldest]
    assert store.search(Wanted("capacitor", person="grace", channel="email"), 10) == [oldest]
    assert store.search(Wanted("hums capacitor", account="northgate"), 10) == [oldest]


def test_of_many_people_with_a_name_the_newest_conversations_are_found(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.customer_writes("The capacitor hums.", who="eve", again=True)
    older, store = house.conversation, QueueStore(house.house.db, MIRA)
    house.hours_pass(1)
    house.customer_writes("It still hums.", who="eve", again=True)
    newer = house.conversation

    assert store.search(Wanted("eve@elsewhere"), 2) == [newer, older]
    monkeypatch.setattr(queue, "FEW", 0)
    assert store.search(Wanted("eve@elsewhere"), 2) == [newer, older]
    monkeypatch.setattr(queue, "NEWEST", 1)
    assert store.search(Wanted("eve@elsewhere"), 2) == [newer]


def test_a_long_queue_hides_nobodys_own_conversation(house: Stage) -> None:
    house.customer_writes(WISH, who="eve", again=True)
    own = house.conversation
    house.house.hands.take(own, MIRA, house.now)
    for _ in range(3):
        house.customer_writes(f"{WISH} This is urgent, our site is down!", who="grace", again=True)

    rows = QueueStore(house.house.db, MIRA).rows("human", 1)

    assert [row["id"] for row in rows if row["assignee_id"] == MIRA] == [own]
    assert any(row["assignee_id"] is None for row in rows)
