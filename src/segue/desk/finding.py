"""What somebody types into the search field, read as words and operators.

`is:open from:grace -invoice` and the like. A word with a colon that is no operator of ours is a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from segue.domain.conversation import Channel, Handler, Status
from segue.store.queue import Wanted
from segue.texts import N_

LONGEST = 300
OPERATORS = (
    ("is:", "open, waiting, resolved, unassigned, with-ai, with-people"),
    ("from:", N_("a part of the customer's name or address")),
    ("account:", N_("a part of the account's name")),
    ("tier:", "free, team, …"),
    ("assignee:", N_("a name, me or nobody")),
    ("channel:", "chat, email, form, api"),
    ("tag:", N_("a tag; several mean all of them")),
    ("matter:", N_("an intent or a category by its id")),
    ("before:", N_("a day, as 2026-01-31")),
    ("after:", N_("a day")),
    ("#", N_("a conversation's number")),
)
"""As the help shows them."""


def wanted(typed: str, me: str) -> Wanted:
    """Never raises: what cannot be read as an operator is looked for as a word."""
    found: dict[str, Any] = {}
    words = []
    for piece in _PIECE.findall(typed.replace("\0", "")[:LONGEST]):
        name, colon, value = piece.partition(":")
        read = _READ.get(name.casefold()) if colon and value else None
        more = read(value.strip('"'), me) if read else None
        if more is None:
            words.append(piece)
        else:
            found |= {key: (*found.get(key, ()), *got) if key == "tags" else got for key, got in more.items()}
    said = " ".join(words)
    number = re.fullmatch(r"#?(\d{1,15})", said)
    return Wanted(words=said.removeprefix("#") if number else said, number=int(number[1]) if number else None, **found)


def _is(value: str, _: str) -> dict[str, Any] | None:
    return _IS.get(value.casefold())


def _assignee(value: str, me: str) -> dict[str, Any]:
    if value.casefold() == "nobody":
        return {"is_unassigned": True}
    return {"assignee": me if value.casefold() == "me" else value}


def _channel(value: str, _: str) -> dict[str, Any] | None:
    return {"channel": value.casefold()} if value.casefold() in set(Channel) else None


def _day(name: str, days: int) -> Callable[[str, str], dict[str, Any] | None]:
    def read(value: str, _: str) -> dict[str, Any] | None:
        try:
            return {name: datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=days)}
        except ValueError:
            return None

    return read


_PIECE = re.compile(r'[\w-]+:"[^"]*"|"[^"]*"|\S+')
_IS: dict[str, dict[str, Any]] = {
    **{status.value: {"status": status.value} for status in Status},
    "unassigned": {"is_unassigned": True},
    "with-ai": {"handler": Handler.ASSISTANT.value},
    "with-people": {"handler": Handler.HUMAN.value},
}
_READ: dict[str, Callable[[str, str], dict[str, Any] | None]] = {
    "is": _is,
    "from": lambda value, _: {"person": value},
    "account": lambda value, _: {"account": value},
    "tier": lambda value, _: {"tier": value.casefold()},
    "assignee": _assignee,
    "channel": _channel,
    "tag": lambda value, _: {"tags": (value.casefold(),)},
    "matter": lambda value, _: {"matter": value},
    "before": _day("until", 0),
    "after": _day("since", 1),
}
