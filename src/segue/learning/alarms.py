"""What takes a cell down: answers that turn wrong, customers who come back, a source that no longer holds.

The one idea: going down needs no proof, only a reason that can be said. A bet on failure runs beside the answers and
begins anew whenever it is lost; a source is looked up. What fell because of a source is offered back once the source is
settled, for nothing was found wrong with the answers themselves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat

import numpy as np

from segue.domain.decision import Rung
from segue.domain.evidence import JudgedCase
from segue.domain.moves import Cause, Move, Proof
from segue.learning.evidence import Weighed, capped, complaints, few_of_each, heard
from segue.learning.rewritten import Text
from segue.policy.betting import Drift, Wager, losses
from segue.policy.guarantee import upper_bound
from segue.policy.settings.cells import Budget
from segue.texts import _, _n, forms
from segue.texts.wording import listed

FRESH_ENOUGH, RECENT = 0.2, 50
"""The share of a cell's recent answers that an article must carry for it to be the cell's business."""
LATELY = 2_000
"""Cases back to which drift is looked for."""
USUAL, SURE = 300, 0.8
"""Answers since the last move that tell how often customers say no, and how sure we are that it is no more often."""
TWICE, SLIPPED = 2.0, 200.0
"""How much more often the bet on slipping is made for, and the wealth at which it is won. Of cells where nothing
changes at most 4 % lose so within 1,000 answers; a quadrupling of 1 % is seen after about 400, one of 4 % after 80
(docs/measures.md)."""
ALONE = Rung.AUTO_WITH_HOLD


@dataclass(frozen=True, slots=True)
class Sources:
    """What is known of the articles behind the answers, by id."""

    stale: Mapping[str, str] = field(default_factory=dict)
    """Those that must not be answered from, each with its title and why."""
    rewritten: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    """When the text became another one, and the title."""
    texts: Mapping[str, Text] = field(default_factory=dict)
    """Those that were ever rewritten or taken out, with what each version left of the one before."""
    read_anew: datetime | None = None
    """Since when another encoder reads than did before; None where there was no other."""

    def counts(self, case: JudgedCase) -> bool:
        """Whether what was judged is what would be answered today: the passages it rests on stand, in an article that
        is not taken out, and the same encoder reads."""
        if self.read_anew is not None and case.at < self.read_anew:
            return False
        text = self.texts.get(case.article_id or "")
        if text is None:
            return True
        if case.article_version is None:
            return text.is_live and (text.rewritten_at is None or case.at > text.rewritten_at)
        return text.is_live and text.holds(case.article_version, case.grounds)

    def as_of(self, at: datetime) -> Sources:
        """What was known of them at that moment of what counts; not which were stale."""
        was_read_anew = self.read_anew is not None and self.read_anew <= at
        texts = {article: text.as_of(at) for article, text in self.texts.items()}
        return Sources(texts=texts, read_anew=self.read_anew if was_read_anew else None)

    def lost_at(self, case: JudgedCase) -> datetime | None:
        """When what was judged ceased to be what would be answered; None where it is still so."""
        if self.counts(case):
            return None
        if self.read_anew is not None and case.at < self.read_anew:
            return self.read_anew
        text = self.texts[case.article_id or ""]
        if case.article_version is None:
            was_rewritten = text.rewritten_at is not None and case.at <= text.rewritten_at
            return text.rewritten_at if was_rewritten else text.retired_at
        lost = text.lost_in(case.article_version, case.grounds)
        return text.retired_at if lost is None else text.made_at.get(lost, text.rewritten_at)

    def begins_anew(self, weighed: Sequence[Weighed], since: datetime) -> datetime:
        """From when on a record that began at `since` speaks for a step up. What was wrong may be rewritten or taken
        out, and then all of its cell begins anew: else each article would keep its run since its last mistake alone."""
        gone = (self.lost_at(one.case) for one in weighed if not one.right)
        return max((since, *(at for at in gone if at is not None)))

    def of_before(self, cases: Sequence[JudgedCase]) -> str:
        """Which of them do not count any more and why, in words; empty where all do."""
        gone = Counter(case.article_id for case in cases if not self.counts(case))
        if not gone:
            return ""
        titles = [f"“{self.texts[a].title}”" for a in sorted(filter(None, gone)) if a in self.texts]
        if self.read_anew is not None and not titles:
            return _n(
                "%(num)s case counts no more: another encoder read it.",
                "%(num)s cases count no more: another encoder read them.", sum(gone.values()),
            )  # fmt: skip
        return _n(
            "%(num)s case counts no more: its article says something else now, or was taken out: %(titles)s.",
            "%(num)s cases count no more: their article says something else now, or was taken out: %(titles)s.",
            sum(gone.values()), titles=listed(titles, ", "),
        )  # fmt: skip

    def are_settled(self, move: Move) -> bool:
        """Whether all that `move` was for is fresh again, and says what it said."""
        return not any(
            article in self.stale or (article in self.rewritten and self.rewritten[article][0] > move.at)
            for article in move.sources
        )


@dataclass(frozen=True, slots=True)
class Alarm:
    cause: Cause
    why: str
    """For people."""
    to: Rung
    sources: tuple[str, ...] = ()
    proof: Proof | None = None
    """What the cell stood on; None for its record of now."""


def alarm(
    sources: Sources, cases: Sequence[JudgedCase], weighed: Sequence[Weighed], rung: Rung, since: datetime,
    budget: Budget,
) -> Alarm | None:  # fmt: skip
    """Why the cell must go down, or None. Only from *approve* on there is anything to lose.

    `cases` are the cell's own, `weighed` those that tell what it is worth, oldest first; `since`: its last move. Both
    are listened to twice: all of them, and few of each customer, so that one who writes much drowns nobody.
    """
    if rung < Rung.APPROVE:
        return None
    down, given = lower_rung(rung), [case for case in cases if case.was_given]
    found = _of_answers(given, weighed, down, since, budget)
    few, few_judged = few_of_each(given), few_of_each(w.case for w in weighed)
    if not found and (len(few), len(few_judged)) != (len(given), len(weighed)):
        found = _of_answers(few, capped(few_judged), down, since, budget)
    return found or (_of_sources(sources, cases, rung, since) if rung >= ALONE else None)


def _of_answers(
    given: Sequence[JudgedCase], weighed: Sequence[Weighed], down: Rung, since: datetime, budget: Budget
) -> Alarm | None:
    judged, told = [w.right for w in weighed], complaints(given, since)
    drawn = [w.drawn for w in weighed]
    if _drifts(judged, budget.wrong, drawn):
        return Alarm(Cause.DRIFT, _("drift: judged answers are wrong more often than the error budget allows"), down)
    if _is_spent(judged, budget, drawn):
        return Alarm(Cause.BUDGET, _("the error budget is spent"), down)
    if _drifts(told, budget.wrong) or _is_spent(told, budget):
        why = _("drift: customers say no or come back, or people say wrong, more often than the error budget allows")
        return Alarm(Cause.COMPLAINTS, why, down)
    return _of_customers(given, since, down)


def lower_rung(rung: Rung) -> Rung:
    """Where a cell goes that lost its footing: nothing goes out without a person any more."""
    return min(Rung(max(rung - 1, Rung.SHADOW)), Rung.APPROVE)


def _drifts(stream: Sequence[float], budget: float, weights: Sequence[float] = ()) -> bool:
    """`weights`: by how readily each was drawn; without them all were alike."""
    drift = Drift(budget)
    for right, weight in zip(stream[-LATELY:], weights[-LATELY:] or repeat(1.0), strict=False):
        drift = drift.after(right, weight)
        if drift.is_alarming:
            return True
    return False


def _is_spent(stream: Sequence[float], budget: Budget, weights: Sequence[float] = ()) -> bool:
    """Whether it is proven, at any time one looks, that more than the budget is wrong: the bet that answers are wrong
    more often than that, won."""
    if not stream:
        return False
    wager = Wager.over(1.0 - budget.wrong, [1.0 - right for right in stream], weights or 1.0)
    return wager.is_proven(1.0 - budget.sure)


def _of_customers(cases: Sequence[JudgedCase], since: datetime, down: Rung) -> Alarm | None:
    """Customers say no, or come back, more often than they used to. Most say nothing, so that these few can double long
    before the budget is touched."""
    told = heard(cases, since)
    before, then = told[:USUAL], told[USUAL:]
    usual = min(upper_bound(len(before), sum(right == 0 for right in before), SURE), 0.5)
    if not then or not _slips(then, usual):
        return None
    no, of = sum(right == 0 for right in then), len(then)
    why = _(
        "customers say no or come back more often than before: %(n)s of %(of)s, where at most %(usual)s did", n=no,
        of=of, usual=forms.share(usual),
    )  # fmt: skip
    return Alarm(Cause.COMPLAINTS, why, down)


def _slips(stream: Sequence[float], usual: float) -> bool:
    log = 0.0
    for won in np.log1p(losses(np.array(stream), usual, failing=min(TWICE * usual, 0.75))):
        log = max(log, 0.0) + float(won)
        if log >= math.log(SLIPPED):
            return True
    return False


def _of_sources(sources: Sources, cases: Sequence[JudgedCase], rung: Rung, since: datetime) -> Alarm | None:
    given = [case for case in cases if case.was_given and case.at > since]
    if rung > ALONE and given and sources.read_anew is not None and given[0].at < sources.read_anew:
        why = _("the assistant reads with another encoder now, so its answers are held and sampled again")
        return Alarm(Cause.READ_ANEW, why, ALONE)
    stale = [article for article in sorted(sources.stale) if _carries(article, given)]
    if stale:
        titles = listed([sources.stale[article] for article in stale], "; ")
        why = _("the source has gone stale: %(sources)s", sources=titles)
        return Alarm(Cause.STALE, why, lower_rung(rung), tuple(stale))
    changed = [
        article for article, (at, _title) in sorted(sources.rewritten.items())
        if _carries(article, [case for case in given if case.at <= at]) and _is_another(sources, article, given)
    ]  # fmt: skip
    if changed and rung > ALONE:
        titles = "; ".join(f"“{sources.rewritten[article][1]}”" for article in changed)
        why = _("the source was rewritten, so its answers are held and sampled again: %(titles)s", titles=titles)
        return Alarm(Cause.REWRITTEN, why, ALONE, tuple(changed))
    return None


def _is_another(sources: Sources, article: str, given: Sequence[JudgedCase]) -> bool:
    """Whether it is what these answers rest on that says something else. Where nobody looked closer it is."""
    return article not in sources.texts or any(c.article_id == article and not sources.counts(c) for c in given)


def _carries(article: str, given: Sequence[JudgedCase]) -> bool:
    recent = [case.article_id for case in given][-RECENT:]
    return article in recent and recent.count(article) >= FRESH_ENOUGH * len(recent)
