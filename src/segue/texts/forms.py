"""Numbers, shares and moments, as each language writes them. The forms are texts of the catalogue like any other."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from segue.texts import _, _p


def number(value: float, digits: int = 0) -> str:
    """1,234.5, or 1.234,5."""
    whole, _point, rest = f"{value:,.{digits}f}".partition(".")
    whole = whole.replace(",", _p("between thousands", ","))
    return whole + _p("before decimals", ".") + rest if rest else whole


def percent(share: float) -> str:
    """Rounded down, so that 87.6 % never reads as having reached 88 %."""
    return _p("a share", "%(n)s%%", n=int(share * 100 + 1e-9))


def ago(at: datetime, now: datetime) -> str:
    """How long since, in one unit: "now", "4 min", "3 h", "2 d"."""
    seconds = max(0.0, (now - at).total_seconds())
    return _("now") if seconds < 45 else span(seconds)


def due(at: datetime, now: datetime) -> str:
    seconds = (at - now).total_seconds()
    if abs(seconds) < 60:
        return _("due now")
    return _("due in %(span)s", span=span(seconds)) if seconds > 0 else _("late by %(span)s", span=span(-seconds))


def span(seconds: float) -> str:
    if seconds >= 86_400 * 0.99:
        return _("%(n)s d", n=math.floor(seconds / 86_400 + 0.01))
    if seconds >= 3_600 * 0.99:
        return _("%(n)s h", n=math.floor(seconds / 3_600 + 0.01))
    return _("%(n)s min", n=max(1, round(seconds / 60)))


def day(at: date) -> str:
    return _p("a day", "%(year)s-%(month)s-%(day)s", year=at.year, month=f"{at.month:02}", day=f"{at.day:02}")


def exactly(at: datetime) -> str:
    at = at.astimezone(UTC)
    return _p("a moment", "%(day)s %(time)s UTC", day=day(at), time=f"{at:%H:%M}")


def to_the_second(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M:%S} UTC"
