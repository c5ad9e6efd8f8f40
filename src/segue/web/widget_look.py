"""How the widget looks in this workspace: its colour, on which side it stands, what its button and its greeting say.

The one idea: nothing of it is an inline style. The frame links a small sheet that only gives our own variables other
values, so light, dark and forced colours work as they did; the loader is written with its few values in it, because
other people's pages fetch nothing else.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import structlog
from fastapi import Request

from segue.domain.errors import DatabaseUnavailable
from segue.domain.traces import traced
from segue.store.workspace import Workspace
from segue.texts import _, spoken
from segue.web import colours
from segue.web.colours import Shades

log = structlog.get_logger()
SIDES = ("right", "left")
LONGEST_LABEL = 24
LONGEST_GREETING = 120
LONGEST_COMPANY = 60
OURS, OURS_IN_THE_DARK = "#1f5fbf", "#7fb0f5"
"""The colours of a workspace that has chosen none; they stand in widget.css, and the first in the loader."""
KEPT = 10.0
"""Seconds for which a process that serves the loader takes the look as it was read."""


@dataclass(frozen=True)
class Look:
    """`colour` and `dark` are #rrggbb or empty; `labels` and `greetings` are by language, without empty ones."""

    colour: str = ""
    dark: str = ""
    side: str = "right"
    labels: Mapping[str, str] = field(default_factory=dict)
    greetings: Mapping[str, str] = field(default_factory=dict)
    company: str = ""
    """The name under which customers know whose help this is; empty where nobody has said it."""

    @cached_property
    def light_shades(self) -> Shades:
        return colours.light(self.colour or OURS)

    @cached_property
    def dark_shades(self) -> Shades:
        if not self.colour:
            return colours.dark(OURS, self.dark or OURS_IN_THE_DARK)
        return colours.dark(self.colour, self.dark)

    @property
    def label(self) -> str:
        """What its button says, and its title bar, in the language that is spoken."""
        return self.labels.get(spoken()) or _("Help")

    @property
    def greeting(self) -> str:
        """Empty where ours stands."""
        return self.greetings.get(spoken(), "")

    @cached_property
    def sheet(self) -> str:
        """Other values for the variables of widget.css; empty where no colour was chosen."""
        if not self.colour and not self.dark:
            return ""
        bright, dim = _variables(self.light_shades), _variables(self.dark_shades)
        return (
            f":root {{ {bright} }}\n"
            f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {dim} }} }}\n"
            f":root[data-theme=dark] {{ {dim} }}\n"
        )

    @cached_property
    def tag(self) -> str:
        return hashlib.sha256(self.sheet.encode()).hexdigest()[:12]

    def kept(self) -> dict[str, Any]:
        return {"colour": self.colour, "dark": self.dark, "side": self.side, "label": dict(self.labels),
                "greeting": dict(self.greetings), "company": self.company}  # fmt: skip


def _variables(shades: Shades) -> str:
    said = {"accent": shades.fill, "on-accent": shades.on, "over": shades.over, "ink": shades.ink,
            "accent-soft": shades.soft}  # fmt: skip
    return " ".join(f"--{name}: {value};" for name, value in said.items())


def look_of(workspace: Workspace) -> Look:
    """With the name of the demo company, where another one was not given."""
    look = read((workspace.setting("widget") or {}).get("look"))
    return look if look.company else replace(look, company=str((workspace.setting("demo") or {}).get("company") or ""))


def read(kept: Any) -> Look:
    """What stands in the settings. What is no colour or no side there is left out: it would get into a sheet."""
    kept = kept if isinstance(kept, dict) else {}
    side = kept.get("side")
    return Look(
        _colour(kept.get("colour")), _colour(kept.get("dark")), side if side in SIDES else SIDES[0],
        _said(kept.get("label"), LONGEST_LABEL), _said(kept.get("greeting"), LONGEST_GREETING),
        str(kept.get("company") or "")[:LONGEST_COMPANY],
    )  # fmt: skip


def _colour(value: Any) -> str:
    try:
        return colours.colour_of(str(value or ""))
    except ValueError:
        return ""


def _said(value: Any, longest: int) -> dict[str, str]:
    return {str(k): str(v)[:longest] for k, v in value.items() if v} if isinstance(value, dict) else {}


def loader_values(look: Look) -> dict[str, str]:
    """What the loader knows of the look. On a page of which we know nothing the ring of the focus is the shade that can
    be read."""
    if not look.colour:
        return {"side": "left"} if look.side == "left" else {}
    shades = look.light_shades
    return {"fill": shades.fill, "on": shades.on, "over": shades.over, "ring": shades.ink, "side": look.side}


class SeenLook:
    """This process's memory of the look, for what every page view of a customer's site asks for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._until = 0.0
        self._seen = Look()

    def now(self) -> Look:
        """While the database is away, the last one that was seen: the button on other people's pages stays."""
        if time.monotonic() > self._until:
            try:
                self._seen = look_of(self._workspace)
            except DatabaseUnavailable as error:
                log.warning("widget.look_not_read", **traced(error))
            self._until = time.monotonic() + KEPT
        return self._seen

    def forget(self) -> None:
        self._until = 0.0


async def seen_look(request: Request) -> SeenLook:
    """A dependency: made when the first page asks."""
    state = request.app.state
    if not hasattr(state, "widget_looks"):
        state.widget_looks = SeenLook(state.rooms.workspace)
    found = state.widget_looks
    assert isinstance(found, SeenLook)
    return found
