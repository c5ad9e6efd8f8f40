"""What somebody types into the search field, read as words and operators.

`is:open from:grace -invoice` and the like. A word with a colon that is no operator of ours is a word. A day begins and
ends where the workspace works: `after:` has that day in it, `before:` has not, so that the two meet without a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
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
    ("after:", N_("begun on that day or later, as 2026-01-31")),
    ("before:", N_("begun before that day, as 2026-01-31")),
    ("#", N_("a conversation's number")),
)
"""As the help shows them."""


@dataclass(frozen=True, slots=True)
class Misread:
    """A piece that begins as an operator and goes on with nothing that one takes."""

    piece: str
    operator: str
    takes: str
    """As the help says it, in English."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose search it is: an agent's id, and the zone in which their days begin."""

    me: str
    zone: tzinfo = UTC


def wanted(typed: str, me: str, zone: tzinfo) -> Wanted:
    """What is searched for. Never raises: what cannot be read as an operator is looked for as a word."""
    found: dict[str, Any] = {}
    words = []
    for piece in _pieces(typed):
        more = _read(piece, Reader(me, zone))
        if more is None:
            words.append(piece)
        else:
            found |= {key: (*found.get(key, ()), *got) if key == "tags" else got for key, got in more.items()}
    said = " ".join(words)
    number = re.fullmatch(r"#?(\d{1,15})", said)
    return Wanted(words=said.removeprefix("#") if number else said, number=int(number[1]) if number else None, **found)


def misread(typed: str) -> tuple[Misread, ...]:
    """What was looked for as words though it was meant as operators, in the order it was typed."""
    takes = {name: about for name, about in OPERATORS if name.endswith(":")}
    meant = [(piece, _operator(piece)) for piece in _pieces(typed) if ":" in piece]
    return tuple(
        Misread(piece, name, takes[name]) for piece, name in meant if name in takes and _read(piece, Reader("")) is None
    )


def _operator(piece: str) -> str:
    """With "-" before it, too: none of ours can be turned round."""
    return f"{piece.partition(':')[0].removeprefix('-').casefold()}:"


def _pieces(typed: str) -> list[str]:
    return _PIECE.findall(typed.replace("\0", "")[:LONGEST])


def _read(piece: str, reader: Reader) -> dict[str, Any] | None:
    name, _colon, value = piece.partition(":")
    read = _READ.get(name.casefold()) if value else None
    return read(value.strip('"'), reader) if read else None


def _is(value: str, _: Reader) -> dict[str, Any] | None:
    return _IS.get(value.casefold())


def _assignee(value: str, reader: Reader) -> dict[str, Any]:
    if value.casefold() == "nobody":
        return {"is_unassigned": True}
    return {"assignee": reader.me if value.casefold() == "me" else value}


def _channel(value: str, _: Reader) -> dict[str, Any] | None:
    return {"channel": value.casefold()} if value.casefold() in set(Channel) else None


def _day(name: str) -> Callable[[str, Reader], dict[str, Any] | None]:
    """The moment at which it begins: where the clocks leap over midnight, that in which they do."""

    def read(value: str, reader: Reader) -> dict[str, Any] | None:
        try:
            return {name: datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=reader.zone).astimezone(UTC)}
        except (ValueError, OverflowError):
            return None

    return read


_PIECE = re.compile(r'[\w-]+:"[^"]*"|"[^"]*"|\S+')
_IS: dict[str, dict[str, Any]] = {
    **{status.value: {"status": status.value} for status in Status},
    "unassigned": {"is_unassigned": True},
    "with-ai": {"handler": Handler.ASSISTANT.value},
    "with-people": {"handler": Handler.HUMAN.value},
}
_READ: dict[str, Callable[[str, Reader], dict[str, Any] | None]] = {
    "is": _is,
    "from": lambda value, _: {"person": value},
    "account": lambda value, _: {"account": value},
    "tier": lambda value, _: {"tier": value.casefold()},
    "assignee": _assignee,
    "channel": _channel,
    "tag": lambda value, _: {"tags": (value.casefold(),)},
    "matter": lambda value, _: {"matter": value},
    "before": _day("until"),
    "after": _day("since"),
}
