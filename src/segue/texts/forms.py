"""Numbers, shares and moments, as each language writes them. The forms are texts of the catalogue like any other.

A moment is said in one zone, that of whoever's walk this is (`see_in`): on pages that is where the workspace works.
Where nobody said which, it is UTC: so logs and the command line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo

from segue.texts import _, _p, keep

_A_DAY = 86_400 * 0.99
"""Seconds from which on something is said in days."""
_ZONE: ContextVar[tzinfo] = ContextVar("zone", default=UTC)


def see_in(zone: tzinfo) -> None:
    """From here to the end of the request."""
    _ZONE.set(zone)


def zone() -> tzinfo:
    """In which moments are said here; a day that is asked for begins there, too."""
    return _ZONE.get()


def clock() -> tuple[str, str]:
    """That zone as browsers call it, and as people do now: Europe/Berlin, CET. For times that a script says."""
    return getattr(_ZONE.get(), "key", "UTC"), zone_name(here(datetime.now(UTC)))


@contextmanager
def seeing_in(zone: tzinfo) -> Iterator[None]:
    """Inside the block: for walks that go on afterwards, and about something else."""
    before = _ZONE.set(zone)
    try:
        yield
    finally:
        _ZONE.reset(before)


def here(at: datetime) -> datetime:
    """The same moment as the clock on the wall says it."""
    return at.astimezone(_ZONE.get())


def zone_name(at: datetime) -> str:
    """CET, or the distance where a zone has no name: UTC-03, UTC+05:45."""
    name = at.tzname() or "UTC"
    return f"UTC{name[:3]}{':' * bool(name[3:])}{name[3:]}" if name[0] in "+-" else name


def number(value: float, digits: int = 0) -> str:
    """1,234.5, or 1.234,5."""
    whole, _point, rest = f"{value:,.{digits}f}".partition(".")
    whole = whole.replace(",", _p("between thousands", ","))
    return keep(whole + _p("before decimals", ".") + rest if rest else whole, number=[value, digits])


def percent(share: float) -> str:
    """Rounded down, so that 87.6 % never reads as having reached 88 %."""
    return _whole(int(share * 100 + 1e-9))


def nearest(share: float) -> str:
    """To the nearest: for an estimate that nothing is held against."""
    return _whole(round(share * 100))


def _whole(n: int) -> str:
    return _p("a share", "%(n)s%%", n=n)


def share(value: float | None) -> str:
    """To the nearest: "88%", below ten "2.5%", "99.9%" where it is not all; a dash for none."""
    if value is None:
        return "–"
    shown = round(value * 100, 0 if 0.1 <= value < 0.995 else 1)
    return _p("a share", "%(n)s%%", n=number(shown, 0 if shown == int(shown) else 1))


def ago(at: datetime, now: datetime) -> str:
    """How long since, in one unit: "now", "4 min", "3 h", "2 d"."""
    seconds = max(0.0, (now - at).total_seconds())
    return _("now") if seconds < 45 else span(seconds)


def since(at: datetime, now: datetime) -> str:
    """The same in a sentence: "just now", "4 min ago"."""
    seconds = max(0.0, (now - at).total_seconds())
    return _("just now") if seconds < 45 else _("%(span)s ago", span=span(seconds))


def due(at: datetime, now: datetime) -> str:
    """From a day on with the day and the hour, which is how it was promised: 39 h and 47 h are both "1 d"."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 60:
        return _("due now")
    if seconds >= _A_DAY:
        return _("due %(when)s", when=soon(at, now))
    return _("due in %(span)s", span=span(seconds)) if seconds > 0 else _("late by %(span)s", span=span(-seconds))


def span(seconds: float) -> str:
    if seconds >= _A_DAY:
        return _("%(n)s d", n=math.floor(seconds / 86_400 + 0.01))
    if seconds >= 3_600 * 0.99:
        return _("%(n)s h", n=math.floor(seconds / 3_600 + 0.01))
    return _("%(n)s min", n=max(1, round(seconds / 60)))


def day(at: date | str) -> str:
    """Also of an instant as it is kept in a record."""
    at = date.fromisoformat(at[:10]) if isinstance(at, str) else here(at) if isinstance(at, datetime) else at
    return _p("a day", "%(year)s-%(month)s-%(day)s", year=at.year, month=f"{at.month:02}", day=f"{at.day:02}")


def lately(at: datetime, now: datetime) -> str:
    """The time where that is today, else the day: what a page may keep standing while time passes."""
    return f"{here(at):%H:%M}" if here(at).date() == here(now).date() else day(at)


def soon(at: datetime, now: datetime) -> str:
    """A time ahead in as few words as tell it: "14:00", "tomorrow 09:00", "Mon 09:00", "Mon 7 Dec, 09:00"."""
    at, days = here(at), (here(at).date() - here(now).date()).days
    time = f"{at:%H:%M}"
    if days == 1:
        return _("tomorrow %(time)s", time=time)
    if 1 < days < 7:
        return _p("a day soon", "%(weekday)s %(time)s", weekday=_weekday(at), time=time)
    return shortly(at) if days else time


def shortly(at: datetime) -> str:
    """A day soon, and when: "Mon 30 Nov, 09:00"."""
    at = here(at)
    return _p(
        "a day soon", "%(weekday)s %(day)s %(month)s, %(time)s", weekday=_weekday(at), day=at.day, month=_month(at),
        time=f"{at:%H:%M}",
    )  # fmt: skip


def _weekday(at: datetime) -> str:
    days = (
        _p("short", "Mon"), _p("short", "Tue"), _p("short", "Wed"), _p("short", "Thu"), _p("short", "Fri"),
        _p("short", "Sat"), _p("short", "Sun"),
    )  # fmt: skip
    return days[at.weekday()]


def _month(at: datetime) -> str:
    months = (
        _p("short", "Jan"), _p("short", "Feb"), _p("short", "Mar"), _p("short", "Apr"), _p("short", "May"),
        _p("short", "Jun"), _p("short", "Jul"), _p("short", "Aug"), _p("short", "Sep"), _p("short", "Oct"),
        _p("short", "Nov"), _p("short", "Dec"),
    )  # fmt: skip
    return months[at.month - 1]


def exactly(at: datetime) -> str:
    """With the zone's name: "2026-11-28 09:00 CET"."""
    at = here(at)
    return _p("a moment", "%(day)s %(time)s %(zone)s", day=day(at), time=f"{at:%H:%M}", zone=zone_name(at))


def to_the_second(at: datetime) -> str:
    at = here(at)
    return f"{at:%H:%M:%S} {zone_name(at)}"
