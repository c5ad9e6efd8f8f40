"""Whoever takes over, or is given, what the assistant had is briefed like anybody, and the customer is promised a time.

It follows from the recorded event, in a worker: a click of an agent waits for no briefing.
"""

from __future__ import annotations

from datetime import datetime

from segue.app.door import House
from segue.app.mind import Mind
from segue.domain.conversation import Handler, Status
from segue.domain.errors import NotFound
from segue.domain.turn import Turn
from segue.store.events import Event


def brief_who_took_it(house: House, mind: Mind, event: Event, now: datetime) -> None:
    """Once, until the assistant has it again; nothing where people have it no longer, or its customer was erased."""
    try:
        conversation = house.inbox.snapshot(event.conversation_id or "", now)
    except NotFound:
        return
    if conversation.handler is not Handler.HUMAN or conversation.status is Status.RESOLVED:
        return
    policy, desk = mind.policy, mind.receiver.desk
    decision = policy.taken(conversation, event.author)
    briefing, promise = desk.brief(conversation, None, None, decision), policy.promise(conversation, now, decision.team)
    words = desk.tell(conversation, Turn(None, None, decision, briefing), promise, now)
    house.desk.brief_late(conversation.id, conversation.latest.seq, briefing, promise, words, now)
