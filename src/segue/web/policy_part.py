"""A part of the policy, published from a page of its own: the same text, the same checks, the same history.

The one idea: there is one way for a policy to become live. A page that knows only a part of it says what changes, by
path; the rest of the text stays letter by letter, and who published something else meanwhile is told of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from segue.domain.errors import Conflict
from segue.domain.people import Agent
from segue.policy.diff import Change, diff
from segue.policy.lint import Finding, Level, lint
from segue.policy.settings import Policy, changed, faults, load
from segue.policy.settings.edit import Path
from segue.texts import _
from segue.web import zone
from segue.web.policy_words import words_of
from segue.web.rooms import Rooms

LONGEST_NOTE = 300


@dataclass(slots=True)
class Part:
    """`number` is the version that the work began with, `policy` the live one with the changes in it where that can be
    read. `faults` are by path; `refused` says in a sentence why nothing was published."""

    number: int
    body: str
    policy: Policy
    faults: list[tuple[Path, str]] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    refused: str = ""
    has_no_note: bool = False
    made: int = 0

    @property
    def is_readable(self) -> bool:
        return not self.faults


def based_on(typed: Mapping[str, str], number: int) -> int:
    """The version that somebody's work began with, as their form says it; `number` where it says none."""
    said = typed.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else number


def part_of(house: Rooms, live: tuple[int, str], said: Mapping[Path, Any]) -> Part:
    """The live policy with `said` written into it, and what is known of that."""
    number, body = live
    after = changed(body, said)
    if wrong := faults(after):
        return Part(number, body, load(body), wrong)
    policy = load(after)
    found = lint(policy, house.workspace.catalogue(), house.workspace.teams(), house.workspace.tiers())
    return Part(number, after, policy, [], tuple(found), tuple(diff(load(body), policy)))


def publish(house: Rooms, me: Agent, part: Part, begun: int, note: str, now: datetime) -> Part:
    """Makes it the live one. Where it does not, `refused` says why, and `number` is what to begin with again."""
    errors, words = [one for one in part.findings if one.level is Level.ERROR], words_of(house, part.policy)
    if not part.is_readable:
        path = ".".join(part.faults[0][0])
        part.refused = _("Not published. %(path)s: %(text)s", path=words.name(path) or path, text=part.faults[0][1])
    elif errors:
        part.refused = _("Not published: in the policy something else is wrong. %(told)s", told=words.told(errors[0]))
    elif not part.changes:
        part.refused = _("Nothing was changed.")
    elif not note:
        part.refused, part.has_no_note = _("Not published: a note is missing."), True
    elif begun != part.number:
        part.refused = _meanwhile(part.number)
    else:
        try:
            with house.ladder.publishing(now):
                part.made = house.workspace.apply_policy(part.body, me.id, note, now, replaces=part.number)
            zone.forget(house.workspace)
            house.bell.ring("events")
        except Conflict:
            part.refused = _("Somebody published a policy in this moment. Publish again: yours is written into theirs.")
    return part


def _meanwhile(number: int) -> str:
    return _("Version %(number)s was published meanwhile. What you typed is kept; look at it once more and publish it "
             "again: it is written into that version.", number=number)  # fmt: skip
