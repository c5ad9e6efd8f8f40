"""The policy as one typed object: everything a lead may set, with what it means.

The docstring under a setting is also its help text on screen. That a wish for a person is obeyed is not among the
settings: it always is.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WrapSerializer, field_validator, model_validator

from segue.domain.assessment import Complexity, Urgency
from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.policy.settings.cells import Budget, CategorySettings, Cell, GroupSettings, Settings, Share, Switch, resolve
from segue.policy.settings.topics import TOPICS, WatchedTopic, compile_pattern, compile_topics
from segue.policy.settings.week import Hours, SpanField
from segue.texts import _

T = TypeVar("T")
AtLeastOne = Annotated[int, Field(ge=1, le=100, strict=True)]
OrOff = Annotated[
    T | None,
    BeforeValidator(lambda value: None if value is False else value),
    WrapSerializer(lambda value, serialize: False if value is None else serialize(value)),
]
"""A setting that can be switched off: written `off`, None in code."""


def _can_be_used(pattern: str) -> str:
    compile_pattern(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_can_be_used)]


class Guardrails(Settings):
    """What goes to a person whatever the assistant could say. A wish for a person always does."""

    always_human_topics: tuple[str, ...] = tuple(TOPICS)
    verified_for_account: Switch = True
    """Whether a customer must be verified where a category `needs_account`."""


class Frustration(Settings):
    """A person takes over at one `high` turn, or at `turns` turns in a row that are at least at `middle`."""

    high: Share = 0.8
    middle: Share = 0.6
    turns: Annotated[int, Field(ge=2, le=10, strict=True)] = 2


class Triggers(Settings):
    """Reasons to prefer a person. Each can be `off`."""

    frustration: OrOff[Frustration] = Frustration()
    complexity: OrOff[Complexity] = Complexity.HIGH
    """The complexity tier from which a person has it."""
    repeat_contacts: OrOff[AtLeastOne] = 1
    """How many earlier conversations about the same issue bring a person."""
    turn_cap: OrOff[AtLeastOne] = 3
    """How often the assistant may speak to the matter in one episode."""
    urgency: OrOff[Urgency] = Urgency.CRITICAL
    """The urgency from which a person has it."""
    tiers: tuple[str, ...] = ()
    """Tiers whose customers always get a person."""
    languages: OrOff[Annotated[tuple[str, ...], Field(min_length=1)]] = ("en",)
    """The languages the assistant answers in, as ISO codes; off: any."""


class Asking(Settings):
    """When the assistant may ask which of two meanings the customer has in mind."""

    allowed: Switch = True
    margin: Share = 0.2
    """Two meanings are close when their probabilities are at most this far apart."""
    floor: Share = 0.5
    """The probability the two must have together; below it nobody knows what to ask."""
    per_episode: AtLeastOne = 1


class Routing(Settings):
    """Which team has a handoff where its category names none."""

    default: str = "support"
    topics: dict[str, str] = Field(default_factory=dict)
    """Team by topic; goes before the category's team."""
    urgent: str | None = None
    """Team for what the urgency trigger caught; goes before everything."""


class Target(Settings):
    """Promised times. Where one is left out, nothing is promised."""

    first_response: SpanField | None = None
    next_response: SpanField | None = None
    resolution: SpanField | None = None


Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Hold(Settings):
    """Seconds that an answer waits on the rung *auto with hold* before it goes out, by channel. Whoever waits before a
    page waits only while somebody is at the desk who could stop it; a mail always does."""

    chat: Seconds = 8.0
    email: Seconds = 60.0
    form: Seconds = 8.0
    api: Seconds = 0.0
    """Behind it stands a program, whose customer we cannot tell that an answer is being checked."""

    def of(self, channel: Channel) -> float:
        return float(getattr(self, channel.value))


class Evidence(Settings):
    """What chance picks, so that the record is one of all the answers and not of those somebody looked at."""

    review_with_hold: Share = 0.2
    """The share of answers on the rung *auto with hold* that is drawn for review; less sure ones more often."""
    review_auto: Share = 0.05
    """The same on the rung *auto*."""
    holdout: Share = 0.0
    """The share of answers that goes to people instead, so that what the assistant is worth can be measured."""
    strangers_singly: Switch = False
    """Whether customers nobody vouched for count one by one. Off: all of them together are one voice, because anybody
    can be twenty of them."""
    companies_singly: Switch = False
    """Whether customers of one company (an account, or a mail domain of its own) count one by one. Off: all of them
    together count for no more than all others and five cases. Colleagues of the agents are no company."""


