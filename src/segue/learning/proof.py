"""What rehearsed conversations prove: the threshold under which the error budget is kept, and how sure that is.

One case is one conversation, however often the assistant speaks in it. Mistakes about one matter come together, so
conversations about it tell less than as many about different ones; the test counts them accordingly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segue.assistant.confidence import Numbers
from segue.learning.rehearsal import Case, Kind
from segue.policy.guarantee import LADDER, Tally, tally

Flags = NDArray[np.bool_]
FOREIGN_SHARE = 0.1
"""On top of the policy's unknown share, which is taken to be near twins altogether: the worst case."""


@dataclass(frozen=True, slots=True)
class RehearsedMessages:
    """A message of every case, as columns: how sure, whether the policy lets an answer out, whether it is right."""

    sure: Numbers
    careful: Numbers
    """As sure as one may be, given how little is known of the category."""
    may: Flags
    right: Flags


@dataclass(frozen=True, slots=True)
class Courses:
    """How the cases go at one threshold."""

    answered: Flags
    wrong: Flags
    asked: Flags


def courses(first: RehearsedMessages, reply: RehearsedMessages, pays: Flags, threshold: float) -> Courses:
    """Answered at once; else, where a question `pays`, asked and perhaps answered then."""
    at_once = first.may & (first.careful >= threshold)
    asked = ~at_once & pays
    later = asked & reply.may & (reply.careful >= threshold)
    return Courses(at_once | later, (at_once & ~first.right) | (later & ~reply.right), asked)


def walk(
    first: RehearsedMessages, reply: RehearsedMessages, pays: Flags, matters: NDArray[np.str_], counts: Numbers
) -> tuple[Tally, ...]:
    """What would be answered at every step of the ladder, strict to loose: `descend` tells how far a budget holds."""
    steps = (courses(first, reply, pays, float(step)) for step in LADDER)
    return tuple(tally(s.wrong[s.answered], matters[s.answered], counts[s.answered]) for s in steps)


def expected_shares(cases: Sequence[Case], unknown: float) -> Numbers:
    """What each case counts for, so that all together have the shares of the stream that is expected; a known one 1."""
    shares = {Kind.KNOWN: 1.0 - unknown, Kind.TWIN: unknown, Kind.FOREIGN: FOREIGN_SHARE}
    sizes = {kind: sum(case.kind is kind for case in cases) for kind in Kind}
    known = sizes[Kind.KNOWN] / max(shares[Kind.KNOWN], 1e-3)
    return np.array([shares[case.kind] * known / sizes[case.kind] for case in cases])
