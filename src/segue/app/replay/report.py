"""Counts what became of a replayed stream: by kind of item, with the promises of the issue held against it."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from segue.app.replay.play import Course
from segue.app.replay.watching import Witness
from segue.policy.guarantee import over_budget

KINDS = ("known", "unknown", "foreign", "complaint", "chat")


SURE = 0.95


def report(courses: Sequence[Course], watch: Witness, seconds: float, budget: float) -> dict[str, Any]:
    """Counts, shares and costs, as plain JSON. Times are CPU milliseconds of this process."""
    kinds = [k for k in KINDS if any(c.item.kind == k for c in courses)]
    kinds += sorted({c.item.kind for c in courses} - set(kinds))
    return {
        "items": len(courses),
        "messages": len(watch.taken),
        "kinds": {kind: _counts([c for c in courses if c.item.kind == kind]) for kind in kinds},
        "all": _counts(courses),
        "over_budget": over_budget(_by_category(courses), budget, SURE),
        "near_twin_errors_by_quarter": _twins(courses),
        "handoff_reasons": dict(Counter(c.reasons[0].value for c in courses if c.reasons).most_common()),
        "wishes": {"made": sum(len(c.wishes) for c in courses), "honoured": sum(sum(c.wishes) for c in courses)},
        "always_human_answered": sum(c.forbidden for c in courses),
        "always_human_misread": sum(c.misread for c in courses),
        "incomplete_briefings": dict(Counter(part for c in courses for part in c.missing)),
        "turn_cpu_ms": {"forward": _spread(watch.forward), "rest": _spread(watch.rest)},
        "messages_per_second": round(len(watch.taken) / seconds, 1) if seconds else None,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "seconds": round(seconds, 1),
    }


def _by_category(courses: Sequence[Course]) -> dict[str, tuple[int, int]]:
    """Answers and wrong ones, by the category that was spoken to."""
    said = [pair for c in courses for pair in zip(c.spoke_to, c.answers, strict=True)]
    return {
        category: (sum(of == category for of, _ in said), sum(of == category and not right for of, right in said))
        for category in sorted({of for of, _ in said})
    }


def _twins(courses: Sequence[Course]) -> list[int]:
    """Messages about a matter that is only known by name, answered as another one, by quarter of the stream."""
    quarters = np.array_split(np.arange(len(courses)), 4)
    return [sum(courses[n].item.kind == "unknown" and courses[n].is_wrong for n in quarter) for quarter in quarters]


def _counts(courses: Sequence[Course]) -> dict[str, Any]:
    n = len(courses)
    answered = [c for c in courses if c.answers]
    wrong = sum(c.is_wrong for c in answered)
    counts = {
        "answered_alone": len(answered),
        "right": len(answered) - wrong,
        "wrong": wrong,
        "asked_back": sum(c.asked_back > 0 for c in courses),
        "acknowledged": sum(c.courtesies > 0 for c in courses),
        "handed_over": sum(c.is_handed_off for c in courses),
        "durable": sum(c.is_durable for c in courses),
    }
    shares = {f"{name}_share": round(value / n, 4) if n else None for name, value in counts.items()}
    of_answers = round(wrong / len(answered), 4) if answered else None
    return {"items": n, **counts, **shares, "wrong_of_answered": of_answers}


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    if not values:
        return {"p50": None, "p95": None, "p99": None}
    return {f"p{p}": round(float(np.percentile(values, p)), 3) for p in (50, 95, 99)}


def show(figures: dict[str, Any], console: Console) -> None:
    """The same figures for a person."""
    names = ("items", "answered_alone", "right", "wrong", "asked_back", "handed_over", "durable")
    table = Table("kind", *(n.replace("_", " ") for n in names), "wrong of answered", title="What became of them")
    for kind, counts in {**figures["kinds"], "all": figures["all"]}.items():
        share = counts["wrong_of_answered"]
        shown = (str(counts[n]) if n == "items" else _with_share(counts, n) for n in names)
        table.add_row(kind, *shown, "–" if share is None else f"{share:.1%}")
    console.print(table)
    reasons = Table("first reason of handoff", "items")
    for reason, n in figures["handoff_reasons"].items():
        reasons.add_row(reason, str(n))
    console.print(reasons)
    over = ", ".join(figures["over_budget"]) or "none"
    quarters = ", ".join(map(str, figures["near_twin_errors_by_quarter"]))
    console.print(f"Categories significantly over the budget: {over}. Unopened matters taken for another, by quarter: "
                  f"{quarters}.")  # fmt: skip
    cost = figures["turn_cpu_ms"]
    console.print(
        f"Wishes for a person honoured in the same turn: {figures['wishes']['honoured']} of "
        f"{figures['wishes']['made']}. Answers in always-human categories: "
        f"{figures['always_human_answered']}, and {figures['always_human_misread']} to such a matter "
        f"taken for another. Incomplete briefings: {figures['incomplete_briefings'] or 0}."
    )
    console.print(f"CPU ms a turn, p50/p95/p99: forward {_said(cost['forward'])}; everything else "
                  f"{_said(cost['rest'])}. {figures['messages_per_second']} messages/s, "
                  f"peak {figures['peak_rss_mb']} MB.")  # fmt: skip


def _with_share(counts: dict[str, Any], name: str) -> str:
    share = counts[f"{name}_share"]
    return str(counts[name]) if share is None else f"{counts[name]} ({share:.0%})"


def _said(spread: dict[str, float | None]) -> str:
    return " / ".join("–" if v is None else f"{v:.2f}" for v in spread.values())
