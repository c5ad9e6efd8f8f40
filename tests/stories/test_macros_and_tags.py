"""Macros that are filled in and do more once the reply has gone; tags that are put on, found and taken off."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from segue.desk.finding import wanted
from segue.domain.errors import Conflict, NotFound, Refused
from segue.store.desk import AgentReply
from segue.store.drafts import Drafts
from segue.store.macros import Macro, MacroStore
from segue.store.queue import QueueStore
from segue.store.tags import Tags
from segue.web.inserting import articles_for
from stage import Stage

WISH = "I would like to talk to a person, please."
MIRA, TOM = "agt_mira", "agt_tom"
REFUND = Macro("mac_refund", "Refund", "It is on its way.", ("refund", "billing"), "", "agent:agt_tom", True)


@pytest.fixture
def macros(house: Stage) -> MacroStore:
    store = MacroStore(house.house.db)
    store.put(REFUND, "agt_lena", house.now)
    return store


def sends(house: Stage, macro: str, channel: str = "chat") -> str:
    seen = house.row["seq"]
    return house.house.sending.send(
        AgentReply(house.conversation, MIRA, "Here.", seen), channel, house.now, macro=macro
    )


def test_what_a_macro_does_is_done_once_the_reply_has_gone(house: Stage, macros: MacroStore) -> None:
    house.customer_writes(WISH)

    sends(house, REFUND.id)

    assert house.row["tags"] == ["billing", "refund"]
    assert (house.row["assignee"], house.row["status"]) == ("Tom Whitlock", "resolved")
    assert macros.one(REFUND.id, TOM).uses == 1


def test_a_mail_carries_its_macro_through_the_pause_and_back(house: Stage, macros: MacroStore) -> None:
    house.customer_writes(WISH, channel="email")
    reply = sends(house, REFUND.id, "email")
    assert house.row["tags"] == []

    house.house.sending.stop(reply, MIRA, house.now)
    assert Drafts(house.house.db).of(house.conversation, MIRA)["reply"].macro == REFUND.id

    sends(house, REFUND.id, "email")
    house.house.sending.send_due(house.now + timedelta(seconds=10))
    assert (house.row["tags"], house.row["status"]) == (["billing", "refund"], "resolved")


def test_an_action_that_is_no_longer_possible_keeps_nothing_back(house: Stage, macros: MacroStore) -> None:
    macros.put(Macro("mac_gone", "Gone", "Text", ("late",), "", "agent:agt_who_left"), "agt_lena", house.now)
    house.customer_writes(WISH)

    sends(house, "mac_gone")

    assert (house.row["tags"], house.last_word) == (["late"], "Here.")
    used = next(e for e in house.house.events.after("0-0", 5000) if e.kind == "macro.used")
    assert used.body["left"] == 1


def test_a_removed_macro_stops_the_reply_and_leaves_the_draft(house: Stage, macros: MacroStore) -> None:
    house.customer_writes(WISH)
    drafts = Drafts(house.house.db)
    drafts.put(house.conversation, MIRA, "reply", "Here.", 0, house.now, REFUND.id)
    macros.remove(REFUND.id, "agt_lena", house.now)

    with pytest.raises(Conflict, match="macro is gone"):
        sends(house, REFUND.id)

    assert house.thread[-1][0] != "agent"
    kept = drafts.of(house.conversation, MIRA)["reply"]
    assert (kept.text, kept.macro) == ("Here.", "")


def test_an_agents_own_macro_is_nobody_elses(house: Stage, macros: MacroStore) -> None:
    macros.put(Macro("mac_own", "Mine", "Text", owner_id=MIRA), MIRA, house.now)

    assert [m.name for m in macros.for_agent(TOM)] == ["Refund"]
    with pytest.raises(NotFound):
        macros.one("mac_own", TOM)
    with pytest.raises(Refused, match="already"):
        macros.put(Macro("mac_two", "mine", "Text", owner_id=MIRA), MIRA, house.now)


def test_tags_are_found_together_and_told_of_once(house: Stage) -> None:
    house.customer_writes(WISH)
    tags, queue = Tags(house.house.db), QueueStore(house.house.db, MIRA)

    assert tags.put(house.conversation, "refund", MIRA, house.now)
    assert not tags.put(house.conversation, "refund", MIRA, house.now)
    tags.put(house.conversation, "vip", MIRA, house.now)

    assert queue.search(wanted("tag:Refund tag:vip", MIRA, UTC), 10) == [house.conversation]
    assert queue.search(wanted("tag:refund tag:other", MIRA, UTC), 10) == []
    assert house.events.count("conversation.tagged") == 2
    assert tags.take_off(house.conversation, "refund", MIRA, house.now)
    assert not tags.take_off(house.conversation, "refund", MIRA, house.now)
    assert house.row["tags"] == ["vip"]
    with pytest.raises(NotFound):
        tags.put("cnv_none", "refund", MIRA, house.now)


@pytest.mark.parametrize("nonsense", ["zzzz", "hsgdkj", "xkcd jjj"])
def test_articles_are_offered_for_what_means_something_and_none_for_nonsense(house: Stage, nonsense: str) -> None:
    assert articles_for(house.house.library, nonsense, house.now) == []
    assert articles_for(house.house.library, "reset my password", house.now) != []
