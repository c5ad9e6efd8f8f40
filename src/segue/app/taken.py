"""Whoever takes over, or is given, what the assistant had is briefed like anybody, and the customer is promised a time;
so is whoever gets a conversation whose answer did not leave because the assistant was stopped, or did not arrive.

It follows from the recorded event, in a worker: a click of an agent waits for no briefing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from segue.app.door import House
from segue.app.mind import Mind
from segue.app.parts import Decider
from segue.domain.conversation import Conversation, Handler, Status
from segue.domain.decision import Decision
from segue.domain.errors import NotFound
from segue.domain.turn import Turn
from segue.store.events import Event


def brief_who_took_it(house: House, mind: Mind, event: Event, now: datetime) -> None:
    _brief(house, mind, event, now, lambda policy, conversation: policy.taken(conversation, event.author))


def brief_who_gets_it(house: House, mind: Mind, event: Event, now: datetime) -> None:
    _brief(house, mind, event, now, lambda policy, conversation: policy.stopped(conversation))


def brief_where_nothing_arrives(house: House, mind: Mind, event: Event, now: datetime) -> None:
    """The customer is told nothing: the way to them is what failed."""
    _brief(house, mind, event, now, lambda policy, conversation: policy.not_delivered(conversation), is_told=False)


def _brief(
    house: House, mind: Mind, event: Event, now: datetime, decide: Callable[[Decider, Conversation], Decision],
    is_told: bool = True,
) -> None:  # fmt: skip
    """Once, until the assistant has it again; nothing where people have it no longer, or its customer was erased."""
    try:
        conversation = _as_heard(house, house.inbox.snapshot(event.conversation_id or "", now))
    except NotFound:
        return
    if conversation.handler is not Handler.HUMAN or conversation.status is Status.RESOLVED:
        return
    policy, desk = mind.policy, mind.receiver.desk
    decision = decide(policy, conversation)
    briefing, promise = desk.brief(conversation, None, None, decision), policy.promise(conversation, now, decision.team)
    words = desk.tell(conversation, Turn(None, None, decision, briefing), promise, now) if is_told else ""
    house.desk.brief_late(conversation.id, conversation.latest.seq, briefing, promise, decision.team, words, now)


def _as_heard(house: House, conversation: Conversation) -> Conversation:
    """Without mails that were stopped or did not arrive: they told the customer nothing."""
    lost = {m["seq"] for m in house.outbox.deliveries(conversation.id) if m["state"] in ("stopped", "undelivered")}
    heard = tuple(message for message in conversation.messages if message.seq not in lost)
    return replace(conversation, messages=heard) if lost else conversation
