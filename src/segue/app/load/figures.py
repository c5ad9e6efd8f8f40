"""The figures of a run: latencies by percentile, whether the profile's bars hold, and what stopped it where it was too
much."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from segue.app.load.apart import Kept
from segue.app.load.customers import Heard
from segue.app.load.histogram import Histogram
from segue.app.load.lag import ALLOWED
from segue.app.load.people import Worked
from segue.app.load.plan import Profile
from segue.app.load.screens import screens

BRIEFLY = (50.0, 95.0, 99.0)
WATCHED = 60
"""Desks whose screens are looked at."""
OF_CURVE = ("sent", "refused", "refused_by_status", "lost", "backlog_gone_s", "cores", "rss_mb", "pages", "lag_p99_ms",
            "is_void", "holds")  # fmt: skip

OF_DESKS = ("commit_to_desk_thread_ms", "commit_to_desk_list_ms", "news_to_desk_list_ms", "cores", "reads_refused",
            "lag_p99_ms", "is_void")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a run. `backlog`: seconds until nothing waited any more; None where it still did at the end."""

    heard: Heard
    worked: Worked
    of_customers: Kept
    of_agents: Kept
    lost: int
    backlog: float | None
    cores: dict[str, float]

    @property
    def lag(self) -> float:
        """Of the process that was later, in its slowest hundredth; seconds."""
        return max(self.of_customers.lag.p99, self.of_agents.lag.p99)

    @property
    def busiest(self) -> str:
        return max((part for part in self.cores if part != "generator"), key=lambda part: self.cores[part], default="")


def figures_of(profile: Profile, played: Played) -> dict[str, Any]:
    heard, worked, lag = played.heard, played.worked, played.lag
    accept, reply = heard.accepted, Histogram.of(heard.replied())
    bars = {
        "nothing_lost": played.lost == 0, "nothing_refused": not heard.refused,
        "accept_p99": accept.at(99) <= profile.accept_p99,
        "first_reply_p95": profile.reply_p95 is None or (reply.total > 0 and reply.at(95) <= profile.reply_p95),
        "backlog": played.backlog is not None and played.backlog <= profile.backlog,
        "pages_stood": min(heard.stood, default=0) >= profile.chats,
    }  # fmt: skip
    is_void = lag > ALLOWED
    stopped = stopped_by(played, is_void)
    return {
        "profile": asdict(profile), "sent": accept.total + len(heard.refused),
        "refused": len(heard.refused), "refused_by_status": dict(Counter(heard.refused)), "lost": played.lost,
        "without_reply": len(heard.unanswered()),
        "accept_ms": accept.told(), "first_reply_ms": reply.told(), **_screens(played),
        "agents_ms": {what: took.told(BRIEFLY) for what, took in sorted(worked.took.items())},
        "resolved_by_agents": worked.resolved, "failed_deeds": worked.failed,
        "reads_refused": {"customers": heard.reads_refused, "agents": worked.reads_refused},
        "streams_broken": {"customers": heard.breaks, "agents": worked.breaks},
        "pages": {"wanted": profile.chats, "least": min(heard.stood, default=0), "most": max(heard.stood, default=0)},
        "backlog_gone_s": played.backlog, "cores": played.cores, "busiest": played.busiest,
        "lag_p99_ms": round(lag * 1e3, 1), "is_void": is_void,
        "generator_goes_first": played.of_customers.is_first and played.of_agents.is_first,
        "bars": bars, "holds": all(bars.values()) and not is_void,
        "is_borne": not stopped, "stopped_by": stopped,
    }  # fmt: skip


def _screens(played: Played) -> dict[str, Any]:
    seen = screens(played.heard.happened, played.worked.read[:WATCHED])
    return {
        "commit_to_widget_ms": played.heard.screens().told(),
        "commit_to_desk_thread_ms": seen.thread.told(BRIEFLY), "commit_to_desk_list_ms": seen.list.told(BRIEFLY),
        "news_to_desk_list_ms": seen.news.told(BRIEFLY),
    }  # fmt: skip


def stopped_by(played: Played, is_void: bool) -> str:
    """Why the rate was more than could be measured or borne, in words; empty where it was not."""
    why, heard = list[str](), played.heard
    if is_void:
        why.append(f"the generator's own lag, {played.lag * 1e3:.0f} ms in its slowest hundredth")
    if heard.refused:
        counted = ", ".join(f"{n} times {status}" for status, n in Counter(heard.refused).most_common())
        why.append(f"refused messages ({counted}, 0: no answer within a minute)" if 0 in heard.refused
                   else f"refused messages ({counted})")  # fmt: skip
    if played.lost:
        why.append(f"{played.lost} lost messages")
    if played.backlog is None:
        why.append("a backlog that does not go")
    if why:
        parts = ", ".join(f"{part} {cores:g}" for part, cores in sorted(played.cores.items(), key=lambda c: -c[1]))
        why.append(f"busiest {played.busiest} (cores: {parts})")
    return "; ".join(why)


def of_desks(figures: dict[str, Any]) -> dict[str, Any]:
    """What a number of open desks tells: how soon they show what happened, and what that costs."""
    return {name: figures[name] for name in OF_DESKS} | {
        "accept_p99_ms": figures["accept_ms"]["p99"],
        "read": {what: took["n"] for what, took in figures["agents_ms"].items()},
    }  # fmt: skip


def of_curve(figures: dict[str, Any]) -> dict[str, Any]:
    """What a knee tells of each rate."""
    return {name: figures[name] for name in OF_CURVE} | {
        "accept_p50_ms": figures["accept_ms"]["p50"], "accept_p99_ms": figures["accept_ms"]["p99"],
        "first_reply_p95_ms": figures["first_reply_ms"]["p95"],
        "desk_thread_p99_ms": figures["commit_to_desk_thread_ms"]["p99"],
        "desk_list_p99_ms": figures["commit_to_desk_list_ms"]["p99"],
        "desk_news_p99_ms": figures["news_to_desk_list_ms"]["p99"],
        "broke": ", ".join(name for name, held in figures["bars"].items() if not held),
    }  # fmt: skip
