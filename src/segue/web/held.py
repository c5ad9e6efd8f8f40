"""Which conversations each view of the desk holds for one agent: of rows that were read for them alone, or of those
that all share, less what is closed to them.

The one idea: both give the same. A statement for one agent (`store/queue.sql`, rows) reads of each list so many, so
that a long one hides no row of another; what is shared is cut at the same places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from segue.desk import queue
from segue.domain.conversation import Handler, Status
from segue.domain.decision import Reason
from segue.store.unresolved import Snapshot

Rows = Sequence[dict[str, Any]]


def _is_told_by_rows(view: queue.View) -> bool:
    return view.id not in (queue.REVIEW, queue.MENTIONS) and view.status != Status.RESOLVED


TOLD = tuple(view for view in queue.VIEWS if _is_told_by_rows(view))
FOR_ALL = tuple(view for view in TOLD if view.assignee in (None, "nobody"))
"""Those that hold the same for everybody."""


@dataclass(frozen=True, slots=True)
class Held:
    """By the id of a view its rows, in no order."""

    rows: Mapping[str, Rows]
    ordered: dict[str, list[str]] = field(default_factory=dict)
    """Of views for all, what was put into order."""

    def ids(self, view: queue.View) -> list[str]:
        if view not in FOR_ALL:
            return in_order(view, self.rows[view.id])
        if view.id not in self.ordered:
            self.ordered[view.id] = in_order(view, self.rows[view.id])
        return self.ordered[view.id]


def lists_of(standing: Snapshot, closed: frozenset[str], now: datetime, most: int) -> Lists:
    """Made once for all to whom the same teams are closed."""
    key = ("lists", closed, most)
    found = standing.kept.get(key)
    if found is None:
        found = standing.kept[key] = Lists(standing, closed, now, most)
    assert isinstance(found, Lists)
    return found


class Lists:
    """What stands, less the teams that are closed to whoever shares these lists."""

    def __init__(self, standing: Snapshot, closed: frozenset[str], now: datetime, most: int) -> None:
        self._most, self._now, self.present = most, now, standing.present
        rows = [row for row in standing.rows if row["team_id"] not in closed]
        self.by_id = {row["id"]: row for row in rows}
        people = [row for row in rows if row["handler"] == Handler.HUMAN]
        waiting = sorted((row for row in people if row["status"] == Status.WAITING), key=_changed, reverse=True)
        is_open = [row for row in people if row["status"] == Status.OPEN]
        approve = [row for row in is_open if row["reason"] == Reason.AWAITS_APPROVAL]
        assistant = [row for row in rows if row["handler"] == Handler.ASSISTANT]
        aside = [sorted((r for r in side if r["aside"]), key=lambda r: r["aside"]) for side in (people, assistant)]
        self._is_cut = any(len(side) > most for side in (waiting, approve, *aside))
        nobodys = [row for row in is_open if row["assignee_id"] is None]
        self._assigned = [row for row in is_open if row["assignee_id"] is not None]
        self._of_one = defaultdict[str, list[dict[str, Any]]](list)
        for row in people:
            self._of_one[row["assignee_id"]].append(row)
        self._theirs = defaultdict[str, set[str]](set)
        for row in rows:
            self._theirs[row["assignee_id"]].add(row["id"])
        for conversation, looking in standing.present.items():
            for who, _name in looking:
                self._theirs[who].add(conversation)
        self.told: dict[Any, Any] = {}
        """What was put into words of them, by whoever did so."""
        assistant.sort(key=_changed, reverse=True)
        self._shared = _together(side[:most] for side in (nobodys, waiting, approve, *aside, assistant))
        self._for_all = {v.id: _holding(v, self._shared, "", now) for v in FOR_ALL}
        self._ordered: dict[str, list[str]] = {}

    def theirs(self, me: str) -> Collection[str]:
        """Conversations whose row says something else to `me` than to all: they have it, or look at it."""
        return self._theirs.get(me, ())

    def of(self, me: str) -> Held:
        mine = self._of_one.get(me, [])
        others: Rows = [row for row in self._assigned if row["assignee_id"] != me][: self._most]
        if self._is_cut or len(mine) > self._most:
            return of_rows(_together([self._shared, mine[: self._most], others]), me, self._now)
        if len(others) == self._most:
            others = _together([others, self._shared])
        own = {v.id: _holding(v, mine if v.assignee == "me" else others, me, self._now)
               for v in TOLD if v not in FOR_ALL}  # fmt: skip
        return Held(self._for_all | own, self._ordered)


def in_order(view: queue.View, rows: Rows) -> list[str]:
    """What waits for people: most pressing first. What is set aside: by when it comes back. Else what changed last
    first."""
    if view.is_asleep:
        return [row["id"] for row in sorted(rows, key=lambda r: (r["snoozed_until"], r["id"]))]
    if view.handler is Handler.HUMAN and view.status is Status.OPEN:
        return [row["id"] for row in sorted(rows, key=lambda r: (r["presses_at"], r["id"]))]
    return [row["id"] for row in sorted(rows, key=_changed, reverse=True)]


def of_rows(rows: Rows, me: str, now: datetime) -> Held:
    """Of what was read for `me` alone."""
    return Held({view.id: _holding(view, rows, me, now) for view in TOLD})


def _holding(view: queue.View, rows: Rows, me: str, now: datetime) -> Rows:
    return [row for row in rows if view.holds(_row(row), me, now)]


def _together(lists: Iterable[Rows]) -> Rows:
    return list({row["id"]: row for side in lists for row in side}.values())


def _changed(row: Mapping[str, Any]) -> tuple[datetime, str]:
    return row["changed_at"], row["id"]


def _row(row: dict[str, Any]) -> queue.Row:
    """Kept in the row: all desks ask for it."""
    found = row.get("read")
    if found is None:
        found = row["read"] = _read(row)
    assert isinstance(found, queue.Row)
    return found


def _read(row: Mapping[str, Any]) -> queue.Row:
    """Of some hundreds for each page: known words are looked up."""
    return queue.Row(
        row["id"], _HANDLERS[row["handler"]], _STATUSES[row["status"]], row["assignee_id"], row["snoozed_until"],
        _REASONS.get(row["reason"]),
    )  # fmt: skip


_HANDLERS, _STATUSES = {one.value: one for one in Handler}, {one.value: one for one in Status}
_REASONS = {one.value: one for one in Reason}
