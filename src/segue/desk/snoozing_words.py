"""What people type for a time ahead: "friday 14:00", "3 Dec", "in 2 weeks", "übermorgen um 9".

The one idea: words in English and in German are read alike, whichever the agent's desk speaks. Where no hour is named
it is the morning; where no day is named, the next time the clock says so.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_WEEKDAYS = ("monday montag mo", "tuesday dienstag di", "wednesday mittwoch mi", "thursday donnerstag do",
             "friday freitag fr", "saturday samstag sa", "sunday sonntag so")  # fmt: skip
_MONTHS = ("january januar", "february februar", "march märz mrz", "april", "may mai", "june juni", "july juli",
           "august", "september", "october oktober", "november", "december dezember")  # fmt: skip
_DAYS = {"today": 0, "heute": 0, "tomorrow": 1, "tmrw": 1, "morgen": 1, "übermorgen": 2}
_IN_DAYS = r"d|days?|tag(?:en?)?", r"w|weeks?|wochen?"
_IN_HOURS = r"min|minutes?|minuten?", r"h|hours?|stunden?|std"
_SPAN = re.compile(
    r"(?:in |für |for )?(?P<n>\d{1,3}|an?\b|one\b|ein(?:e[rnm]?)?\b) ?"
    rf"(?:(?P<minutes>{_IN_HOURS[0]})|(?P<hours>{_IN_HOURS[1]})|(?P<days>{_IN_DAYS[0]})|(?P<weeks>{_IN_DAYS[1]}))"
)
_TIME = re.compile(r"\b(?:at |um |gegen )?(?:(\d{1,2})(?:[:.](\d\d))? ?(am|pm|uhr|h|o'clock)(?!\w)|(\d{1,2}):(\d\d)\b)")
_BARE_HOUR = re.compile(r"\b(?:at|um|gegen) (\d{1,2})(?:\.(\d\d))?$")
_HOUR_OF_A_DAY = re.compile(r"([^\W\d]+) (\d{1,2})")
_FILLERS = re.compile(
    r"\b(?:on|until|till|bis|am|den|der|the|next|nächste[nrs]?|this|diese[nrs]?|of|at|um|früh|morning)\b|,"
)
_SHORT = re.compile(r"(?<=[^\W\d])\.")
"""The point of a word that is cut short: "Fr." """
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_POINTS = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4}|\d\d)?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)? ([a-zä]{3,9})\.?(?: (\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-zä]{3,9})\.? (\d{1,2})(?:st|nd|rd|th|\.)?(?: (\d{4}))?")


def meant(typed: str, now: datetime, morning: time) -> datetime | None:
    """The instant ahead that is meant, in the zone of `now`; None where the words name none, or one that is past."""
    words = " ".join(_SHORT.sub("", typed.casefold()).split())
    if span := _SPAN.fullmatch(words):
        return _after(span, now, morning)
    at, rest = _clock(words)
    rest = " ".join(_FILLERS.sub(" ", rest).split())
    if not rest:
        return None if at is None else _on(now.date(), at, now) or _on(now.date() + timedelta(days=1), at, now)
    day = _day(rest, now.date())
    return None if day is None else _on(day, at or morning, now)


def _after(span: re.Match[str], now: datetime, morning: time) -> datetime | None:
    """So many hours from now; of days and weeks the morning of that day."""
    n = int(span["n"]) if span["n"].isdecimal() else 1
    if span["minutes"] or span["hours"]:
        wait = timedelta(minutes=n) if span["minutes"] else timedelta(hours=n)
        # in UTC, for a clock may be put forward meanwhile
        return (now.astimezone(UTC) + wait).astimezone(now.tzinfo) if n else None
    return _on(now.date() + timedelta(days=n if span["days"] else 7 * n), morning, now)


def _on(day: date, at: time, now: datetime) -> datetime | None:
    moment = datetime.combine(day, at, now.tzinfo)
    return moment if moment > now else None


def _clock(words: str) -> tuple[time | None, str]:
    """The hour that is named, and the words without it."""
    found = _TIME.search(words)
    if found:
        hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
        if found[3] in ("am", "pm"):
            hour = hour % 12 + (12 if found[3] == "pm" else 0) if hour <= 12 else 24
    elif found := _BARE_HOUR.search(words):
        hour, minute = int(found[1]), int(found[2] or 0)
    elif (found := _HOUR_OF_A_DAY.fullmatch(words)) and (found[1] in _DAYS or _named(found[1], _WEEKDAYS) is not None):
        return (time(int(found[2])), found[1]) if int(found[2]) < 24 else (None, words)
    else:
        return None, words
    if hour > 23 or minute > 59:
        return None, words  # then what is left is no day, either
    return time(hour, minute), words[: found.start()] + " " + words[found.end() :]


def _day(words: str, today: date) -> date | None:
    if words in _DAYS:
        return today + timedelta(days=_DAYS[words])
    if (weekday := _named(words, _WEEKDAYS)) is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if found := _ISO.fullmatch(words):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _POINTS.fullmatch(words):
        return _coming(int(found[2]), int(found[1]), found[3], today)
    found, day, month = _DAY_FIRST.fullmatch(words), 1, 2
    if not found:
        found, day, month = _MONTH_FIRST.fullmatch(words), 2, 1
    named = _named(found[month], _MONTHS) if found else None
    return _coming(named + 1, int(found[day]), found[3], today) if found and named is not None else None


def _named(word: str, names: tuple[str, ...]) -> int | None:
    """Its place among the names, of which three letters are enough; "mo" and "di" are names, too."""
    for place, known in enumerate(names):
        if any(word == name or (len(word) > 2 and name.startswith(word)) for name in known.split()):
            return place
    return None


def _coming(month: int, day: int, year: str | None, today: date) -> date | None:
    """Without a year the next one that is ahead."""
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = _date(today.year, month, day)
    return _date(today.year + 1, month, day) if found is None or found < today else found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
