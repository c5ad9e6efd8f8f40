"""`segue bench`: figures of speed. Each prints what it measured; none is a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer

from segue.app.cli.common import Data, Json, err, settings, show
from segue.app.reach import reached, throwaway

app = typer.Typer(help="Benchmarks, each in a database of its own.", no_args_is_help=True)
Messages = Annotated[int, typer.Option(help="Messages to send.", min=100)]


@app.command()
def accept(messages: Messages = 4000, data: Data = None, json: Json = False) -> None:
    """Messages taken in per second: bare statement, our accept, through HTTP."""
    from segue.app.bench import accept as bench

    _run(lambda at: bench.run(at, messages), data, json)


@app.command()
def drain(messages: Messages = 8000, data: Data = None, json: Json = False) -> None:
    """Messages decided and replied to per second, with the stand-in encoder."""
    from segue.app.bench import drain as bench

    _run(lambda at: bench.run(at, messages), data, json)


@app.command()
def turn(data: Data = None, json: Json = False) -> None:
    """CPU time of a considered turn against the encoder's own forward pass."""
    from segue.app.bench import turn as bench

    _run(bench.run, data, json)


@app.command()
def head(json: Json = False) -> None:
    """The intent head at 10,000 examples: fitting and reading."""
    from segue.app.bench import head as bench

    show(bench.run(), json)


@app.command()
def growth(data: Data = None, json: Json = False) -> None:
    """The cost of a turn with 1 k, 10 k and 100 k past conversations."""
    from segue.app.bench import growth as bench

    _run(bench.run, data, json)


@app.command()
def backtest(
    conversations: Annotated[int, typer.Option(help="Past conversations to try it on.", min=100)] = 10_000,
    data: Data = None,
    json: Json = False,
) -> None:
    """Seconds to try a policy on past conversations that were decided here."""
    from segue.app.bench import backtest as bench

    _run(lambda at: bench.run(at, conversations), data, json)


def load(
    profile: Annotated[str, typer.Option(help="realistic, extreme or burst.")] = "realistic",
    seconds: Annotated[float | None, typer.Option(help="How long messages come.", min=5)] = None,
    workers: Annotated[int, typer.Option(help="Worker processes.", min=1, max=64)] = 2,
    webs: Annotated[int, typer.Option(help="Web processes.", min=1, max=64)] = 1,
    desks: Annotated[str, typer.Option(help="Instead: how soon so many open desks show news, as in 1,5,55.")] = "",
    seed: Annotated[int, typer.Option(help="Of the arrivals.")] = 7,
    knee: Annotated[bool, typer.Option("--knee", help="Raise the rate until it is not borne, and say why.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Put a whole house under load, open loop, in a database of its own. Exit code 1 where a bar is missed."""
    from segue.app.load import run as bench
    from segue.app.load.plan import STEP, desks_named, profile_named

    chosen = profile_named(profile, seconds or (STEP if knee or desks else None))
    several = desks_named(desks) if desks else ()
    with throwaway(replace(settings(data), workers=workers, webs=webs), "load") as at:
        if desks:
            figures = bench.desks(at, chosen, several, seed, err.print)
        else:
            figures = (bench.knee if knee else bench.run)(at, chosen, seed, err.print)
    show(figures, json)
    raise typer.Exit(0 if figures.get("holds", True) else 1)


@app.command()
def desk(
    conversations: Annotated[int, typer.Option(help="Past conversations in the database.", min=0)] = 100_000,
    data: Data = None,
    json: Json = False,
) -> None:
    """Key to the next conversation painted, a message's commit to the agent's screen, what the desk's scripts weigh."""
    from segue.app.bench import desk as bench

    _run(lambda at: bench.run(at, conversations), data, json)


@app.command()
def accessible(
    only: Annotated[str, typer.Option(help="Only the screens whose name has this in it.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Every screen judged by all of axe's rules, light and dark, at 1280 px and at 400 %. Exit code 1 where one is
    broken."""
    from segue.app.bench import accessible as bench

    figures = _run(lambda at: bench.run(at, only), data, json)
    raise typer.Exit(1 if figures["found"] else 0)


@app.command()
def shift(data: Data = None, json: Json = False) -> None:
    """How far the page of a host moves that carries the widget or the form. Exit code 1 where it moves at all,
    or where a push on purpose is not seen."""
    from segue.app.bench import shift as bench

    figures = _run(bench.run, data, json)
    is_seen = figures["least_pushed_on_purpose"] > 0
    raise typer.Exit(0 if is_seen and not any(figures[page] for page in bench.PAGES) else 1)


@app.command()
def bombs(
    per_second: Annotated[float, typer.Option(help="Messages of the others.", min=1)] = 10,
    seconds: Annotated[float, typer.Option(help="Of each stretch.", min=5)] = 30,
    data: Data = None,
    json: Json = False,
) -> None:
    """How long others' messages take to be taken while hostile mail comes in. Exit code 1 where a bar is missed."""
    from segue.app.bench import bombs as bench

    figures = _run(lambda at: bench.run(at, per_second, seconds), data, json)
    raise typer.Exit(0 if figures["holds"] else 1)


@app.command()
def size(
    rounds: Annotated[int, typer.Option(help="How often everything is asked.", min=1)] = 5,
    night: Annotated[bool, typer.Option("--night", help="Also learn what a night would, once.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Lists, search and similar cases on the database in --data. Exit code 1 where a bar is missed."""
    from segue.app.bench import size as bench

    with reached(settings(data), make=False) as at:
        figures = bench.run(at, rounds, night=night)
    show(figures, json)
    raise typer.Exit(0 if all(figures[part]["holds"] for part in bench.BARS) else 1)


@app.command()
def weights(json: Json = False) -> None:
    """Bytes, compressed, of the widget's loader and frame and of the scripts of the desk and of settings and leads'
    pages. Exit code 1 over a bar."""
    from segue.app.bench import weights as bench

    show(figures := bench.figures(), json)
    raise typer.Exit(0 if all(figures[part] <= bar for part, bar in bench.BARS.items()) else 1)


def _run(bench: Callable[[Any], dict[str, Any]], data: Any, json: bool) -> dict[str, Any]:
    with throwaway(settings(data), "bench") as at:
        figures = bench(at)
    show(figures, json)
    return figures