class Sla(Settings):
    hours: Hours = Hours(week="24x7")
    """When people are there; `24x7`: always."""
    teams: dict[str, Hours] = Field(default_factory=dict)
    """By team: the hours of one that is there at other times, whole. A team not named here keeps `hours`."""
    targets: dict[str, Target] = Field(default_factory=dict)
    """By tier. What a tier leaves out, `default` promises; so it does to customers without a tier."""

    def hours_of(self, team: str | None) -> Hours:
        return self.teams.get(team or "", self.hours)

    def target(self, tier: str | None) -> Target:
        return self._whole.get(tier or "", self._whole[""])

    @cached_property
    def _whole(self) -> dict[str, Target]:
        """By tier, with what it leaves out; of customers without a tier, or of one that is not named, under ""."""
        default = self.targets.get("default", Target())
        return {"": default} | {name: _over(default, target) for name, target in self.targets.items()}


def _over(default: Target, target: Target) -> Target:
    return Target(**{field: getattr(t, field) for t in (default, target) for field in t.model_fields_set})


class Policy(Settings):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    assistant: Switch = True
    """The kill switch: off, and every message goes to people."""
    budget: Budget = Budget()
    unknown_share: Share = 0.3
    """The share of messages assumed to be about none of the known intents when thresholds are set without live data."""
    guardrails: Guardrails = Guardrails()
    triggers: Triggers = Triggers()
    asking: Asking = Asking()
    categories: dict[str, CategorySettings] = Field(default_factory=dict)
    """By category; `default` is what the others inherit from."""
    groups: dict[str, GroupSettings] = Field(default_factory=dict)
    """Categories that are run alike. What a group says goes before `default`, what a category says before its group."""
    topics: dict[str, dict[str, Pattern]] = Field(default_factory=dict, validate_default=True)
    """Topic to patterns, each under a name that says what it is after. A topic not named here is the built-in one."""
    hold: Hold = Hold()
    evidence: Evidence = Evidence()
    routing: Routing = Routing()
    sla: Sla = Sla()

    @field_validator("topics", mode="before")
    @classmethod
    def _with_built_in(cls, topics: Any) -> Any:
        return {**TOPICS, **topics} if isinstance(topics, dict) else topics

    @model_validator(mode="after")
    def _in_one_group_at_most(self) -> Policy:
        seen: dict[str, str] = {}
        for name, group in self.groups.items():
            for category in group.categories:
                if seen.setdefault(category, name) != name:
                    raise ValueError(
                        _(
                            "%(category)s is in two groups, %(one)s and %(other)s: leave it in one",
                            category=category, one=seen[category], other=name,
                        )
                    )  # fmt: skip
        return self

    def cell(self, category: str | None, tier: str | None, channel: Channel | None) -> Cell:
        """The settings that hold there; a category nobody has set anything for has those of `default`."""
        key = (category if category in self._named else None, tier, channel)
        found = self._cells.get(key)
        if found is None:
            found = self._cells[key] = resolve(self.categories, self.groups, *key)
        return found

    def budget_of(self, category: str | None) -> Budget:
        return self.cell(category, None, None).budget or self.budget

    def usual_language(self, workspace: str) -> str:
        """Of a message too short to tell: the `workspace`'s where the assistant answers in it, else the first of
        those it does answer in."""
        spoken = self.triggers.languages
        if spoken is None or workspace in spoken:
            return workspace or "en"
        return spoken[0]

    @cached_property
    def answers_alone(self) -> bool:
        """Whether anybody at all may get an answer that no person has read: else customers are not told that the
        assistant answers first."""
        settings = [*self.categories.values(), *self.groups.values()]
        finer: set[tuple[str | None, Channel | None]] = {(None, None)}
        finer |= {(tier, None) for said in settings for tier in said.tiers}
        finer |= {(None, channel) for said in settings for channel in said.channels}
        cells = (self.cell(category, *place) for category in (None, *self._named) for place in finer)
        return self.assistant and any(c.handling == "answer" and c.ceiling >= Rung.AUTO_WITH_HOLD for c in cells)

    @cached_property
    def _named(self) -> frozenset[str]:
        """The categories of which anything is said."""
        return frozenset(self.categories) | {name for group in self.groups.values() for name in group.categories}

    def compiled_topics(self) -> tuple[WatchedTopic, ...]:
        return self._watched

    @cached_property
    def _cells(self) -> dict[tuple[str | None, str | None, Channel | None], Cell]:
        return {}

    @cached_property
    def _watched(self) -> tuple[WatchedTopic, ...]:
        return compile_topics(self.topics)
