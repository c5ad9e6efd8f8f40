"""`segue figures`: how good the assistant is, whether its confidence holds, what answering alone does and saves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from segue.app.cli.common import Data, Json, out, print_json, settings
from segue.app.reach import reached
from segue.insight.calibration import calibration, error
from segue.insight.figures import CategoryFigures, Figure, Record
from segue.insight.holdout import Effect, Side, effect
from segue.insight.saved import Rate, Saved, rate_of, saved

WIDE, NARROW = 112, 4
"""Columns of a terminal that shows all figures of a category in a line, and how many of them fit where it has fewer."""


def add_to(app: typer.Typer) -> None:
    app.command()(figures)


def figures(
    days: Annotated[int, typer.Option(help="How far back.", min=1, max=3650)] = 90,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say how good the assistant is: eight figures by category, with intervals, and whether its confidence holds."""
    from segue.app.door import open_house

    now = datetime.now(UTC)
    with reached(settings(data), make=False) as at:
        house = open_house(at)
        found = Record(house.db).standings(now - timedelta(days=days), now)
        bins, held = calibration(house.ladder.counting(now)), house.workspace.head("confidence")
        worth = effect(house.db, now - timedelta(days=days), now)
        saves, rate = saved(house.db, now - timedelta(days=days), now), rate_of(house.workspace)
        house.db.close()
    back = (held[2].get("reliability") if held else None) or {"ece": None, "cases": 0}
    judged = {"ece": error(bins), "cases": sum(b.of for b in bins)}
    if json:
        ece = {"judged": judged, "held_back": back}
        print_json(
            {"days": days, "standings": found, "ece": ece, "holdout": worth, "saved": {"rate": rate, "rows": saves}}
        )
        return
    _table(found)
    _ece("by people", judged)
    _ece("held back by the last fit", back)
    _effect(worth)
    _saved(saves, rate)


def _table(found: list[CategoryFigures]) -> None:
    """All together with intervals, then each category in a line, or in two where a line is too short for all."""
    whole, *parts = found
    first = Table("figure", "share", "95 % sure between", "count", "of", box=None)
    for f in whole.figures:
        first.add_row(f.name, _share(f), f"{f.low:.0%}–{f.high:.0%}" if f.of else "–", str(f.count), str(f.of))
    out.print(first)
    at_once = len(whole.figures) if out.width >= WIDE else NARROW
    for begins in range(0, len(whole.figures), at_once):
        those = slice(begins, begins + at_once)
        by_category = Table("category", "n", *(f.name for f in whole.figures[those]), box=None)
        for part in parts:
            told = (f"{f.count}/{f.of}" if f.of else "–" for f in part.figures[those])
            by_category.add_row(part.category, str(part.episodes), *told)
        out.print(by_category)


def _share(figure: Figure) -> str:
    return "–" if figure.share is None else f"{figure.share:.0%}"


def _ece(of: str, told: dict[str, Any]) -> None:
    ece = "not known yet" if told["ece"] is None else f"{told['ece']:.3f}"
    out.print(f"Expected calibration error, {of}: {ece} ({told['cases']} cases)", highlight=False)


def _effect(worth: Effect | None) -> None:
    if worth is None:
        out.print("No share of what the assistant could answer goes to people by chance (evidence.holdout).")
        return
    for name, side in (("the assistant answered", worth.alone), ("chance gave it to people", worth.people)):
        out.print(f"{name}: {_side(side)}", highlight=False)
    if worth.difference is not None:
        out.print(
            f"difference: {worth.difference:+.1%} came back ({worth.low:+.1%} to {worth.high:+.1%}, 95 % sure)",
            highlight=False,
        )  # fmt: skip


def _side(side: Side) -> str:
    known = "none is over for seven days" if side.share is None else (
        f"{side.share:.1%} of {side.of} came back within seven days ({side.low:.1%}–{side.high:.1%})"
    )  # fmt: skip
    hours = "" if side.hours is None else f", {side.hours:g} hours to the end in the median"
    return f"{side.episodes} episodes; {known}{hours}"


def _saved(saves: list[Saved], rate: Rate | None) -> None:
    """Observed: how many lasted, and the minutes people noted. Their product is modelled."""
    whole, *parts = saves
    if whole.minutes is None or not whole.lasting:
        why = "too few of them noted how long they took" if whole.lasting else "nothing has lasted for seven days yet"
        out.print(f"What it saves people is not known: {why}.")
        return
    table = Table("saved", "lasted", "minutes of a person", "hours, modelled", "between", rate.currency if rate else "",
                  box=None)  # fmt: skip
    for one in (whole, *(p for p in parts if p.lasting)):
        table.add_row(one.category or "all", str(one.lasting), *_spared(one, rate))
    out.print(table)


def _spared(one: Saved, rate: Rate | None) -> list[str]:
    each, minutes, low, high = one.typical, one.minutes or 0.0, one.low or 0.0, one.high or 0.0
    median = "–" if each is None else f"{each.median:g} ({each.low:g}–{each.high:g}, n {each.n})"
    borrowed = " of all" if one.is_borrowed else ""
    hours = [f"{minutes / 60:.1f}", f"{low / 60:.1f}–{high / 60:.1f}"]
    return [median + borrowed, *hours, f"{rate.money(minutes):,.0f}" if rate else ""]
