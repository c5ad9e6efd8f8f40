"""A share of what the assistant could answer goes to people by chance; how both ended stands side by side."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import cast

import pytest

from climb import INVOICE
from segue.domain.conversation import Channel
from segue.insight.holdout import Effect, effect
from segue.store.inbox import Arrival
from segue.web import quality_page
from segue.web.rooms import Rooms
from stage import Stage

NOBODY = 1e-9
"""A share that chance never draws, and that is asked about all the same."""


def asks(house: Stage, who: str, text: str = INVOICE) -> None:
    arrival = Arrival(text, Channel.CHAT, external_id=who, is_verified=True)
    house.conversation = house.house.inbox.accept(arrival, house.now).conversation_id
    house.worker.work_off()


def looked_at(house: Stage) -> Effect | None:
    return effect(house.house.db, house.now - timedelta(days=90), house.now)


def behind(house: Stage, figure: str) -> list[str]:
    """The conversations that this number of the page opens, as Lena reads them."""
    lena = next(one for one in house.house.workspace.agents() if one.id == "agt_lena")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality_page, "moment", lambda: house.now)
        page = bytes(quality_page.conversations(cast(Rooms, house.house), lena, figure).body).decode()
    return re.findall(r'href="/desk/conversations/(\w+)" data-item', page)


def test_both_sides_stand_beside_each_other_once_their_end_is_a_week_ago(house: Stage) -> None:
    assert looked_at(house) is None, "no policy held anything back"
    house.lead_sets(evidence={"holdout": NOBODY})
    asks(house, "con_alone")
    assert house.action == "answer"
    house.agent_resolves()
    alone = house.conversation
    asks(house, "con_returns")
    returns = house.conversation
    house.agent_resolves()
    house.lead_sets(evidence={"holdout": 1.0})
    asks(house, "con_by_chance")
    by_chance = house.conversation
    assert house.handoff_reasons[0] == "it was drawn at random to go to a person, for comparison"
    house.hours_pass(3)
    house.agent_replies("A seat was added.")
    house.agent_resolves()
    asks(house, "con_waits")
    waits = house.conversation

    early = looked_at(house)
    house.hours_pass(24)
    house.lead_sets(evidence={"holdout": 0.0})
    asks(house, "con_returns")
    house.hours_pass(24 * 7)
    late = looked_at(house)

    assert early is not None
    assert (early.alone.episodes, early.people.episodes, early.difference) == (2, 2, None)
    assert late is not None
    assert (late.alone.of, late.alone.came_back, late.people.of, late.people.came_back) == (2, 1, 1, 0)
    assert (late.people.episodes, late.people.hours, late.expected) == (2, 3.0, 2.0)
    assert (late.difference, late.is_telling) == (0.5, False)
    opened = {figure: set(behind(house, figure)) for figure in quality_page.SIDES}
    assert opened == {
        "alone": {returns, alone}, "alone-over": {returns, alone}, "alone-back": {returns},
        "people": {waits, by_chance}, "people-over": {by_chance}, "people-back": set(),
    }  # fmt: skip


def test_another_matter_is_no_return(house: Stage) -> None:
    house.lead_sets(evidence={"holdout": NOBODY})
    asks(house, "con_alone")
    house.agent_resolves()
    house.hours_pass(1)
    asks(house, "con_alone", "Please cancel our subscription.")
    house.hours_pass(24 * 8)

    found = looked_at(house)

    assert found is not None
    assert (found.alone.of, found.alone.came_back) == (1, 0)
