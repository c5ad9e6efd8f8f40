"""Who a large workspace serves: accounts and contacts by the thousand, a few of whom write often and most seldom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from numpy.random import Generator

from segue.domain.people import Agent
from segue.store.multiplied import Company, Person

_FIRST = """Ada Amir Anna Bela Boris Carla Chen Clara Dana David Elif Emma Farid Felix Greta Hana Hugo Ines Ivan Jana
Joel Karim Kira Lars Lea Luca Maja Malik Mona Nina Noah Olga Omar Paul Petra Rosa Sami Sara Tara Theo Uma Vera Yusuf"""
_STARTS = "Al Bar Bel Cor Dal Der Fal Gar Hal Kel Lin Mar Mon Nor Ol Per Ros Sal Tor Ver"
_ENDS = "bach berg cott den ford grove ham king land ley man mond ness son stead ston ter ton well wood"
_TRADES = "Works Clinics Logistics Foods Studio Energy Textiles Partners Labs Motors Travel Print Media"
FIRST, STARTS, ENDS, TRADES = (tuple(words.split()) for words in (_FIRST, _STARTS, _ENDS, _TRADES))
TIERS, SHARES, VALUES = ("free", "team", "enterprise"), (0.62, 0.32, 0.06), (0, 180, 2900)
MEMBERS = 8
"""Contacts of an account, in the mean."""
ALONE = 0.12
"""Share of contacts that belong to no account."""
PER_CONTACT = 8
"""Conversations of a contact, in the mean."""
TEAM = 50
"""Agents beside the demo company's own: what ten thousand conversations a day need."""


def companies(several: int, now: datetime, random: Generator) -> Iterator[Company]:
    tiers = random.choice(len(TIERS), several, p=SHARES)
    for n in range(several):
        tier, name = int(tiers[n]), f"{_family(random)} {TRADES[int(random.integers(len(TRADES)))]}"
        value = float(round(VALUES[tier] * random.lognormal(0, 0.5)))
        renews = (now + timedelta(days=int(random.integers(365)))).date()
        yield Company(f"acc_{n:06}", f"acc_{n:06}", name, TIERS[tier], value, float(random.random()), renews, now)


def people(several: int, accounts: int, now: datetime, random: Generator) -> Iterator[Person]:
    of, alone = random.integers(accounts, size=several), random.random(several) < ALONE
    for n in range(several):
        first, family = FIRST[int(random.integers(len(FIRST)))], _family(random)
        account = None if alone[n] else f"acc_{of[n]:06}"
        mail = f"{first}.{family}.{n}@{'home' if alone[n] else account}.example".lower()
        yield Person(f"con_{n:07}", f"con_{n:07}", account, f"{first} {family}", mail, not alone[n], now)


def agents(teams: tuple[str, ...], random: Generator) -> list[Agent]:
    """Colleagues for the teams that there are."""
    found = []
    for n in range(TEAM):
        name = f"{FIRST[n % len(FIRST)]} {_family(random)}"
        found.append(Agent(f"agt_{n:03}", name, f"agent{n:03}@ledgerly.example", "agent", (teams[n % len(teams)],)))
    return found


def writers(several: int, of: int, random: Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Who writes each of `several` conversations: some of the `of` contacts far more often than most."""
    return (of * random.random(several) ** 2.2).astype(np.int64)


def _family(random: Generator) -> str:
    return STARTS[int(random.integers(len(STARTS)))] + ENDS[int(random.integers(len(ENDS)))]
