"""A cell that answers alone on the proof of another promise: one that was made before the budget became smaller, or one
of its whole category where a tier or a channel is promised less.

The one idea: what proves at most 5 % wrong says nothing of 2 %. So the cell goes back to where a person presses the
key, until its own record proves what is promised now. It is offered back where that promise is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping

from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Cause, Move, Proof
from segue.learning.alarms import Alarm
from segue.policy.betting import Wager
from segue.policy.boundary import Boundary
from segue.policy.settings.cells import Budget
from segue.texts import _, forms


def outgrown(
    boundary: Boundary, cell: CellName, moved: Move | None, whole: Budget, promised: Budget, wager: Wager
) -> Alarm | None:  # fmt: skip
    """Why the cell must wait for a key, or None. `whole`: what its category is promised; `wager`: on its record since
    `moved`, the move it stands by."""
    if wager.is_proven(1.0 - promised.sure):
        return None
    base = boundary.standings.get(cell.category)
    if base and (base.rung > Rung.APPROVE or base.is_nobodys) and _is_within(whole, promised):
        return None  # the rehearsed past proves it
    if moved is None:
        return _alarm(whole, promised, _begun(boundary.begun, cell))
    if moved.proof is None or covers(moved.proof, promised):
        return None
    return _alarm(Budget(wrong=moved.proof.budget, sure=moved.proof.sure), promised, moved.proof)


def covers(proof: Proof, promised: Budget) -> bool:
    """Whether it proves as much as is promised now."""
    is_sure = proof.sure >= promised.sure
    return is_sure and (proof.budget <= promised.wrong or proof.least_right >= 1.0 - promised.wrong)


def _is_within(had: Budget, promised: Budget) -> bool:
    return had.wrong <= promised.wrong and had.sure >= promised.sure


def _begun(entries: Mapping[CellName, Move], cell: CellName) -> Proof | None:
    entry = entries.get(CellName(cell.category))
    return entry.proof if entry else None


def _alarm(had: Budget, promised: Budget, proof: Proof | None) -> Alarm:
    why = _(
        "what is promised was never proven: at most %(wrong)s wrong, %(sure)s sure; it answers alone on a proof of "
        "%(had)s, %(was)s sure",
        wrong=forms.share(promised.wrong), sure=forms.share(promised.sure), had=forms.share(had.wrong),
        was=forms.share(had.sure),
    )  # fmt: skip
    return Alarm(Cause.OUTGROWN, why, Rung.APPROVE, proof=proof)
