"""How far the assistant may go: the lower of what the lead allows (a ceiling) and what evidence earned (a standing).

A category begins where its history put it; what has moved since is recorded by cell and goes before. Cells inherit
from coarse to fine, and the finest record holds, unless a coarser one was lowered after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from segue.domain.decision import Rung
from segue.domain.evidence import ANY, CellName
from segue.domain.moves import Cause, Move
from segue.policy.sampling import EVEN, Sampling


@dataclass(frozen=True, slots=True)
class Standing:
    """What past cases have earned in one category: those rehearsed from history, and those judged since."""

    category: str
    rung: Rung
    threshold: float | None = None
    """The confidence from which answers keep the error budget; None while there is too little evidence."""
    cases: int = 0
    wrong: int = 0
    needed: int = 0
    """How many more judged cases until there can be a threshold; 0 once there is one."""
    version: str = ""
    is_tried: bool = True
    """Whether the fit held the past against just the error budget that is promised now. A budget published since waits
    for the next fit."""
    is_nobodys: bool = False
    """Whether the past proves more than *approve*, and only a person's name is missing under it."""
    is_new: bool = False
    """Whether a person presses the key for the matter's own sake: the category has earned more, without it."""


UNJUDGED = Standing("default", Rung.SHADOW)
"""Silent, compared with what people reply: how a category begins."""


OWN = 5
"""Cases of its own that a matter needs before it answers alone, however much is proven of its category; of those that
people judged one for each customer."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The confidence from which answers keep the budget by the judged record (learning/following)."""

    confidence: float
    leaves_out: bool = True
    """Whether any judged answer lies below. Where none does, nothing speaks for being stricter."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """All standings. A category without one, and a matter of no known category, has the default."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    """As the fit of the history left them."""
    default: Standing = UNJUDGED
    moves: Mapping[CellName, Move] = field(default_factory=dict)
    """The newest recorded move of each cell that ever moved."""
    sampling: Sampling = EVEN
    """How readily an answer is drawn for review, beside the others."""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """By category."""
    begun: Mapping[CellName, Move] = field(default_factory=dict)
    """The newest entry of each category about where it begins."""
    rehearsed: Mapping[str, int] | None = None
    """By matter, how many messages of it the fit rehearsed; None where nobody counted."""
    judged: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By category and matter, of how many customers people judged an answer."""

    def is_new(self, matter: str | None, category: str) -> bool:
        """Whether a matter is too new for what lets its category answer alone: it came after the proof, or was hardly
        ever part of it. Rehearsed cases count where the rehearsed past is the proof, judged ones always."""
        return matter is not None and self.lacks(matter, category) > 0

    def lacks(self, matter: str, category: str) -> int:
        """How many cases of its own a matter still needs before it answers alone where its category does."""
        if self.rehearsed is None:
            return 0
        base = self.standings.get(category)
        is_proven = base is not None and (base.rung > Rung.APPROVE or base.is_nobodys)
        own = self.judged.get((category, matter), 0) + (self.rehearsed.get(matter, 0) if is_proven else 0)
        return max(OWN - own, 0)

    def answers_alone(self) -> frozenset[str]:
        """The categories that have earned to answer alone in at least one of their cells."""
        places = [*map(CellName, self.standings), *self.moves]
        return frozenset(
            name.category
            for name in places
            if self.of(name.category, *(None if part == ANY else part for part in (name.tier, name.channel))).rung
            > Rung.APPROVE
        )

    def of(self, category: str | None, tier: str | None = None, channel: str | None = None) -> Standing:
        base = self.default if category is None else self.standings.get(category, self.default)
        if category is None:
            return base
        moved = self.moved(CellName(category, tier or ANY, channel or ANY)) if self.moves else None
        return _followed(base if moved is None else _moved(base, moved), self.marks.get(category))

    def moved(self, cell: CellName) -> Move | None:
        """The newest move that holds in a cell; None where neither it nor a coarser cell around it ever moved."""
        found = [self.moves[name] for name in cell.coarser() if name in self.moves]
        if not found:
            return None
        later = [move for move in found[1:] if move.number > found[0].number and move.rung < found[0].rung]
        return min((found[0], *later), key=lambda move: move.rung)

    def after(self, moves: Iterable[Move]) -> Boundary:
        """The same with recorded moves, oldest first. Entries that only say where a category begins are no moves."""
        moved = {move.cell: move for move in moves if move.cause is not Cause.REHEARSED}
        return replace(self, moves={**self.moves, **moved})

    def begins(self, moves: Iterable[Move]) -> Boundary:
        """The same with each category where its newest entry lets it begin. Above *approve* that needs a person's name
        in the history (learning/begun)."""
        begun = {move.cell: move for move in moves if move.cause is Cause.REHEARSED}
        held = {name: _allowed(base, begun.get(CellName(name))) for name, base in self.standings.items()}
        return replace(self, standings=held, begun=begun)


def _allowed(base: Standing, entry: Move | None) -> Standing:
    if base.rung <= Rung.APPROVE or (entry is not None and entry.rung >= base.rung):
        return base
    return replace(base, rung=Rung.APPROVE, is_nobodys=True)


def _followed(standing: Standing, mark: Mark | None) -> Standing:
    """Where a person presses the key the record's own mark holds; where the assistant answers alone only a stricter
    one does."""
    if mark is None or standing.rung is Rung.ROUTE:
        return standing
    is_stricter = standing.threshold is None or mark.confidence > standing.threshold
    if standing.rung > Rung.APPROVE or (is_stricter and standing.threshold is not None):
        return replace(standing, threshold=mark.confidence) if is_stricter and mark.leaves_out else standing
    return replace(standing, threshold=mark.confidence)


def _moved(base: Standing, move: Move) -> Standing:
    """On the move's rung, with the stricter of two thresholds: neither proof holds below its own."""
    known = [threshold for threshold in (base.threshold, move.threshold) if threshold is not None]
    return replace(base, category=move.cell.category, rung=move.rung, threshold=max(known, default=None))
