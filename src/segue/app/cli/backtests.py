"""A backtest as people read it: before beside after, and the worst first."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segue.policy.backtest import Backtest, Basis
from segue.policy.backtest.report import Handled, Row
from segue.policy.backtest.truth import Wrong

MOST_ROWS = 15


def show_policy(found: Backtest, out: Console) -> None:
    out.print(
        f"[bold]{escape(found.policy)}[/] against version {found.against}: {found.episodes} episodes,"
        f" {found.messages} messages, {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}."
    )
    if not found.episodes:
        out.print("Nothing was considered in that time. `segue backfill` considers imported conversations afterwards.")
        return
    out.print(f"{found.changed} episodes would have gone another way.")
    out.print(_overall(found))
    out.print(_rows("category", found.categories))
    out.print(_rows("tier", found.tiers))
    for example in found.examples:
        out.print(
            f"[bold]#{example.number}[/] {example.says}. {escape(' '.join(example.text.split())[:120])}\n"
            f"    {escape(example.before)} → {escape(example.after)}"
            f"; resolved as {example.resolved_as or 'nobody said'}",
            highlight=False,
        )
    out.print("[bold]What the figures rest on[/]")
    for name, rests in found.rests.items():
        out.print(f"  {name:15} {rests.on}: {rests.because}", highlight=False, markup=False)


def _overall(found: Backtest) -> Table:
    table = Table(box=None, pad_edge=False)
    after = "after" if found.rests["after"].on is not Basis.MODELLED else "after, modelled"
    for title in ("", "before", after):
        table.add_column(title, no_wrap=True)
    for name in ("assistant", "asked", "human"):
        table.add_row(f"{name} has it", str(getattr(found.before, name)), str(getattr(found.after, name)))
    minutes = found.minutes
    table.add_row("minutes of people", f"{minutes.before:.0f}", f"{minutes.after:.0f}")
    rates = [load.per_business_hour for load in (found.load_before, found.load_after)]
    table.add_row("to people per hour", *("–" if rate is None else f"{rate:.2f}" for rate in rates))
    table.add_row("busiest hour", str(found.load_before.busiest), str(found.load_after.busiest))
    table.add_row("wrong, of judged", _judged(found.wrong_before), _judged(found.wrong_after))
    table.add_row("wrong, expected of all", _expected(found.wrong_before), _expected(found.wrong_after))
    table.add_row("  newly answered", "", _newly(found.wrong_newly_answered))
    table.add_row("people had to go on", str(found.wrong_before.taken_over), str(found.wrong_after.taken_over))
    return table


def _judged(wrong: Wrong) -> str:
    if not wrong.judged:
        return f"unknown, {wrong.answers} unjudged" if wrong.answers else "no answers"
    return f"{wrong.wrong} of {wrong.judged}"


def _newly(wrong: Wrong) -> str:
    """All of one kind, so that what is known of some tells of all."""
    if wrong.low is None or wrong.high is None:
        return _judged(wrong)
    return f"{_judged(wrong)} ({wrong.low:.1%}–{wrong.high:.1%})"


def _expected(wrong: Wrong) -> str:
    if wrong.expected is None or wrong.expected_low is None or wrong.expected_high is None:
        return "unknown"
    return f"{wrong.expected:.0f} ({wrong.expected_low:.0f}–{wrong.expected_high:.0f})"


def _rows(name: str, rows: tuple[Row, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in (name, "n", "before", "after", "changed", "answered", "handed"):
        table.add_column(title, no_wrap=True)
    for row in rows[:MOST_ROWS]:
        figures = (row.changed, row.newly_answered, row.newly_handed_over)
        table.add_row(escape(row.name), str(row.episodes), _shared(row.before), _shared(row.after), *map(str, figures))
    return table


def _shared(handled: Handled) -> str:
    """Assistant, asked, human."""
    return f"{handled.assistant}/{handled.asked}/{handled.human}"
