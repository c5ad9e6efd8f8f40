"""What a person reads when Segue is ready: addresses, and how to come in; and the browser that opens on it.

The one idea: a browser opens only for somebody who sits there, with a terminal and a display, and never stops anything.
"""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from segue.app.demo.seed import cast
from segue.app.door import House, open_house
from segue.app.settings import Settings


def lines(at: Settings, address: str) -> Iterator[str]:
    """For a terminal, in rich's markup."""
    house = open_house(replace(at, encoder="standin", encoder_socket=""))
    shown = house.workspace.setting("demo")
    yield f"\n[bold]Segue is ready:[/] {address}{'/demo' if shown else ''}"
    if shown:
        yield "  (a made-up product with the widget in it, beside the desk)"
    yield f"  desk             {address}/desk"
    yield f"  customer chat    {address}/chat"
    yield f"  API              {address}/docs"
    if shown is not None:
        yield from _demo(house, shown, address)
    elif not house.workspace.agents():
        yield "\nNobody works here yet. `segue agent add NAME E-MAIL --role lead` lets the first one in."
        yield f"They begin at {address}/setup."
        yield "(In a clone each is `python3 run.py segue …`.)"
    house.db.close()
    yield "Ctrl-C stops it."


def _demo(house: House, shown: dict[str, str], address: str) -> Iterator[str]:
    yield f"\nDemo company [bold]{shown['company']}[/]. Everybody's password is [bold]{shown['password']}[/]:"
    for agent in house.workspace.agents():
        yield f"  {agent.name:16} {agent.email} ({agent.role})"
    yield f"  product + widget {address}/demo/billing"
    yield f"  API key          {shown['key']}"
    for name, path in cast(house, datetime.now(UTC)).items():
        yield f"  write as {name:7} {address}{path}"


def sits_there(terminal: bool, env: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether somebody has a terminal and a display here: not over SSH, not in a pipeline."""
    if not terminal or env.get("CI") or env.get("SSH_CONNECTION"):
        return False
    return platform == "darwin" or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def open_browser(at: Settings, address: str) -> bool:
    """Whether a browser was opened on the demo company; its address was told before, for whoever has none."""
    if not sits_there(sys.stdout.isatty(), os.environ):
        return False
    house = open_house(replace(at, encoder="standin", encoder_socket=""))
    has_demo = bool(house.workspace.setting("demo"))
    house.db.close()
    try:
        return has_demo and webbrowser.open(f"{address}/demo")
    except (webbrowser.Error, OSError):
        return False
