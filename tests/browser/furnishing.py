"""What months and chance bring into a house, put there in a moment: so that no screen stands empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from segue.app.cli.common import settings
from segue.app.demo.seed import let_go_at_once
from segue.app.door import House, open_house
from segue.app.mind import Mind
from segue.app.pictures import MIRA, brought, reply_was_refused, tries_in_shadow
from segue.app.reach import reached
from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.intake.worker import Worker
from segue.knowledge.encoder import StandIn
from segue.store.inbox import Arrival

JUDGED = """
insert into contacts (id, name, is_verified, created_at)
select 'con_ev' || n, 'Customer ' || n, true, %(now)s from generate_series(1, 110) n;
insert into conversations (id, contact_id, channel, status, handler, opened_at, changed_at, seq)
select 'cnv_ev' || n, 'con_ev' || n, 'api', 'resolved', 'human', %(now)s, %(now)s, 1 from generate_series(1, 110) n;
insert into messages (conversation_id, seq, author, body, at)
select 'cnv_ev' || n, 1, 'customer', 'How do I export my data?', %(now)s from generate_series(1, 110) n;
insert into answers (conversation_id, seq, kind, confidence, body)
select 'cnv_ev' || n, 1, 'answer', 0.97, '{"text": "Open Exports and choose CSV."}' from generate_series(1, 110) n;
insert into cases (conversation_id, seq, contact_id, is_known, category_id, channel, intent_id, confidence, rung,
    was_given, would_go, propensity, is_drawn, heads, calibration, at)
select 'cnv_ev' || n, 1, 'con_ev' || n, true, %(category)s, 'api', 'export_data', 0.97, 3, false, true, 1, false, '',
    '', %(now)s from generate_series(1, 110) n;
insert into judgements (conversation_id, seq, source, verdict, weight, author, version, because, at)
select 'cnv_ev' || n, 1, 'unedited', 'right', 1, case n %% 2 when 0 then 'agt_mira' else 'agt_tom' end, 'test',
    'reply:' || n, %(now)s from generate_series(1, 110) n
"""

DRAWN = """
insert into contacts (id, created_at) values (%(id)s, %(now)s);
insert into conversations (id, contact_id, channel, status, opened_at, changed_at, seq)
values (%(id)s, %(id)s, 'api', 'resolved', %(now)s, %(now)s, 1);
insert into messages (conversation_id, seq, author, body, at)
values (%(id)s, 1, 'customer', 'Is this one right?', %(now)s);
insert into answers (conversation_id, seq, kind, confidence, body) values (%(id)s, 1, 'answer', 0.9, '{"text": "No."}');
insert into cases (conversation_id, seq, contact_id, is_known, category_id, channel, intent_id, confidence, rung,
    was_given, would_go, propensity, is_drawn, heads, calibration, at)
values (%(id)s, 1, %(id)s, true, 'billing', 'api', 'invoice_higher', 0.9, 4, true, true, 0.2, true, '', '', %(now)s)
"""


def furnish(data: Path, now: datetime) -> dict[str, str]:
    """In the folder of a house that does not run; what addresses name, by its name there."""
    with reached(settings(data), make=False) as at:
        house = open_house(replace(at, encoder="standin", encoder_socket=""), StandIn())
        let_go_at_once(house, now)
        tries_in_shadow(house, now)
        arrival = Arrival("Why is my invoice higher this month?", Channel.CHAT, external_id="con_ada", is_verified=True)
        house.inbox.accept(arrival, now)
        Worker(house.inbox, Mind(house), lambda: now).work_off()
        found = brought(house, now)
        house.ladder.lower(CellName("exports"), "lena", "A new format.", now, Rung.APPROVE)
        a_hundred_good_answers(house, "exports")
        house.ladder.watch(now)
        an_answer_is_drawn(house, "cnv_drawn")
        reply_was_refused(house, found["other"], MIRA, now)
        house.db.close()
    return found


def a_hundred_good_answers(house: House, category: str) -> None:
    """Each to another customer, each sent as it was by one of two agents."""
    now = datetime.now(UTC)
    for statement in JUDGED.split(";"):
        house.db.run(statement, {"now": now, "category": category})


def an_answer_is_drawn(house: House, conversation: str) -> None:
    """Long ago, so that it is the first that waits for a grade."""
    for statement in DRAWN.split(";"):
        house.db.run(statement, {"id": conversation, "now": datetime(2020, 1, 1, tzinfo=UTC)})
