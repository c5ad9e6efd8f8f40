"""The calendar a policy is written with: opening hours of a week, holidays, and promised times such as 4h or 2d.

Written as people write them and read into small values; `policy.hours` does the arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)

from segue.texts import _

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_YEAR = 2026
"""Any year will do to learn whether a country's holidays are known."""


@dataclass(frozen=True, slots=True)
class Opening:
    """From `opens` to `closes`, in minutes of one day: written 09:00-17:00."""

    opens: int
    closes: int

    @classmethod
    def read(cls, text: Any) -> Opening:
        found = re.fullmatch(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)", str(text), re.ASCII)
        if not found:
            raise ValueError(_("opening hours look like 09:00-17:00, not %(given)s", given=repr(text)))
        opens_h, opens_m, closes_h, closes_m = map(int, found.groups())
        opening = cls(opens_h * 60 + opens_m, closes_h * 60 + closes_m)
        if not opening.opens < opening.closes <= 24 * 60:
            told = _(
                "%(text)s does not end later the same day; write a night as 22:00-24:00 and 00:00-06:00", text=text
            )
            raise ValueError(told)
        return opening

    def __str__(self) -> str:
        return f"{self.opens // 60:02}:{self.opens % 60:02}-{self.closes // 60:02}:{self.closes % 60:02}"


@dataclass(frozen=True, slots=True)
class Span:
    """A promised time, written 30m, 4h, 2d or 1d 4h: opening time, or the plain clock where `24x7` stands behind it.

    A day of opening time is as long as the mean open day of the week, so that in a five-day week 5d is exactly a week.
    """

    days: int
    minutes: int
    is_always: bool = False

    @classmethod
    def read(cls, text: Any) -> Span:
        written = r"(?=\d)(?:(\d{1,3})d)? ?(?:(\d{1,4})h)? ?(?:(\d{1,5})m)?( 24x7)?"
        found = re.fullmatch(written, str(text), re.ASCII)
        days, hours, minutes, always = found.groups() if found else (None, None, None, None)
        span = cls(int(days or 0), int(hours or 0) * 60 + int(minutes or 0), always is not None)
        if not span.days and not span.minutes:
            raise ValueError(_("a promised time looks like 30m, 4h, 2d or 8h 24x7, not %(given)s", given=repr(text)))
        return span

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        parts = ((self.days, "d"), (hours, "h"), (minutes, "m"))
        return " ".join([f"{count}{unit}" for count, unit in parts if count] + ["24x7"] * self.is_always)


def _read_by(kind: type[Opening] | type[Span]) -> BeforeValidator:
    return BeforeValidator(lambda value: value if isinstance(value, kind) else kind.read(value))


SpanField = Annotated[Span, _read_by(Span), PlainSerializer(str, return_type=str)]
_OpeningField = Annotated[Opening, _read_by(Opening), PlainSerializer(str, return_type=str)]


def read_day(given: Any) -> date:
    """Written 2026-12-24. Raises ValueError, in plain words."""
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given if re.fullmatch(r"\d{4}-\d\d-\d\d", str(given), re.ASCII) else "")
    except ValueError:
        raise ValueError(_("a day looks like 2026-12-24, not %(given)s", given=repr(given)[:60])) from None


_DateField = Annotated[date, BeforeValidator(read_day)]


class Holidays(BaseModel):
    """Days on which nobody is there: a country's public holidays, dates of your own, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    country: str | None = None
    """Two letters, as in DE."""
    subdiv: str | None = None
    """The state or province where holidays differ, as in BY."""
    dates: tuple[_DateField, ...] = ()

    @field_validator("country")
    @classmethod
    def _is_known(cls, country: str | None) -> str | None:
        if country:
            _public(country, None, _A_YEAR)
        return country

    @field_validator("subdiv")
    @classmethod
    def _is_of_its_country(cls, subdiv: str | None, others: ValidationInfo) -> str | None:
        country = others.data.get("country")
        if subdiv and country:
            _public(country, subdiv, _A_YEAR)
        elif subdiv and "country" in others.data:  # else of the country something is said already
            raise ValueError(_("a subdiv needs its country"))
        return subdiv

    def include(self, day: date) -> bool:
        return day in self.dates or (self.country is not None and day in _public(self.country, self.subdiv, day.year))


@lru_cache(maxsize=512)
def _public(country: str, subdiv: str | None, year: int) -> frozenset[date]:
    from holidays import country_holidays  # slow to import, and most policies name no country

    try:
        return frozenset(country_holidays(country, subdiv=subdiv, years=year))
    except NotImplementedError as wrong:
        told = _("no holidays are known for %(where)s", where=" ".join(filter(None, (country, subdiv))))
        if subdiv and (parts := country_holidays(country).subdivisions):
            told = _("%(told)s; %(country)s has %(parts)s", told=told, country=country, parts=", ".join(parts))
        raise ValueError(told) from wrong


def _one_day(value: Any) -> Any:
    return () if value == "closed" else (value,) if isinstance(value, str) else value


def overlapping(openings: Iterable[Opening]) -> tuple[Opening, Opening] | None:
    """The first two of one day of which the later begins before the earlier ends."""
    ordered = sorted(openings, key=lambda o: o.opens)
    return next(((one, next_) for one, next_ in pairwise(ordered) if one.closes > next_.opens), None)


DayField = Annotated[tuple[_OpeningField, ...], BeforeValidator(_one_day)]


class Hours(BaseModel):
    """When people are there. `week` names days (sat) or runs of days (mon-fri); a day it does not name is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    timezone: str = "UTC"
    """A name from the tz database, as in Europe/Berlin."""
    week: dict[Day, DayField]
    holidays: Holidays = Holidays()

    @model_validator(mode="before")
    @classmethod
    def _around_the_clock(cls, value: Any) -> Any:
        return {"week": "24x7"} if value == "24x7" else value

    @field_validator("week", mode="before")
    @classmethod
    def _spread(cls, value: Any) -> Any:
        """Each run of days becomes its days; a later line about the same day wins."""
        if value == "24x7":
            return dict.fromkeys(DAYS, "00:00-24:00")
        if not isinstance(value, dict):
            return value
        return {day: openings for named, openings in value.items() for day in _days(named)}

    @field_validator("week")
    @classmethod
    def _is_sometimes_open(cls, week: dict[Day, tuple[Opening, ...]]) -> dict[Day, tuple[Opening, ...]]:
        if not any(week.values()):
            raise ValueError(_("no day of the week is open"))
        if twice := [day for day in DAYS if overlapping(week.get(day, ()))]:
            raise ValueError(_("opening hours of one day overlap, on %(days)s", days=", ".join(twice)))
        return {day: tuple(sorted(week[day], key=lambda o: o.opens)) for day in DAYS if week.get(day)}

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as wrong:
            raise ValueError(_("%(name)s is not a time zone; it looks like Europe/Berlin", name=repr(name))) from wrong
        return name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def mean_day(self) -> timedelta:
        minutes = sum(o.closes - o.opens for openings in self.week.values() for o in openings)
        return timedelta(minutes=minutes) / len(self.week)

    def on(self, day: date) -> tuple[Opening, ...]:
        return () if self.holidays.include(day) else self.week.get(DAYS[day.weekday()], ())


def _days(named: Any) -> list[Any]:
    parts = named.split("-", 1) if isinstance(named, str) else [named]
    first, last = parts[0], parts[-1]
    if first not in DAYS or last not in DAYS or DAYS.index(first) > DAYS.index(last):
        return [named]
    return list(DAYS[DAYS.index(first) : DAYS.index(last) + 1])
