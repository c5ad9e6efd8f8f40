"""The left side of the desk: the views with how many each holds, and the rows of the one that is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from segue.desk import queue
from segue.domain.assessment import Urgency
from segue.domain.conversation import Handler, Status
from segue.domain.decision import Reason
from segue.store.conversations import Conversations, Filter

MOST = 200
"""Rows read for a view, so the highest figure that is exact."""
SHOWN = 100

# Rows of these views are never resolved, so that "any status" means open or waiting on the customer.
_AS_SHOWN = {"assistant": {"status": None}, "waiting": {"handler": Handler.HUMAN}}
VIEWS = tuple(replace(view, **_AS_SHOWN.get(view.id, {})) for view in queue.VIEWS if view.id != "snoozed")  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Count:
    view: queue.View
    count: int | None
    """None where nobody needs to know."""

    @property
    def said(self) -> str:
        return "" if self.count is None else f"{MOST}+" if self.count >= MOST else str(self.count)


@dataclass(frozen=True, slots=True)
class Queue:
    view: queue.View
    counts: tuple[Count, ...]
    rows: tuple[dict[str, Any], ...]
    more: int
    """Rows beyond those shown."""

    def count(self, view_id: str) -> int:
        return next((c.count or 0 for c in self.counts if c.view.id == view_id), 0)


def open_queue(conversations: Conversations, me: str, wanted: str, now: datetime) -> Queue:
    """The view asked for; without a known one, the first of the agent's own that holds something."""
    unresolved = _unresolved(conversations)
    held = {v.id: [r for r in unresolved if v.holds(_row(r), me, now)] for v in VIEWS if v.status != Status.RESOLVED}
    view = _view(wanted, held)
    rows = held[view.id] if view.id in held else conversations.listing(Filter(status="resolved"), MOST)
    counts = tuple(Count(v, len(held[v.id]) if v.id in held else None) for v in VIEWS)
    return Queue(view, counts, tuple(_shown(r) for r in _in_order(view, rows, now)[:SHOWN]), max(0, len(rows) - SHOWN))


def next_due(row: dict[str, Any]) -> datetime | None:
    """The first promise that is still running."""
    clocks = (row["first_response_due"], row["next_response_due"], row["resolution_due"])
    return min((at for at in clocks if at is not None), default=None)


def chip(reason: str | None) -> str:
    try:
        return queue.CHIPS[Reason(reason)] if reason else "new"
    except ValueError:
        return str(reason).replace("_", " ")


def _unresolved(conversations: Conversations) -> list[dict[str, Any]]:
    rows = conversations.waiting_for_people(limit=MOST)
    for status in (Status.OPEN, Status.WAITING):
        rows += conversations.listing(Filter(status=status, handler=Handler.ASSISTANT), MOST)
    return rows


def _view(wanted: str, held: dict[str, list[dict[str, Any]]]) -> queue.View:
    named = next((v for v in VIEWS if v.id == wanted), None)
    return named or next((v for v in VIEWS[:2] if held[v.id]), VIEWS[0])


def _in_order(view: queue.View, rows: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """What waits for people: most pressing first. Everything else: what changed last first."""
    if view.handler is not Handler.HUMAN or view.status is not Status.OPEN:
        return sorted(rows, key=lambda r: (r["changed_at"], r["id"]), reverse=True)
    by_id = {r["id"]: r for r in rows}
    return [by_id[row.conversation_id] for row in queue.in_order(map(_row, rows), now)]


def _row(row: dict[str, Any]) -> queue.Row:
    return queue.Row(
        row["id"], Handler(row["handler"]), Status(row["status"]), row["opened_at"], next_due(row), row["value"] or 0.0,
        row["frustration"], Urgency(row["urgency"]), row["assignee_id"],
    )  # fmt: skip


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """With what the list says of it. What was resolved before our time has no reason, and is not new either."""
    is_past = row["status"] == Status.RESOLVED and not row["reason"]
    return row | {
        "called": row["contact"] or row["email"] or "Visitor",
        "due": next_due(row),
        "chip": "" if is_past else chip(row["reason"]),
        "since": row["waiting_since"] or row["changed_at"],
    }
