"""The policy as fields of a form: the same object as the YAML, setting by setting, in the order messages are decided.

The one idea: the form holds no policy of its own. Each field knows its path; what somebody changed is written into the
text at that path, and the text is read again. So form and YAML cannot differ, and comments survive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from segue.domain.assessment import Complexity, Urgency
from segue.domain.catalogue import Catalogue
from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.people import Team
from segue.policy.settings import Policy
from segue.policy.settings.cells import DEFAULT
from segue.policy.settings.edit import Path
from segue.policy.settings.week import DAYS
from segue.texts import N_, _, word
from segue.texts.codes import CHANNELS

Choices = tuple[tuple[str, str], ...]
WEEK: Path = ("sla", "hours", "week")
RUNGS: Choices = tuple((rung.code, rung.words) for rung in Rung)


class Kind(StrEnum):
    SWITCH = "switch"
    SHARE = "share"
    """0.05 in the policy, 5 on the screen."""
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"
    LIST = "list"
    TOPICS = "topics"
    """A list whose names are written with blanks on the screen, and with lines beneath in the policy."""


@dataclass(frozen=True, slots=True)
class Field:
    """`can_be_off`: emptied it is `off`. `inherits`: emptied it is left out, and `usual` holds instead."""

    path: Path
    label: str
    kind: Kind
    help: str = ""
    choices: Choices = ()
    can_be_off: bool = False
    inherits: bool = False
    usual: str = ""

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of the table of categories."""

    label: str
    where: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    guardrails: tuple[Field, ...]
    triggers: tuple[Field, ...]
    asking: tuple[Field, ...]
    cells: tuple[Cell, ...]
    evidence: tuple[Field, ...]
    hold: tuple[Field, ...]
    routing: tuple[Field, ...]
    hours: tuple[Field, ...]
    targets: tuple[Cell, ...]

    def fields(self) -> Iterable[Field]:
        for group in (self.guardrails, self.triggers, self.asking, self.evidence, self.hold, self.routing, self.hours):
            yield from group
        for cell in (*self.cells, *self.targets):
            yield from cell.fields


def _named(topic: str) -> str:
    said = word(topic.replace("_", " "))
    return said[:1].upper() + said[1:]


def _in_words(topics: Iterable[str]) -> str:
    """As they are typed."""
    return ", ".join(topic.replace("_", " ") for topic in topics)


def form_of(policy: Policy, catalogue: Catalogue, teams: Sequence[Team]) -> Form:
    """Every field there is for this policy. Patterns of topics are written in the YAML; holidays, and hours of a team
    of its own, there or on the page of hours."""
    team_choices = tuple((team.id, team.name) for team in teams)
    return Form(
        guardrails=(
            Field(_path("guardrails.always_human_topics"), N_("Topics that always go to a person"), Kind.TOPICS,
                  _("With commas between, of: %(topics)s", topics=_in_words(policy.topics)), usual="none"),
            _switch("guardrails.verified_for_account", N_("Account matters need a customer we know")),
        ),
        triggers=_TRIGGERS,
        asking=_ASKING,
        cells=tuple(_cells(policy, catalogue, team_choices)),
        evidence=_EVIDENCE,
        hold=tuple(
            _number(f"hold.{channel}", _("%(channel)s, seconds", channel=word(CHANNELS[channel])))
            for channel in Channel
        ),
        routing=(
            _choice("routing.default", N_("Where no category names a team"), team_choices),
            Field(("routing", "urgent"), N_("What is urgent"), Kind.CHOICE, N_("Goes before everything"), team_choices,
                  inherits=True, usual=N_("no team of its own")),
            *(Field(("routing", "topics", topic), _named(topic), Kind.CHOICE, "", team_choices,
                    inherits=True, usual=N_("as its category")) for topic in policy.topics),
        ),
        hours=(
            _text("sla.hours.timezone", N_("Time zone")),
            *(Field((*WEEK, day), day.capitalize(), Kind.LIST, "", inherits=True, usual=N_("closed")) for day in DAYS),
        ),
        targets=tuple(_targets(policy)),
    )  # fmt: skip


# the fields


def _path(name: str) -> Path:
    return tuple(name.split("."))


def _switch(name: str, label: str, help: str = "") -> Field:
    return Field(_path(name), label, Kind.SWITCH, help)


def _text(name: str, label: str, help: str = "") -> Field:
    return Field(_path(name), label, Kind.TEXT, help)


def _list(name: str, label: str, help: str = "", can_be_off: bool = False) -> Field:
    return Field(_path(name), label, Kind.LIST, help, can_be_off=can_be_off, usual="any" if can_be_off else "none")


def _number(name: str, label: str, help: str = "", can_be_off: bool = False) -> Field:
    return Field(_path(name), label, Kind.NUMBER, help, can_be_off=can_be_off, usual="off" if can_be_off else "")


def _percent(name: str, label: str, help: str = "", can_be_off: bool = False) -> Field:
    return Field(_path(name), label, Kind.SHARE, help, can_be_off=can_be_off, usual="off" if can_be_off else "")


def _choice(name: str, label: str, choices: Choices, help: str = "", can_be_off: bool = False) -> Field:
    return Field(_path(name), label, Kind.CHOICE, help, choices, can_be_off, usual="off" if can_be_off else "")


