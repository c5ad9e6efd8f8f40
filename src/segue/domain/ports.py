"""What the house asks of the outside: small protocols, handed in at the door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384

Vector = NDArray[np.float32]
"""One text as a unit row of DIMENSIONS numbers."""


class Encoder(Protocol):
    """Turns texts into unit vectors. Same text and version, same bits."""

    @property
    def version(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vector:
        """float32 [len(texts), DIMENSIONS], rows of length one. Raises EncoderUnavailable."""
        ...
