"""A past many times over: every copy is a whole conversation, and the house goes on with it as with its own."""

from __future__ import annotations

from datetime import UTC

import pytest

from segue.app.demo.many import multiply
from segue.app.schedule import follow
from segue.desk.finding import wanted
from segue.store.queue import QueueStore
from stage import Stage

SEVERAL = 2_000
WHOLE = """
select (select count(*) from conversations) as conversations,
    (select count(*) from conversations c where not exists (select from messages where conversation_id = c.id)) as mute,
    (select count(*) from messages m where not exists (select from conversations where id = m.conversation_id)) as lost,
    (select count(*) from decisions d where not exists (
        select from messages where conversation_id = d.conversation_id and seq = d.seq)) as unfounded,
    (select count(*) from conversations c where status = 'resolved' and not exists (
        select from resolutions where conversation_id = c.id) and not exists ( -- a mere thank-you leaves none
        select from decisions where conversation_id = c.id and action = 'acknowledge')) as unsolved,
    (select count(*) from conversations where status <> 'resolved') as unresolved,
    (select count(*) from messages where at < (select opened_at from conversations where id = conversation_id)) as early
"""


@pytest.fixture
def grown(house: Stage) -> Stage:
    multiply(house.house, SEVERAL, house.now, 7, lambda line: None)
    return house


def test_two_thousand_are_whole_can_be_found_and_are_gone_on_with(grown: Stage) -> None:
    house = grown.house
    kept = house.db.all(WHOLE)[0]
    indexes = {row.indexname for row in house.db.all("select indexname from pg_indexes where schemaname = 'public'")}
    mine = QueueStore(house.db, "agt_000").rows("human", 200)

    assert kept.conversations == pytest.approx(SEVERAL, rel=0.05)
    assert (kept.mute, kept.lost, kept.unfounded, kept.early) == (0, 0, 0, 0)
    assert kept.unsolved == 0
    assert kept.unresolved > 10
    assert {"resolutions_by_vector", "messages_words_by_time", "conversations_with_people"} <= indexes
    assert mine
    assert QueueStore(house.db, "agt_000").search(wanted("invoice", "agt_000", UTC), 50)
    assert follow(house, grown.mind, grown.now) == 0  # what was copied has happened

    grown.customer_writes("How do I add a colleague to our workspace?")

    assert grown.handler == "assistant"
