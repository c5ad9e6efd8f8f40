"""The figures of a run: exact percentiles over every latency, and whether the profile's bars hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from segue.app.load.customers import Customers
from segue.app.load.lag import Lag
from segue.app.load.people import Agents
from segue.app.load.plan import Profile


def figures_of(profile: Profile, customers: Customers, agents: Agents, lag: Lag) -> dict[str, Any]:
    replied = customers.replied()
    accept, reply = _ms(customers.accepted), _ms(replied)
    holds = accept["p99"] <= profile.accept_p99 * 1e3 and not customers.refused
    if profile.reply_p95 is not None:
        holds = holds and reply["p95"] <= profile.reply_p95 * 1e3
    return {
        "profile": asdict(profile), "sent": len(customers.accepted) + len(customers.refused),
        "refused": len(customers.refused), "accept_ms": accept, "first_reply_ms": reply,
        "commit_to_screen_ms": _ms(customers.told), "without_reply": len(customers.unanswered()),
        "agents_ms": {what: _ms(took) for what, took in sorted(agents.took.items())},
        "resolved_by_agents": agents.resolved, "failed_deeds": agents.failed,
        "lag_p99_ms": round(lag.p99 * 1e3, 1), "is_void": lag.is_void, "holds": holds and not lag.is_void,
    }  # fmt: skip


def _ms(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {"n": 0, "p50": 0.0, "p95": 0.0, "p99": 0.0, "most": 0.0}
    p50, p95, p99, most = np.percentile(seconds, (50, 95, 99, 100)) * 1e3
    return {"n": len(seconds), "p50": round(p50, 1), "p95": round(p95, 1), "p99": round(p99, 1), "most": round(most, 1)}
