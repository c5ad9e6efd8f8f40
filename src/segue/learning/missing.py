"""What a cell still needs for its next step up, all cells watched at once.

The one idea: who watches many bets sees one of them win by chance. So the marks of all are reckoned together (Holm),
and a bet that is won still needs enough cases, of enough customers, judged by more than one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from segue.domain.moves import Proof
from segue.learning.evidence import AHEAD
from segue.learning.record import Report
from segue.policy.betting import holm
from segue.texts import _, _n, forms, word

CASES, CONTACTS, AGENTS = 30, 15, 2
"""The least a step up rests on, whatever the bet says. Cases are counted with their weights and caps."""
EACH = 5
"""Cases an agent must have judged to count as one of the two: a single one is a fig leaf."""


def together(reports: Sequence[Report]) -> list[Report]:
    """With the marks that hold when all cells are watched at once: those with any case are one family."""
    watched = [r for r in reports if r.weighed and r.to is not None]
    enough = dict(zip((r.cell for r in watched), _marks(watched), strict=True))
    return [_judged(r, enough.get(r.cell, (len(watched) + 1, False))) for r in reports]


def _marks(watched: Sequence[Report]) -> list[tuple[int, bool]]:
    """For each the factor on its mark, and whether it is proven (Holm on wealth as a share of its own mark)."""
    shares = [r.proof.wealth / r.proof.enough for r in watched]
    order = sorted(range(len(shares)), key=lambda n: -shares[n])
    factors = [0] * len(shares)
    for rank, n in enumerate(order):
        factors[n] = len(shares) - rank
    return list(zip(factors, holm(shares, 1.0), strict=True))


def _judged(report: Report, mark: tuple[int, bool]) -> Report:
    factor, is_proven = mark
    proof, wager = report.proof, report.wager
    needed = wager.needed(1.0 / (proof.enough * factor)) if wager else 0
    whole = replace(proof, enough=proof.enough * factor, needed=0 if is_proven else max(needed, 1))
    return replace(report, proof=replace(whole, missing=tuple(_missing(report, whole, is_proven))))


def _missing(report: Report, proof: Proof, is_proven: bool) -> Iterable[str]:
    if report.to is None:
        return
    if report.to > report.ceiling:
        yield _("the policy allows no more than %(rung)s", rung=word(report.ceiling.words))
    if proof.counted < CASES:
        yield _("cases worth %(needed)s; %(n)s so far", needed=CASES, n=f"{proof.counted:g}")
    if proof.contacts < CONTACTS:
        yield _("cases of %(needed)s customers; %(n)s so far", needed=CONTACTS, n=proof.contacts)
    if len(proof.agents) < AGENTS:
        yield _(
            "%(needed)s agents who judged %(each)s cases or more; %(n)s so far", needed=AGENTS, each=EACH,
            n=len(proof.agents),
        )  # fmt: skip
    if not is_proven and any(one.is_cut for one in report.weighed):
        yield _(
            "cases that others judged: one agent counts for no more than all others and %(ahead)s cases", ahead=AHEAD
        )
    if not is_proven and any(one.is_companys for one in report.weighed):
        yield _(
            "cases of other customers: one company counts for no more than all others and %(ahead)s cases", ahead=AHEAD
        )
    if not is_proven and report.waiting:
        yield _n(
            "a grade for %(num)s drawn answer: until then nothing later counts, and after a week it counts as wrong",
            "grades for %(num)s drawn answers: until then nothing later counts, and after a week they count as wrong",
            report.waiting,
        )  # fmt: skip
    if not is_proven:
        yield _n(
            "%(num)s more right case to prove at most %(wrong)s wrong, %(sure)s sure",
            "%(num)s more right cases to prove at most %(wrong)s wrong, %(sure)s sure", proof.needed,
            wrong=forms.share(proof.budget), sure=forms.share(proof.sure),
        )  # fmt: skip
