"""A topic that a lead files becomes one issue of the tracker; what goes wrong stays with it (under fire: the drill)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from segue.app.drill.small import SmallHouse, small_house
from segue.app.drill.tracker import Server, tracker
from segue.app.filing import Filing
from segue.domain.errors import Conflict, NotFound
from segue.domain.ports import DIMENSIONS
from segue.integrations.outgoing import Outgoing
from segue.integrations.tracker import Repository
from segue.store.candidates import CandidateStore, Unknown
from segue.store.issues import MOST_TRIES, IssueStore


@pytest.fixture
def house(database_url: str) -> Iterator[SmallHouse]:
    with small_house(database_url) as house:
        yield house


@pytest.fixture
def there() -> Iterator[Server]:
    with tracker() as server:
        yield server


def filing(house: SmallHouse, port: int) -> Filing:
    reached = Repository(Outgoing(["127.0.0.1"]), f"http://127.0.0.1:{port}/repos/ours/product", "secret")
    return Filing(IssueStore(house.db), CandidateStore(house.db), reached)


def topic(house: SmallHouse, text: str) -> str:
    written = Unknown(house.customer_writes(text=text), 1, text, np.zeros(DIMENSIONS, np.float32), "")
    return CandidateStore(house.db).put_topics([(["export"], [written], 0)], house.now)[0]


def test_a_topic_is_filed_once_and_says_nothing_of_who_wrote(house: SmallHouse, there: Server) -> None:
    export = topic(house, "The export stops at row 512. Write to ada@ledgerly.example.")
    ours = filing(house, there.server_port)
    ours.issues.ask(export, "The export stops", "agt_lena", house.now)

    assert [ours.file_due(house.now) for _ in range(2)] == [1, 0]
    [issue] = there.issues
    assert issue["title"] == "The export stops"
    assert "row 512. Write to [email]" in issue["body"]
    assert issue["body"].endswith(f"Segue {export}")
    assert ours.issues.listing()[0]["place"] == issue["html_url"]


def test_it_is_asked_for_once_and_not_proposed_again(house: SmallHouse, there: Server) -> None:
    export = topic(house, "The export stops at row 512.")
    ours = filing(house, there.server_port)
    ours.issues.ask(export, "The export stops", "agt_lena", house.now)

    with pytest.raises(Conflict, match="decided about"):
        ours.issues.ask(export, "The export stops again", "agt_tom", house.now)
    with pytest.raises(NotFound, match="no topic top_nowhere"):
        ours.issues.ask("top_nowhere", "The export stops", "agt_tom", house.now)
    assert ours.topics.topics() == []


def test_what_went_wrong_stands_with_it_and_it_is_tried_again(house: SmallHouse, there: Server) -> None:
    export = topic(house, "The export stops at row 512.")
    nowhere = filing(house, 1)
    nowhere.issues.ask(export, "The export stops", "agt_lena", house.now)

    assert nowhere.file_due(house.now) == 0
    assert "127.0.0.1" in nowhere.issues.listing()[0]["last_error"]
    house.time_passes(61)
    assert filing(house, there.server_port).file_due(house.now) == 1
    assert nowhere.issues.listing()[0]["last_error"] is None


def test_a_lead_tries_it_again_at_once_but_never_beside_a_try_that_may_still_run(
    house: SmallHouse, there: Server
) -> None:
    export = topic(house, "The export stops at row 512.")
    nowhere = filing(house, 1)
    nowhere.issues.ask(export, "The export stops", "agt_lena", house.now)
    for _ in range(MOST_TRIES):
        nowhere.file_due(house.now)
        house.time_passes(6 * 3600)
    asked = nowhere.issues.of(export)
    assert asked is not None
    assert asked.is_given_up

    nowhere.issues.again(export, "agt_lena", house.now)
    with pytest.raises(Conflict, match="Nothing has failed"):
        nowhere.issues.again(export, "agt_lena", house.now)
    assert nowhere.file_due(house.now) == 0

    nowhere.issues.again(export, "agt_lena", house.now)
    ours = filing(house, there.server_port)
    assert ours.file_due(house.now) == 0
    house.time_passes(61)
    assert ours.file_due(house.now) == 1
    with pytest.raises(Conflict, match="Nothing has failed"):
        ours.issues.again(export, "agt_lena", house.now)
