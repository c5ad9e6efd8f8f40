"""Opening hours and promised times as fields of a form, and what a filled one says of the policy.

The one idea is the policy form's: nothing is kept here. What was changed is said by its path in the policy, written
into its text there, and read again with it; so these pages and the policy cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from segue.policy.settings import Policy
from segue.policy.settings.cells import DEFAULT
from segue.policy.settings.edit import Path
from segue.policy.settings.week import DAYS, Hours, Opening, overlapping, read_day
from segue.texts import N_, _, _n

OURS: Path = ("sla", "hours")
NAMES = dict(zip(DAYS, (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
                        N_("Sunday")), strict=True))  # fmt: skip
TIMES = ("first_response", "next_response", "resolution")
FEWEST = 2
"""Stretches of a day there is always room for; a third appears once two are filled."""
FAULTS = 10
"""So many lines that are no day are named."""
NEW = "new"
_TIME = re.compile(r"(\d{1,2})(?:[:.h]?([0-5]\d))?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_TIER = re.compile(r"[\w][\w .&+-]{0,39}")


@dataclass(slots=True)
class Said:
    """What a filled form says, by its path in the policy; what is wrong, by the field's name."""

    said: dict[Path, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def place_of(team: str) -> Path:
    """Where the hours stand: the workspace's where no team is named."""
    return ("sla", "teams", team) if team else OURS


def filled(hours: Hours) -> dict[str, str]:
    """The fields of a form for these hours, as a browser would send them."""
    found = {"zone": hours.timezone, "country": hours.holidays.country or "", "subdiv": hours.holidays.subdiv or "",
             "dates": "\n".join(day.isoformat() for day in hours.holidays.dates)}  # fmt: skip
    for day in DAYS:
        for n, opening in enumerate(hours.week.get(day, ())):
            found[f"{day}.{n}.from"], found[f"{day}.{n}.to"] = str(opening).split("-")
    return found


def stretches(typed: Mapping[str, str], day: str) -> range:
    """How many stretches of a day the form shows: one more than are filled."""
    used = [n for n in range(20) if typed.get(f"{day}.{n}.from") or typed.get(f"{day}.{n}.to")]
    return range(max(FEWEST, used[-1] + 2 if used else 0))


def read_hours(typed: Mapping[str, str], hours: Hours | None, place: Path) -> Said:
    """`hours` as they are now; None where a team has none of its own yet."""
    found, week = Said(), dict[str, list[str]]()
    for day in DAYS:
        opened, wrong = _day(typed, day)
        if wrong:
            found.wrong[f"week.{day}"] = wrong
        elif opened:
            week[day] = opened
    dates, unread = _dates(typed.get("dates", ""))
    if unread:
        found.wrong["holidays.dates"] = _n(
            "A day looks like 2026-12-24 or 24.12.2026, not %(unread)s.",
            "Days look like 2026-12-24 or 24.12.2026, not %(unread)s.",
            len(unread), unread=", ".join(f"“{text[:30]}”" for text in unread[:FAULTS]),
        )  # fmt: skip
    now = {"timezone": typed.get("zone", "").strip(), "week": week, "holidays": _holidays(typed, dates)}
    if not now["timezone"]:
        found.wrong["timezone"] = _("A time zone should stand here, as Europe/Berlin.")
    before = _plain(hours) if hours else {}
    for name, value in now.items():
        if value != before.get(name) and not (name == "holidays" and not value and not before.get(name)):
            found.said[(*place, name)] = written_week(week) if name == "week" else value or None
    if found.said and _is_always(week):  # `hours: 24x7` is one word, which none of its parts can be written into
        found.said[(*place, "week")] = written_week(week)
    return found


def _is_always(week: Mapping[str, list[str]]) -> bool:
    return len(week) == len(DAYS) and all(stands == ["00:00-24:00"] for stands in week.values())


def _plain(hours: Hours) -> dict[str, Any]:
    week = {day: [str(one) for one in hours.week[day]] for day in DAYS if hours.week.get(day)}
    kept = hours.holidays.model_dump(mode="json")
    return {"timezone": hours.timezone, "week": week, "holidays": {k: v for k, v in kept.items() if v}}


def _day(typed: Mapping[str, str], day: str) -> tuple[list[str], str]:
    opened = list[Opening]()
    for n in stretches(typed, day):
        begin, end = typed.get(f"{day}.{n}.from", "").strip(), typed.get(f"{day}.{n}.to", "").strip()
        if not begin and not end:
            continue
        try:
            opened.append(Opening.read(f"{_time(begin)}-{_time(end)}"))
        except ValueError:
            return [], _day_wrong(begin, end)
    if both := overlapping(opened):
        return [], _("%(one)s and %(other)s overlap. Write them as one.", one=_said(both[0]), other=_said(both[1]))
    return sorted(map(str, opened)), ""


def _day_wrong(begin: str, end: str) -> str:
    if not begin or not end:
        return _("From and to belong together: fill both, or none of them for closed.")
    if not _is_time(begin) or not _is_time(end):
        return _("A time looks like 09:00, not “%(text)s”.", text=(end if _is_time(begin) else begin)[:20])
    return _("%(begin)s to %(end)s does not end later the same day. Write a night as 22:00 to 24:00, and the rest on "
             "the next day, from 00:00.", begin=begin, end=end)  # fmt: skip


def _said(opening: Opening) -> str:
    return _("%(begin)s to %(end)s", **dict(zip(("begin", "end"), str(opening).split("-"), strict=True)))


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    return found is not None and int(found[1]) * 60 + int(found[2] or 0) <= 24 * 60


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    return f"{int(found[1]):02}:{found[2] or '00'}"


def _dates(typed: str) -> tuple[list[str], list[str]]:
    """The days as the policy writes them, and what of each line is none: all of a line that has no day in it."""
    dates, unread = dict[str, None](), list[str]()
    for line in re.split(r"[\n,;]", typed):
        read = {text: _date(text) for text in line.split()}
        dates |= dict.fromkeys(day.isoformat() for day in read.values() if day)
        if any(read.values()):
            unread += [text for text, day in read.items() if not day]
        elif read:
            unread.append(line.strip())
    return sorted(dates), unread


def _date(text: str) -> date | None:
    dotted = _DOTTED.fullmatch(text)
    try:
        return date(int(dotted[3]), int(dotted[2]), int(dotted[1])) if dotted else read_day(text)
    except ValueError:
        return None


def _holidays(typed: Mapping[str, str], dates: list[str]) -> dict[str, Any]:
    said = {"country": typed.get("country", "").strip().upper(), "subdiv": typed.get("subdiv", "").strip().upper(),
            "dates": dates}  # fmt: skip
    return {name: value for name, value in said.items() if value}


def written_week(week: Mapping[str, list[str]]) -> Any:
    """As people write it: days alike that follow each other are one run, a single stretch stands by itself."""
    if _is_always(week):
        return "24x7"
    runs = list[tuple[list[str], list[str]]]()
    for day in (day for day in DAYS if day in week):
        if runs and runs[-1][1] == week[day] and runs[-1][0][-1] == DAYS[DAYS.index(day) - 1]:
            runs[-1][0].append(day)
        else:
            runs.append(([day], week[day]))
    return {days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}": stands[0] if len(stands) == 1 else stands
            for days, stands in runs}  # fmt: skip


