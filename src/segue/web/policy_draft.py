"""A policy somebody is working on: its text, its form, and everything that is known about it before it is published."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from segue.domain.conversation import Channel
from segue.domain.errors import Refused
from segue.insight.backtesting import Backtester
from segue.policy.backtest import Backtest
from segue.policy.diff import diff
from segue.policy.lint import Finding, Level, lint
from segue.policy.settings import Policy, changed, faults, load
from segue.store.backtest import PastStore
from segue.store.bygone import Bygones
from segue.web import policy_typed
from segue.web.pages import plain
from segue.web.policy_form import Field, Form, Kind, form_of
from segue.web.policy_words import Said, Words, words_of
from segue.web.rooms import Rooms

PERIODS = (30, 90, 365)
COUNTED = 60.0
"""Seconds for which what waits to be considered is taken as counted."""
_counted: dict[tuple[str, int], tuple[float, int]] = {}


@dataclass(slots=True)
class Draft:
    """`base` is the text the form was made of, `body` what it says now; `wrong` is by field or setting, "" for all."""

    base: str
    body: str
    policy: Policy
    form: Form
    typed: Mapping[str, str]
    is_yaml: bool = False
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        return not self.wrong

    def value(self, one: Field, known: Any) -> str:
        """What somebody typed, else what the policy says."""
        if one.kind is Kind.SWITCH:
            return policy_typed.shown(known, one) if not self.typed else "on" if one.name in self.typed else ""
        return self.typed.get(one.name, policy_typed.shown(known, one))


def draft_of(house: Rooms, body: str) -> Draft:
    """A text that can be read, not touched yet."""
    policy = load(body)
    return Draft(body, body, policy, form_of(policy, house.workspace.catalogue(), house.workspace.teams()), {})


def drafted(house: Rooms, typed: Mapping[str, str], fallback: str) -> Draft:
    """What was sent: the YAML as it was typed, or the form, written into the text it was made of.

    What cannot be read keeps every letter, with what is wrong beside it.
    """
    if typed.get("mode") == "yaml":
        return _of_yaml(house, plain(typed.get("yaml", "")), fallback)
    draft = draft_of(house, plain(typed.get("base", "")) or fallback)
    found = policy_typed.read(draft.form, typed, draft.policy)
    draft.typed, draft.wrong = typed, dict(found.wrong)
    draft.body = changed(draft.base, found.said | _added(draft.policy, typed))
    shares = {one.path for one in draft.form.fields() if one.kind is Kind.SHARE}
    for path, told in faults(draft.body, shares):
        draft.wrong.setdefault(_field_of(path, draft.form), told)
    if draft.is_readable:
        draft.policy = load(draft.body)
    return draft


def stops(draft: Draft, judged: Judged) -> list[tuple[str, str, str]]:
    """What keeps it from being published: the id of the field it stands beside, what that is called, and what it is."""
    wrong = list(draft.wrong.items()) or [
        (name, one.text) for name, told in judged.beside.items() for one in told if one.level is Level.ERROR
    ]
    words = Words([draft.form], {})
    return [("yaml" if draft.is_yaml else name, words.name(name), text) for name, text in wrong]


def _of_yaml(house: Rooms, body: str, fallback: str) -> Draft:
    try:
        draft = draft_of(house, body)
    except Refused as error:
        draft = draft_of(house, fallback)
        draft.body, draft.wrong = body, {"yaml": error.what_happened}
    draft.is_yaml = True
    return draft


def _added(policy: Policy, typed: Mapping[str, str]) -> dict[tuple[str, ...], Any]:
    """A cell of its own: it begins with the ceiling that holds there anyway."""
    if typed.get("do") != "add":
        return {}
    category = typed.get("add_category", "")
    kind, _, place = typed.get("add_where", "").partition(":")
    if not category or kind not in ("tiers", "channels") or not place:
        return {}
    held = policy.cell(category, place if kind == "tiers" else None, Channel(place) if kind == "channels" else None)
    return {("categories", category, kind, place, "ceiling"): held.ceiling.code}


def _field_of(path: tuple[str, ...], form: Form) -> str:
    """The field at that path or the nearest one above or below it."""
    names, here = [one.name for one in form.fields()], ".".join(path)
    near = [name for name in names if here == name or here.startswith(f"{name}.") or name.startswith(f"{here}.")]
    return near[0] if near else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a draft: what lint says, what differs from the live one, what the past would have been."""

    findings: tuple[Finding, ...]
    beside: Mapping[str, tuple[Finding, ...]]
    """Those that stand beside a field, by its name."""
    changes: tuple[Said, ...]
    found: Backtest | None
    looks: tuple[tuple[Finding, str, str], ...] = ()
    """The findings, each with its field and what that is called; empty where it has none."""
    moved: tuple[tuple[str, tuple[int, int, int], int], ...] = ()
    """Who had it, and who would have had it; and how many there were."""
    to_come: int = 0
    """Conversations of that time that were brought in and wait to be considered: the figures do not count them yet."""

    @property
    def has_errors(self) -> bool:
        return any(finding.level is Level.ERROR for finding in self.findings)


def judge(house: Rooms, draft: Draft, live: str, days: int, now: datetime) -> Judged:
    """Reckons it all. A draft that cannot be read is not judged."""
    if not draft.is_readable:
        return Judged((), {}, (), None)
    workspace = house.workspace
    linted = lint(draft.policy, workspace.catalogue(), workspace.teams(), workspace.tiers())
    findings = (*linted, *house.ladder.limits(draft.policy, now))
    words = words_of(house, before := load(live), draft.policy)
    fields = [_field_of(tuple(finding.path.split(".")), draft.form) for finding in findings]
    beside: dict[str, tuple[Finding, ...]] = {}
    for name, finding in zip(fields, findings, strict=True):
        beside[name] = (*beside.get(name, ()), finding)
    looks = tuple((one, name, words.name(name or one.path)) for name, one in zip(fields, findings, strict=True))
    since = now - timedelta(days=days)
    tried = Backtester(house.workspace, PastStore(house.db)).try_policy(draft.body, since, now)
    changes = tuple(words.changes(diff(before, draft.policy)))
    moved = tuple(_moved(tried))
    return Judged(findings, beside, changes, tried, looks, moved, _to_come(house, since, days))


def _to_come(house: Rooms, since: datetime, days: int) -> int:
    """To count reads the whole past, and a page tries the policy at each pause of typing."""
    key, now = (house.db.conninfo, days), time.monotonic()
    until, count = _counted.get(key, (0.0, 0))
    if until <= now:
        _counted[key] = (now + COUNTED, count)  # meanwhile the others go on
        count = Bygones(house.db).left(since)
        _counted[key] = (time.monotonic() + COUNTED, count)
    return count


def _moved(found: Backtest) -> list[tuple[str, tuple[int, int, int], int]]:
    """The table before × after: rows who had it, columns who would have it."""
    kinds = ("assistant", "asked", "human")
    rows = []
    for was in kinds:
        total = int(getattr(found.before, was))
        away = {to: int(found.moves.get(f"{was} → {to}", 0)) for to in kinds if to != was}
        row = tuple(away[to] if to != was else total - sum(away.values()) for to in kinds)
        rows.append((was, (row[0], row[1], row[2]), total))
    return rows
