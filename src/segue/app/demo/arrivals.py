"""When customers write, and when people answer: two peaks a day, quiet weekends, office hours from nine to six."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

DAYS = 90
WEEK = (1.22, 1.14, 1.06, 1.02, 0.88, 0.17, 0.15)  # Monday first
HOURS = (1, 1, 1, 1, 1, 2, 4, 12, 32, 52, 56, 44, 28, 38, 50, 46, 36, 24, 12, 8, 6, 5, 3, 2)  # by the company's clock
OPENS, CLOSES = 9, 18


def arrivals(today: date, zone: ZoneInfo, count: int, rng: Random) -> list[datetime]:
    """`count` moments in the DAYS before `today`, in order, in UTC. Nobody writes late on the very last day."""
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    chosen = rng.choices(days, weights=[WEEK[day.weekday()] for day in days], k=count)
    moments = [_moment(day, zone, rng, HOURS[:15] if day == days[-1] else HOURS) for day in chosen]
    return sorted(moments)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def in_office_hours(at: datetime, zone: ZoneInfo, rng: Random) -> datetime:
    """`at`, or a few minutes into the next office day when nobody is there."""
    local = at.astimezone(zone)
    if local.weekday() < 5 and OPENS <= local.hour < CLOSES:
        return at
    next_day = local.date() if local.hour < OPENS else local.date() + timedelta(days=1)
    day = next(day for day in _days_from(next_day) if day.weekday() < 5)
    return datetime.combine(day, time(OPENS, rng.randrange(60), rng.randrange(60)), zone).astimezone(UTC)


def _moment(day: date, zone: ZoneInfo, rng: Random, hours: tuple[int, ...]) -> datetime:
    hour = rng.choices(range(len(hours)), weights=hours)[0]
    return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), zone).astimezone(UTC)


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)
