"""Two conversations of one customer become one, and two again."""

from __future__ import annotations

from typing import Any

import pytest

from segue.domain.conversation import Channel
from segue.domain.errors import Conflict, Refused
from segue.store.desk import AgentReply
from segue.store.drafts import DraftMoved, Drafts
from segue.store.inbox import Arrival
from segue.store.merging import Merging
from segue.store.waiting_replies import WaitingReplies
from segue.web.files import Shelf
from segue.web.thread import entries
from segue.web.woven import woven
from stage import Stage

WISH = "I would like to talk to a person, please."
MIRA, TOM = "agt_mira", "agt_tom"
CLOCKS = ("first_response_due", "next_response_due", "resolution_due", "waiting_since")
STATE = ("status", "handler", "assignee_id", "team_id", "ready_at", "merged_into", "tags", *CLOCKS)


@pytest.fixture
def two(house: Stage) -> tuple[str, str]:
    """Grace's older conversation and, two hours later, her second one; people have both."""
    house.customer_writes(f"{WISH} My invoice is wrong.", "grace")
    older = house.conversation
    house.hours_pass(2)
    house.customer_writes(f"{WISH} Hello? The invoice!", "grace", again=True)
    return older, house.conversation


def row(house: Stage, conversation: str) -> dict[str, Any]:
    return house.house.conversations.one(conversation)


def state(house: Stage, conversation: str) -> dict[str, Any]:
    return {name: row(house, conversation)[name] for name in STATE}


def read(house: Stage, conversation: str) -> list[str]:
    store, shelf = house.house.conversations, Shelf(house.house.attachments, None, house.now)
    own = entries(store.thread(conversation), (), "You")
    return [e.text for e in woven(store, shelf, conversation, own, "You")]


def writes(house: Stage, conversation: str, text: str, client_id: str = "") -> str:
    arrival = Arrival(text, Channel.CHAT, conversation, client_id=client_id or None)
    return house.house.inbox.accept(arrival, house.now).conversation_id


