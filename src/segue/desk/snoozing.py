"""Until when a conversation can be set aside: a few instants that people mean, reckoned from now, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from segue.domain.errors import Refused

MORNING = time(9)
NAMES = {"1h": "an hour", "3h": "3 hours", "tomorrow": "tomorrow", "monday": "Monday", "week": "a week"}
"""What each choice is called where no day can be named yet."""


def choices(now: datetime) -> list[tuple[str, str]]:
    """Value and words of each, soonest first."""
    return [("1h", "1 hour"), ("3h", "3 hours"), ("tomorrow", f"Tomorrow, {_said(now, 1)}"),
            ("monday", f"Monday, {_said(now, _to_monday(now))}"), ("week", f"In a week, {_said(now, 7)}")]  # fmt: skip


def until(value: str, now: datetime) -> datetime:
    """The instant a choice means; also a day and time as a form writes it. Raises Refused."""
    if value in _HOURS:
        return now + timedelta(hours=_HOURS[value])
    days = {"tomorrow": 1, "monday": _to_monday(now), "week": 7}.get(value)
    if days is not None:
        return _morning(now, days)
    try:
        at = datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        raise Refused(f"{value!r} is no time.", "Choose one of the list.", "/until") from None
    if at <= now:
        raise Refused("This time is past.", "Choose a later one.", "/until")
    return at


_HOURS = {"1h": 1, "3h": 3}


def _to_monday(now: datetime) -> int:
    return 7 - now.weekday()


def _morning(now: datetime, days: int) -> datetime:
    return datetime.combine((now + timedelta(days=days)).date(), MORNING, UTC)


def _said(now: datetime, days: int) -> str:
    return f"{_morning(now, days):%a %-d %b, %H:%M}"
