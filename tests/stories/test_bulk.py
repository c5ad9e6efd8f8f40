"""One deed for many conversations, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segue.desk.bulk import Bulk, Done
from segue.domain.errors import Conflict, Refused
from segue.store.bulks import Bulks
from segue.store.desk import AgentReply
from segue.store.inbox import Arrival
from segue.store.tags import Tags
from stage import Stage

WISH = "I would like to talk to a person, please."
MIRA, TOM = "agt_mira", "agt_tom"
STATE = ("status", "handler", "assignee_id", "team_id", "snoozed_until", "tags")


@pytest.fixture
def three(house: Stage) -> list[str]:
    """Ada's and Grace's wait for people, Nadia's is resolved."""
    ids = []
    for who in ("ada", "grace", "nadia"):
        house.customer_writes(WISH, who)
        ids.append(house.conversation)
    house.agent_resolves()
    return ids


def bulk(house: Stage) -> Bulk:
    h = house.house
    return Bulk(Bulks(h.db), h.conversations, h.hands, h.sending, h.attention, Tags(h.db))


def state(house: Stage, conversation: str) -> dict[str, object]:
    row = house.house.conversations.one(conversation)
    return {name: row[name] for name in STATE}


def do(house: Stage, ids: list[str], deed: str, value: str = "") -> Done:
    return bulk(house).do(ids, deed, value, MIRA, house.now)


def test_a_look_beforehand_says_what_is_left_out_and_why(house: Stage, three: list[str]) -> None:
    house.house.hands.take(three[0], TOM, house.now)

    plan = bulk(house).plan([*three, "cnv_none"], "assign", f"agent:{TOM}", house.now)

    assert [row["id"] for row in plan.rows] == [three[1]]
    assert [(row["id"], why) for row, why in plan.left] == [
        (three[0], "is with Tom Whitlock already"),
        (three[2], "is resolved"),
    ]
    assert state(house, three[1])["assignee_id"] is None


@pytest.mark.parametrize(
    ("deed", "value"),
    [("assign", f"agent:{TOM}"), ("assign", "team:technical"), ("tag", "Outage"), ("snooze", "3h"), ("hand-back", "")],
)
def test_what_was_done_to_many_is_undone_in_one_go(house: Stage, three: list[str], deed: str, value: str) -> None:
    for one in three[:2] if deed == "hand-back" else ():  # what was handed over is answered first
        house.house.hands.reply(AgentReply(one, MIRA, "It is under way."), house.now)
        house.house.inbox.accept(Arrival("And my seats?", conversation_id=one), house.now)
    house.worker.work_off()
    before = [state(house, one) for one in three]
    done = do(house, three, deed, value)
    assert [state(house, one) for one in three[:2]] != before[:2]

    undone = bulk(house).undo(done.bulk, MIRA, house.now)

    assert undone.count == done.count
    assert undone.left == ()
    assert [state(house, one) for one in three] == before


def test_many_are_resolved_and_open_again_with_whom_they_were(house: Stage, three: list[str]) -> None:
    house.house.hands.take(three[0], TOM, house.now)
    house.house.hands.reply(AgentReply(three[1], MIRA, "It is under way."), house.now)
    house.house.hands.hand_back(three[1], MIRA, house.now)
    before = [(state(house, one)["handler"], state(house, one)["assignee_id"]) for one in three]

    done = do(house, three, "resolve")
    assert {state(house, one)["status"] for one in three} == {"resolved"}
    assert [why for _, why in done.left] == ["is resolved"]
    bulk(house).undo(done.bulk, MIRA, house.now + timedelta(seconds=5))

    assert [state(house, one)["status"] for one in three] == ["open", "waiting", "resolved"]
    assert [(state(house, one)["handler"], state(house, one)["assignee_id"]) for one in three] == before


def test_what_the_customer_wrote_since_the_look_beforehand_keeps_it_open(house: Stage, three: list[str]) -> None:
    seen = {one: house.house.conversations.one(one)["seq"] for one in three[:2]}
    house.house.inbox.accept(Arrival("No, still broken", conversation_id=three[0]), house.now)

    done = bulk(house).do(three[:2], "resolve", "", MIRA, house.now, seen)

    assert (done.count, [why for _, why in done.left]) == (1, ["The customer wrote meanwhile."])
    assert [state(house, one)["status"] for one in three[:2]] == ["open", "resolved"]


def test_what_somebody_went_on_with_stays_theirs(house: Stage, three: list[str]) -> None:
    done = do(house, three[:2], "assign", f"agent:{TOM}")
    house.house.hands.take(three[0], MIRA, house.now, force=True)

    undone = bulk(house).undo(done.bulk, MIRA, house.now)

    assert undone.count == 1
    assert [why for _, why in undone.left] == ["has changed since"]
    assert [state(house, one)["assignee_id"] for one in three[:2]] == [MIRA, None]


@pytest.mark.parametrize(
    ("deed", "value"), [("assign", f"agent:{TOM}"), ("tag", "outage"), ("snooze", "1h"), ("resolve", "")]
)
def test_what_a_colleague_set_to_the_same_since_stays_theirs(
    house: Stage, three: list[str], deed: str, value: str
) -> None:
    done, later, first = do(house, three[:2], deed, value), house.now + timedelta(minutes=1), three[0]
    h = house.house
    if deed == "assign":
        h.hands.assign(first, "agt_lena", later, to=TOM)
    elif deed == "tag":
        Tags(h.db).take_off(first, value, TOM, later)
        Tags(h.db).put(first, value, TOM, later)
    elif deed == "snooze":
        h.attention.snooze(first, TOM, later + timedelta(days=7), later)
    else:
        h.hands.reopen(first, TOM, later)
        h.sending.resolve(first, TOM, later)
    theirs = state(house, first)

    undone = bulk(house).undo(done.bulk, MIRA, later)

    assert [why for _, why in undone.left] == ["has changed since"]
    assert undone.count == 1
    assert state(house, first) == theirs


def test_it_is_taken_back_once_and_by_whoever_did_it(house: Stage, three: list[str]) -> None:
    done = do(house, three, "tag", "outage")
    with pytest.raises(Conflict):
        bulk(house).undo(done.bulk, TOM, house.now)
    bulk(house).undo(done.bulk, MIRA, house.now)
    with pytest.raises(Conflict):
        bulk(house).undo(done.bulk, MIRA, house.now)


def test_what_is_nothing_to_do_is_refused(house: Stage, three: list[str]) -> None:
    for ids, deed, value in (
        (three, "burn", ""),
        ([], "resolve", ""),
        (three, "tag", "a;b"),
        (three, "snooze", ""),
    ):
        with pytest.raises(Refused):
            bulk(house).plan(ids, deed, value, house.now)
    assert house.house.db.one("select from bulks") is None
