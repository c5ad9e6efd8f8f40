"""The story of the first minute, as written in `story.yaml`: who says what, how much later, what a spectator sees."""

from dataclasses import dataclass
from typing import Any, Literal

from segue.app.demo.read import written
from segue.app.demo.shape import Channel


@dataclass(frozen=True, slots=True)
class StoryStep:
    author: Literal["customer", "agent", "lead"]
    who: str
    """A contact's id where the author is a customer, else an agent's."""
    text: str
    days_later: int
    """Counted from the step before."""
    expect: Literal["answered", "either", "handed_off", "replied", "resolved", "approved"]
    see: str
    article: str | None
    reasons: tuple[str, ...]
    """At least one of them must be among the decision's."""
    solved: str | None


@dataclass(frozen=True, slots=True)
class Story:
    title: str
    account: str
    contact: str
    channel: Channel
    page: str
    intent: str
    team: str
    steps: tuple[StoryStep, ...]


def story() -> Story:
    raw = written("story.yaml")
    names = ("title", "account", "contact", "channel", "page", "intent", "team")
    return Story(**{name: raw[name] for name in names}, steps=tuple(_step(step) for step in raw["steps"]))


def _step(raw: dict[str, Any]) -> StoryStep:
    return StoryStep(
        author=raw["author"],
        who=raw["contact"] if raw["author"] == "customer" else raw["agent"],
        text=raw["text"],
        days_later=raw["days_later"],
        expect=raw["expect"],
        see=raw["see"],
        article=raw.get("article"),
        reasons=tuple(raw.get("reasons", ())),
        solved=raw.get("solved"),
    )
