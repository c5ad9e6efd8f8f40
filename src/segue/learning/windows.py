"""Since when a cell's evidence counts, where its newest move is not where its record began.

The one idea: what was taken back because a customer was erased never was. So the record goes on from the move before
the steps up that were undone, as if they had not been taken. And a clock that was set back makes no old case a new one:
the record begins at the latest moment at which the cell ever moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from segue.domain.evidence import CellName
from segue.domain.moves import Cause, Move


def apart(moves: Sequence[Move]) -> dict[CellName, datetime]:
    """When each cell moved for the first time; `moves` oldest first."""
    found: dict[CellName, datetime] = {}
    for move in moves:
        if move.cause is not Cause.REHEARSED:
            found.setdefault(move.cell, move.at)
    return found


def windows(moves: Sequence[Move]) -> dict[int, datetime | None]:
    """By the number of each move that takes steps back: when the record began that goes on; None where nothing moved
    before. And of each that seems to be older than one before it: when that was. Entries about where a category begins
    are no moves."""
    found: dict[int, datetime | None] = {}
    latest: dict[CellName, datetime] = {}
    steps = [move for move in moves if move.cause is not Cause.REHEARSED]
    for n, move in enumerate(steps):
        if move.cause is Cause.UNLEARNT:
            own = [one for one in steps[:n] if one.cell == move.cell]
            while own and own[-1].cause in (Cause.EARNED, Cause.OFFERED) and own[-1].rung > move.rung:
                own.pop()
            last = own[-1] if own else None
            found[move.number] = found.get(last.number, last.at) if last else None
        elif move.at < latest.get(move.cell, move.at):
            found[move.number] = latest[move.cell]
        latest[move.cell] = max(move.at, latest.get(move.cell, move.at))
    return found
