"""Reads off the record how far the assistant may go in each cell: what is earned, what is missing, what is lost.

The one idea: a step up is a bet that everybody may watch. It is won when the wealth of the bet that the error budget is
kept reaches its mark, the marks of all cells reckoned together (Holm), and when the cases come from enough people. A
step down needs no such patience (see learning/alarms).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.evidence import ANY, CellName, JudgedCase, Remark, Verdict
from segue.domain.moves import Cause, Move, Proof
from segue.learning.alarms import Alarm, Sources, alarm
from segue.learning.evidence import Weighed, inside, judged_by, speaking, telling, waiting
from segue.learning.hints import hints
from segue.learning.missing import EACH, together
from segue.learning.outgrown import covers, outgrown
from segue.learning.record import Lacking, Record, Report
from segue.policy.betting import Wager, least_right, share_for_people
from segue.policy.lint import Finding, Level
from segue.policy.settings import Policy
from segue.policy.settings.cells import Budget, Cell
from segue.texts import _, forms
from segue.texts.wording import worded

TELLING = 20
"""Judged cases from which a share is said of them; before, the rehearsed past speaks."""
LEAST_WRONG = 1e-6


def survey(record: Record, budget: Budget | None = None) -> list[Report]:
    """Every cell that stands for itself, by name. With `budget`, as if the lead had set that one everywhere."""
    cells = cells_of(record)
    cases, remarks = inside(record.cases, cells, record.apart), inside(record.remarks, cells, record.apart)
    reports = [_report(record, cell, cases[cell], remarks[cell], budget) for cell in cells]
    return [_unnamed(record, _settled(record, report)) for report in together(reports)]


def cells_of(record: Record) -> list[CellName]:
    """Each category, and the finer cells in which something moved or the policy differs."""
    opened = {intent.category_id for intent in record.catalogue.intents if intent.is_opened}
    named = [CellName(category) for category in opened]
    alike = [(name, group) for group in record.policy.groups.values() for name in group.categories]
    for name, settings in (*record.policy.categories.items(), *alike):
        if name in opened:
            named += [CellName(name, tier) for tier in settings.tiers]
            named += [CellName(name, ANY, channel.value) for channel in settings.channels]
    named += [cell for cell in record.boundary.moves if cell.category in opened]
    return sorted(set(named))


def _report(
    record: Record, cell: CellName, own: Sequence[JudgedCase], remarks: Sequence[Remark], budget: Budget | None
) -> Report:
    """`own` and `remarks` are the cell's."""
    settings = settings_of(record.policy, cell)
    promised = _within_reach(budget or settings.budget or record.policy.budget)
    standing = record.boundary.of(cell.category, *_place(cell))
    since = record.since(moved := record.boundary.moved(cell))
    threshold = max(standing.threshold if standing.threshold is not None else 1.0 - promised.wrong, settings.floor)
    counting = [case for case in own if record.sources.counts(case)]
    asked = max(1.0 - promised.wrong, settings.floor)
    begins = begins_anew(record, own, counting, standing.rung, asked, since)
    weighed = speaking(counting, standing.rung, asked, begins, record.now)
    told = telling(own, asked, since, record.now) if standing.rung >= Rung.APPROVE else []
    error, is_rehearsed = _wrong_if_all(record, cell, counting)
    wager = _wager(weighed, promised)
    return Report(
        cell=cell,
        rung=standing.rung,
        ceiling=Rung.ROUTE if settings.handling == "human" else settings.ceiling,
        handling=settings.handling,
        threshold=standing.threshold,
        to=Rung(standing.rung + 1) if standing.rung < Rung.AUTO else None,
        proof=judged_proof(weighed, threshold, promised, record.years(cell, begins)),
        base_error=error,
        is_rehearsed=is_rehearsed,
        limit=share_for_people(error or 0.0, promised.wrong),
        moved=moved,
        # what was wrong of an older text still speaks against going on: only a step up begins anew
        fall=alarm(record.sources, own, told, standing.rung, since, promised)
        or (None if budget else _unproven(record, cell, standing.rung, promised, wager)),
        weighed=tuple(weighed),
        wager=wager,
        hints=tuple(hints(remarks)),
        of_before=_of_before(record.sources, own, begins > since),
        waiting=waiting(counting, standing.rung, asked, begins),
        lacking=tuple(_lacking(record, cell, min(standing.rung, settings.ceiling))),
        began=None if moved else record.boundary.begun.get(CellName(cell.category)),
    )


