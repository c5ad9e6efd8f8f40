"""The settings of a policy as people call them: each as its field is called, and what it says in the unit of the field.

The one idea: a path is a name for YAML. What has no field on the page is set in the YAML alone, and only that keeps the
name it has there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from segue.policy.diff import Change
from segue.policy.lint import Finding
from segue.policy.settings import Policy
from segue.texts import N_, _, _p, word
from segue.web.policy_form import Field, Form, Kind, form_of
from segue.web.rooms import Rooms

ELSEWHERE = {
    "name": N_("Name of the policy"), "assistant": N_("The assistant"), "sla.hours.holidays": N_("Holidays"),
}  # fmt: skip
"""What has no field on the page and is no matter of the YAML alone."""


@dataclass(frozen=True, slots=True)
class Said:
    """A change in words. `is_yaml`: it is called as in the YAML. Empty: not set."""

    name: str
    before: str
    after: str
    is_yaml: bool = False


class Words:
    """Of all settings that stand in one of `forms`. `teams`: what they are called, by id."""

    def __init__(self, forms: Iterable[Form], teams: dict[str, str]) -> None:
        self._called = {one.name: (called, one) for form in forms for called, one in _called(form)}
        self._teams = teams

    def name(self, path: str) -> str:
        """Empty for what has no name but the one in the YAML."""
        if path in self._called:
            return self._called[path][0]
        if path.startswith("sla.teams."):
            team = path.split(".")[2]
            return _("Hours of %(team)s", team=self._teams.get(team, team))
        return next((word(told) for there, told in ELSEWHERE.items() if path.startswith(there)), "")

    def setting(self, path: str, value: str) -> str:
        """What is set there, as the page says it; empty where it has no field."""
        return self._value(path, value) if path in self._called else word(value) if path == "assistant" else ""

    def changes(self, found: Iterable[Change]) -> list[Said]:
        return [
            Said(self.name(c.path) or c.path, self._value(c.path, c.before), self._value(c.path, c.after),
                 not self.name(c.path))
            for c in found
        ]  # fmt: skip

    def told(self, finding: Finding) -> str:
        """A finding in one sentence, for a page without its field."""
        return f"{self.name(finding.path) or finding.path}: {finding.text}"

    def _value(self, path: str, value: str | None) -> str:
        one = self._called[path][1] if path in self._called else None
        if value is None or one is None:
            return word(value or "")
        if one.kind is Kind.SHARE and value != "off":
            return _p("a share", "%(n)s%%", n=f"{round(float(value) * 100, 4):g}")
        if one.kind is Kind.CHOICE:
            return word(dict(one.choices).get(value, value))
        return ", ".join(word(part.replace("_", " ")) for part in value.split(", "))


def words_of(house: Rooms, *policies: Policy) -> Words:
    """Also of what only one of them says anything about."""
    catalogue, teams = house.workspace.catalogue(), house.workspace.teams()
    return Words([form_of(one, catalogue, teams) for one in policies], {team.id: team.name for team in teams})


def _called(form: Form) -> Iterator[tuple[str, Field]]:
    """In a table the row's name stands before the column's."""
    rows = {one.name: f"{cell.label}, {cell.where}" if cell.where else cell.label
            for cell in (*form.cells, *form.targets) for one in cell.fields}  # fmt: skip
    for one in form.fields():
        row = ", ".join(map(word, rows[one.name].split(", "))) + ": " if one.name in rows else ""
        yield row + word(one.label), one