def test_what_was_said_in_both_is_read_as_one_in_the_order_of_time(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    Merging(house.house.db).merge(newer, older, MIRA, house.now)

    texts = read(house, older)
    assert texts.index(f"{WISH} My invoice is wrong.") < texts.index(f"{WISH} Hello? The invoice!")
    assert (row(house, newer)["merged_into"], row(house, older)["assignee_id"]) == (older, MIRA)
    assert [o.id for o in Merging(house.house.db).others(older)] == [newer]


def test_the_clocks_of_the_older_one_count(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    was = {name: row(house, older)[name] for name in CLOCKS}
    assert was["first_response_due"] < row(house, newer)["first_response_due"]

    Merging(house.house.db).merge(older, newer, MIRA, house.now)

    assert {name: row(house, newer)[name] for name in CLOCKS} == was
    assert all(row(house, older)[name] is None for name in CLOCKS)


def test_what_is_written_to_the_one_that_went_lands_in_the_other_once(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    writes(house, newer, "One more thing.", "c-1")
    Merging(house.house.db).merge(newer, older, MIRA, house.now)

    assert writes(house, newer, "One more thing.", "c-1") in two
    assert writes(house, newer, "And another.", "c-2") == older
    assert writes(house, newer, "And another.", "c-2") == older
    assert read(house, older).count("One more thing.") == 1
    assert read(house, older).count("And another.") == 1


def test_nobody_answers_in_the_one_that_went(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    writes(house, newer, "How do I add a seat?")
    Merging(house.house.db).merge(newer, older, MIRA, house.now)
    said = len(house.house.conversations.thread(newer))

    house.worker.work_off()
    for deed in (
        lambda: house.house.hands.reply(AgentReply(newer, MIRA, "Here."), house.now),
        lambda: house.house.hands.reopen(newer, MIRA, house.now),
        lambda: house.house.hands.take(newer, TOM, house.now, force=True),
    ):
        with pytest.raises(Conflict, match="merged into"):
            deed()

    assert len(house.house.conversations.thread(newer)) == said


def test_undo_brings_both_back_as_they_were(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    house.house.db.run("insert into tags (name, created_at) values ('vip', now())")
    house.house.db.run("insert into conversation_tags values (%(id)s, 'vip', 'agt_tom', now())", {"id": newer})
    house.house.hands.take(newer, TOM, house.now)
    before = state(house, older), state(house, newer)

    Merging(house.house.db).merge(newer, older, MIRA, house.now)
    assert row(house, older)["tags"] == ["vip"]
    assert Merging(house.house.db).undo(newer, TOM, house.now) == older

    assert (state(house, older), state(house, newer)) == before
    claims = "select agent_id from claims where conversation_id = %(id)s and released_at is null"
    assert [row.agent_id for row in house.house.db.all(claims, {"id": newer})] == [TOM]
    assert house.house.db.all(claims, {"id": older}) == []
    assert read(house, older).count(f"{WISH} Hello? The invoice!") == 0
    with pytest.raises(Conflict):
        Merging(house.house.db).undo(newer, TOM, house.now)


def test_undo_leaves_what_has_happened_since(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    Merging(house.house.db).merge(newer, older, MIRA, house.now)
    house.house.hands.reply(AgentReply(older, MIRA, "Both are answered."), house.now)
    house.house.hands.assign(older, MIRA, house.now, to=TOM)

    Merging(house.house.db).undo(newer, MIRA, house.now)

    assert (row(house, older)["assignee_id"], row(house, older)["first_response_due"]) == (TOM, None)
    assert (row(house, newer)["status"], row(house, newer)["first_response_due"] is None) == ("open", False)


def test_a_message_nobody_had_considered_is_considered_again_after_undo(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    house.house.hands.reply(AgentReply(newer, MIRA, "It is under way."), house.now)
    house.house.hands.hand_back(newer, MIRA, house.now)
    writes(house, newer, "How do I add a seat to our plan?")
    Merging(house.house.db).merge(newer, older, MIRA, house.now)
    assert house.worker.work_off() == 0

    Merging(house.house.db).undo(newer, MIRA, house.now)

    assert house.worker.work_off() == 1


def test_what_must_not_be_merged_is_refused(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    house.customer_writes(WISH, "ada")
    adas = house.conversation
    house.customer_writes(WISH, "eve")
    eves = house.conversation
    house.customer_writes(WISH, "eve", again=True)
    merging = Merging(house.house.db)

    for pair, why in (((adas, older), "different customers"), ((eves, house.conversation), "Nobody vouches")):
        with pytest.raises(Refused, match=why):
            merging.merge(*pair, MIRA, house.now)
    merging.merge(newer, older, MIRA, house.now)
    for pair, why in (((newer, older), "merged into another"), ((older, newer), "merged into another")):
        with pytest.raises(Conflict, match=why):
            merging.merge(*pair, MIRA, house.now)


def test_one_that_took_another_in_is_merged_the_other_way_round_only(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    house.customer_writes(WISH, "grace", again=True)
    merging = Merging(house.house.db)
    merging.merge(newer, older, MIRA, house.now)

    with pytest.raises(Conflict, match="instead"):
        merging.merge(older, house.conversation, MIRA, house.now)
    merging.merge(house.conversation, older, MIRA, house.now)

    assert len(merging.others(older)) == 2


def test_what_was_merged_last_is_taken_back_first(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    house.hours_pass(1)
    house.customer_writes(f"{WISH} And my card.", "grace", again=True)
    stays, merging = house.conversation, Merging(house.house.db)
    was = {one: state(house, one) for one in (older, newer, stays)}
    merging.merge(older, stays, MIRA, house.now)
    house.hours_pass(0.1)
    merging.merge(newer, stays, MIRA, house.now)

    with pytest.raises(Conflict, match="afterwards"):
        merging.undo(older, MIRA, house.now)
    merging.undo(newer, MIRA, house.now)
    merging.undo(older, MIRA, house.now)
    assert {one: state(house, one) for one in was} == was


# what agents have typed


def typed(house: Stage, conversation: str, agent: str = MIRA) -> list[str]:
    kept = Drafts(house.house.db).of(conversation, agent)
    return [kept["reply"].text, kept["note"].text]


def test_what_agents_typed_goes_along_below_what_they_typed_there(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    drafts = Drafts(house.house.db)
    drafts.put(newer, MIRA, "reply", "It is corrected.", 0, house.now)
    drafts.put(newer, TOM, "note", "She is right.", 0, house.now)
    drafts.put(older, MIRA, "reply", "Dear Grace,", 0, house.now)

    Merging(house.house.db).merge(newer, older, TOM, house.now)

    assert (typed(house, older), typed(house, newer)) == (["Dear Grace,\n\nIt is corrected.", ""], ["", ""])
    assert typed(house, older, TOM) == ["", "She is right."]
    told = [[one.brought_a_draft for one in Merging(house.house.db).others(older, who)] for who in (MIRA, "agt_lena")]
    assert told == [[True], [False]]


def test_a_save_that_comes_too_late_is_told_where_to_go(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    Merging(house.house.db).merge(newer, older, TOM, house.now)

    with pytest.raises(DraftMoved) as moved:
        Drafts(house.house.db).put(newer, MIRA, "reply", "Half a thou", 0, house.now)

    assert (moved.value.into, typed(house, newer)) == (older, ["", ""])


def test_undo_gives_drafts_back_unless_they_were_written_at(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    drafts, merging = Drafts(house.house.db), Merging(house.house.db)
    drafts.put(newer, MIRA, "reply", "It is corrected.", 0, house.now)
    drafts.put(newer, TOM, "reply", "One moment", 0, house.now)
    drafts.put(older, MIRA, "reply", "Dear Grace,", 0, house.now)
    merging.merge(newer, older, TOM, house.now)
    drafts.put(older, TOM, "reply", "One moment, please.", 1, house.now)

    merging.undo(newer, TOM, house.now)

    assert (typed(house, older)[0], typed(house, newer)[0]) == ("Dear Grace,", "It is corrected.")
    assert (typed(house, older, TOM)[0], typed(house, newer, TOM)[0]) == ("One moment, please.", "")


def test_a_refused_reply_goes_along_and_comes_back(house: Stage, two: tuple[str, str]) -> None:
    older, newer = two
    waiting, merging = WaitingReplies(house.house.db), Merging(house.house.db)
    reply = waiting.put(AgentReply(newer, MIRA, "It is corrected.", 99), house.now, house.now)
    waiting.close(reply, "refused", house.now, "Grace wrote.")

    merging.merge(newer, older, TOM, house.now)
    assert [w["body"] for w in waiting.of(older)] == ["It is corrected."]
    merging.undo(newer, TOM, house.now)

    assert ([w["id"] for w in waiting.of(newer)], waiting.of(older)) == ([reply], [])
