"""The difference between two policies, setting by setting, as a person would list it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from segue.policy.settings import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is None where a setting is new, `after` where it is gone."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        return f"{self.path}: {self.before or 'not set'} → {self.after or 'not set'}"


def diff(before: Policy, after: Policy) -> list[Change]:
    """In the order of the settings; what only `before` had comes last."""
    old, new = dict(_flat(before.model_dump(mode="json"), "")), dict(_flat(after.model_dump(mode="json"), ""))
    return [Change(path, old.get(path), new.get(path)) for path in {**new, **old} if old.get(path) != new.get(path)]


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Lists are one value: an order or a member changed is one change of the whole."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{path}.{key}" if path else key)
    elif value is not None:
        yield path, _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
