"""The left side of the desk: the views with how many each holds, and the rows of the one that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from segue.desk import queue
from segue.desk.finding import Misread, misread, wanted
from segue.domain.assessment import Urgency
from segue.domain.conversation import Handler, Status
from segue.domain.decision import Reason
from segue.store.attention import Attention
from segue.store.database import Database
from segue.store.mentions import Mentions
from segue.store.queue import QueueStore
from segue.store.saved_views import SavedView, SavedViews
from segue.store.unsent import Unsent, UnsentStore
from segue.texts import N_, _, _p, forms
from segue.web import not_gone
from segue.web.rail import MOST, SavedCount, found, rail

SHOWN = 100
SOON = timedelta(minutes=30)
SEARCH = queue.View("search", N_("Found"), "", N_("Nothing was found. Fewer or other words may find it."))
CLOCKS = {
    "first_response_due": N_("first reply"), "next_response_due": N_("next reply"), "resolution_due": N_("solution"),
}  # fmt: skip
"""Columns of the promises, and how each is called."""


@dataclass(frozen=True, slots=True)
class Due:
    """The first promise that is still running."""

    at: datetime
    what: str

    def pressing(self, now: datetime) -> str:
        return "late" if self.at < now else "soon" if self.at < now + SOON else "calm"


@dataclass(frozen=True, slots=True)
class Count:
    view: queue.View
    count: int | None
    """None where nobody needs to know."""

    @property
    def said(self) -> str:
        return "" if not self.count else f"{MOST}+" if self.count >= MOST else str(self.count)


@dataclass(frozen=True, slots=True)
class Queue:
    view: queue.View
    counts: tuple[Count, ...]
    rows: tuple[dict[str, Any], ...]
    more: int
    """Rows beyond those shown."""
    query: str = ""
    saved: tuple[SavedCount, ...] = ()
    unsent: tuple[Unsent, ...] = ()
    """What of the agent's own did not go out."""

    @property
    def called(self) -> str:
        """The view's name; a saved one has it from an agent."""
        return _(self.view.name) if self.view is SEARCH or self.view in queue.VIEWS else self.view.name

    @property
    def misread(self) -> tuple[Misread, ...]:
        return misread(self.query)

    def count(self, view_id: str) -> int:
        return next((c.count or 0 for c in self.counts if c.view.id == view_id), 0)


def open_queue(db: Database, me: str, view_wanted: str, query: str, now: datetime) -> Queue:
    """The view asked for, or what `query` finds; without either, the first of the agent's own that holds something."""
    store = QueueStore(db, me)
    unresolved = [row for handler in Handler for row in store.rows(handler, MOST)]
    read = [(row, _row(row)) for row in unresolved]
    held = {v.id: [r for r, seen in read if v.holds(seen, me, now)] for v in queue.VIEWS if _is_told_by_rows(v)}
    reviews, calls = store.to_review(MOST), Mentions(db).of(me, now, MOST)
    unseen = {call.conversation_id: call.by or _("Somebody") for call in calls if call.unseen}
    unsent = UnsentStore(db).of(me)
    theirs = {one.conversation_id: not_gone.chip(one) for one in unsent if not one.is_closed}
    sizes = {name: len(rows) for name, rows in held.items()}
    sizes[queue.NEEDS_ME] = len({*theirs, *(row["id"] for row in held[queue.NEEDS_ME])})
    sizes |= {queue.REVIEW: len(reviews), queue.MENTIONS: len(unseen)}
    saved = SavedViews(db).for_agent(me)
    one = None if query.strip() else next((one for one in saved if one.id == view_wanted), None)
    view = SEARCH if query.strip() else _saved(one) if one else _view(view_wanted, sizes)
    listed = {queue.REVIEW: reviews, queue.MENTIONS: [call.conversation_id for call in calls]}
    if one:
        listed[one.id] = found(store, one.query, me, now)
    ids = _ids(store, view, held, listed, query, me, now)
    if view.id == queue.NEEDS_ME:
        ids = list(dict.fromkeys([*theirs, *ids]))
    counts = tuple(Count(v, sizes.get(v.id)) for v in queue.VIEWS)
    shown = store.by_ids(ids[:SHOWN])
    present = Attention(db).present([r["id"] for r in shown], now)
    told = tuple(
        _shown(row, present.get(row["id"], []), me, now)
        | {"by": unseen.get(row["id"], ""), "unsent": theirs.get(row["id"], "")}
        for row in shown
    )
    return Queue(
        view, counts, told, max(0, len(ids) - SHOWN), query.strip(), rail(store, saved, me, now), tuple(unsent)
    )