# promised times


def tiers(policy: Policy) -> list[str]:
    return list(dict.fromkeys((DEFAULT, *policy.sla.targets)))


def filled_targets(policy: Policy) -> dict[str, str]:
    """Only what a tier says itself; what it leaves out, `default` promises."""
    found: dict[str, str] = {}
    for tier, target in policy.sla.targets.items():
        found |= {f"{tier}.{name}": str(getattr(target, name) or "") for name in TIMES}
    return found


def read_targets(typed: Mapping[str, str], policy: Policy) -> Said:
    found, kept = Said(), filled_targets(policy)
    for tier in tiers(policy):
        path = ("sla", "targets", tier)
        if typed.get(f"{tier}.remove"):
            found.said[path] = None
            continue
        for name in TIMES:
            now, before = _span(typed, tier, name), kept.get(f"{tier}.{name}", "")
            if now != before and f"{tier}.{name}" in typed:
                found.said[(*path, name)] = now or None
    _add_tier(typed, policy, found)
    return found


def _add_tier(typed: Mapping[str, str], policy: Policy, found: Said) -> None:
    name = " ".join(typed.get("tier", "").split())
    said = {time: _span(typed, NEW, time) for time in TIMES if _span(typed, NEW, time)}
    if not name and not said:
        return
    if not _TIER.fullmatch(name):
        found.wrong["tier"] = _("Name the tier as your customers' accounts have it, as enterprise.")
    elif name in tiers(policy):
        found.wrong["tier"] = _("This tier stands above already.")
    elif not said:
        found.wrong["tier"] = _("Promise it something: fill one of the times beside it.")
    else:
        found.said[("sla", "targets", name)] = said


def _span(typed: Mapping[str, str], tier: str, name: str) -> str:
    return " ".join(typed.get(f"{tier}.{name}", "").lower().split())


def field_at(path: tuple[str, ...], place: Path, names: Iterable[str]) -> str:
    """The field beside which something about this path of the policy is said; empty where there is none."""
    inside = ".".join(path[len(place) :]) if path[: len(place)] == place else None
    if inside is None:
        return ""
    above = [name for name in names if inside == name or inside.startswith(f"{name}.")]
    below = [name for name in names if name.startswith(f"{inside}.")]
    return max(above, key=len) if above else below[0] if below else ""
