"""The left side of the desk: the views with how many each holds, and the rows of the one that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from segue.desk import queue
from segue.desk.finding import LONGEST, Misread, misread, wanted
from segue.domain.conversation import Handler
from segue.store.attention import Attention
from segue.store.database import Database
from segue.store.own import Own, own
from segue.store.queue import QueueStore
from segue.store.saved_views import SavedView
from segue.store.unresolved import Snapshot, Unresolved
from segue.store.unsent import Unsent
from segue.texts import N_, _, forms
from segue.web import not_gone
from segue.web.held import Held, Lists, in_order, lists_of, of_rows
from segue.web.keys import Preferences, preferences
from segue.web.rail import MOST, SavedCount, found, in_figures, rail
from segue.web.searched import searched
from segue.web.told import Marked, Told, alone, shared

SHOWN = 100
LONGEST_PLACE = 12 * LONGEST + 10
"""Characters of a list's address: each of a search may take twelve there."""
SEARCH = queue.View("search", N_("Found"), "", N_("Nothing was found. Fewer or other words may find it."))


@dataclass(frozen=True, slots=True)
class Count:
    view: queue.View
    count: int | None
    """None where nobody needs to know."""

    @property
    def said(self) -> str:
        return in_figures(self.count)


@dataclass(frozen=True, slots=True)
class Queue:
    view: queue.View
    counts: tuple[Count, ...]
    told: Told
    more: int
    """Rows beyond those shown."""
    query: str = ""
    cut: str = ""
    """What there is to say of the search itself."""
    saved: tuple[SavedCount, ...] = ()
    unsent: tuple[Unsent, ...] = ()
    """What of the agent's own did not go out."""
    mine: Preferences = field(default_factory=Preferences)
    """How the agent likes the desk."""
    standing: Snapshot | None = None
    """What all share, where it was made of that."""

    @property
    def rows(self) -> tuple[dict[str, Any], ...]:
        return self.told.rows

    @property
    def called(self) -> str:
        """The view's name; a saved one has it from an agent."""
        return _(self.view.name) if self.view is SEARCH or self.view in queue.VIEWS else self.view.name

    @property
    def misread(self) -> tuple[Misread, ...]:
        return misread(self.query)

    @property
    def place(self) -> str:
        """The list, as addresses name it."""
        return place_of(self.view.id if not self.query else "", self.query)

    def count(self, view_id: str) -> int:
        return next((c.count or 0 for c in self.counts if c.view.id == view_id), 0)


def open_queue(
    db: Database, me: str, view_wanted: str, query: str, now: datetime, unresolved: Unresolved | None = None,
    its: Own | None = None,
) -> Queue:  # fmt: skip
    """The view asked for, or what `query` finds; without either, the first of the agent's own that holds something.
    `unresolved` is what all share, for whoever asks again; without it all is read anew. `its`: what is the agent's own,
    where it was read just now."""
    its = its or own(db, me, now, MOST, unresolved.known if unresolved else None)
    store = QueueStore(db, me)
    query, too_long = searched(query, LONGEST)
    standing = unresolved.standing(its.since, now) if unresolved else None
    lists = lists_of(standing, its.closed, now, MOST) if standing else None
    held = lists.of(me) if lists else of_rows([r for handler in Handler for r in store.rows(handler, MOST)], me, now)
    marked = _marked(its)
    sizes = {name: len(rows) for name, rows in held.rows.items()}
    sizes[queue.NEEDS_ME] = len({*marked.unsent, *(row["id"] for row in held.rows[queue.NEEDS_ME])})
    sizes |= {queue.REVIEW: len(its.reviews), queue.MENTIONS: len(marked.by)}
    one = None if query else next((one for one in its.saved if one.id == view_wanted), None)
    view = SEARCH if query else _saved(one) if one else _view(view_wanted, sizes)
    listed = {queue.REVIEW: its.reviews, queue.MENTIONS: [conversation for conversation, _by, _unseen in its.calls]}
    if one:
        listed[one.id] = found(store, one.query, me, now)
    ids = _ids(store, view, held, listed, query, me)
    if view.id == queue.NEEDS_ME:
        ids = list(dict.fromkeys([*marked.unsent, *ids]))
    counts = tuple(Count(v, sizes.get(v.id)) for v in queue.VIEWS)
    told = _told(store, tuple(ids[:SHOWN]), marked, now, lists)
    return Queue(
        view, counts, told, max(0, len(ids) - SHOWN), query, too_long, rail(store, its.saved, me, now), its.unsent,
        preferences(its.wishes), standing,
    )  # fmt: skip


def place_of(view: str, query: str) -> str:
    """The list, as addresses name it; empty for the one that stands there anyway."""
    return urlencode({"q": query[:LONGEST]} if query else {"view": view} if view else {})


def _told(store: QueueStore, ids: tuple[str, ...], marked: Marked, now: datetime, lists: Lists | None) -> Told:
    """The rows of those conversations that the agent may see, in that order; what `lists` do not hold is read."""
    known = lists.by_id if lists else {}
    missing = [one for one in ids if one not in known]
    if lists and not missing:
        return shared(ids, store.me, marked, lists, now)
    rows = {row["id"]: row for row in store.by_ids(missing)}
    present = Attention(store.db).present(list(rows), now) | (dict(lists.present) if lists else {})
    rows |= {one: known[one] for one in ids if one in known}
    return Told(tuple(alone(rows[one], present.get(one, []), store.me, marked, now) for one in ids if one in rows))


def _marked(its: Own) -> Marked:
    return Marked(
        {conversation: by or _("Somebody") for conversation, by, unseen in its.calls if unseen},
        {one.conversation_id: not_gone.chip(one) for one in its.unsent if not one.is_closed},
    )


def _saved(one: SavedView) -> queue.View:
    return queue.View(one.id, one.name, "", N_("Nothing fits this view now."))


def _view(asked: str, sizes: Mapping[str, int]) -> queue.View:
    named = next((v for v in queue.VIEWS if v.id == asked), None)
    return named or next((v for v in queue.VIEWS[:2] if sizes[v.id]), queue.VIEWS[0])


def _ids(
    store: QueueStore, view: queue.View, held: Held, listed: Mapping[str, Sequence[str]], query: str, me: str
) -> list[str]:  # fmt: skip
    """Of the view's conversations, in its order. `listed`: of the views that are known by them, not by what stands in
    a row; a colleague may have called somebody into what is closed to them."""
    if view is SEARCH:
        return store.search(wanted(query, me, forms.zone()), MOST)
    if view.id in listed:
        return [row["id"] for row in store.by_ids(listed[view.id])]
    return held.ids(view) if view.id in held.rows else in_order(view, store.resolved(MOST))