def begins_anew(
    record: Record, own: Sequence[JudgedCase], counting: Sequence[JudgedCase], rung: Rung, asked: float, since: datetime
) -> datetime:  # fmt: skip
    """From when on the step up from `rung` rests on a cell's `own` cases; `counting` are those that still count."""
    gone = speaking(own, rung, asked, since, record.now, goes_on=True) if len(counting) < len(own) else ()
    return record.sources.begins_anew(gone, since)


def _lacking(record: Record, cell: CellName, rung: Rung) -> Iterable[Lacking]:
    if rung <= Rung.APPROVE:
        return
    for intent in record.catalogue.intents:
        missing = record.boundary.lacks(intent.id, cell.category) if intent.category_id == cell.category else 0
        if intent.is_opened and missing:
            yield Lacking(intent.id, intent.name, missing)


def _of_before(sources: Sources, own: Sequence[JudgedCase], is_anew: bool) -> str:
    told = sources.of_before([case for case in own if case.judgements])
    if not is_anew:
        return told
    return f"{told} {_('Some of that had been wrong, so the next step up rests on what was judged since then alone.')}"


def _unproven(record: Record, cell: CellName, rung: Rung, promised: Budget, wager: Wager) -> Alarm | None:
    """Why what answers alone must wait for a key: what is promised of it now was never proven."""
    if rung <= Rung.APPROVE:
        return None
    whole = record.policy.budget_of(cell.category)
    return outgrown(record.boundary, cell, record.boundary.moved(cell), whole, promised, wager)


def _within_reach(budget: Budget) -> Budget:
    """A budget so small that nobody will ever judge enough cases for it is reckoned as one in a million."""
    return budget if budget.wrong >= LEAST_WRONG else Budget(wrong=LEAST_WRONG, sure=budget.sure)


def settings_of(policy: Policy, cell: CellName) -> Cell:
    tier, channel = _place(cell)
    return policy.cell(cell.category, tier, Channel(channel) if channel else None)


def _place(cell: CellName) -> tuple[str | None, str | None]:
    return (None if cell.tier == ANY else cell.tier), (None if cell.channel == ANY else cell.channel)


def _wager(weighed: Sequence[Weighed], budget: Budget) -> Wager:
    return Wager.over(budget.wrong, [w.right for w in weighed], [w.weight for w in weighed])


def judged_proof(weighed: Sequence[Weighed], threshold: float, budget: Budget, years: int = 0) -> Proof:
    """Of this cell alone; `together` reckons the others in. `years`: how often over its record has outlived the window;
    each time its mark doubles, so that all chances together are worth one."""
    right, weights = np.array([w.right for w in weighed]), np.array([w.weight for w in weighed])
    in_order = sorted(weighed, key=lambda w: (w.right, w.case.at))
    return Proof(
        threshold=threshold,
        cases=len(weighed),
        counted=round(float(weights.sum()), 2),
        wrong=int((right == 0).sum()),
        contacts=len({w.case.voice for w in weighed}),
        agents=tuple(sorted(agent for agent, n in judged_by(weighed).items() if n >= EACH)),
        wealth=_wager(weighed, budget).wealth,
        enough=round(2.0**years / (1.0 - budget.sure), 6),
        least_right=round(least_right(right, 1.0 - budget.sure, weights), 4),
        budget=budget.wrong,
        sure=budget.sure,
        needed=0,
        messages=tuple(w.case.message for w in in_order[:20]),
    )


