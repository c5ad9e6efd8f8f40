"""Starting Segue: everything at once (`up`), or one process of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.app.cli.common import Data, out, settings
from segue.domain.errors import Refused

Fd = Annotated[int | None, typer.Option(help="An inherited listening socket.", hidden=True)]


def add_to(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(web)
    app.command()(worker)
    app.command()(encoder)
    app.command(hidden=True)(welcome)


def up(
    port: Annotated[int | None, typer.Option(help="Port to listen on (SEGUE_PORT).", min=0, max=65535)] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (SEGUE_HOST).")] = None,
    data: Data = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes (SEGUE_WORKERS).", min=1, max=64)] = None,
    webs: Annotated[int | None, typer.Option(help="Web processes (SEGUE_WEBS).", min=1, max=64)] = None,
    demo: Annotated[bool, typer.Option(help="Load the demo company into an empty database.")] = True,
    browser: Annotated[
        bool,
        typer.Option("--browser/--no-browser", help="Open a browser on the demo company, where there is a display."),
    ] = True,
) -> None:
    """Start everything: database, encoder, workers, web. Ctrl-C stops it all."""
    from segue.app.reach import place
    from segue.app.up import run

    if data is not None and (around := settings()).database_url:
        raise Refused(
            f"{place(around)} is set, and --data names {data}: a house has one database.".capitalize(),
            "Unset DATABASE_URL, or name the folder of the logs and sockets in SEGUE_DATA.",
            "--data",
        )
    run(settings(data, port=port, host=host, workers=workers, webs=webs), demo, browser)


def web(fd: Fd = None) -> None:
    """Run one web process."""
    from segue.app.running import run_web

    run_web(settings(), fd)


def worker() -> None:
    """Run one worker."""
    from segue.app.running import run_worker

    run_worker(settings())


def encoder(
    fd: Fd = None,
    at: Annotated[Path | None, typer.Option("--socket", help="Socket to listen on (SEGUE_ENCODER_SOCKET).")] = None,
) -> None:
    """Run the encoder process."""
    from segue.app.encoding import run_encoder

    run_encoder(settings(encoder_socket=str(at) if at else None), fd)


def welcome(browser: bool = False) -> None:
    """Say where everything is, and how the demo company's people sign in."""
    from segue.app.up import address
    from segue.app.welcome import lines, open_browser

    chosen = settings()
    for line in lines(chosen, address(chosen)):
        out.print(line, highlight=False)
    if browser:
        open_browser(chosen, address(chosen))
