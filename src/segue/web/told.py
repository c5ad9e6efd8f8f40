"""What a list says of each of its rows.

The one idea: a row says the same to everybody but for a few: whoever has it, looks at it, was called there or has
something lying there that did not go out. So it is put into words once for as long as a list is shared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from segue.desk import queue
from segue.domain.conversation import Handler, Status
from segue.domain.decision import Reason
from segue.texts import N_, _, _p, forms, spoken
from segue.web.desk_assistant import is_held
from segue.web.held import Lists

CLOCKS = {
    "first_response_due": N_("first reply"), "next_response_due": N_("next reply"), "resolution_due": N_("solution"),
}  # fmt: skip
"""Columns of the promises, and how each is called."""
SOON = timedelta(minutes=30)
NOBODY = ""
TOLD, MADE = "told", "made"
"""Where a row keeps what it says to all, of a second, and where that keeps what was made of it."""


@dataclass(frozen=True, slots=True)
class Due:
    """The first promise that is still running."""

    at: datetime
    what: str

    def pressing(self, now: datetime) -> str:
        return "late" if self.at < now else "soon" if self.at < now + SOON else "calm"


@dataclass(frozen=True, slots=True)
class Marked:
    """What stands in a row for one agent alone, by conversation: who called them there, what did not go out."""

    by: Mapping[str, str]
    unsent: Mapping[str, str]


_NOTHING = Marked({}, {})


@dataclass(frozen=True, slots=True)
class Told:
    """Rows in their order. Those at `own` say something to one agent alone; the others say what they say `to_all`,
    where they were put together."""

    rows: tuple[dict[str, Any], ...]
    to_all: ToAll | None = None
    own: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class ToAll:
    rows: tuple[dict[str, Any], ...]
    places: Mapping[str, int]
    """By conversation."""
    made: dict[Any, Any] = field(default_factory=dict)
    """What was made of them, by whoever did so."""


def shared(ids: tuple[str, ...], me: str, marked: Marked, lists: Lists, now: datetime) -> Told:
    """Rows of `lists`, which holds them, as `me` sees them."""
    key = (ids, spoken(), forms.zone(), int(now.timestamp()))
    to_all: ToAll | None = lists.told.get(key)
    if to_all is None:
        rows = tuple(_to_all(lists.by_id[one], lists.present.get(one, []), now) for one in ids)
        to_all = lists.told[key] = ToAll(rows, {one: n for n, one in enumerate(ids)})
    theirs = {*lists.theirs(me), *marked.by, *marked.unsent} & to_all.places.keys()
    mine = list(to_all.rows)
    for one in theirs:
        mine[to_all.places[one]] = alone(lists.by_id[one], lists.present.get(one, []), me, marked, now)
    return Told(tuple(mine), to_all, [to_all.places[one] for one in theirs])


def _to_all(row: dict[str, Any], present: Sequence[tuple[str, str]], now: datetime) -> dict[str, Any]:
    """What a row says to all, put into words once a second."""
    kept: dict[Any, tuple[Any, dict[str, Any]]] = row.setdefault(TOLD, {})
    key, of_now = (spoken(), forms.zone()), (int(now.timestamp()), present)
    as_of, found = kept.get(key, (None, {}))
    if as_of != of_now:
        found = alone(row, present, NOBODY, _NOTHING, now) | {MADE: {}, TOLD: None}
        kept[key] = of_now, found
    return found


def alone(
    row: dict[str, Any], present: Sequence[tuple[str, str]], me: str, marked: Marked, now: datetime
) -> dict[str, Any]:
    """With what the list says of it. What was resolved before our time has no reason, and is not new either."""
    is_held = row["held_until"] is not None and row["held_until"] > now
    return row | {
        "called": row["contact"] or row["email"] or _("Visitor"),
        "due": None if row["status"] == Status.RESOLVED else next_due(row),
        "chip": _chip(row, now),
        "since": row["waiting_since"] or row["changed_at"],
        "others": [(name, is_held and who == row["held_by"]) for who, name in present if who != me],
        "is_asleep": row["snoozed_until"] is not None and row["snoozed_until"] > now,
        "by": marked.by.get(row["id"], ""), "unsent": marked.unsent.get(row["id"], ""),
    }  # fmt: skip


def next_due(row: Mapping[str, Any]) -> Due | None:
    running = [Due(row[column], _(what)) for column, what in CLOCKS.items() if row[column] is not None]
    return min(running, key=lambda due: due.at, default=None)


def chip(reason: str | None) -> str:
    try:
        return _(queue.CHIPS[Reason(reason)]) if reason else _p("a conversation", "new")
    except ValueError:
        return str(reason).replace("_", " ")


def _chip(row: Mapping[str, Any], now: datetime) -> str:
    """What a row is about first of all: why people have it, or what the assistant does with it."""
    if row["status"] == Status.RESOLVED:
        return chip(row["reason"]) if row["reason"] else ""
    if row["handler"] == Handler.ASSISTANT:
        if is_held(row, now):
            return _("answers at %(time)s", time=forms.to_the_second(row["hold_until"]))
        if row["ready_at"]:
            return _p("the assistant", "reading")
        return _p("the assistant", "answered") if row["status"] == Status.WAITING else _("open")
    return chip(row["reason"])
