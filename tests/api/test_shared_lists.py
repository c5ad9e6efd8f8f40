"""A desk's list made of what all desks share is the one that is read for its agent alone; and a desk that heard of
changes elsewhere is given that, and its conversation only where it is concerned."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from api.serving import NO_TLS, Served
from segue.desk import queue
from segue.domain.people import Agent, Team
from segue.store.attention import Attention
from segue.store.database import Database
from segue.store.events import EventLog
from segue.store.inbox import Arrival
from segue.store.unresolved import Unresolved
from segue.web import queue_view
from segue.web.doors import COOKIE
from segue.web.listed import listed, views_of
from segue.web.news import FOR_EVERY_DESK
from segue.web.queue_view import open_queue

AGENTS = ("agt_mira", "agt_tom", "agt_lena")
CHANGES = """
with c as (
    update conversations set handler = %(handler)s, status = %(status)s, assignee_id = %(assignee)s, team_id = %(team)s,
        reason = %(reason)s, priority = %(priority)s, frustration = %(priority)s / 10.0, subject = %(subject)s,
        snoozed_until = %(aside)s, snoozed_seq = customer_seq - %(written)s, held_by = %(holds)s,
        held_until = now() + interval '1 hour', changed_at = clock_timestamp()
    where id = %(id)s returning id
)
insert into events (kind, conversation_id, author, body, at) select 'changed', id, 'x', '{}', now() from c"""


@pytest.fixture
def house(own: Served) -> Served:
    """Mira is of a closed team, Tom is not, Lena leads."""
    workspace, now = own.rooms.workspace, datetime.now(UTC)
    workspace.put_team(Team("billing", "Billing", is_closed=True))
    workspace.put_agent(Agent("agt_lena", "Lena", "lena@ledgerly.example", "lead"), now)
    for agent in AGENTS:
        workspace.begin_session(agent, agent, now)
    return own


def opened(house: Served, customer: str) -> str:
    arrival = Arrival(f"A question of {customer}", external_id=customer, name=customer)
    return house.rooms.inbox.accept(arrival, datetime.now(UTC)).conversation_id


def settled(db: Database) -> None:
    """Returns once all that was written can be told: the server may work on older things elsewhere."""
    newest = db.one("select xid::text || '-' || id as cursor from events order by events.xid desc, id desc limit 1")
    assert newest is not None
    until = time.monotonic() + 30
    while EventLog(db).latest() != newest.cursor:
        assert time.monotonic() < until
        time.sleep(0.01)


def changes(house: Served, conversation: str, dice: Random) -> None:
    db, now = house.rooms.db, datetime.now(UTC)
    handler = dice.choice(["human", "human", "assistant"])
    db.run(CHANGES, {
        "id": conversation, "handler": handler, "status": dice.choice(["open", "open", "waiting", "resolved"]),
        "assignee": dice.choice([None, *AGENTS]) if handler == "human" else None,
        "team": dice.choice([None, "billing"]), "reason": dice.choice([None, "awaits_approval", "frustrated"]),
        "priority": dice.randint(0, 9), "subject": f"About {dice.random()}", "holds": dice.choice(AGENTS),
        "aside": dice.choice([None, None, now - timedelta(hours=1), now + timedelta(days=dice.randint(1, 9))]),
        "written": dice.choice([0, 1]),
    })  # fmt: skip
    if dice.random() < 0.3:
        Attention(db).look(conversation, dice.choice(AGENTS), now)


def shown(db: Database, me: Agent, view: str, now: datetime, shared: Unresolved | None) -> list[object]:
    found = open_queue(db, me.id, view, "", now, shared)
    assert (found.standing is not None) == (shared is not None)
    rows = listed(found, me, found.rows[0]["id"] if found.rows else None, now)
    return [
        found.view.id,
        found.more,
        [c.count for c in found.counts],
        *views_of(found).split("<li"),
        *rows.split("<li"),
    ]


@pytest.mark.parametrize("most", [200, 4], ids=["all", "cut where a statement is cut"])
def test_what_all_share_shows_each_agent_what_is_read_for_them_alone(
    house: Served, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_view, "MOST", most)
    db, dice, shared = house.rooms.db, Random(most), Unresolved(house.rooms.db, FOR_EVERY_DESK)
    there = [opened(house, f"Ada {n}") for n in range(24)]
    people = [agent for agent in house.rooms.workspace.agents() if agent.id in AGENTS]
    for conversation in there:
        changes(house, conversation, dice)
    for _ in range(4):
        for conversation in dice.sample(there, 3):
            changes(house, conversation, dice)
        settled(db)
        now = datetime.now(UTC) + timedelta(seconds=1)  # who looks is asked anew each second
        for me in people:
            for view in queue.VIEWS:
                assert shown(db, me, view.id, now, shared) == shown(db, me, view.id, now, None), (me.id, view.id)


def test_another_name_of_a_customer_shows_in_all_that_is_open_of_theirs(house: Served) -> None:
    db, shared, now = house.rooms.db, Unresolved(house.rooms.db, FOR_EVERY_DESK), datetime.now(UTC)
    first, second = opened(house, "Ada"), opened(house, "Ada")
    open_queue(db, "agt_mira", "assistant", "", now, shared)
    db.run("update contacts set name = 'Ada Byron' where external_id = 'Ada'")
    db.run("insert into events (kind, conversation_id, author, body, at) values ('changed', %(id)s, 'x', '{}', now())",
           {"id": second})  # fmt: skip
    settled(db)

    rows = open_queue(db, "agt_mira", "assistant", "", now, shared).rows

    assert {row["id"]: row["called"] for row in rows} == {first: "Ada Byron", second: "Ada Byron"}


@pytest.fixture
def line(house: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.url, verify=NO_TLS, timeout=30) as client:
        yield client


def asks(line: httpx.Client, here: str, *heard: str, who: str = "agt_tom") -> httpx.Response:
    headers = {"Cookie": f"{COOKIE}={who}"} | ({"X-Changed": ",".join(heard)} if heard else {})
    return line.get(f"/desk/conversations/{here}?view=assistant", headers=headers)


def test_a_desk_is_given_its_conversation_where_that_is_concerned_and_its_list_alone_where_not(
    house: Served, line: httpx.Client
) -> None:
    here, elsewhere, of_hers = opened(house, "Ada"), opened(house, "Grace"), opened(house, "Ada")
    settled(house.rooms.db)

    def is_whole(*heard: str) -> bool:
        answer = asks(line, here, *heard)
        assert answer.status_code == 200
        assert f'<li id="row-{elsewhere}"' in answer.text
        assert f'data-id="{here}"' in answer.text
        return 'id="thread"' in answer.text

    assert is_whole(elsewhere)  # nobody knows yet what else that page shows
    assert not is_whole(elsewhere)
    assert [is_whole(here), is_whole(elsewhere, here), is_whole(of_hers), is_whole("cnv_unknown")] == [True] * 4
    assert [is_whole(f"{here}~"), is_whole(f"{of_hers}~", f"{elsewhere}~"), is_whole(of_hers, f"{of_hers}~")] == [
        True, False, True,
    ]  # fmt: skip
    assert is_whole("", elsewhere)  # anything may have changed
    assert not is_whole(elsewhere)


def test_what_is_closed_to_one_is_in_no_list_of_theirs_whoever_asked_before(house: Served, line: httpx.Client) -> None:
    db = house.rooms.db
    here, secret = opened(house, "Ada"), opened(house, "Grace")
    asks(line, here)
    db.run("update conversations set team_id = 'billing' where id = %(id)s", {"id": secret})
    db.run("insert into events (kind, conversation_id, author, body, at) values ('changed', %(id)s, 'x', '{}', now())",
           {"id": secret})  # fmt: skip
    settled(db)

    told = {who: asks(line, here, secret, who=who).text for who in ("agt_mira", "agt_lena", "agt_tom", "agt_mira")}

    assert all('id="thread"' not in text for text in told.values())
    assert {who: secret in text for who, text in told.items()} == {
        "agt_mira": True, "agt_lena": True, "agt_tom": False,
    }  # fmt: skip
    assert asks(line, secret, here).status_code == 404
