"""A house small enough to be fitted in seconds, and judged cases without the conversations around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from segue.app.door import House
from segue.domain.conversation import Author, Channel, Message
from segue.domain.decision import Rung
from segue.domain.people import Contact
from segue.store.history import PastConversation, bring_in

SMALLER = (
    """delete from conversations where resolved_at is not null and id not in (
        select id from conversations where resolved_at is not null order by id limit 20)""",
    """delete from examples where id not in (
        select id from (select id, row_number() over (partition by intent_id order by id) as n from examples) x
        where n <= 5)""",
)


def make_small(house: House) -> None:
    """Leaves five past messages of each intent, and twenty past conversations."""
    for statement in SMALLER:
        house.db.run(statement)


def judged_right(
    house: House, category: str, contacts: Sequence[str], at: datetime, article: str | None = None, version: int = 1,
    grounds: Sequence[int] = (), rung: Rung = Rung.SUGGEST, verdict: str = "right", confidence: float = 0.99,
    tier: str = "", agents: Sequence[str] = ("agt_mira", "agt_tom"),
) -> None:  # fmt: skip
    """A case of each contact, a minute apart, which the agents judged in turns by sending the answer as it stood."""
    known = {row.id for row in house.db.all("select id from contacts")}
    house.workspace.put_contacts([Contact(c, c.title(), "", None, True) for c in contacts if c not in known], at)
    vector = house.encoder.encode(["a question"])[0]
    past = [
        PastConversation(
            f"cnv_{contact}{at:%d%H%M}", contact, None, Channel.CHAT,
            (Message(1, Author.CUSTOMER, "a question", at + timedelta(minutes=n)),), vector, None, None, "agt_mira",
            at + timedelta(minutes=n), "an answer", "durable", agent_id="agt_mira", encoder=house.encoder.version,
        )
        for n, contact in enumerate(contacts)
    ]  # fmt: skip
    bring_in(house.db, past, "test")
    house.db.many(_CASE, [
        {"id": p.id, "contact": p.contact_id, "category": category, "article": article, "version": version,
         "tier": tier, "rung": rung, "grounds": list(grounds), "confidence": confidence, "at": p.resolved_at,
         "verdict": verdict, "source": "unedited" if verdict == "right" else "thrown_away",
         "agent": agents[n % len(agents)]}
        for n, p in enumerate(past)
    ])  # fmt: skip


_CASE = """
with k as (
    insert into cases (conversation_id, seq, contact_id, is_known, category_id, tier, channel, intent_id, article_id,
        article_version, grounds, confidence, rung, was_given, would_go, propensity, is_drawn, heads, calibration, at)
    values (%(id)s, 1, %(contact)s, true, %(category)s, %(tier)s, 'chat', '', %(article)s, %(version)s, %(grounds)s,
        %(confidence)s, %(rung)s, false, true, 1, false, '', '', %(at)s)
    returning *
)
insert into judgements (conversation_id, seq, source, verdict, weight, author, version, because, at)
select conversation_id, seq, %(source)s, %(verdict)s, 1, %(agent)s, 'judging-1', 'reply:2', at from k
"""
