"""Until when a conversation can be set aside: a few instants that people mean, reckoned where the workspace works."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from segue.desk.snoozing_words import meant
from segue.domain.errors import Refused
from segue.texts import N_, _, forms

MORNING = time(9)
NAMES = {
    "1h": N_("for an hour"), "3h": N_("for 3 hours"), "tomorrow": N_("until tomorrow"), "monday": N_("until Monday"),
    "week": N_("for a week"),
}  # fmt: skip
"""What each choice is called where no day can be named yet."""


def choices(now: datetime) -> list[tuple[str, str]]:
    """Value and words of each, soonest first: always with the instant it means, and the zone that is said in."""
    return [
        ("1h", _("1 hour, until %(time)s", time=_clock(now, 1))),
        ("3h", _("3 hours, until %(time)s", time=_clock(now, 3))),
        ("tomorrow", _("Tomorrow, %(day)s", day=_said(now, 1))),
        ("monday", _("Monday, %(day)s", day=_said(now, _to_monday(now)))),
        ("week", _("In a week, %(day)s", day=_said(now, 7))),
    ]  # fmt: skip


def named(value: str, now: datetime) -> str:
    """A choice within a sentence: "for 3 hours", "until Thu 3 Dec, 14:00 CET". Raises Refused."""
    if value in NAMES:
        return _(NAMES[value])
    at = until(value, now)
    return _("until %(time)s", time=f"{forms.shortly(at)} {forms.zone_name(at)}")


def typed(words: str, now: datetime) -> list[tuple[str, str]]:
    """The same of a time in the agent's own words; empty where they name none that is ahead."""
    at = meant(words, forms.here(now), MORNING)
    return [] if at is None else [(f"{at:%Y-%m-%dT%H:%M}", f"{forms.shortly(at)} {forms.zone_name(at)}")]


def until(value: str, now: datetime) -> datetime:
    """The instant a choice means; also a day and time as a form writes it. Raises Refused."""
    if value in _HOURS:
        return now + timedelta(hours=_HOURS[value])
    days = {"tomorrow": 1, "monday": _to_monday(now), "week": 7}.get(value)
    if days is not None:
        return _morning(now, days)
    try:
        at = datetime.fromisoformat(value).replace(tzinfo=forms.here(now).tzinfo)
    except ValueError:
        raise Refused(_("“%(value)s” is no time.", value=value), _("Choose one of the list."), "/until") from None
    if at <= now:
        raise Refused(_("This time is past."), _("Choose a later one."), "/until")
    return at


_HOURS = {"1h": 1, "3h": 3}


def _to_monday(now: datetime) -> int:
    return 7 - forms.here(now).weekday()


def _morning(now: datetime, days: int) -> datetime:
    today = forms.here(now)
    return datetime.combine(today.date() + timedelta(days=days), MORNING, today.tzinfo).astimezone(UTC)


def _said(now: datetime, days: int) -> str:
    at = _morning(now, days)
    return f"{forms.shortly(at)} {forms.zone_name(forms.here(at))}"


def _clock(now: datetime, hours: int) -> str:
    at = forms.here(now + timedelta(hours=hours))
    return f"{at:%H:%M} {forms.zone_name(at)}"
