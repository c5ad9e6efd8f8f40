"""The scene of the drill with a clock that jumps: two hours ahead and back, in the middle of anything (R6, R2, R3).

The one idea: time is handed in, so a machine's clock that is put right is only another number; once it is right again,
nothing that was written by the wrong one may wait for it to come round.
"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from segue.app.drill.scenes import DEEDS
from segue.app.drill.small import SmallHouse, small_house
from segue.app.drill.tally import Tally
from segue.domain.errors import Conflict
from segue.domain.turn import Lease

WRONG_BY = (0, 120, -120, 60, -60)
"""Minutes: a clock set by hand, and one that took summer time for the world's."""
NIGHTS = (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
SOON = 6
"""Looks, nine seconds apart, after which nothing may be left to decide."""


def jumps(url: str, chance: random.Random, much: int, tally: Tally) -> None:
    """Customers write, workers claim and commit, agents act, each by a clock of another moment."""
    with small_house(url) as house:
        for night in NIGHTS:
            at = _lived_through(house, chance, night, much // len(NIGHTS))
            house.now = at
            house.drain(SOON)
            waiting = house.here.backlog()[0]
            tally.add(
                "R6", much // len(NIGHTS), [f"{waiting} conversations wait for a clock that was wrong"] * (waiting > 0)
            )
        house.leases_run_out()
        house.drain(60)
        tally.add_violations(house.violations())


def _lived_through(house: SmallHouse, chance: random.Random, night: datetime, much: int) -> datetime:
    at, own, held = night, list[str](), list[Lease]()
    for n in range(much):
        at += timedelta(seconds=chance.randint(1, 20))
        house.now = at + timedelta(minutes=chance.choice(WRONG_BY))
        what = chance.random()
        if not own or what < 0.4:
            own.append(house.customer_writes(chance.choice([*own[-3:], None]), f"Matter {n}"))
        elif what < 0.6:
            held = house.claims(house.here, 2)
        elif what < 0.8:
            house.commits(house.here, held)
            held = []
        elif what < 0.9:
            house.worker(house.there).work_off()
        else:
            with suppress(Conflict):
                DEEDS[chance.choice(list(DEEDS))](house, chance.choice(own[-3:]))
    return at