def next_due(row: Mapping[str, Any]) -> Due | None:
    running = [Due(row[column], _(what)) for column, what in CLOCKS.items() if row[column] is not None]
    return min(running, key=lambda due: due.at, default=None)


def chip(reason: str | None) -> str:
    try:
        return _(queue.CHIPS[Reason(reason)]) if reason else _p("a conversation", "new")
    except ValueError:
        return str(reason).replace("_", " ")


def _is_told_by_rows(view: queue.View) -> bool:
    return view.id not in (queue.REVIEW, queue.MENTIONS) and view.status != Status.RESOLVED


def _saved(one: SavedView) -> queue.View:
    return queue.View(one.id, one.name, "", N_("Nothing fits this view now."))


def _view(asked: str, sizes: Mapping[str, int]) -> queue.View:
    named = next((v for v in queue.VIEWS if v.id == asked), None)
    return named or next((v for v in queue.VIEWS[:2] if sizes[v.id]), queue.VIEWS[0])


def _ids(
    store: QueueStore, view: queue.View, held: Mapping[str, list[dict[str, Any]]], listed: Mapping[str, Sequence[str]],
    query: str, me: str, now: datetime,
) -> list[str]:  # fmt: skip
    """Of the view's conversations, in its order. `listed`: of the views that are known by them, not by what stands in
    a row; a colleague may have called somebody into what is closed to them."""
    if view is SEARCH:
        return store.search(wanted(query, me, forms.zone()), MOST)
    if view.id in listed:
        return [row["id"] for row in store.by_ids(listed[view.id])]
    return _in_order(view, held[view.id] if view.id in held else store.resolved(MOST), now)


def _in_order(view: queue.View, rows: list[dict[str, Any]], now: datetime) -> list[str]:
    """What waits for people: most pressing first. Else what changed last first."""
    if view.handler is not Handler.HUMAN or view.status is not Status.OPEN:
        return [row["id"] for row in sorted(rows, key=lambda r: (r["changed_at"], r["id"]), reverse=True)]
    return [row.conversation_id for row in queue.in_order(map(_row, rows), now)]


def _row(row: Mapping[str, Any]) -> queue.Row:
    """Of some hundreds for each page: known words are looked up."""
    dues = [row[column] for column in CLOCKS if row[column]]
    return queue.Row(
        row["id"], _HANDLERS[row["handler"]], _STATUSES[row["status"]], row["opened_at"], min(dues) if dues else None,
        row["value"] or 0.0, row["frustration"], _URGENCIES[row["urgency"]], row["assignee_id"], row["snoozed_until"],
        _REASONS.get(row["reason"]),
    )  # fmt: skip


_HANDLERS, _STATUSES = {one.value: one for one in Handler}, {one.value: one for one in Status}
_URGENCIES, _REASONS = {one.value: one for one in Urgency}, {one.value: one for one in Reason}


def _shown(row: dict[str, Any], present: Sequence[tuple[str, str]], me: str, now: datetime) -> dict[str, Any]:
    """With what the list says of it. What was resolved before our time has no reason, and is not new either."""
    is_held = row["held_until"] is not None and row["held_until"] > now
    return row | {
        "called": row["contact"] or row["email"] or _("Visitor"),
        "due": None if row["status"] == Status.RESOLVED else next_due(row),
        "chip": _chip(row),
        "since": row["waiting_since"] or row["changed_at"],
        "others": [(name, is_held and who == row["held_by"]) for who, name in present if who != me],
        "is_asleep": row["snoozed_until"] is not None and row["snoozed_until"] > now,
    }


def _chip(row: Mapping[str, Any]) -> str:
    """What a row is about first of all: why people have it, or what the assistant does with it."""
    if row["status"] == Status.RESOLVED:
        return chip(row["reason"]) if row["reason"] else ""
    if row["handler"] == Handler.ASSISTANT:
        if row["ready_at"]:
            return _p("the assistant", "reading")
        return _p("the assistant", "answered") if row["status"] == Status.WAITING else _("open")
    return chip(row["reason"])
