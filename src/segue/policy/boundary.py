"""How far the assistant may go: the lower of what the lead allows (a ceiling) and what evidence earned (a standing)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.policy.settings import Policy


@dataclass(frozen=True, slots=True)
class Standing:
    """What judged cases have earned in one category."""

    category: str
    rung: Rung
    threshold: float | None = None
    """The confidence from which answers keep the error budget; None while there is too little evidence."""
    cases: int = 0
    wrong: int = 0
    needed: int = 0
    """How many more judged cases until there can be a threshold; 0 once there is one."""
    version: str = ""


UNJUDGED = Standing("default", Rung.SHADOW)
"""Silent, compared with what people reply: how a category begins."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """All standings. A category without one, and a matter of no known category, has the default."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    default: Standing = UNJUDGED

    def of(self, category: str | None) -> Standing:
        return self.default if category is None else self.standings.get(category, self.default)

    def effective_rung(
        self, policy: Policy, category: str | None, tier: str | None = None, channel: Channel | None = None
    ) -> Rung:
        cell = policy.cell(category, tier, channel)
        return Rung.ROUTE if cell.handling == "human" else min(self.of(category).rung, cell.ceiling)
