"""`segue drill`: whether a house on this machine keeps what trust promises while everything that can fail does."""

from __future__ import annotations

import random
from typing import Annotated

import typer

from segue.app.cli.common import Json, err, out, print_json


def drill(
    seed: Annotated[int | None, typer.Option(help="Plays a drill again; without one, chance draws.", min=0)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="About a minute instead of ten.")] = False,
    json: Json = False,
) -> None:
    """Kill, stop and cut off a house of its own under load, and count what was promised and not kept.

    Needs no workspace and touches none. Exit code 1 where anything was broken.
    """
    from segue.app.drill.run import FULL, QUICK, quiet
    from segue.app.drill.run import drill as play

    quiet()
    chosen = random.SystemRandom().randrange(10**6) if seed is None else seed
    err.print(f"Seed {chosen}", highlight=False)
    tally, happened = play(QUICK if quick else FULL, chosen, lambda line: err.print(line, markup=False))
    if json:
        print_json({**tally.figures(chosen), "storm": happened})
    else:
        for line in (f"Seed {chosen}", *tally.told()):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if tally.is_whole else 1)
