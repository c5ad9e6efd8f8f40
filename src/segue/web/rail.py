"""Saved views in the rail, with how many each holds.

The one idea: the view that is open is counted as it is; the others may be a few seconds old, for each count is a search
over the whole history, and a list is shown again at every change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.desk.finding import wanted
from segue.store.queue import QueueStore
from segue.store.saved_views import SavedView
from segue.texts import forms

MOST = 200
"""The highest figure that is exact."""
FRESH = timedelta(seconds=20)
_KEPT = 2000
_counted: dict[tuple[str, str, str], tuple[datetime, int]] = {}


@dataclass(frozen=True, slots=True)
class SavedCount:
    """A saved view in the rail; `key` is pressed after `g`, empty past the ninth."""

    view: SavedView
    count: int
    key: str

    @property
    def said(self) -> str:
        return in_figures(self.count)


def in_figures(count: int | None) -> str:
    """Nothing where there is nothing, or nobody needs to know."""
    return "" if not count else f"{MOST}+" if count >= MOST else str(count)


def rail(store: QueueStore, saved: Sequence[SavedView], me: str, now: datetime) -> tuple[SavedCount, ...]:
    """In their order."""
    return tuple(
        SavedCount(one, _count(store, one.query, me, now), str(n) if n < 10 else "") for n, one in enumerate(saved, 1)
    )


def found(store: QueueStore, query: str, me: str, now: datetime) -> list[str]:
    """What a view holds now, by id."""
    ids = store.search(wanted(query, me, forms.zone()), MOST)
    if len(_counted) > _KEPT:
        _counted.clear()
    _counted[store.db.conninfo, query, me] = (now, len(ids))
    return ids


def is_counted(conninfo: str, saved: Sequence[SavedView], me: str, now: datetime) -> bool:
    """Whether `rail` can say them all without a search."""
    return all(_known(conninfo, one.query, me, now) is not None for one in saved)


def _count(store: QueueStore, query: str, me: str, now: datetime) -> int:
    known = _known(store.db.conninfo, query, me, now)
    return len(found(store, query, me, now)) if known is None else known


def _known(conninfo: str, query: str, me: str, now: datetime) -> int | None:
    at, count = _counted.get((conninfo, query, me), (None, 0))
    return count if at and timedelta(0) <= now - at < FRESH else None
