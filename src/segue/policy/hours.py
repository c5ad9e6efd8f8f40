"""Business-hours arithmetic: when somebody is there, and when a promise made in opening time falls due.

Everything is reckoned on spans of real time. A day's opening hours are turned into instants first, so that a day of 23
or 25 hours, a holiday or a weekend needs no case of its own. Instants come back in UTC; a naive one is a ValueError.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from segue.policy.settings.week import Hours, Span

_LOOK_AHEAD = 3660
"""Days after which a calendar without an open day is given up."""


class NeverDue(ValueError):
    """So much opening time does not pass within ten years."""


_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def due(start: datetime, duration: timedelta, hours: Hours) -> datetime:
    """The instant by which `duration` of opening time has passed since `start`; the closing instant still counts.
    Raises NeverDue."""
    start = _utc(start)
    for opens, closes in _spans(start, hours):
        begin = max(start, opens)
        if begin + duration <= closes:
            return begin + duration
        duration -= closes - begin
    raise NeverDue("So much opening time does not pass in ten years. Promise less, or open longer in sla.hours.")


def due_after(start: datetime, span: Span, hours: Hours) -> datetime:
    """Raises NeverDue."""
    if span.is_always:
        return _utc(start) + timedelta(days=span.days, minutes=span.minutes)
    return due(start, span.days * hours.mean_day + timedelta(minutes=span.minutes), hours)


def is_open(at: datetime, hours: Hours) -> bool:
    return next_opening(at, hours) == _utc(at)


def next_opening(at: datetime, hours: Hours) -> datetime:
    """The next instant at which somebody is there: `at` itself while it is open."""
    at = _utc(at)
    for opens, closes in _spans(at, hours):
        if at < closes:
            return max(at, opens)
    raise ValueError("The opening hours leave no open day for ten years. Open a day in sla.hours.")


def open_spans(start: datetime, end: datetime, hours: Hours) -> list[tuple[datetime, datetime]]:
    """The open stretches between two instants, in order."""
    found, end = list[tuple[datetime, datetime]](), _utc(end)
    for opens, closes in _spans(_utc(start), hours):
        if opens >= end:
            break
        found.append((max(opens, _utc(start)), min(closes, end)))
    return [(opens, closes) for opens, closes in found if opens < closes]


def _spans(at: datetime, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """Open spans that end at `at` or later, in order. A span never begins before the one before it has ended."""
    yesterday, ended = at.astimezone(hours.zone).date() - timedelta(days=1), _BEFORE_ALL
    for ahead in range(_LOOK_AHEAD):
        day = yesterday + timedelta(days=ahead)
        for opening in hours.on(day):
            opens = max(_instant(day, opening.opens, hours.zone, fold=0), ended)
            ended = max(_instant(day, opening.closes, hours.zone, fold=1), ended)
            if opens < ended and at <= ended:
                yield opens, ended


@lru_cache(maxsize=4096)
def _instant(day: date, minutes: int, zone: ZoneInfo, fold: int) -> datetime:
    """When the clock on the wall shows it: of two such moments the first (`fold` 0) or the last."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first, last = (wall.replace(tzinfo=zone, fold=f).astimezone(UTC) for f in (0, 1))
    if first > last:
        return _jump(last, first, zone)
    return last if fold else first


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The clock jumps over the wall time asked for (zoneinfo then gives an instant on either side): when it jumps."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)


def _utc(at: datetime) -> datetime:
    """Reckoned in UTC throughout: Python holds an hour that comes twice to be unequal to any other zone's."""
    if at.tzinfo is None:
        raise ValueError(f"{at} does not say in which time zone it is.")
    return at.astimezone(UTC)
