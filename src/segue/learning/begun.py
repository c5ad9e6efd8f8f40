"""Where a category begins: what its past proves, as far as a person answers for it, with an entry in the history.

The one idea: a rehearsal proves and a person allows. Whoever published the policy said how many wrong answers they
accept and where the assistant may answer: so their name stands under a beginning above *approve*. Where nobody
published one by name, the category begins on *approve*, and the rest is offered to a lead. No entry, no rung.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import structlog

from segue.domain.conversation import Channel
from segue.domain.decision import Rung
from segue.domain.evidence import CellName
from segue.domain.moves import Cause, Move, Proof
from segue.policy.boundary import Boundary, Standing
from segue.policy.guarantee import cases_needed, upper_bound
from segue.policy.settings import Policy, load
from segue.store.moves import MoveStore
from segue.store.workspace import Workspace
from segue.texts import N_

log = structlog.get_logger()
SEGUE = "segue"
PROVEN = N_("the rehearsed past keeps the error budget of the policy they published")
NOBODYS = N_("nobody published the policy by name, although the rehearsed past keeps the error budget")
CAPPED = N_("the policy allows no more, although the rehearsed past keeps the error budget")
UNPROVEN = N_("the rehearsed past does not prove the error budget")
UNTRIED = N_("what is promised now was never tried on the past; the next fit does that")
LATER = N_("an earlier rehearsal did not prove the error budget, although the newest one does")


class Beginnings:
    """`proven` gives what the newest fit of the history proves under a policy, whoever allows it."""

    def __init__(self, history: MoveStore, workspace: Workspace, proven: Callable[[Policy], Boundary]) -> None:
        self._history = history
        self._workspace = workspace
        self._proven = proven
        self._seen: object = None

    def enter(self, now: datetime) -> list[Move]:
        """Writes what is due into the history and returns it. Looks only where something is new; where another process
        is looking, it leaves it to that one."""
        live = self._workspace.live_policy()
        new = (live, self._workspace.head_version("confidence"), self._history.newest())
        if live is None or new == self._seen:
            return []
        version, body, author = live[0], live[1], self._workspace.publisher()
        policy = load(body)
        with self._history.watching() as is_ours:
            if not is_ours:
                return []
            entries = list(due(self._proven(policy), policy, version, author, self._history.moves(), now))
            for entry in entries:
                self._history.move(entry)
        self._seen = new if not entries else None
        for rung, by in sorted({(entry.rung, entry.author) for entry in entries}):
            cells = sorted(str(entry.cell) for entry in entries if (entry.rung, entry.author) == (rung, by))
            log.info("boundary.begins", on=rung.code, by=by, cells=cells)
        return entries


def due(
    proven: Boundary, policy: Policy, version: int, publisher: str | None, moves: Iterable[Move], now: datetime
) -> Iterator[Move]:  # fmt: skip
    """The entries that the history lacks. `publisher`: the lead who published the policy, None where none did by name.
    A category that has moved is past its beginning."""
    entries, named, moved = _newest(moves)
    for category, standing in proven.standings.items():
        cell = CellName(category)
        before = entries.get(cell, [])
        last = before[-1] if before else None
        if cell in moved:
            continue
        proof = proof_of(standing, policy, version)
        is_later = any(_was_in_vain(look, proof) for look in before)
        rung, by, why = _placed(standing, policy, publisher, named.get(cell), is_later)
        is_first_look = why == UNPROVEN and _could_tell(proof) and not is_later
        is_news = last is None or last.rung is not rung or is_first_look
        if is_news or (publisher and _is_newly_promised(last, rung, proof)):
            was = last.rung if last else None
            yield Move(cell, rung, why, by, now, standing.threshold, proof, cause=Cause.REHEARSED, before=was)


def _newest(moves: Iterable[Move]) -> tuple[Mapping[CellName, list[Move]], Mapping[CellName, Move], set[CellName]]:
    """The entries of each category, oldest first; the newest with a person's name, and the cells that have moved."""
    entries: dict[CellName, list[Move]] = {}
    moved = set[CellName]()
    for move in moves:
        if move.cause is Cause.REHEARSED:
            entries.setdefault(move.cell, []).append(move)
        else:
            moved.add(move.cell)
    named = {cell: move for cell, each in entries.items() for move in each if move.rung > Rung.APPROVE}
    return entries, named, moved


def _placed(
    standing: Standing, policy: Policy, publisher: str | None, named: Move | None, is_later: bool
) -> tuple[Rung, str, str]:
    """The rung it begins on, by whom, and why. `named`: the newest entry with a person's name; `is_later`: whether an
    earlier look could have proven it and did not."""
    if standing.rung <= Rung.APPROVE:
        return standing.rung, SEGUE, UNPROVEN if standing.is_tried else UNTRIED
    if highest(policy, standing.category) <= Rung.APPROVE:
        return Rung.APPROVE, SEGUE, CAPPED
    answers = named is not None and _still_answers(named, policy)
    if is_later and not answers:
        return Rung.APPROVE, SEGUE, LATER
    by = publisher or (named.author if named and answers else None)
    return (standing.rung, by, PROVEN) if by else (Rung.APPROVE, SEGUE, NOBODYS)


def _was_in_vain(look: Move, proof: Proof) -> bool:
    """Whether it had cases enough to prove the same promise, and did not."""
    return look.why in (UNPROVEN, LATER) and _promised(look.proof) == _promised(proof) and _could_tell(look.proof)


def _could_tell(proof: Proof | None) -> bool:
    return proof is not None and proof.cases >= cases_needed(1.0 - proof.budget, 0, proof.sure)


def _promised(proof: Proof | None) -> tuple[float, float] | None:
    return (proof.budget, proof.sure) if proof else None


def _still_answers(entry: Move, policy: Policy) -> bool:
    """Whether whoever let it begin accepted at least as many wrong answers as are promised now: a version that nobody
    published by name takes nothing back, and adds nothing."""
    asked, proof = policy.budget_of(entry.cell.category), entry.proof
    return proof is not None and proof.budget >= asked.wrong and proof.sure <= asked.sure


def _is_newly_promised(last: Move | None, rung: Rung, proof: Proof) -> bool:
    return last is not None and rung > Rung.APPROVE and _promised(last.proof) != _promised(proof)


def highest(policy: Policy, category: str) -> Rung:
    """How far the policy lets a category go in any of its cells."""
    said = [policy.categories.get(name) for name in ("default", category)] + list(policy.groups.values())
    tiers = {tier for one in said if one for tier in one.tiers}
    cells = [policy.cell(category, tier, channel) for tier in (None, *sorted(tiers)) for channel in (None, *Channel)]
    return max((cell.ceiling for cell in cells if cell.handling == "answer"), default=Rung.ROUTE)


def proof_of(standing: Standing, policy: Policy, version: int) -> Proof:
    """What the rehearsal proves, in the shape of a judged record: nobody judged, and there is no bet."""
    budget = policy.budget_of(standing.category)
    return Proof(
        threshold=1.0 if standing.threshold is None else standing.threshold,
        cases=standing.cases,
        counted=float(standing.cases),
        wrong=standing.wrong,
        contacts=0,
        agents=(),
        wealth=0.0,
        enough=0.0,
        least_right=round(1.0 - upper_bound(standing.cases, standing.wrong, budget.sure), 4),
        budget=budget.wrong,
        sure=budget.sure,
        needed=standing.needed,
        policy_version=version,
    )
