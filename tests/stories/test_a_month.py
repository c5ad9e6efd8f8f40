"""A month made by hand: each figure of what became of answers beside what plain SQL counts from the bare record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from segue.domain.conversation import Channel
from segue.insight.figures import FIGURES, Record
from segue.store.desk import AgentReply
from segue.store.inbox import Arrival
from segue.store.outcomes import Outcomes
from stage import Stage

INVOICE = "Why is my invoice higher this month?"
ORACLE = """
with heard as (
    select c.id, c.status = 'resolved' as is_closed,
        exists (select from decisions d where d.conversation_id = c.id and d.action = 'answer') as offered,
        exists (select from decisions d where d.conversation_id = c.id and d.action = 'hand_off') as handed_over,
        exists (select from messages m where m.conversation_id = c.id and m.author = 'agent') as has_person,
        (select max(decided_at) from decisions d where d.conversation_id = c.id and d.action = 'answer') as answered_at,
        (select source from outcomes o where o.conversation_id = c.id and source like 'customer%%'
         order by at desc limit 1) as last_word,
        exists (select from events e where e.conversation_id = c.id and e.kind = 'conversation.resolved'
                and e.author = 'system') as is_silent,
        (select verdict from judgements j where j.conversation_id = c.id and source = 'graded') as grade,
        c.contact_id, c.opened_at
    from conversations c where c.opened_at >= %(since)s
), held as (
    select h.*, offered and is_closed and not handed_over and not has_person as contained,
        -- whoever writes again in this month writes about the same
        exists (select from conversations n where n.contact_id = h.contact_id and n.opened_at > h.answered_at
                and n.opened_at < h.answered_at + interval '7 days') as back
    from heard h
)
select id, offered, handed_over, contained, coalesce(offered and last_word = 'customer_confirmed', false) as confirmed,
    offered and is_silent and last_word is null and not back as assumed,
    contained and answered_at <= %(now)s - interval '7 days' and not back
        and last_word is distinct from 'customer_denied' as durable,
    coalesce(grade = 'right', false) as verified, contained and back as reopened
from held
"""


def writes(house: Stage, who: str, text: str, channel: str = "chat") -> str:
    arrival = Arrival(text, Channel(channel), external_id=f"m_{who}", email=f"{who}@x.example", is_verified=True)
    conversation = house.house.inbox.accept(arrival, house.now).conversation_id
    house.worker.work_off()
    return conversation


def a_month(house: Stage) -> dict[str, str]:
    """What each customer did after the same answer, by their name."""
    outcomes, first = Outcomes(house.house.db), dict[str, str]()
    for who in ("thanks", "silence", "no", "yes_no", "day_6", "day_8", "thanks_day_6", "person"):
        first[who] = writes(house, who, INVOICE)
    for who in ("thanks", "thanks_day_6"):
        house.house.inbox.accept(Arrival("Thank you, that helped!", conversation_id=first[who]), house.now)
    house.worker.work_off()
    outcomes.feedback(first["no"], False, house.now)
    outcomes.feedback(first["yes_no"], True, house.now)
    house.hours_pass(1)
    outcomes.feedback(first["yes_no"], False, house.now)
    house.house.hands.reply(AgentReply(first["person"], "agt_mira", "Let me add: it is the second seat."), house.now)
    first["asked"] = writes(house, "asked", "I want to talk to a person.")
    grade(house, first["silence"], "right")
    grade(house, first["day_6"], "wrong")
    house.days_pass(5.9)
    for who in ("day_6", "thanks_day_6"):
        writes(house, who, INVOICE, "email")
    house.days_pass(2.1)
    writes(house, "day_8", INVOICE, "email")
    house.days_pass(20)
    return first


def grade(house: Stage, conversation: str, verdict: str) -> None:
    house.house.db.run(
        "insert into judgements (conversation_id, seq, source, verdict, weight, author, version, because, at)"
        " values (%(id)s, 1, 'graded', %(verdict)s, 1, 'agt_tom', 'judging-1', 'review', %(now)s)",
        {"id": conversation, "verdict": verdict, "now": house.now},
    )


def test_every_figure_counts_what_the_bare_record_says(house: Stage) -> None:
    since = house.now - timedelta(hours=1)
    first = a_month(house)
    record, names = Record(house.house.db), {conversation: who for who, conversation in first.items()}
    rows: list[Any] = house.house.db.all(ORACLE, {"since": since, "now": house.now})

    def counted(figure: str) -> set[str]:
        return {names[c] for c in record.behind(figure, since, house.now)[0] if c in names}

    for figure in FIGURES:
        expected = {row.id for row in rows if getattr(row, figure)}
        assert set(record.behind(figure, since, house.now)[0]) == expected, figure
    assert counted("confirmed") == {"thanks", "thanks_day_6"}
    assert counted("assumed") == {"silence", "day_8"}
    assert counted("durable") == {"thanks", "silence", "day_8"}
    assert counted("reopened") == {"day_6", "thanks_day_6"}
    assert counted("contained") == {*first} - {"person", "asked"}
    assert counted("verified") == {"silence"}
