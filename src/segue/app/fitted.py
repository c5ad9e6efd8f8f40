"""What was fitted to the workspace's own past, read back: heads, and where the boundary stood before anything moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from segue.assistant.confidence import Confidence
from segue.domain.catalogue import Catalogue
from segue.domain.decision import Rung
from segue.domain.moves import Move
from segue.domain.traces import traced
from segue.knowledge.encoder import words_read_whole
from segue.learning.ladder import followed
from segue.policy.boundary import Boundary
from segue.policy.settings import Policy
from segue.store.evidence import EvidenceStore
from segue.store.workspace import Workspace
from segue.triage.intents import IntentHead
from segue.triage.spelling import Spelling

log = structlog.get_logger()
T = TypeVar("T")


def fitted_boundary(
    workspace: Workspace, moves: Iterable[Move], policy: Policy | None, confidence: Confidence | None = None
) -> Boundary:
    """Before anything moved: as far as the rehearsed past and a person's name let it begin, with the marks that the
    judged record asks for."""
    begun = proven_boundary(workspace, policy, confidence).begins(moves)
    marks = followed(workspace)
    if marks is None or policy is None:
        return begun
    opened = {i.category_id for i in workspace.catalogue().intents if i.is_opened}
    return replace(begun, marks=marks.marks(opened, policy.budget_of))


def standing_boundary(
    workspace: Workspace, moves: Sequence[Move], policy: Policy | None, confidence: Confidence | None = None
) -> Boundary:
    """After all that moved; with what people judged of each matter, where anything answers alone."""
    now = fitted_boundary(workspace, moves, policy, confidence).after(moves)
    rungs = [*(move.rung for move in now.moves.values()), *(begun.rung for begun in now.standings.values())]
    is_alone = any(rung > Rung.APPROVE for rung in rungs)
    return replace(now, judged=EvidenceStore(workspace.db).judged_by_matter()) if is_alone else now


def waiting_for_cases(boundary: Boundary, catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """By category and matter, what a person still sends although its category answers alone."""
    alone = boundary.answers_alone()
    here = ((i.category_id, i.id) for i in catalogue.intents if i.is_opened and i.category_id in alone)
    return frozenset((category, matter) for category, matter in here if boundary.lacks(matter, category))


def proven_boundary(workspace: Workspace, policy: Policy | None, confidence: Confidence | None = None) -> Boundary:
    """What the rehearsed past proves, whoever allows it."""
    confidence = confidence or fitted(workspace, "confidence", Confidence.from_bytes)
    return confidence.boundary(policy) if confidence else Boundary()


def fitted(workspace: Workspace, kind: str, read: Callable[[bytes], T]) -> T | None:
    """The live head of a kind; None for one that another version fitted, until `segue fit` has run."""
    stored = workspace.head(kind)
    try:
        return read(stored[1]) if stored else None
    except (ValueError, KeyError, TypeError) as error:
        log.warning("head.unusable", kind=kind, what_to_do="segue fit", **traced(error))
        return None


def spelling_of(head: IntentHead) -> Spelling:
    """What mends slips towards the words of the messages that the head was fitted on."""
    return Spelling(head.vocabulary(), words_read_whole())


def taught(workspace: Workspace, kind: str, read: Callable[[bytes], T]) -> T | None:
    """As `fitted`; also None where the last fit found too little to go by, and stored nothing."""
    stored = workspace.head(kind)
    return fitted(workspace, kind, read) if stored and stored[1] else None
