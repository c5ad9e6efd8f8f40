"""What agents say of handoffs with one key, told to the lead as hints: which reason hands over more than it should.

The one idea: such a word moves nothing by itself. Agents press the key where they like, so their words are no sample,
and a threshold that one key could lower would be a gate that one key could open. So they are counted by cell and
reason, one of each customer, beside what people then sent: whether the answer that was kept back would have been right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from segue.domain.decision import Reason
from segue.domain.evidence import CellName, Remark, Verdict
from segue.policy.guarantee import lower_bound
from segue.texts import _, _n, forms

CUSTOMERS, AGENTS = 5, 2
"""Whose handoffs at least were called needless, and by how many agents, before it is told as a hint."""
SURE = 0.8
"""How sure it must be that agents would call more than half of them needless."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What was said of the handoffs of one cell for one reason."""

    cell: CellName
    reason: Reason
    rule: str
    """The setting behind the newest of them."""
    needless: int
    right_calls: int
    """Customers whose handoff was called so."""
    agents: tuple[str, ...]
    """Who called any needless."""
    would_be_right: int
    would_be_wrong: int
    """Of the needless ones: what the answer would have been, where people's replies told."""
    threshold: float | None = None
    """What the confidence was held to; None where it was another reason."""
    mark: float | None = None
    """The confidence from which half of the needless ones would have been answered."""
    along: int = 0
    """Right calls that would have been answered from there on, too."""

    @property
    def is_telling(self) -> bool:
        """Whether it is more than a few people's mood."""
        is_enough = self.needless >= CUSTOMERS and len(self.agents) >= AGENTS
        return is_enough and lower_bound(self.needless + self.right_calls, self.needless, SURE) > 0.5

    @property
    def says(self) -> str:
        """For people, whole sentences."""
        of, known = self.needless + self.right_calls, self.would_be_right + self.would_be_wrong
        told = [
            _n(
                "%(n)s of %(of)s handoffs because %(reason)s were needless, says %(num)s agent.",
                "%(n)s of %(of)s handoffs because %(reason)s were needless, say %(num)s agents.",
                len(self.agents), n=self.needless, of=of, reason=self.reason.sentence,
            )
        ]  # fmt: skip
        if known:
            right = self.would_be_right
            told.append(_("Where a reply told, %(n)s of %(of)s answers would have been right.", n=right, of=known))
        if self.mark is not None and self.threshold is not None:
            told.append(self._half(forms.number(self.mark, 2), forms.number(self.threshold, 2)))
        return " ".join(told)

    def _half(self, mark: str, threshold: str) -> str:
        if not self.along:
            return _(
                "Half of them were %(mark)s sure or more, where %(threshold)s was asked for.", mark=mark,
                threshold=threshold,
            )  # fmt: skip
        return _(
            "Half of them were %(mark)s sure or more, where %(threshold)s was asked for; that holds of "
            "%(along)s rightly handed over, too.", mark=mark, threshold=threshold, along=self.along,
        )  # fmt: skip


def hints(remarks: Iterable[Remark]) -> list[Hint]:
    """By reason, the most often needless first. Of one customer's handoffs for one reason the newest word counts."""
    newest = {(r.reason, r.contact): r for r in sorted(remarks, key=lambda r: r.at)}
    ordered = sorted(newest.values(), key=lambda r: (r.reason, r.at))
    found = [_hint(reason, list(own)) for reason, own in groupby(ordered, key=lambda r: r.reason)]
    return sorted((h for h in found if h.needless), key=lambda h: -h.needless)


def _hint(reason: Reason, own: Sequence[Remark]) -> Hint:
    needless, right = [r for r in own if r.is_needless], [r for r in own if not r.is_needless]
    mark = _half(needless) if reason is Reason.LOW_CONFIDENCE else None
    return Hint(
        cell=own[-1].cell,
        reason=reason,
        rule=own[-1].rule,
        needless=len(needless),
        right_calls=len(right),
        agents=tuple(sorted({r.agent for r in needless})),
        would_be_right=sum(r.verdict is Verdict.RIGHT for r in needless),
        would_be_wrong=sum(r.verdict is Verdict.WRONG for r in needless),
        threshold=own[-1].threshold if reason is Reason.LOW_CONFIDENCE else None,
        mark=mark,
        along=sum(mark is not None and (r.confidence or 0.0) >= mark for r in right),
    )


def _half(needless: Sequence[Remark]) -> float | None:
    sure = sorted((r.confidence for r in needless if r.confidence is not None), reverse=True)
    return sure[(len(sure) - 1) // 2] if sure else None
