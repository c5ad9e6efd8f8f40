"""The rungs that cells earn and lose: what a step rests on, why it is made, and what waits for a named person.

The one idea: a move is recorded with its cause and its proof as they were then, so that it can be judged, told in every
language and taken back without asking what is true today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from segue.domain.decision import Rung
from segue.domain.evidence import CellName


@dataclass(frozen=True, slots=True)
class Proof:
    """What a cell's record says of its answers from `threshold` on, at one moment."""

    threshold: float
    cases: int
    counted: float
    """The same with the weights and caps: how many independent cases they are worth."""
    wrong: int
    contacts: int
    agents: tuple[str, ...]
    """Those who judged at least a few of them."""
    wealth: float
    """Of the bet that the budget is kept; `enough` of it proves that, other cells' bets reckoned in."""
    enough: float
    least_right: float
    """The share right that is surely reached, whenever one looks."""
    budget: float
    sure: float
    needed: int
    """How many more right cases would do; 0 once it is proven."""
    missing: tuple[str, ...] = ()
    """What is missing, in words; empty where the step is earned."""
    messages: tuple[str, ...] = ()
    """Messages with would-be answers to read, wrong ones first."""
    policy_version: int | None = None
    """Of a rehearsed proof: the policy whose error budget it keeps. Its cases are of all categories that share the
    budget, and nobody judged them one by one."""

    @property
    def is_rehearsed(self) -> bool:
        return self.policy_version is not None

    @property
    def is_whole(self) -> bool:
        return not self.missing


class Cause(StrEnum):
    """Why a cell moved, for code to look at; `Move.why` says it to people."""

    UNSAID = "unsaid"
    """Recorded before causes were."""
    REHEARSED = "rehearsed"
    """Where a category begins, by its past and by who published the policy. It is no step: what moved goes before."""
    EARNED = "earned"
    OFFERED = "offered"
    """A lead took an offer up."""
    PERSON = "person"
    """Somebody lowered it by hand."""
    DRIFT = "drift"
    BUDGET = "budget"
    COMPLAINTS = "complaints"
    """Customers say no, or come back, more often than the budget allows, or than they used to."""
    STALE = "stale"
    """An article its answers rest on is past its review, in doubt, or taken out."""
    READ_ANEW = "read_anew"
    """Another encoder reads the messages now."""
    UNLEARNT = "unlearnt"
    """Cases of a customer who was erased were part of its proof, which does not hold without them."""
    OUTGROWN = "outgrown"
    """Less is promised to be wrong now than was ever proven."""
    REWRITTEN = "rewritten"
    """An article its answers rest on says something else now."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a cell's rung, as it is recorded. `proof` is None where a person had reasons of their own."""

    cell: CellName
    rung: Rung
    why: str
    author: str
    at: datetime
    threshold: float | None = None
    proof: Proof | None = None
    number: int = 0
    """Its place in the history, from 1; 0 before it is written."""
    cause: Cause = Cause.UNSAID
    sources: tuple[str, ...] = ()
    """The articles it was for."""
    before: Rung | None = None
    """Where the cell stood; None where that was not recorded."""
    wording: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    """What `why` was made of, for readers of other languages; empty where it is somebody's own words."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A step up that is earned and waits for a named person. `outcome`: approved, declined or withdrawn."""

    id: str
    cell: CellName
    rung: Rung
    to: Rung
    proof: Proof
    at: datetime
    outcome: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    why: str = ""
    """What it is made for; empty where the proof says it all."""
    wording: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    """What `why` was made of."""
