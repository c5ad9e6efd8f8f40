"""Searches with a name, and colleagues called by name."""

from __future__ import annotations

import pytest

from segue.domain.errors import NotFound, Refused
from segue.store.mentions import Mentions
from segue.store.saved_views import MOST, SavedView, SavedViews
from segue.store.tags import Tags
from segue.web.queue_view import open_queue
from stage import Stage

WISH = "I would like to talk to a person, please."
MIRA, TOM, LENA = "agt_mira", "agt_tom", "agt_lena"


def test_a_saved_view_holds_what_its_search_finds_now(house: Stage) -> None:
    SavedViews(house.house.db).put(SavedView("sav_1", "Outage", "tag:outage is:open"), LENA, house.now)
    house.customer_writes(WISH)
    assert open_queue(house.house.db, TOM, "sav_1", "", house.now).rows == ()

    Tags(house.house.db).put(house.conversation, "outage", MIRA, house.now)

    shown = open_queue(house.house.db, TOM, "sav_1", "", house.now)
    assert [row["id"] for row in shown.rows] == [house.conversation]
    assert [(s.view.name, s.said, s.key) for s in shown.saved] == [("Outage", "1", "1")]
    assert shown.view.name == "Outage"


def test_me_in_a_shared_view_is_whoever_looks(house: Stage) -> None:
    SavedViews(house.house.db).put(SavedView("sav_1", "Mine", "assignee:me is:open"), LENA, house.now)
    house.customer_writes(WISH)
    house.agent_takes("tom")

    assert len(open_queue(house.house.db, TOM, "sav_1", "", house.now).rows) == 1
    assert open_queue(house.house.db, MIRA, "sav_1", "", house.now).rows == ()


def test_everybodys_views_come_first_and_ones_own_are_nobody_elses(house: Stage) -> None:
    views = SavedViews(house.house.db)
    views.put(SavedView("sav_1", "Late", "is:open", MIRA), MIRA, house.now)
    views.put(SavedView("sav_2", "All", "is:open"), LENA, house.now)

    assert [v.name for v in views.for_agent(MIRA)] == ["All", "Late"]
    assert [v.name for v in views.for_agent(TOM)] == ["All"]
    with pytest.raises(NotFound):
        views.one("sav_1", TOM)
    with pytest.raises(Refused, match="already"):
        views.put(SavedView("sav_3", "late", "is:open", MIRA), MIRA, house.now)


def test_the_rail_holds_no_more_than_can_be_counted(house: Stage) -> None:
    views = SavedViews(house.house.db)
    for n in range(MOST):
        views.put(SavedView(f"sav_{n}", f"View {n}", "is:open", MIRA), MIRA, house.now)

    with pytest.raises(Refused, match=str(MOST)):
        views.put(SavedView("sav_more", "One more", "is:open", MIRA), MIRA, house.now)
    views.put(SavedView("sav_0", "Another name", "is:open", MIRA), MIRA, house.now)


def test_who_is_called_in_a_note_finds_it_until_they_have_looked(house: Stage) -> None:
    house.customer_writes(WISH)
    house.house.hands.note(house.conversation, MIRA, "@Tom do you know this? @mira", house.now)
    house.house.hands.note(house.conversation, MIRA, "@Tom Whitlock please", house.now)

    shown = open_queue(house.house.db, TOM, "mentions", "", house.now)
    assert shown.count("mentions") == 1
    assert [(row["id"], row["by"]) for row in shown.rows] == [(house.conversation, "Mira Sandoval")]
    assert open_queue(house.house.db, MIRA, "mentions", "", house.now).rows == ()
    assert house.events.count("agent.mentioned") == 2

    assert Mentions(house.house.db).see(house.conversation, TOM, house.now)
    assert not Mentions(house.house.db).see(house.conversation, TOM, house.now)
    shown = open_queue(house.house.db, TOM, "mentions", "", house.now)
    assert (shown.count("mentions"), [row["by"] for row in shown.rows]) == (0, [""])


def test_an_agent_is_told_what_concerns_them_and_nothing_else(house: Stage) -> None:
    house.customer_writes(WISH, "grace")
    begun, mentions = house.house.events.latest(), Mentions(house.house.db)
    house.house.hands.assign(house.conversation, MIRA, house.now, to=TOM)
    house.house.hands.note(house.conversation, MIRA, "@Tom have a look", house.now)
    house.customer_writes("Are you there?", "grace")
    house.house.hands.note(house.conversation, TOM, "I am on it, @Tom", house.now)

    assert [one.kind for one in mentions.told(TOM, begun)] == [
        "message.received",
        "agent.mentioned",
        "conversation.claimed",
    ]
    assert mentions.told(MIRA, begun) == []
    assert mentions.told(TOM, house.house.events.latest()) == []