def _words(kind: type[StrEnum]) -> Choices:
    return tuple((one.value, one.value) for one in kind)


_TRIGGERS = (
    _percent(
        "triggers.frustration.high", N_("Frustration at one message, %%"), N_("A person at once; empty: off"), True
    ),
    _percent("triggers.frustration.middle", N_("Frustration in a row, %%"), N_("At least this at each of them")),
    _number("triggers.frustration.turns", N_("Messages in a row")),
    _choice("triggers.complexity", N_("Complexity from"), _words(Complexity), "", True),
    _list("triggers.tiers", N_("Tiers that always get a person"), N_("With commas between")),
    _number("triggers.repeat_contacts", N_("Earlier contacts about the same issue"), N_("Empty: off"), True),
    _number("triggers.turn_cap", N_("Tries of the assistant in one episode"), N_("Empty: off"), True),
    _choice("triggers.urgency", N_("Urgency from"), _words(Urgency), "", True),
    _list("triggers.languages", N_("Languages it answers in"), N_("ISO codes; empty: any"), True),
)
_ASKING = (
    _switch("asking.allowed", N_("It may ask which of two things is meant")),
    _percent("asking.margin", N_("At most apart, %%")),
    _percent("asking.floor", N_("At least together, %%")),
    _number("asking.per_episode", N_("Questions in one episode")),
)
_EVIDENCE = (
    _percent("budget.wrong", N_("Wrong answers at most, %%"), N_("In each category that says nothing else")),
    _percent("budget.sure", N_("And how sure of that, %%")),
    _percent("unknown_share", N_("Messages about nothing we know, %%"), N_("Assumed until there is live data")),
    _percent("evidence.review_with_hold", N_("Reviewed on auto with hold, %%")),
    _percent("evidence.review_auto", N_("Reviewed on auto, %%")),
    _percent("evidence.holdout", N_("To people instead, for comparison, %%")),
    _switch("evidence.strangers_singly", N_("Customers nobody vouched for count one by one")),
    _switch("evidence.companies_singly", N_("Customers of one company count one by one")),
)
HANDLING: Choices = (("answer", N_("assistant may")), ("human", N_("people always")))
YES_NO: Choices = (("on", N_("needed")), ("off", N_("not needed")))


def _cells(policy: Policy, catalogue: Catalogue, teams: Choices) -> Iterable[Cell]:
    names = {c.id: c.name for c in catalogue.categories}
    known = [DEFAULT, *sorted(names, key=names.__getitem__), *(c for c in policy.categories if c not in names)]
    for category in dict.fromkeys(known):
        label = N_("Where nothing else is said") if category == DEFAULT else names.get(category, category)
        yield Cell(label, "", _cell_fields(policy, category, (), teams))
        said = policy.categories.get(category)
        for tier in said.tiers if said else ():
            yield Cell(label, tier, _cell_fields(policy, category, ("tiers", tier), teams))
        for channel in said.channels if said else ():
            yield Cell(label, CHANNELS[channel], _cell_fields(policy, category, ("channels", channel.value), teams))


def _cell_fields(policy: Policy, category: str, within: Path, teams: Choices) -> tuple[Field, ...]:
    base = ("categories", category, *within)
    tier = within[1] if within[:1] == ("tiers",) else None
    channel = Channel(within[1]) if within[:1] == ("channels",) else None
    held = policy.cell(None if category == DEFAULT else category, tier, channel)
    budget = held.budget or policy.budget

    def one(name: Path, label: str, kind: Kind, usual: str, choices: Choices = ()) -> Field:
        return Field((*base, *name), label, kind, "", choices, inherits=True, usual=usual)

    return (
        one(("handling",), N_("Handling"), Kind.CHOICE, dict(HANDLING)[held.handling], HANDLING),
        one(("ceiling",), N_("Ceiling"), Kind.CHOICE, held.ceiling.words, RUNGS),
        one(("budget", "wrong"), N_("Wrong ≤ %%"), Kind.SHARE, f"{budget.wrong * 100:g}"),
        one(("budget", "sure"), N_("Sure %%"), Kind.SHARE, f"{budget.sure * 100:g}"),
        one(("floor",), N_("Sure enough %%"), Kind.SHARE, f"{held.floor * 100:g}"),
        one(("team",), N_("Team"), Kind.CHOICE, dict(teams).get(held.team or policy.routing.default, "–"), teams),
        one(("needs_account",), N_("Known customer"), Kind.CHOICE,
            N_("needed") if held.needs_account else N_("not needed"), YES_NO),
    )  # fmt: skip


TIMES = (
    ("first_response", N_("First response")),
    ("next_response", N_("Next response")),
    ("resolution", N_("Resolution")),
)


def _targets(policy: Policy) -> Iterable[Cell]:
    for tier in dict.fromkeys((DEFAULT, *policy.sla.targets)):
        held = policy.sla.target(tier)
        yield Cell(N_("Everybody else") if tier == DEFAULT else tier, "", tuple(
            Field(("sla", "targets", tier, name), label, Kind.TEXT, "", inherits=True,
                  usual=str(getattr(held, name) or N_("nothing")))
            for name, label in TIMES
        ))  # fmt: skip
