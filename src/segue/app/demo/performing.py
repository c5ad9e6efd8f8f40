"""The story of the first minute, performed: step after step on a stage, each one compared with what the story says.

There are two stages, the house itself in simulated time (`playing`) and a browser before a running house (`on_screen`).
What happens is the same story and judged by the same rule; only who is asked what happened differs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from segue.app.demo.story import StoryStep, story

MEETS: dict[str, tuple[str, ...]] = {
    "answered": ("answer",),
    "either": ("answer", "ask", "hand_off"),
    "handed_off": ("hand_off",),
    "replied": ("replied",),
    "resolved": ("suggest", "acknowledge", "resolved"),
    "approved": ("approved",),
}
"""What the house may do where the story expects something."""

Seen = Mapping[str, Any]
"""What happened: `did`, and for a message also `reasons`, `articles` and `said`, as the house says them."""


class Stage(Protocol):
    def customer(self, step: StoryStep) -> Seen:
        """They write; returns when everything has come of it."""

    def agent(self, step: StoryStep) -> Seen:
        """Takes the newest conversation that waits for people, answers, and closes it where the step says how."""

    def lead(self, step: StoryStep) -> Seen:
        """Adds what was learnt to the article."""


def perform(stage: Stage, tell: Callable[[str], None], pause: float = 0.0) -> dict[str, Any]:
    """What happened at each step, and whether it went as told. `tell` is given each line a spectator should read, in
    rich's markup; `pause` is seconds between the steps."""
    steps = []
    for step in story().steps:
        tell(f"{_later(step.days_later)}[bold]{step.who.capitalize()}[/] ({step.author}): {step.text}")
        seen = {"customer": stage.customer, "agent": stage.agent, "lead": stage.lead}[step.author](step)
        as_told = seen["did"] in MEETS[step.expect] and _is_for_the_reason(step, seen)
        tell(f"[dim]{step.see}[/]" if as_told else f"[red]The story says {step.expect}.[/]")
        steps.append({"author": step.author, "who": step.who, "expected": step.expect, "as_told": as_told, **seen})
        time.sleep(pause)
    return {"title": story().title, "as_told": all(step["as_told"] for step in steps), "steps": steps}


def _later(days: int) -> str:
    return f"[dim]{days} days later:[/] " if days > 1 else "[dim]The next day:[/] " if days else ""


def _is_for_the_reason(step: StoryStep, seen: Seen) -> bool:
    """An answer must rest on the article, a handoff on one of the reasons that the story names."""
    if step.author == "lead":
        return True
    rests = step.article is None or step.article in seen.get("articles", ())
    return rests and (not step.reasons or not set(step.reasons).isdisjoint(seen.get("reasons", ())))
