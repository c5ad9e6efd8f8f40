"""What a lead says of one cell (category × tier × channel), inherited from coarse to fine.

First `default`, then the category's group, then the category; then, in the same order, what each says of the channel
and the tier: so a line about enterprise customers holds in every category that does not say otherwise about enterprise.
Where channel and tier disagree on the same level, the stricter holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.texts import _

DEFAULT = "default"
Handling = Literal["answer", "human"]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Switch = Annotated[bool, Field(strict=True)]


def _rung(value: Any) -> Rung:
    if isinstance(value, Rung):
        return value
    rung = next((r for r in Rung if r.code == value), None)
    if rung is None:
        names = ", ".join(r.code for r in Rung)
        raise ValueError(_("a rung is one of %(these)s, not %(given)s", these=names, given=repr(value)))
    return rung


RungField = Annotated[Rung, BeforeValidator(_rung), PlainSerializer(lambda rung: rung.code, return_type=str)]


class Settings(BaseModel):
    """Base of all that is written in a policy: frozen, and a word nobody knows is refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, coerce_numbers_to_str=True
    )

    def __copy__(self) -> Self:
        """Without what was reckoned of the one it is made from: a copy may say something else."""
        copied = super().__copy__()
        for reckoned in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[reckoned]
        return copied


class Budget(Settings):
    """At most this share of wrong answers, and how sure we must be of it."""

    wrong: Annotated[float, Field(gt=0, le=0.5, strict=True)] = 0.05
    sure: Annotated[float, Field(ge=0.5, lt=1, strict=True)] = 0.95


class CellSettings(Settings):
    """What is left out is inherited."""

    handling: Handling | None = None
    """answer: the assistant may. human: a person always has it."""
    ceiling: RungField | None = None
    """The highest rung the assistant may ever reach here."""
    team: str | None = None
    """The team a handoff goes to."""
    budget: Budget | None = None
    """Instead of the policy's own error budget."""
    floor: Share | None = None
    """The confidence an answer must have, whatever the evidence says."""
    needs_account: Switch | None = None
    """Whether its matters concern the customer's own account, so that the customer must be verified."""


class CategorySettings(CellSettings):
    tiers: dict[str, CellSettings] = Field(default_factory=dict)
    channels: dict[Channel, CellSettings] = Field(default_factory=dict)


class GroupSettings(CategorySettings):
    """Categories that are run alike: what one of them does not say itself, it has from its group."""

    categories: Annotated[tuple[str, ...], Field(min_length=1)]
    """Those of the group; a category belongs to one at most."""


class Cell(NamedTuple):
    """The settings that hold in one cell, and the path at which each was set."""

    handling: Handling = "answer"
    ceiling: Rung = Rung.AUTO_WITH_HOLD
    team: str | None = None
    budget: Budget | None = None
    floor: float = 0.0
    needs_account: bool = False
    set_at: Mapping[str, str] = {}


_Said = dict[str, tuple[Any, str]]
_STRICTER: Mapping[str, Callable[[Any], Any]] = {
    "handling": max,  # "human" sorts after "answer"
    "ceiling": min,
    "floor": max,
    "needs_account": max,
}


def resolve(
    categories: Mapping[str, CategorySettings], groups: Mapping[str, GroupSettings], category: str | None,
    tier: str | None, channel: Channel | None,
) -> Cell:  # fmt: skip
    named = list(_named(categories, groups, category))
    held: _Said = {}
    for path, settings in named:
        held |= _said(settings, path)
    for path, settings in named:
        held |= _said_finely(settings, path, tier, channel)
    paths = {field: f"categories.{DEFAULT}.{field}" for field in CellSettings.model_fields}
    return Cell(
        **{field: value for field, (value, _) in held.items()},
        set_at=paths | {field: path for field, (_, path) in held.items()},
    )


def _named(
    categories: Mapping[str, CategorySettings], groups: Mapping[str, GroupSettings], category: str | None
) -> Iterator[tuple[str, CategorySettings]]:
    """From coarse to fine, each with its path."""
    if DEFAULT in categories:
        yield f"categories.{DEFAULT}", categories[DEFAULT]
    yield from ((f"groups.{name}", group) for name, group in groups.items() if category in group.categories)
    if category in categories and category != DEFAULT:
        yield f"categories.{category}", categories[str(category)]


def _said(settings: CellSettings, path: str) -> _Said:
    said = ((field, getattr(settings, field)) for field in CellSettings.model_fields)
    return {field: (value, f"{path}.{field}") for field, value in said if value is not None}


def _said_finely(settings: CategorySettings, path: str, tier: str | None, channel: Channel | None) -> _Said:
    by_channel = _said(settings.channels[channel], f"{path}.channels.{channel}") if channel in settings.channels else {}
    by_tier = _said(settings.tiers[tier], f"{path}.tiers.{tier}") if tier in settings.tiers else {}
    both = {field: _STRICTER[field] for field in by_channel.keys() & by_tier.keys() & _STRICTER.keys()}
    return by_channel | by_tier | {f: strict((by_tier[f], by_channel[f])) for f, strict in both.items()}
