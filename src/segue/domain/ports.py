"""What the house asks of the outside: small protocols, handed in at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384

Vector = NDArray[np.float32]
"""One text as a unit row of DIMENSIONS numbers."""


def together(now: Vector, before: Vector) -> Vector:
    """The vector of two messages about one matter: how a reply to a question is read. Two messages tell twins apart
    far better than one (on BANKING77 98.9 % right instead of 92.9)."""
    both = now + before
    return np.asarray(both / max(float(np.linalg.norm(both)), 1e-9), np.float32)


class Encoder(Protocol):
    """Turns texts into unit vectors. Same text and version, same bits."""

    @property
    def version(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vector:
        """float32 [len(texts), DIMENSIONS], rows of length one. Raises EncoderUnavailable."""
        ...


class Calling(Protocol):
    """Calls an address on the net that somebody typed; one that is inside our own network is refused."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body. Raises Refused where it may not be called, Unavailable where nobody answers."""
        ...

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]: ...


class Writing(Protocol):
    """Writes a mail of the house itself, which answers nothing."""

    def __call__(self, to: str, subject: str, text: str) -> bool:
        """Whether it left; False without a mail server. Raises SegueError where the server does not take it."""
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying the way to a service outside. `lines`: what both sides said, without passwords."""

    works: bool
    says: str
    lines: tuple[str, ...]


class Trying(Protocol):
    """Tries the way to a service outside, as far as it goes without doing anything there."""

    def __call__(self, me: str) -> Tried:
        """`me`: the address of whoever asks. Never raises for what the service says."""
        ...


class Tracker(Protocol):
    """The issue tracker of a product team. `key` stands in an issue's text, and no other has it."""

    def find(self, key: str, since: datetime) -> list[str]:
        """The addresses of issues with `key` that changed since then: one, or none. Raises SegueError."""
        ...

    def create(self, title: str, text: str, key: str) -> str:
        """Opens an issue and returns its address. Raises SegueError; then it may have been created or not."""
        ...
