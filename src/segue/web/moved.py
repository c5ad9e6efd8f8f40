"""What moved in the boundary, as a lead reads it: one line for each change, however many cells it was for.

The one idea: where several categories moved at the same moment, by the same hand, for the same reason and on the same
cases, that is one change, and its figures are said once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from segue.domain.decision import Rung
from segue.domain.evidence import ANY, CellName
from segue.domain.moves import Cause, Move
from segue.texts import _, _n, word
from segue.texts.wording import worded

_OFFER = re.compile(r"^offer ofr_\w+")


@dataclass(frozen=True, slots=True)
class MovedCells:
    """`says`: the cells, and from where to where; `on`: the cases it rests on, empty where a person had reasons of
    their own."""

    says: str
    why: str
    on: str
    author: str
    at: datetime


def told(moves: Iterable[Move], categories: Mapping[str, str]) -> list[MovedCells]:
    """In the order of `moves`; of those that belong together, at the first."""
    together: dict[object, list[Move]] = {}
    for move in moves:
        key = (move.at, move.author, move.why, move.before, move.rung, _figures(move))
        together.setdefault(key, []).append(move)
    return [_told(alike, categories) for alike in together.values()]


def cell_called(cell: CellName, categories: Mapping[str, str]) -> str:
    """Its category by name, then its tier and its channel where it is not for every one."""
    name, finer = categories.get(cell.category, cell.category), [p for p in (cell.tier, cell.channel) if p != ANY]
    return f"{name} ({', '.join(finer)})" if finer else name


def rung_called(rung: Rung) -> str:
    """As it is called within a sentence."""
    return word(rung.words)


def reason(move: Move) -> str:
    """Why, for people: an offer's id tells them nothing."""
    if move.cause is Cause.EARNED:
        return _("its evidence earned the step")
    if move.why in move.wording:
        return worded(move.why, move.wording)
    beyond, offers = _OFFER.subn("", move.why)
    return _("the offer was taken up") + beyond if offers else word(move.why)


def _told(alike: list[Move], categories: Mapping[str, str]) -> MovedCells:
    first = alike[0]
    cells = ", ".join(cell_called(move.cell, categories) for move in alike)
    return MovedCells(_way(first, cells), reason(first), _figures(first), first.author, first.at)


def _way(move: Move, cells: str) -> str:
    rung, before = rung_called(move.rung), move.before
    if before is None:
        is_first = move.cause is Cause.REHEARSED
        return _("%(cells)s: begun on %(rung)s", cells=cells, rung=rung) if is_first else f"{cells}: {rung}"
    if before == move.rung:
        return _("%(cells)s: still on %(rung)s", cells=cells, rung=rung)
    was = rung_called(before)
    if before < move.rung:
        return _("%(cells)s: up from %(was)s to %(rung)s", cells=cells, was=was, rung=rung)
    return _("%(cells)s: down from %(was)s to %(rung)s", cells=cells, was=was, rung=rung)


def _figures(move: Move) -> str:
    if move.proof is None:
        return ""
    cases, wrong = move.proof.cases, move.proof.wrong
    return _n("%(num)s case, %(wrong)s wrong", "%(num)s cases, %(wrong)s wrong", cases, wrong=wrong)
