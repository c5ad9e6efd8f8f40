"""The history of the boundary: which cell stands on which rung since when, why, and what is offered to a lead.

Moves are added to and never changed. A move takes up the offer it came from, and every other open offer of its cell
falls with the ground it stood on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any

from segue.domain.decision import Rung
from segue.domain.errors import Conflict, NotFound
from segue.domain.evidence import CellName
from segue.domain.ids import new_id
from segue.domain.moves import Cause, Move, Offer, Proof
from segue.store.database import Database, as_json
from segue.store.sql import statements
from segue.texts import _

SQL = statements("moves")


class MoveStore:
    def __init__(self, db: Database) -> None:
        self.db = db

    @contextmanager
    def watching(self) -> Iterator[bool]:
        """Whether we are the only one who looks at the boundary, until the block ends."""
        with self.db.transaction() as connection:
            row = connection.execute("select pg_try_advisory_xact_lock(7341005) as mine").fetchone()
            yield bool(row and row.mine)

    def newest(self) -> int:
        """Number of the newest move; 0 before the first."""
        row = self.db.one(SQL.newest)
        assert row is not None
        return int(row.number)

    def moves(self) -> list[Move]:
        """Every change of a rung, oldest first."""
        return [
            Move(
                _cell(r),
                Rung(r.rung),
                r.why,
                r.author,
                r.at,
                r.threshold,
                _proof(r.proof),
                r.id,
                Cause(r.cause),
                tuple(r.sources),
                None if r.before is None else Rung(r.before),
                r.wording,
            )
            for r in self.db.all(SQL.moves)
        ]

    def move(self, move: Move, offer: str | None = None, seen: int | None = None) -> int:
        """Records the move; returns its number. Raises Conflict where `offer` is not open any more, or something moved
        in its category after the number `seen`: what was reckoned without that is not done."""
        params = _place(move.cell) | {
            "rung": move.rung, "threshold": move.threshold, "why": move.why, "author": move.author, "now": move.at,
            "proof": as_json(move.proof) if move.proof else None, "offer_id": offer, "cell": str(move.cell),
            "cause": move.cause, "sources": list(move.sources), "before": move.before,
            "wording": as_json(move.wording), "seen": seen,
        }  # fmt: skip
        with self.db.transaction() as connection:
            connection.execute(SQL.one_by_one)
            row = connection.execute(SQL.move, params).fetchone()
            if row is None and offer is not None:
                raise Conflict(
                    _("The offer %(offer)s is not open any more.", offer=offer),
                    _("The open ones stand on the page Autonomy."),
                )
            if row is None:
                raise Conflict(
                    _("%(cell)s moved meanwhile.", cell=move.cell), _("The page Autonomy says where it stands.")
                )
        return int(row.id)

    def offer(
        self, cell: CellName, rung: Rung, to: Rung, proof: Proof, now: datetime, why: str = "",
        wording: Mapping[str, Any] | None = None,
    ) -> str | None:  # fmt: skip
        """Opens an offer; returns its id, or None where the cell has an open one already. `wording`: of `why`."""
        params = {
            "id": new_id("ofr", now),
            "rung": rung,
            "to_rung": to,
            "proof": as_json(proof),
            "now": now,
            "why": why,
            "wording": as_json(wording or {}),
        }
        row = self.db.one(SQL.offer, params | _place(cell) | {"cell": str(cell)})
        return str(row.id) if row else None

    def close_offer(self, offer: str, outcome: str, by: str, now: datetime) -> None:
        """`outcome`: declined or withdrawn. Raises NotFound and Conflict."""
        if self.db.one(SQL.close_offer, {"id": offer, "outcome": outcome, "by": by, "now": now}) is None:
            self.offer_of(offer)
            raise Conflict(
                _("The offer %(offer)s is not open any more.", offer=offer),
                _("The open ones stand on the page Autonomy."),
            )

    def offers(self, is_open: bool = True) -> list[Offer]:
        """Newest first: the open ones, or the last 200 of all."""
        return [_offer(row) for row in self.db.all(SQL.offers, {"id": None, "open": is_open})]

    def offer_of(self, offer: str) -> Offer:
        """Raises NotFound."""
        row = self.db.one(SQL.offers, {"id": offer, "open": False})
        if row is None:
            raise NotFound(
                _("There is no offer %(offer)s.", offer=offer), _("The open ones stand on the page Autonomy.")
            )
        return _offer(row)


def _offer(row: Any) -> Offer:
    proof = _proof(row.proof)
    assert proof is not None
    return Offer(
        row.id, _cell(row), Rung(row.rung), Rung(row.to_rung), proof, row.at, row.outcome, row.closed_by,
        row.closed_at, row.why, row.wording,
    )  # fmt: skip


def _cell(row: Any) -> CellName:
    return CellName(row.category, row.tier, row.channel)


def _place(cell: CellName) -> dict[str, str]:
    return {"category": cell.category, "tier": cell.tier, "channel": cell.channel}


def _proof(body: dict[str, Any] | None) -> Proof | None:
    if body is None:
        return None
    known: dict[str, Any] = {field.name: body[field.name] for field in fields(Proof) if field.name in body}
    listed: dict[str, Any] = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
    return Proof(**(known | listed))
