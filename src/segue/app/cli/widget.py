"""The widget from the command line: the line a page carries, the sites that may carry it, the secret that signs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.app.cli.common import Data, Json, out, print_json, settings
from segue.app.reach import reached
from segue.domain.errors import NotFound, Refused

if TYPE_CHECKING:
    from segue.app.door import House

app = typer.Typer(help="The widget in your product's pages.", no_args_is_help=True)
Origin = Annotated[
    str, typer.Argument(help="Scheme, host and port of the site: https://app.example.com, https://*.example.com")
]


@app.command()
def show(data: Data = None, json: Json = False) -> None:
    """The line to put into a page, and the sites that may carry it."""
    from segue.app.up import address

    with _house(data) as house:
        line = f'<script async src="{address(house.settings)}/widget.js" data-workspace="Your company"></script>'
        allowed = _origins(house)
    if json:
        print_json({"line": line, "origins": allowed})
        return
    out.print(line, markup=False, highlight=False)
    out.print(f"Sites that may carry it, besides this one: {', '.join(allowed) or 'none yet (`segue widget allow`)'}.")


@app.command()
def allow(origin: Origin, data: Data = None) -> None:
    """Let a site frame the widget. It holds from the next page view on."""
    from segue.web.widget import ORIGIN

    if not ORIGIN.fullmatch(origin):
        raise Refused(f"{origin!r} is not an origin.", "Write scheme and host: https://app.example.com", "ORIGIN")
    with _house(data) as house:
        _put(house, [*(one for one in _origins(house) if one != origin), origin])
    out.print(f"{origin} may carry the widget.")


@app.command()
def forbid(origin: Origin, data: Data = None) -> None:
    """Take a site off the list again."""
    with _house(data) as house:
        before = _origins(house)
        if origin not in before:
            raise NotFound(f"{origin} is not on the list.", "`segue widget show` names those that are.")
        _put(house, [one for one in before if one != origin])
    out.print(f"{origin} may not carry the widget any more.")


@app.command()
def secret(data: Data = None) -> None:
    """Print the secret with which your server signs who a customer is. Whoever has it is believed: keep it there."""
    with _house(data) as house:
        _ = house.identity  # makes it, the first time
        typer.echo(house.workspace.setting("identity_secret"))


@contextmanager
def _house(data: Path | None) -> Iterator[House]:
    from segue.app.door import open_house

    with reached(settings(data), make=False) as at:
        house = open_house(replace(at, encoder="standin", encoder_socket=""))
        try:
            yield house
        finally:
            house.db.close()


def _origins(house: House) -> list[str]:
    return list((house.workspace.setting("widget") or {}).get("origins", []))


def _put(house: House, origins: list[str]) -> None:
    house.workspace.put_setting("widget", {**(house.workspace.setting("widget") or {}), "origins": origins})
