"""The figures of a run: latencies by percentile, and whether the profile's bars hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from segue.app.load.customers import Customers
from segue.app.load.histogram import Histogram
from segue.app.load.lag import Lag
from segue.app.load.people import Agents
from segue.app.load.plan import Profile


def figures_of(
    profile: Profile, customers: Customers, agents: Agents, lag: Lag, lost: int, backlog: float | None
) -> dict[str, Any]:
    """`backlog`: seconds until nothing waited any more; None where it still did when patience ended."""
    accept, reply = customers.accepted, Histogram.of(customers.replied())
    bars = {
        "nothing_lost": lost == 0, "nothing_refused": not customers.refused,
        "accept_p99": accept.at(99) <= profile.accept_p99,
        "first_reply_p95": profile.reply_p95 is None or reply.at(95) <= profile.reply_p95,
        "backlog": backlog is not None and backlog <= profile.backlog,
    }  # fmt: skip
    return {
        "profile": asdict(profile), "sent": accept.total + len(customers.refused),
        "refused": len(customers.refused), "refused_by_status": dict(Counter(customers.refused)), "lost": lost,
        "without_reply": len(customers.unanswered()),
        "accept_ms": accept.told(), "first_reply_ms": reply.told(), "commit_to_screen_ms": customers.screens().told(),
        "agents_ms": {what: took.told(BRIEFLY) for what, took in sorted(agents.took.items())},
        "resolved_by_agents": agents.resolved, "failed_deeds": agents.failed,
        "reads_refused": {"customers": customers.reads_refused, "agents": agents.reads_refused},
        "backlog_gone_s": backlog,
        "lag_p99_ms": round(lag.p99 * 1e3, 1), "is_void": lag.is_void, "bars": bars,
        "holds": all(bars.values()) and not lag.is_void,
    }  # fmt: skip


BRIEFLY = (50.0, 95.0, 99.0)
