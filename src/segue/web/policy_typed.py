"""What stands in the fields of a policy's form, and what somebody typed into them.

The one idea: only what was changed is said, each as a setting's path and value, so that all else in the text stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from segue.policy.settings import Policy
from segue.policy.settings.edit import Path
from segue.policy.settings.week import DAYS
from segue.texts import _
from segue.web.policy_form import WEEK, Field, Form, Kind


def shown(known: Any, one: Field) -> str:
    """What stands in the field. Of a policy as plain values."""
    value = _at(known, one.path)
    if value is None:
        return ""
    if value is False and one.can_be_off:
        return ""
    if one.kind is Kind.SWITCH or isinstance(value, bool):
        return "on" if value else "off" if one.kind is Kind.CHOICE else ""
    if one.kind is Kind.SHARE:
        return f"{round(float(value) * 100, 4):g}"
    if one.kind in (Kind.LIST, Kind.TOPICS):
        said = ", ".join(map(str, value if isinstance(value, list | tuple) else [value]))
        return said.replace("_", " ") if one.kind is Kind.TOPICS else said
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(slots=True)
class Read:
    """What a filled form says: changes by path, and what is wrong by the field's name."""

    said: dict[Path, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def read(form: Form, typed: Mapping[str, str], policy: Policy) -> Read:
    """Only what was changed is said; a field that was not sent is as it was."""
    found, known = Read(), plain(policy)
    for one in form.fields():
        was, now = shown(known, one), _typed(one, typed)
        if now is None or now == was:
            continue
        try:
            found.said[one.path] = value_of(one, now)
        except ValueError as error:
            found.wrong[one.name] = str(error)
    _gather(found, known, policy)
    return found


def plain(policy: Policy) -> Any:
    """As plain values, the categories only as far as they say something."""
    return policy.model_dump(mode="json")


def value_of(one: Field, text: str) -> Any:
    """Raises ValueError in words for the one who typed it."""
    if one.kind is Kind.SWITCH:
        return text == "on"
    if not text:
        if one.inherits:
            return None
        if one.can_be_off:
            return False
        if one.kind in (Kind.LIST, Kind.TOPICS):
            return []
        raise ValueError(_("Something has to stand here."))
    if one.can_be_off and text.lower() == "off":
        return False
    return _READERS[one.kind](text)


def _share(text: str) -> float:
    """Told of in per cent where it is too much: what the policy keeps is a share, and nobody typed one."""
    percent = _figure(text.removesuffix("%").strip())
    if percent > 100:
        raise ValueError(_("At most 100 %% can stand here, not “%(text)s”.", text=text[:40]))
    return round(percent / 100, 6)


def _figure(text: str) -> float:
    if not re.fullmatch(r"\d{1,9}([.,]\d{1,6})?", text, re.ASCII):
        raise ValueError(_("A number should stand here, as 5 or 2.5, not “%(text)s”.", text=text[:40]))
    return float(text.replace(",", "."))


def _whole(text: str) -> int | float:
    value = _figure(text)
    return int(value) if value == int(value) else value


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _topics(text: str) -> list[str]:
    return [topic.replace(" ", "_") for topic in _listed(text)]


def _chosen(text: str) -> Any:
    return {"on": True, "off": False}.get(text, text)


_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.SHARE: _share, Kind.NUMBER: _whole, Kind.CHOICE: _chosen, Kind.TEXT: str, Kind.LIST: _listed,
    Kind.TOPICS: _topics,
}  # fmt: skip


def _gather(found: Read, known: Any, policy: Policy) -> None:
    """Settings that are one thing are said as one: a week, and frustration that is or was off altogether."""
    if days := _taken(found, WEEK):
        week = {**known["sla"]["hours"]["week"], **days}
        found.said[WEEK] = {day: week[day] for day in DAYS if week.get(day)}
    felt = ("triggers", "frustration")
    if found.said.get((*felt, "high")) is False:
        _taken(found, felt)
        found.said[felt] = False
    elif policy.triggers.frustration is None and (said := _taken(found, felt)):
        found.said[felt] = said


def _taken(found: Read, path: Path) -> dict[str, Any]:
    """What is said right under the path, by its last step; it is said no longer."""
    under = [said for said in found.said if said[:-1] == path]
    return {said[-1]: found.said.pop(said) for said in under}


def _typed(one: Field, typed: Mapping[str, str]) -> str | None:
    if one.kind is Kind.SWITCH:
        return "on" if one.name in typed else ""
    return " ".join(typed[one.name].split()) if one.name in typed else None


def _at(known: Any, path: Path) -> Any:
    for name in path:
        if not isinstance(known, Mapping):
            return None
        known = known.get(name)
    return known
