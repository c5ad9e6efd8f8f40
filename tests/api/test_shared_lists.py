"""A desk's list made of what all desks share is the one that is read for its agent alone; and a desk that heard of
changes elsewhere is given that, and its conversation only where it is concerned."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Lock, Thread

import httpx
import psycopg
import pytest

from api.serving import NO_TLS, Served
from databases import fresh_database
from segue.desk import queue
from segue.domain.errors import Refused
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
        reason = %(reason)s, first_response_due = %(due)s, frustration = %(frustration)s, subject = %(subject)s,
        snoozed_until = %(aside)s, snoozed_seq = customer_seq - %(written)s, held_by = %(holds)s,
        held_until = now() + interval '1 hour', changed_at = clock_timestamp()
    where id = %(id)s returning id
)
insert into events (kind, conversation_id, author, body, at) select 'changed', id, 'x', '{}', now() from c"""


RESOLVES = """
with c as (update conversations set status = 'resolved' where id = %(id)s returning id)
insert into events (kind, conversation_id, author, body, at)
select 'conversation.resolved', id, 'x', '{}', now() from c"""
BUSTLE = """
do $$ begin
    for n in 1..2000 loop
        perform pg_current_xact_id(), count(*) from generate_series(1, 300);
        commit;
    end loop;
end $$"""
"""By the server alone: a client would be too slow for one to end between two looks of the same statement."""


NOBODY_IS_DONE = "create or replace function settled_before() returns xid8 language sql stable as 'select ''3''::xid8'"


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


def changed(conversation: str, dice: Random) -> dict[str, object]:
    now, handler = datetime.now(UTC), dice.choice(["human", "human", "assistant"])
    return {
        "id": conversation, "handler": handler, "status": dice.choice(["open", "open", "waiting", "resolved"]),
        "assignee": dice.choice([None, *AGENTS]) if handler == "human" else None,
        "team": dice.choice([None, "billing"]), "reason": dice.choice([None, "awaits_approval", "frustrated"]),
        "due": now + timedelta(hours=dice.randint(0, 9)), "frustration": dice.random(),
        "subject": f"About {dice.random()}", "holds": dice.choice(AGENTS),
        "aside": dice.choice([None, None, now - timedelta(hours=1), now + timedelta(days=dice.randint(1, 9))]),
        "written": dice.choice([0, 1]),
    }  # fmt: skip


def changes(house: Served, conversation: str, dice: Random) -> None:
    house.rooms.db.run(CHANGES, changed(conversation, dice))
    if dice.random() < 0.3:
        Attention(house.rooms.db).look(conversation, dice.choice(AGENTS), datetime.now(UTC))


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


def test_what_was_done_while_an_older_deed_is_under_way_shows_at_once_and_that_one_once_it_is_done(
    house: Served,
) -> None:
    db, shared, now = house.rooms.db, Unresolved(house.rooms.db, FOR_EVERY_DESK), datetime.now(UTC)
    older, newer = opened(house, "Ada"), opened(house, "Grace")

    def there() -> set[str]:
        return {row["id"] for row in open_queue(db, "agt_mira", "assistant", "", now, shared).rows}

    assert there() == {older, newer}
    with psycopg.connect(db.conninfo) as slow:
        slow.execute(RESOLVES, {"id": older})
        db.run(RESOLVES, {"id": newer})
        told = EventLog(db).latest()

        assert there() == {older}  # though nobody is told yet: the log waits for the older one
        assert EventLog(db).after(told) == []
        assert there() == {older}
        slow.commit()
        assert there() == set()
        assert len(EventLog(db).after(told)) == 2


def test_a_list_is_the_one_of_now_however_many_write_at_once(house: Served, template: str) -> None:
    """Transactions hold their number while others commit, in this database and in another one of the same server. In
    each look nobody commits, but what was begun stays open."""
    db, dice, shared = house.rooms.db, Random(7), Unresolved(house.rooms.db, FOR_EVERY_DESK)
    there = [opened(house, f"Ada {n}") for n in range(24)]
    people = [agent for agent in house.rooms.workspace.agents() if agent.id in AGENTS]
    with fresh_database(like=template) as elsewhere, Writers(house, there, elsewhere):
        for look in range(120):
            time.sleep(dice.random() / 50)
            me, view, now = dice.choice(people), dice.choice(queue.VIEWS), datetime.now(UTC) + timedelta(seconds=1)
            with Writers.commits:
                assert shown(db, me, view.id, now, shared) == shown(db, me, view.id, now, None), (look, me.id, view.id)


def test_a_cursor_that_somebody_was_given_is_one_ever_after(house: Served) -> None:
    """Also while the log seems shorter: a transaction of another database that ends between the look at who runs and
    the look at where is taken for one of ours that still runs. Here every one is."""
    opened(house, "Ada")
    settled(house.rooms.db)
    given = EventLog(house.rooms.db).latest()
    house.rooms.db.run(NOBODY_IS_DONE)

    assert EventLog(house.rooms.db).latest() == "0-0"
    house.rooms.stream.check(given)
    xid, _, number = given.partition("-")
    with pytest.raises(Refused, match="past every event"):
        house.rooms.stream.check(f"{xid}-{int(number) + 1}")


class Writers:
    """Some who change conversations, each holding what they did for a while before they commit; and, in a database
    beside it, transactions without end."""

    commits = Lock()
    """Whoever has it is alone with what is committed."""

    def __init__(self, house: Served, there: list[str], elsewhere: str, many: int = 4) -> None:
        self._over = Event()
        writers = [Thread(target=self._write, args=(house, there, Random(n))) for n in range(many if there else 0)]
        self._threads = [*writers, *(Thread(target=self._bustle, args=(elsewhere,)) for _ in range(2))]

    def _write(self, house: Served, there: list[str], dice: Random) -> None:
        mine = Database(house.rooms.db.conninfo, 1).open()
        while not self._over.is_set():
            with ExitStack() as alone, mine.kept(), mine.transaction() as open_one:
                open_one.execute("select pg_current_xact_id()")
                time.sleep(dice.random() / 50)
                open_one.execute(CHANGES, changed(dice.choice(there), dice))
                time.sleep(dice.random() / 50)
                alone.enter_context(self.commits)
        mine.close()

    def _bustle(self, elsewhere: str) -> None:
        with psycopg.connect(elsewhere, autocommit=True) as line:
            while not self._over.is_set():
                line.execute(BUSTLE)

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


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
