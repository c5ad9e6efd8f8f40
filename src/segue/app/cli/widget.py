"""The widget from the command line: the line a page carries, the sites that may carry it, the secret that signs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from segue.app.cli.common import BY, Data, Json, out, print_json, settings
from segue.app.reach import reached, served_at
from segue.app.settings import Settings
from segue.domain.errors import Conflict, NotFound, Refused
from segue.store.database import Database
from segue.store.office import Office
from segue.store.widget import origin_of
from segue.store.workspace import Workspace

app = typer.Typer(help="The widget in your product's pages.", no_args_is_help=True)
Origin = Annotated[
    str, typer.Argument(help="Scheme, host and port of the site: https://app.example.com, https://*.example.com")
]


@app.command()
def show(data: Data = None, json: Json = False) -> None:
    """The line to put into a page, and the sites that may carry it."""
    with _workspace(data) as (at, workspace):
        from segue.web.widget_page import company_of, line_of

        line = line_of(at.address.rstrip("/") or served_at(at), company_of(workspace))
        allowed = _origins(workspace)
    if json:
        print_json({"line": line, "origins": allowed})
        return
    out.print(line, markup=False, highlight=False)
    out.print(f"Sites that may carry it, besides this one: {', '.join(allowed) or 'none yet (`segue widget allow`)'}.")


@app.command()
def allow(origin: Origin, data: Data = None) -> None:
    """Let a site frame the widget. It holds from the next page view on."""
    site = origin_of(origin)
    if site is None:
        raise Refused(f"{origin!r} is not an origin.", "Write scheme and host: https://app.example.com", "ORIGIN")
    with _workspace(data) as (_, workspace):
        _put(workspace, [*(one for one in _origins(workspace) if one != site), site])
    out.print(f"{site} may carry the widget.")


@app.command()
def forbid(origin: Origin, data: Data = None) -> None:
    """Take a site off the list again."""
    with _workspace(data) as (_, workspace):
        before, site = _origins(workspace), origin_of(origin) or origin
        if site not in before:
            raise NotFound(f"{origin} is not on the list.", "`segue widget show` names those that are.")
        _put(workspace, [one for one in before if one != site])
    out.print(f"{site} may not carry the widget any more.")


@app.command()
def secret(data: Data = None) -> None:
    """Print the secret with which your server signs who a customer is. Whoever has it is believed: keep it there."""
    with _workspace(data) as (_, workspace):
        workspace.claim_setting("identity_secret", secrets.token_urlsafe(48))
        typer.echo(workspace.setting("identity_secret"))


@app.command()
def rotate(data: Data = None) -> None:
    """Make another secret and print it. Identities signed with the old one are believed until `segue widget drop`."""
    with _workspace(data) as (_, workspace):
        workspace.claim_setting("identity_secret", secrets.token_urlsafe(48))
        made = secrets.token_urlsafe(48)
        if not Office(workspace.db).rotate_identity(made, BY, datetime.now(UTC)):
            raise Conflict("The secret before this one is still believed.", "Drop it first: `segue widget drop`.")
        typer.echo(made)
    out.print("Restart Segue, give your server this one, then run `segue widget drop` and restart once more.")


@app.command()
def drop(data: Data = None) -> None:
    """Believe the secret before this one no longer. A secret that got out is rotated and dropped at once."""
    with _workspace(data) as (_, workspace):
        if not Office(workspace.db).drop_identity(BY, datetime.now(UTC)):
            raise NotFound("There is no older secret.", "`segue widget rotate` makes a new one.")
    out.print("It is dropped. Restart Segue: from then on it vouches for nobody.")


@contextmanager
def _workspace(data: Path | None) -> Iterator[tuple[Settings, Workspace]]:
    with reached(settings(data), make=False) as at:
        db = Database(at.database_url).open()
        try:
            yield at, Workspace(db)
        finally:
            db.close()


def _origins(workspace: Workspace) -> list[str]:
    return list((workspace.setting("widget") or {}).get("origins", []))


def _put(workspace: Workspace, origins: list[str]) -> None:
    Office(workspace.db).change_widget({"origins": origins}, BY, datetime.now(UTC))
