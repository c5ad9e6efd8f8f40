"""The docs that are generated: every command's help, every setting, every key. A test holds them to the code."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer

from segue.app.settings import AROUND, Settings, variable
from segue.web import keys


def write(folder: Path) -> list[Path]:
    """Writes the generated pages; returns those that changed."""
    changed = []
    for name, text in pages().items():
        page = folder / name
        if not page.exists() or page.read_text("utf8") != text:
            page.write_text(text, "utf8")
            changed.append(page)
    return changed


def pages() -> dict[str, str]:
    return {"commands.md": _commands(), "settings.md": _settings(), "keys.md": _keys()}


def _commands() -> str:
    from segue.app.cli.main import app

    lines = ["# Commands", "", "`python3 run.py segue COMMAND …` runs any of these in the clone's environment."]
    lines += ["", str(app.info.epilog), ""]
    root = typer.main.get_command(app)
    for path, command in _walk(root, "segue"):
        lines += [f"## {path}", "", command.help or "", "", *_parameters(command), ""]
    return "\n".join(lines).rstrip() + "\n"


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    if command.invoke_without_command:
        yield path, command
    for name, child in sorted(command.commands.items()):
        if not child.hidden:
            yield from _walk(child, f"{path} {name}")


def _parameters(command: Any) -> list[str]:
    shown = [p for p in command.params if not getattr(p, "hidden", False)]
    return [f"- {_called(p)} {p.help or ''}".rstrip() for p in shown]


def _called(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}`"
    return ", ".join(f"`{name}`" for name in parameter.opts)


def _keys() -> str:
    lines = ["# Keys", "", inspect.getdoc(keys) or "", ""]
    for area, name in keys.AREAS.items():
        lines += [f"## {name}", "", "| key | what it does |", "|---|---|"]
        lines += [f"| {_pressed(key)} | {key.said} |" for key in keys.KEYS if key.area == area] + [""]
    return "\n".join(lines).rstrip() + "\n"


def _pressed(key: keys.Key) -> str:
    return " or ".join(f"`{one}`" for one in key.keys)


def _settings() -> str:
    told = _docstrings()
    lines = [
        "# Settings", "", inspect.getdoc(Settings) or "", "", "| variable | default | what it is |", "|---|---|---|",
    ]  # fmt: skip
    for field in fields(Settings):
        default = str(field.default) or "–"
        lines.append(f"| `{variable(field.name)}` | `{default}` | {told.get(field.name, '')} |")
    lines += ["", "Read by the set-up, the embedded database's start and the tests:", "", "| variable | what it is |",
              "|---|---|"]  # fmt: skip
    lines += [f"| `{name}` | {about} |" for name, about in AROUND.items()]
    return "\n".join(lines) + "\n"


def _docstrings() -> dict[str, str]:
    """The text under each field of Settings."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(Settings) or Settings))
    body = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Settings").body
    found: dict[str, str] = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            found[field.target.id] = " ".join(str(ast.literal_eval(text.value)).split())
    return found
