"""Erasing a customer unlearns them: their rows go at once, and what was fitted with them is fitted anew without.

The two steps are apart because the second takes a while. `erasures.refitted_at` says which erasures still wait for it,
so a worker that dies between them costs nothing but time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Cause, Move, Proof
from segue.learning.boundary import begins_anew, cells_of, judged_proof, settings_of
from segue.learning.evidence import Weighed, inside, speaking
from segue.learning.ladder import SEGUE, Ladder
from segue.learning.missing import AGENTS, CASES, CONTACTS
from segue.learning.record import Record
from segue.policy.settings.cells import Budget
from segue.store.erasure import ErasureStore
from segue.store.learning import LearningStore
from segue.texts import _
from segue.texts.wording import keeping, made_of

log = structlog.get_logger()

Refit = Callable[[list[str]], bool]
"""Judges and fits anew without them, whatever the measures say; whether it could be done now. Given are the categories
in which cases of theirs were judged."""


def unlearn(store: ErasureStore, learning: LearningStore, refit: Refit, now: datetime) -> int:
    """Fits anew where somebody was erased since the last time; returns for how many."""
    waiting = store.to_refit()
    if not waiting or not refit(sorted({category for of_one in waiting.values() for category in of_one})):
        return 0
    learning.forget_old_heads()
    store.refitted(list(waiting), now)
    return len(waiting)


def prove_again(ladder: Ladder, categories: Sequence[str], now: datetime) -> None:
    """Customers were erased whose cases were judged in these categories. Marks are set by what is left alone, a step up
    that was proven with those cases and is not without them is taken back, and so is an offer."""
    ladder.follow(now, afresh=bool(categories))
    moves = [m for m in ladder.history.moves() if m.cause is not Cause.REHEARSED and m.cell.category in categories]
    for cell in sorted({move.cell for move in moves}):
        steps = [move for move in moves if move.cell == cell]
        to = unproven(steps, lambda move: left_of(ladder.record_of(move), move))
        if to is not None:
            _take_back(ladder, cell, to, standing_again(steps, to), now)
    offers = [offer for offer in ladder.offers() if offer.cell.category in categories]
    reports = {report.cell: report for report in ladder.reports(now)} if offers else {}
    for offer in offers:
        if offer.cell not in reports or not reports[offer.cell].is_earned:
            ladder.history.close_offer(offer.id, "withdrawn", SEGUE, now)


def standing_again(steps: Sequence[Move], to: Rung) -> Proof | None:
    """What the rung rests on to which a cell goes back: what is promised later is held against it."""
    return next((move.proof for move in reversed(steps) if move.rung is to), None)


def _take_back(ladder: Ladder, cell: CellName, to: Rung, proof: Proof | None, now: datetime) -> None:
    tier, channel = (None if part == "*" else part for part in (cell.tier, cell.channel))
    before = ladder.boundary().of(cell.category, tier, channel).rung
    with keeping() as kept:
        why = _("a customer was erased whose cases were part of the proof, and it does not hold without them")
    move = Move(cell, to, why, SEGUE, now, None, proof, cause=Cause.UNLEARNT, before=before, wording=made_of(why, kept))
    ladder.history.move(move)
    log.warning("boundary.lowered", cell=str(cell), to=to.code, why=why)


def unproven(moves: Sequence[Move], left: Callable[[Move], Sequence[Weighed]]) -> Rung | None:
    """Where a cell stood before the first of its newest steps up that what is `left` does not prove any more; None
    where it proves them all. What was given back because an article was settled rests on what it fell with, and is left
    alone."""
    to = None
    for n in range(len(moves) - 1, -1, -1):
        move, before = moves[n], moves[n - 1] if n else None
        if move.cause not in (Cause.EARNED, Cause.OFFERED) or (before and before.cause is Cause.STALE):
            break
        if not still_proves(move, left(move)):
            to = move.before
    return to


def left_of(record: Record, move: Move) -> Sequence[Weighed]:
    """What spoke for a step up in the `record` of then, as far as it is there still: by what had been said then, of
    articles as they stood, without finer cells that stood for themselves."""
    if move.proof is None or move.before is None:
        return ()
    cell = move.cell
    own = [
        replace(case, judgements=tuple(j for j in case.judgements if j.at <= move.at))
        for case in inside(record.cases, sorted({*cells_of(record), cell}), record.apart)[cell]
        if case.at <= move.at
    ]
    counting = [case for case in own if record.sources.counts(case)]
    asked = max(1.0 - move.proof.budget, settings_of(record.policy, cell).floor)
    since = record.since(record.boundary.moved(cell))
    begins = begins_anew(record, own, counting, move.before, asked, since)
    return speaking(counting, move.before, asked, begins, move.at)


def still_proves(move: Move, weighed: Sequence[Weighed]) -> bool:
    """Whether what is left of the cases behind a step up proves it as it was proven: against the same mark. Where none
    of them is missing they do, whoever was erased."""
    proof = move.proof
    if proof is None or proof.is_rehearsed or move.before is None:
        return True
    left = judged_proof(weighed, proof.threshold, Budget(wrong=proof.budget, sure=proof.sure))
    if (left.cases, left.wrong) == (proof.cases, proof.wrong):
        return True
    are_many = left.counted >= CASES and left.contacts >= CONTACTS and len(left.agents) >= AGENTS
    return are_many and left.wealth >= proof.enough
