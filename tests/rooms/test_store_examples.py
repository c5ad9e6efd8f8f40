"""Whose examples teach an intent: nobody writes one full alone."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from segue.store.database import Database
from segue.store.knowledge import KnowledgeStore

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEARNT = """
with x as (
    insert into examples (id, intent_id, body, vector, encoder, source, contact_id, created_at)
    select 'exa_' || %(agent)s || n, %(intent)s, 'message ' || n, array_fill(0.05, array[384])::halfvec, 'e',
        case when %(agent)s = '' then 'imported' else 'resolved' end, 'con_' || %(agent)s || n,
        %(at)s + n * interval '1 s'
    from generate_series(1, %(times)s) n
)
insert into lessons (id, resolution_id, conversation_id, contact_id, episode, seqs, agent_id, intent_id, problem,
    solution, removed, vector, encoder, at)
select 'les_' || %(agent)s || n, 'res_' || %(agent)s || n, 'cnv_' || n, 'con_' || %(agent)s || n, 1, '{1}', %(agent)s,
    %(intent)s, '', '', '{}', array_fill(0.05, array[384])::halfvec, 'e', %(at)s
from generate_series(1, %(times)s) n where %(agent)s <> ''
"""


@pytest.mark.parametrize(
    ("mira", "tom", "imported", "kept"),
    [
        (150, 0, 0, 20),  # a desk of one person learns, and not without end
        (150, 0, 60, 60 + 60),
        (150, 30, 0, 30 + 30),
        (150, 150, 0, 300),
        (10, 0, 200, 210),
    ],
)
def test_one_agent_teaches_an_intent_no_more_than_all_the_rest_knows_of_it(
    database_url: str, db: Database, mira: int, tom: int, imported: int, kept: int
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("set session_replication_role = replica")  # what they point at does not matter here
        for agent, times in (("mira", mira), ("tom", tom), ("", imported)):
            connection.execute(LEARNT, {"agent": agent, "times": times, "intent": "exchange_rate", "at": MONDAY})

    found = KnowledgeStore(db).examples()

    assert len(found) == kept
    assert sum((example.contact_id or "").startswith("con_mira") for example in found) == kept - tom - imported
    newest = {example.text for example in found if (example.contact_id or "").startswith("con_mira")}
    assert f"message {mira}" in newest
