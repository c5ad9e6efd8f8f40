"""Chance that can be repeated: a draw belongs to a message and a purpose, so a turn tried again decides the same.

A keyed hash, because a customer who could foretell which answers are reviewed could write to be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from math import inf

Chance = Callable[[str], float]
"""A purpose in, a number from 0 to below 1 out, evenly spread; the same for the same purpose."""


def never(purpose: str) -> float:  # noqa: ARG001
    """Draws that pick nothing."""
    return inf


def drawn(secret: bytes, message: str) -> Chance:
    """The draws that belong to `message`. Without a secret nothing is ever picked."""
    if not secret:
        return never
    return lambda purpose: _fraction(blake2b(f"{purpose} {message}".encode(), key=secret[:64], digest_size=7).digest())


def _fraction(digest: bytes) -> float:
    """The first 53 bits, which is what a float holds."""
    return (int.from_bytes(digest, "big") >> 3) / (1 << 53)
