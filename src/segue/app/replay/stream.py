"""The items of a stream and what their customers do next: rephrase where the matter was not solved, then ask for a
person. What an item truly is (`truth`) is known to the customer and the oracle, never to the house."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from segue.app.replay.workspace import lines, when
from segue.domain.conversation import Channel
from segue.domain.errors import Refused
from segue.knowledge.bringing import is_writable

WISHES = (
    "I want to talk to a person, please.",
    "can somebody from your team look at this instead of the bot",
    "Just put me through to an agent",
    "is there a human i can speak to??",
    "This isn't working, get me a real person",
    "id like to speak with someone in support pls",
)
NEEDED = (
    "An item needs id, created, channel, customer_id, text (or turns with role, t and text) and"
    " gt: {kind, resolution_id}; docs/replay.md says more."
)
LATER = timedelta(minutes=3)
KINDS = {
    "known": "known",
    "unknown_category": "unknown",
    "out_of_domain": "foreign",
    "regulatory_complaint": "complaint",
    "scripted_multi_turn": "chat",
}


@dataclass(frozen=True, slots=True)
class Said:
    """Something the customer will say of their own accord, `after` the beginning."""

    text: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    kind: str
    truth: str | None
    """The resolution that truly solves it, where the catalogue has one."""
    at: datetime
    channel: Channel
    customer: str
    script: tuple[Said, ...]
    """What the customer says whatever is answered; one line, or a whole chat."""
    rephrasings: tuple[str, ...]


def items(file: Path, limit: int | None) -> list[Item]:
    """In time order, at most `limit`."""
    read = sorted((_read(fields, file) for fields in lines(file)), key=lambda item: (item.at, item.id))
    for named, often in Counter(item.id for item in read).items():
        if often > 1:  # what is sent again under one id is one message
            raise Refused(f"{file.name}: {often} items have the id {named}.", "Give each its own.")
    return read[:limit]


def _read(fields: dict[str, Any], file: Path) -> Item:
    """Raises Refused that names the item and what it lacks."""
    try:
        return _item(fields)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else f"cannot be read: {error}"
        raise Refused(f"{file.name}: the item {fields.get('id', '?')} {what}.", NEEDED) from error


def _item(fields: dict[str, Any]) -> Item:
    truth = fields["gt"]
    return Item(
        id=_named(fields["id"]),
        kind=KINDS.get(kind := _named(truth["kind"]), kind),
        truth=None if (solved_by := truth.get("resolution_id")) is None else _named(solved_by),
        at=_in_our_time(when(fields["created"])),
        channel=Channel(fields["channel"]),
        customer=_named(fields["customer_id"]),
        script=_script(fields),
        rephrasings=_rephrasings(fields.get("rephrases") or []),
    )


def _named(value: object) -> str:
    if not isinstance(value, str | int) or not is_writable(str(value)):
        raise ValueError(f"{value!r} is no name")
    return str(value)


def _in_our_time(at: datetime) -> datetime:
    if not 1970 <= at.year < 3000:
        raise ValueError(f"it was created in the year {at.year}")
    return at


def _said(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is empty, or none")
    if not is_writable(value):
        raise ValueError("a text holds a NUL or half a character")
    return value


def _rephrasings(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise ValueError("its rephrases are no list")
    return tuple(map(_said, values))


def _script(fields: dict[str, Any]) -> tuple[Said, ...]:
    turns = [t for t in fields.get("turns") or () if t["role"] == "customer" and str(t.get("text", "")).strip()]
    if not turns:
        return (Said(_said(fields["text"]), timedelta()),)
    begin = turns[0]["t"]
    return tuple(Said(_said(t["text"]), timedelta(seconds=max(0, t["t"] - begin))) for t in turns)
