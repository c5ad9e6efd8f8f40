"""What every command shares: options, the two consoles, and JSON."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from segue.app.settings import Settings
from segue.domain.errors import Refused

out = Console(soft_wrap=True, emoji=False)  # "file.jsonl:100:" is a place, and no emoji
err = Console(stderr=True, soft_wrap=True, emoji=False)
BY = "command line"
"""Who did it, where somebody at the command line did."""
HELP = {"help_option_names": ["-h", "--help"]}

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the embedded database (SEGUE_DATA); it wins over DATABASE_URL.")
]

Since = Annotated[str, typer.Option(help="How far back: 90d, 12h, or a day such as 2026-01-31.")]
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def ago(text: str, now: datetime) -> datetime:
    """The instant that a `--since` means. Raises Refused."""
    try:
        if found := re.fullmatch(r"(\d{1,5})([hdw])", text, re.ASCII):
            return now - int(found[1]) * _UNITS[found[2]]
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Refused(f"{text!r} is no time.", "Write 90d, 12h, or a day such as 2026-01-31.", "--since") from None


def settings(data: Path | None = None, **changed: Any) -> Settings:
    """The settings of the environment, with what the command line says instead. A folder that is named there means the
    database in it: who tries a backup out beside a house must not meet the house."""
    said = {name: value for name, value in {"data": data, **changed}.items() if value is not None}
    if data is not None:
        said["database_url"] = ""
    return dataclasses.replace(Settings.from_environment(), **said)


def text_of(file: Path) -> str:
    """What stands in a text file. Raises Refused for one that is none."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{file} is no text in UTF-8.", "Name the right file, or save it as UTF-8.") from error


def print_json(value: object) -> None:
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)
    typer.echo(text.decode())


def show(figures: dict[str, Any], json: bool) -> None:
    """A line for each figure, by its path."""
    if json:
        print_json(figures)
        return
    for name, value in _flat(figures):
        out.print(f"{name:44} {value}", highlight=False)


def _flat(figures: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in figures.items():
        path = f"{before}{name}"
        rows += _flat(value, f"{path}.") if isinstance(value, dict) else [(path, value)]
    return rows
