"""The ladder in the house: by what people made of answers (`judging.py`) it offers steps up and takes steps down.

A step up to a rung where an agent still presses the key is taken when it is earned. Above *approve* it is only offered:
a lead takes it up by name, and the proof must hold without anything that this person judged. A step down needs nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import structlog

from segue.domain.decision import Rung
from segue.domain.errors import Conflict, Forbidden, NotFound, Refused
from segue.domain.evidence import KEY, CellName, JudgedCase
from segue.domain.moves import Cause, Move, Offer
from segue.domain.people import LEADS, Agent
from segue.learning.alarms import Alarm, Sources, lower_rung
from segue.learning.boundary import limits, survey
from segue.learning.deciding import person
from segue.learning.following import Followed, follow
from segue.learning.judging import Judging
from segue.learning.places import must_exist
from segue.learning.record import MEMORY, Record, Report
from segue.learning.rewritten import Text
from segue.learning.told import offered, taken_up
from segue.learning.windows import apart, windows
from segue.policy.boundary import Boundary
from segue.policy.lint import Finding
from segue.policy.settings import Policy, load
from segue.policy.settings.cells import Budget
from segue.store.anew import Anew
from segue.store.evidence import EvidenceStore
from segue.store.moves import MoveStore
from segue.store.rewriting import Rewriting
from segue.store.workspace import Workspace
from segue.texts import _
from segue.texts.wording import Wording, keeping, made_of

log = structlog.get_logger()
SEGUE = "segue"
MARKS = "marks"
"""Under which name the followed marks are kept beside the heads."""


class Ladder:
    """`fitted` gives the boundary as the newest fit of the history left it; `judging` is how judgements come in."""

    def __init__(self, store: EvidenceStore, workspace: Workspace, fitted: Callable[[], Boundary]) -> None:
        self.store = store
        self.history = MoveStore(store.db)
        self.judging = Judging(store, workspace)
        self._workspace = workspace
        self._fitted = fitted
        self._seen: object = None

    # the boundary

    def boundary(self) -> Boundary:
        return self._fitted().after(self.history.moves())

    def cases(self, now: datetime, policy: Policy | None = None) -> list[JudgedCase]:
        """What tells about today, oldest first."""
        singly = (policy or self.policy()).evidence
        return self.store.cases(now - MEMORY, singly.strangers_singly, companies_singly=singly.companies_singly)

    def record(
        self, now: datetime, policy: Policy | None = None, cases: Sequence[JudgedCase] | None = None
    ) -> Record:  # fmt: skip
        """Under `policy`; without one, under the live one. `cases` as they were read a moment ago; None reads them."""
        policy, moves = policy or self.policy(), self.history.moves()
        return Record(
            cases=self.cases(now, policy) if cases is None else cases,
            boundary=replace(self._fitted().after(moves), judged=self.store.judged_by_matter()),
            policy=policy,
            catalogue=self._workspace.catalogue(),
            now=now,
            sources=self.sources(now),
            rehearsed=self._rehearsed(),
            remarks=self.store.remarks(now - MEMORY, policy.evidence.strangers_singly),
            windows=windows(moves),
            apart=apart(moves),
            first=self.store.first_cases(),
        )

    def record_of(self, move: Move) -> Record:
        """What the boundary looked like when the move was made, and what told of its category then, as far as it is
        there still: under the policy of that time, after the moves before."""
        then = self._workspace.policy_at(move.at)
        policy = load(then) if then else self.policy()
        before = [one for one in self.history.moves() if one.number < move.number]
        return Record(
            cases=self.store.cases(
                move.at - MEMORY,
                policy.evidence.strangers_singly,
                move.at,
                move.cell.category,
                policy.evidence.companies_singly,
            ),
            boundary=self._fitted().after(before),
            policy=policy,
            catalogue=self._workspace.catalogue(),
            now=move.at,
            sources=self.sources(move.at).as_of(move.at),
            windows=windows(before),
            apart=apart(before),
        )

    def sources(self, now: datetime) -> Sources:
        """What is known of the articles behind the answers, and since when this encoder reads."""
        rows = Rewriting(self.store.db).texts()
        texts = {
            r.id: Text(
                r.title,
                r.version,
                r.is_live,
                {int(n): s for n, s in (r.steps or {}).items()},
                r.rewritten_at,
                {int(n): datetime.fromisoformat(at) for n, at in (r.made_at or {}).items()},
                r.retired_at,
            )
            for r in rows
        }
        rewritten = {id: (text.rewritten_at, text.title) for id, text in texts.items() if text.rewritten_at}
        return Sources(self.store.stale_articles(now.date()), rewritten, texts, Anew(self.store.db).since())

    def counting(self, now: datetime, cases: Sequence[JudgedCase] | None = None) -> list[JudgedCase]:
        """Those of the cases that still count: what was judged is what would be answered today."""
        sources = self.sources(now)
        return [case for case in (self.cases(now) if cases is None else cases) if sources.counts(case)]

    def follow(self, now: datetime, afresh: bool = False) -> Followed:
        """Sets the marks anew from what was judged; a worker takes them up within a second. Without a policy nothing is
        promised, and none are set. `afresh`: an open gate needs a new proof, too."""
        live = self._workspace.live_policy()
        if live is None:
            return Followed()
        policy = load(live[1])
        counting = self.counting(now, self.cases(now, policy))
        found = follow(counting, policy.budget_of, None if afresh else followed(self._workspace))
        self._workspace.put_head(MARKS, found.to_bytes(), {"gates": found.report()}, now)
        return found

    def reports(self, now: datetime, budget: Budget | None = None) -> list[Report]:
        return survey(self.record(now), budget)

    def limits(self, policy: Policy, now: datetime) -> list[Finding]:
        """What the record says of the budgets in a policy that is not live yet; of what the past proves for them the
        next fit will tell."""
        record = self.record(now, policy)
        return limits(survey(replace(record, boundary=replace(record.boundary, standings={}))))

    def watch(self, now: datetime) -> list[str]:
        """Takes the steps that are due and makes the offers; says what it did. Looks only where something is new: the
        hour, too, for what waits for a grade or ripens changes what it says while nobody says anything."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        fit, policy = self._workspace.head_version("confidence"), self._workspace.live_policy()
        new = (*self.store.mark(), self.sources(now), policy, fit, hour)
        if new == self._seen:
            return []
        with self.history.watching() as is_ours:
            if not is_ours:
                return []
            seen = self.history.newest()
            with keeping() as kept:
                reports = self.reports(now)
            done = [said for report in reports if (said := self._step(report, kept, now, seen))]
        self._seen = new if not done else None
        return done

    @contextmanager
    def publishing(self, now: datetime) -> Iterator[None]:
        """A policy is published inside. What would answer alone under it on the proof of a larger promise goes down in
        the same transaction: no message is answered in between."""
        with self.store.db.kept(), self.store.db.transaction():
            yield
            seen = self.history.newest()
            with keeping() as kept:
                reports = self.reports(now)
            for report in reports:
                if report.fall and report.fall.cause is Cause.OUTGROWN:
                    self._fall(report, report.fall, kept, now, seen)

    def _step(self, report: Report, kept: Wording, now: datetime, seen: int) -> str:
        """`kept`: how what the report says was worded; `seen`: the newest move it knew of."""
        try:
            return self._taken(report, kept, now, seen)
        except Conflict:
            return f"{report.cell}: moved meanwhile, looked at again"

    def _taken(self, report: Report, kept: Wording, now: datetime, seen: int) -> str:
        if report.fall:
            return self._fall(report, report.fall, kept, now, seen)
        if not report.is_earned or report.to is None:
            return ""
        if report.to > Rung.APPROVE:
            if report.proof.is_rehearsed and self._was_declined(report):
                return ""
            wording = offered(report, kept)
            offer = self.history.offer(report.cell, report.rung, report.to, report.proof, now, report.settled, wording)
            return f"{report.cell}: {report.to.words} is offered ({offer})" if offer else ""
        self.history.move(replace(self._up(report, report.to, "earned", SEGUE, now), cause=Cause.EARNED), seen=seen)
        return f"{report.cell}: on to {report.to.words}"

    def _was_declined(self, report: Report) -> bool:
        """Whether a lead turned this very rehearsal down: it is offered again when another one proves it."""
        return any(
            offer.outcome == "declined" and (offer.cell, offer.proof) == (report.cell, report.proof)
            for offer in self.offers(is_open=False)
        )

    def _fall(self, report: Report, alarm: Alarm, kept: Wording, now: datetime, seen: int) -> str:
        move = Move(
            report.cell, alarm.to, alarm.why, SEGUE, now, None, alarm.proof or report.proof, cause=alarm.cause,
            sources=alarm.sources, before=report.rung, wording=made_of(alarm.why, kept),
        )  # fmt: skip
        self.history.move(move, seen=seen)
        log.warning("boundary.lowered", cell=str(report.cell), to=alarm.to.words, why=alarm.why)
        return f"{report.cell}: down to {alarm.to.words}, {alarm.why}"

    def _up(self, report: Report, to: Rung, why: str, author: str, now: datetime) -> Move:
        proof = report.proof  # what was rehearsed answers from the mark that the newest fit proves
        threshold = None if proof.is_rehearsed else proof.threshold
        return Move(report.cell, to, why, author, now, threshold, proof, before=report.rung)

    # what people decide

    def approve(self, offer: str, by: str, now: datetime, note: str = "") -> Move:
        """Takes an offer up; `note` stands in the history. Raises Forbidden for somebody who may not, Conflict where it
        no longer holds."""
        found, who = self.history.offer_of(offer), self.person(by)
        if who.role not in LEADS:
            raise Forbidden(_("%(name)s is no lead.", name=who.name), _("A lead takes up what goes beyond approve."))
        seen = self.history.newest()
        record = self.record(now)
        report = self._of(survey(record), found.cell)
        if self._is_closed(found):
            raise Conflict(
                _("The offer %(offer)s is not open any more.", offer=offer),
                _("The open ones stand on the page Autonomy."),
            )
        if report is None or (report.rung, report.to) != (found.rung, found.to) or not report.is_earned:
            self.history.close_offer(offer, "withdrawn", SEGUE, now)
            raise Conflict(
                _("The offer %(offer)s no longer holds.", offer=offer), _("The page Autonomy says what is missing.")
            )
        alone = self._of(survey(record.without(who.id)), found.cell)
        if alone is None or not alone.is_earned:
            raise Forbidden(_("The proof rests on what you judged yourself."), _("Another lead has to take it up."))
        why = f"offer {offer}{', ' + found.why if found.why else ''}{': ' + note if note else ''}"
        up = self._up(report, found.to, why, who.id, now)
        return self._moved(replace(up, cause=Cause.OFFERED, wording=taken_up(why, found, note)), offer, seen)

    def _is_closed(self, offer: Offer) -> bool:
        return offer.closed_at is not None

    def decline(self, offer: str, by: str, now: datetime) -> None:
        """Turns it down. Raises Forbidden for who is no lead, Conflict where it is not open any more."""
        if self.person(by).role not in LEADS:
            raise Forbidden(_("%(name)s is no lead.", name=self.person(by).name), _("A lead decides about an offer."))
        self.history.close_offer(offer, "declined", self.person(by).id, now)

    def lower(self, cell: CellName, by: str, why: str, now: datetime, to: Rung | None = None) -> Move:
        """Anybody of ours may lower a cell, at once, and so may a key that is nobody's (`key:…`). Raises Refused where
        it would not go down or no reason is given, NotFound where there is no such cell."""
        author = by if by.startswith(KEY) else self.person(by).id
        if not why.strip():
            raise Refused(_("There is no reason."), _("Say why: it stands in the history."), "/why")
        must_exist(self._workspace, cell)
        rung = self.boundary().of(cell.category, *_none_if_any(cell)).rung
        target = lower_rung(rung) if to is None else to
        if target >= rung:
            raise Refused(
                _(
                    "%(cell)s is on %(rung)s, which is not above %(target)s.",
                    cell=cell,
                    rung=rung.words,
                    target=target.words,
                ),
                _("Name a lower one."),
                "/to",
            )
        return self._moved(Move(cell, target, why, author, now, cause=Cause.PERSON, before=rung))

    def _moved(self, move: Move, offer: str | None = None, seen: int | None = None) -> Move:
        """The move as it is recorded, whatever else moves at that moment."""
        number = self.history.move(move, offer, seen)
        return next(made for made in self.history.moves() if made.number == number)

    def offers(self, is_open: bool = True) -> list[Offer]:
        return self.history.offers(is_open)

    def person(self, name: str) -> Agent:
        return person(self._workspace, name)

    @staticmethod
    def _of(reports: list[Report], cell: CellName) -> Report | None:
        return next((report for report in reports if report.cell == cell), None)

    def _rehearsed(self) -> Mapping[str, float]:
        fitted = self._workspace.head("confidence")
        return fitted[2].get("base_errors", {}) if fitted else {}

    def policy(self) -> Policy:
        """The live one. Raises NotFound where there is none."""
        live = self._workspace.live_policy()
        if live is None:
            raise NotFound(_("There is no policy yet."), _("Choose one under Set up."))
        return load(live[1])


def followed(workspace: Workspace) -> Followed | None:
    """As the marks were set the last time; None where they never were, or another version wrote them."""
    stored = workspace.head(MARKS)
    try:
        return Followed.from_bytes(stored[1]) if stored else None
    except (ValueError, KeyError, TypeError):
        return None


def _none_if_any(cell: CellName) -> tuple[str | None, str | None]:
    return (None if cell.tier == "*" else cell.tier), (None if cell.channel == "*" else cell.channel)
