"""What a look at the boundary rests on, and what it finds of each cell.

The one idea: both are values. The same record gives the same reports, whoever looks, and a record may be looked at as
if somebody had judged nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from segue.domain.catalogue import Catalogue
from segue.domain.decision import Rung
from segue.domain.evidence import CellName, JudgedCase, Remark, Verdict
from segue.domain.moves import Move, Proof
from segue.learning.alarms import Alarm, Sources
from segue.learning.evidence import Weighed
from segue.learning.hints import Hint
from segue.policy.betting import Wager
from segue.policy.boundary import Boundary
from segue.policy.settings import Policy

ALWAYS = datetime.min.replace(tzinfo=UTC)
MEMORY = timedelta(days=365)
"""How old a case may be to tell about today."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A matter with too few cases of its own, and of how many more customers it needs one."""

    intent: str
    name: str
    missing: int


@dataclass(frozen=True, slots=True)
class Report:
    """One cell as it stands. `limit`: the least share that must go to people, given how often the assistant would be
    wrong if it answered everything (`base_error`: by judged cases, before there are any by the rehearsed past; None
    without either)."""

    cell: CellName
    rung: Rung
    """As earned; `ceiling` is what the lead allows."""
    ceiling: Rung
    handling: str
    threshold: float | None
    to: Rung | None
    """The next rung up; None at the top."""
    proof: Proof
    base_error: float | None
    limit: float
    moved: Move | None
    fall: Alarm | None = None
    """Why it must go down, and where to."""
    is_rehearsed: bool = False
    """Whether `base_error` is of the rehearsed past."""
    settled: str = ""
    """Why a step down is offered back, though nothing new is proven; empty where none is."""
    weighed: tuple[Weighed, ...] = ()
    wager: Wager | None = None
    hints: tuple[Hint, ...] = ()
    """What agents said of handoffs here; it moves nothing."""
    of_before: str = ""
    """Which judged cases do not count any more, and why; empty where all do."""
    waiting: int = 0
    """How many drawn answers still wait for their grade, which the next step up rests on."""
    lacking: tuple[Lacking, ...] = ()
    """The matters that wait for a key here for lack of cases of their own, though their category answers alone."""
    began: Move | None = None
    """The entry about where its category begins; None where the cell has moved since, or was never fitted."""

    @property
    def stands_on(self) -> Rung:
        """The rung by which it decides: the lower of what was earned and what is allowed."""
        return min(self.rung, self.ceiling)

    @property
    def alarm(self) -> str:
        """Empty where nothing speaks for a step down."""
        return self.fall.why if self.fall else ""

    @property
    def is_earned(self) -> bool:
        return self.proof.is_whole and self.to is not None and not self.fall


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a look at the boundary rests on, as of `now`."""

    cases: Sequence[JudgedCase]
    boundary: Boundary
    policy: Policy
    catalogue: Catalogue
    now: datetime
    sources: Sources = field(default_factory=Sources)
    rehearsed: Mapping[str, float] = field(default_factory=dict)
    """By category, how often the assistant was wrong when the past was rehearsed and everything answered."""
    remarks: Sequence[Remark] = ()
    windows: Mapping[int, datetime | None] = field(default_factory=dict)
    """By the number of a move: since when what it left counts, where that is not the move itself (learning/windows)."""
    apart: Mapping[CellName, datetime] = field(default_factory=dict)
    """When each cell moved for the first time: from then on it stands for itself (learning/windows)."""

    first: Mapping[str, datetime] = field(default_factory=dict)
    """By category, when its first case came, however long ago."""

    def years(self, cell: CellName, begins: datetime) -> int:
        """How often over the record that begins then has outlived MEMORY. What leaves the window takes its losses
        along, so the bet begins anew: a bad one has another chance in every year, and each must be worth less."""
        began = max(begins, self.first.get(cell.category, self.now))
        return max(int((self.now - began) / MEMORY), 0)

    def since(self, moved: Move | None) -> datetime:
        """From when on a cell's record tells about where it stands."""
        return (self.windows.get(moved.number, moved.at) or ALWAYS) if moved else ALWAYS

    def without(self, judge: str) -> Record:
        """As if that person had judged nothing."""
        both = [
            (case, replace(case, judgements=tuple(j for j in case.judgements if j.author != judge)))
            for case in self.cases
        ]
        return replace(self, cases=[left for case, left in both if _is_left(case, left)])


def _is_left(case: JudgedCase, left: JudgedCase) -> bool:
    """A drawn one that only that person graded is none that still waits for its grade; but nobody grades away what
    others say against it."""
    is_graded_away = case.grade is not None and left.grade is None and left.verdict is not Verdict.WRONG
    return not is_graded_away and bool(left.judgements or left.was_given)
