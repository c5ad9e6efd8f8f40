"""Rows of a conversation as the conversation they tell of, at the customer message that is to be considered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segue.domain.conversation import (
    Author,
    Channel,
    Conversation,
    EarlierConversation,
    EarlierTurn,
    Handler,
    Message,
    Page,
    Status,
)
from segue.domain.people import Account, Contact
from segue.domain.promised import promised_in
from segue.store.database import read


def snapshot(row: Any, messages: Sequence[Any], turns: Sequence[Any], earlier: Sequence[Any]) -> Conversation:
    latest = Message(row.seq, Author.CUSTOMER, row.body, row.at, files=tuple(row.files))
    before = tuple(_message(m) for m in messages if row.episode_seq <= m.seq < row.seq)
    after_replies = tuple(_message(m) for m in messages if m.seq > row.seq and m.author != "customer")
    return Conversation(
        id=row.id,
        number=row.number,
        channel=Channel(row.channel),
        status=Status(row.status),
        handler=Handler(row.handler),
        opened_at=row.opened_at,
        contact=Contact(row.contact_id, row.contact_name, row.contact_email, row.account_id, row.is_verified),
        account=account_of(row),
        messages=(*before, *after_replies, latest),
        page=Page(row.page_url, row.page_title or "") if row.page_url else None,
        episode=row.episode,
        turns=tuple(_turn(t) for t in turns if t.episode == row.episode),
        earlier=tuple(_earlier(e) for e in earlier),
        team_id=row.team_id,
        assignee_id=row.assignee_id,
        assistant_is_held=row.is_held,
        is_in_their_name=row.is_in_their_name,
    )


def account_of(row: Any) -> Account | None:
    if row.account_id is None:
        return None
    return Account(row.account_id, row.account_name, row.tier, row.value, row.health, row.renews_on)


def _message(row: Any) -> Message:
    return Message(row.seq, Author(row.author), row.body, row.at, row.agent_id)


def _turn(row: Any) -> EarlierTurn:
    return EarlierTurn(
        row.seq,
        row.intent_id,
        row.frustration,
        row.action,
        tuple(row.options or ()),
        row.article_id,
        row.reason,
        read(row.vector),
        row.encoder,
    )


def _earlier(row: Any) -> EarlierConversation:
    return EarlierConversation(
        row.id, row.number, row.contact_id, Channel(row.channel), row.opened_at, Status(row.status), row.intent_id,
        row.subject, row.outcome, promised_in(row.promised), read(row.vector), row.encoder or "",
        row.answered_with, row.told,
    )  # fmt: skip
