"""Rows of the desk's list as pieces of a page.

The one idea: every desk that is open reads its list again at every change, and of a hundred rows one has changed. So a
row is made once for as long as it says the same, for whoever looks: what is shown of it is the key it is kept by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from segue.desk.why import mood_word
from segue.domain.conversation import Handler
from segue.domain.people import READS_ONLY, Agent
from segue.texts import _, forms, speaking, spoken, word
from segue.web.keys import Preferences
from segue.web.pages import keyed, piece, with_key
from segue.web.queue_view import Queue
from segue.web.told import MADE, NOBODY

KEPT = 5000
"""Rows; about 3 kB each."""
TENSE = 0.3


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment, how far off it is in words, and of what it is."""

    at: datetime
    said: str
    pressing: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """All that a row shows; what is empty is not shown."""

    id: str
    number: int
    place: str
    is_open: bool
    is_reader: bool
    called: str
    tier: str
    urgent: str
    others: tuple[tuple[str, bool], ...]
    """Who else looks at it, and whether they are writing."""
    since: Clock
    subject: str
    tags: tuple[str, ...]
    by: str
    """Who called the reader here."""
    unsent: str
    """What of the reader's own did not go out here."""
    is_merged: bool
    chip: str
    is_with_ai: bool
    mood: str
    asleep: Clock | None
    assignee: str
    due: Clock | None


def listed(shown: Queue, me: Agent, opened: str | None, now: datetime) -> Markup:
    """The rows of the list, as `me` sees them; `opened` is the one that stands open. Empty where there are none."""
    told, to_all = shown.told, shown.told.to_all
    if to_all is None:
        return _together(row_of(row, me, shown.place, row["id"] == opened, now) for row in told.rows)
    key = (shown.place, me.role == READS_ONLY)
    if key not in to_all.made:
        nobody = replace(me, id=NOBODY)  # whoever asks first may have one of them
        to_all.made[key] = [_shared(row, nobody, shown.place, now) for row in to_all.rows]
    rows = to_all.made[key].copy()
    for place in {*told.own, *([to_all.places[opened]] if opened and opened in to_all.places else [])}:
        row = told.rows[place]
        rows[place] = row_of(row, me, shown.place, row["id"] == opened, now)
    return _together(rows)


def _together(pieces: Iterable[Markup]) -> Markup:
    return Markup("\n".join(pieces))


def _shared(row: Mapping[str, Any], me: Agent, place: str, now: datetime) -> Markup:
    """A row that says the same to several knows what was made of it, so that nobody need ask what it says."""
    made: dict[Any, Markup] = row[MADE]
    key = (place, me.role == READS_ONLY)
    if key not in made:
        made[key] = row_of(row, me, place, False, now)
    return made[key]


def row_of(row: Mapping[str, Any], me: Agent, place: str, is_open: bool, now: datetime) -> Markup:
    """One row, made anew only where it says something new."""
    return _made(_listed(row, me, place, is_open, now), spoken(), forms.zone())


def _listed(row: Mapping[str, Any], me: Agent, place: str, is_open: bool, now: datetime) -> Listed:
    is_with_ai, due = row["handler"] == Handler.ASSISTANT, row["due"]
    return Listed(
        row["id"], row["number"], place, is_open, me.role == READS_ONLY, row["called"],
        (row["tier"] or "") if row["is_verified"] else "", _urgent(row), tuple(row["others"][:2]),
        Clock(row["since"], forms.ago(row["since"], now)), row["subject"] or "", tuple(row["tags"]), row["by"],
        row["unsent"], bool(row["merged_into"]), row["chip"], is_with_ai,
        mood_word(row["frustration"]) if is_with_ai and row["frustration"] >= TENSE else "",
        Clock(row["snoozed_until"], forms.soon(row["snoozed_until"], now)) if row["is_asleep"] else None,
        (row["assignee"] or "") if row["assignee_id"] != me.id else "",
        Clock(due.at, forms.due(due.at, now), due.pressing(now), due.what) if due else None,
    )  # fmt: skip


def _urgent(row: Mapping[str, Any]) -> str:
    if row["urgency"] not in ("high", "critical") or row["chip"] == "urgent":
        return ""
    return _("urgent") if row["urgency"] == "high" else word(row["urgency"])


@lru_cache(maxsize=KEPT)
def _made(row: Listed, language: str, zone: tzinfo) -> Markup:
    with speaking(language), forms.seeing_in(zone):
        return piece("parts/row.html", r=row)


def views_of(shown: Queue) -> Markup:
    """The views with how many each holds, as links."""
    mine = shown.mine
    counts = tuple((c.view.id, c.view.name, c.said) for c in shown.counts)
    return _views(counts, shown.view.id, mine.letters, tuple((mine.keys or {}).items()), spoken(), keyed("Mod"))


@lru_cache(maxsize=KEPT)
def _views(
    counts: tuple[tuple[str, str, str], ...], opened: str, letters: bool, keys: tuple[tuple[str, str], ...],
    _language: str, _mod: str,
) -> Markup:  # fmt: skip
    """`_language` and `_mod`: in which they are said, and how keys are called there."""
    mine = Preferences(letters=letters, keys=dict(keys))
    return _together(
        piece("parts/view.html", id=id, title=with_key(word(name), mine, f"view:{id}"), name=word(name), said=said,
              is_open=id == opened)
        for id, name, said in counts
    )  # fmt: skip
