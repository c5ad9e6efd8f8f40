"""Tags put in each other's place, and what the ways in and out say of themselves, on a real store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from segue.domain.conversation import Channel
from segue.domain.errors import NotFound
from segue.domain.people import Agent
from segue.store.channels import Channels
from segue.store.database import Database
from segue.store.inbox import Arrival, Inbox
from segue.store.macros import Macro, MacroStore
from segue.store.saved_views import SavedView, SavedViews
from segue.store.tags import Tags, Used
from segue.store.workspace import Workspace

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def tags(db: Database) -> Tags:
    """Three conversations: two with refunds, of which one has refund as well; a macro and a view that name refunds."""
    Workspace(db).put_agent(Agent("agt_mira", "Mira", "mira@ledgerly.example"), NOW)
    inbox, found = Inbox(db), Tags(db)
    ada, grace, eve = (inbox.accept(Arrival("Hello", email=f"{who}@x.example"), NOW).conversation_id for who in "age")
    for conversation, tag in ((ada, "refunds"), (grace, "refunds"), (grace, "refund"), (eve, "invoice")):
        found.put(conversation, tag, "agt_mira", NOW)
    MacroStore(db).put(Macro("mac_1", "Refund", "Done.", ("vip", "refunds", "refund")), "agt_mira", NOW)
    SavedViews(db).put(SavedView("viw_1", "Refunds", "-tag:vip tag:refunds tag:refunds-2024"), "agt_mira", NOW)
    found.put(eve, "old", "agt_mira", NOW)
    found.take_off(eve, "old", "agt_mira", NOW)
    return found


def test_each_tag_tells_what_uses_it(tags: Tags) -> None:
    used = {one.name: one for one in tags.with_uses()}

    assert used["refunds"] == Used("refunds", 2, 1, 1)
    assert used["refund"] == Used("refund", 1, 1, 0)
    assert [one.name for one in used.values() if one.is_unused] == ["old"]


def test_what_a_merge_does_is_known_before_and_done_everywhere(tags: Tags) -> None:
    assert tags.move("refunds", "refund") == (2, 1, 1, 1, True)

    tags.put_in_place("refunds", "refund", "agt_lena", NOW)

    assert {one.name: one.conversations for one in tags.with_uses()} == {"invoice": 1, "old": 0, "refund": 2}
    assert MacroStore(tags.db).one("mac_1", "agt_mira").tags == ("vip", "refund")
    assert SavedViews(tags.db).one("viw_1", "agt_mira").query == "-tag:vip tag:refund tag:refunds-2024"
    told = tags.db.one("select kind, author, body from events where kind like 'tag.%%'")
    assert told == ("tag.merged", "agt_lena", {"tag": "refunds", "into": "refund", "conversations": 1})


def test_a_new_name_keeps_everything_and_is_recorded_as_one(tags: Tags) -> None:
    assert not tags.move("refunds", "money-back").is_merge

    tags.put_in_place("refunds", "money-back", "agt_lena", NOW)

    assert Used("money-back", 2, 1, 1) in tags.with_uses()
    assert tags.db.one("select kind from events where kind like 'tag.%%'") == ("tag.renamed",)
    for lost in (lambda: tags.move("refunds", "x"), lambda: tags.put_in_place("refunds", "x", "agt_lena", NOW)):
        with pytest.raises(NotFound, match="There is no tag refunds"):
            lost()


def test_only_what_nothing_uses_is_taken_away(tags: Tags) -> None:
    assert tags.remove_unused("agt_lena", NOW) == 1
    assert tags.remove_unused("agt_lena", NOW) == 0

    assert [one.name for one in tags.with_uses()] == ["invoice", "refund", "refunds"]
    assert tags.db.all("select body from events where kind = 'tag.removed'") == [({"tags": ["old"]},)]


def test_a_way_in_that_failed_works_again_once_it_says_so(db: Database) -> None:
    channels, later = Channels(db), NOW + timedelta(seconds=5)
    channels.worked("imap", NOW)
    channels.failed("imap", "the server has gone", later)
    assert (channels.states()["imap"].fails, channels.states()["imap"].why) == (True, "the server has gone")

    channels.worked("imap", later + timedelta(seconds=1))

    state = channels.states()["imap"]
    assert not state.fails
    assert state.ok_at == later + timedelta(seconds=1)


def test_what_came_last_is_told_by_channel(db: Database) -> None:
    inbox = Inbox(db)
    for channel, days in ((Channel.CHAT, 9), (Channel.CHAT, 1), (Channel.FORM, 8)):
        arrival = Arrival("Hello", channel, email=f"{channel}{days}@x.example")
        inbox.accept(arrival, NOW - timedelta(days=days))

    came = Channels(db).came(list(Channel), NOW)

    assert (came["chat"].last_at, came["chat"].lately) == (NOW - timedelta(days=1), 1)
    assert (came["form"].last_at, came["form"].lately) == (NOW - timedelta(days=8), 0)
    assert (came["email"].last_at, came["email"].lately) == (None, 0)
    assert Channels(db).mail() == (None, 0, 0, 0)