def _settled(record: Record, report: Report) -> Report:
    """With the way back, where it fell only because of an article or a promise and that is settled: nothing was found
    wrong with the answers, so the record it fell with is its proof."""
    moved = report.moved
    if moved is None or moved.proof is None or moved.cell != report.cell or report.fall:
        return report
    up = min(moved.before or report.rung, report.ceiling)
    if up <= report.rung or not _is_settled(record, moved, Budget(wrong=report.proof.budget, sure=report.proof.sure)):
        return report
    proof = replace(moved.proof, missing=(), needed=0)
    settled = _("settled: what was said of it no longer holds (%(why)s)", why=worded(moved.why, moved.wording))
    return replace(report, to=up, proof=proof, settled=settled)


def _is_settled(record: Record, moved: Move, promised: Budget) -> bool:
    if moved.cause is Cause.OUTGROWN:
        return moved.proof is not None and covers(moved.proof, promised)
    return moved.cause is Cause.STALE and record.sources.are_settled(moved)


def _unnamed(record: Record, report: Report) -> Report:
    """With the step up that its rehearsal proves and nobody has put their name under: an offer like any other."""
    standing, began = record.boundary.standings.get(report.cell.category), report.began
    is_whole_category = report.cell == CellName(report.cell.category)
    if standing is None or began is None or not (standing.is_nobodys and is_whole_category):
        return report
    if began.proof is None or report.ceiling <= Rung.APPROVE or report.fall or report.is_earned:
        return report
    return replace(report, to=Rung.AUTO_WITH_HOLD, proof=began.proof, settled=began.why)


def _wrong_if_all(record: Record, cell: CellName, counting: Sequence[JudgedCase]) -> tuple[float | None, bool]:
    """How often it would be wrong if it answered everything, and whether only the rehearsed past says so."""
    judged = _base_error(counting)
    error = judged if judged is not None else record.rehearsed.get(cell.category)
    return error, judged is None and error is not None


def _base_error(cases: Sequence[JudgedCase]) -> float | None:
    """How often the assistant would be wrong if it answered everything: over what was judged without being picked, each
    for as many as it was drawn from. None for so few that one of them would say too much."""
    judged = [c for c in cases if c.is_sampled]
    if len(judged) < TELLING:
        return None
    stands_for = [1.0 / c.propensity if c.was_given and c.propensity > 0 else 1.0 for c in judged]
    return float(np.average([c.verdict is Verdict.WRONG for c in judged], weights=stands_for))


def limits(reports: Iterable[Report]) -> list[Finding]:
    """What a lead should know before a budget is accepted: where even a perfect choice of what to leave out must leave
    this share to people, and what would wait for a key because it was proven for a larger one."""
    reports = list(reports)
    waits = [
        Finding(
            Level.NOTE, f"categories.{report.cell.category}.budget",
            _("It waits for a key until the next fit or its own record proves that: %(why)s.", why=report.fall.why),
        )
        for report in reports
        if report.fall and report.fall.cause is Cause.OUTGROWN
    ]  # fmt: skip
    return waits + [
        Finding(
            Level.NOTE,
            f"categories.{report.cell.category}.budget",
            _limit_said(report, forms.nearest(report.base_error)),
        )
        for report in reports
        if report.base_error is not None and report.limit > 0 and report.ceiling > Rung.ROUTE
    ]


def _limit_said(report: Report, wrong: str) -> str:
    """The category stands before it, wherever it is shown; a tier or a channel of it is named here."""
    budget, limit = forms.share(report.proof.budget), forms.nearest(report.limit)
    if report.is_rehearsed:
        told = _(
            "It would be wrong %(wrong)s of the time, as the past was rehearsed: under a budget of %(budget)s at least "
            "%(limit)s must go to people.",
            wrong=wrong, budget=budget, limit=limit,
        )  # fmt: skip
    else:
        told = _(
            "It would be wrong %(wrong)s of the time: under a budget of %(budget)s at least %(limit)s must go to "
            "people.",
            wrong=wrong, budget=budget, limit=limit,
        )  # fmt: skip
    within = ", ".join(part for part in (report.cell.tier, report.cell.channel) if part != ANY)
    return f"{within}: {told}" if within else told
