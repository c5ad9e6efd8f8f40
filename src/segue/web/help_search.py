"""What a reader of the help centre searches for: public articles, best first.

The one idea: by meaning and by words as the assistant finds them; where meaning can't be asked for, by words alone.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import numpy as np

from segue.domain.errors import EncoderUnavailable
from segue.domain.ports import DIMENSIONS, Vector
from segue.knowledge.library import Library
from segue.web.limits import Limit
from segue.web.prose import plain_text

LONGEST = 200
"""Characters of a question; what stands behind them tells no more."""
MOST = 8
DEPTH = 24
"""Passages looked at: an article may have several of the best."""
NEAR = 0.3
"""The least score, cosine and shared words together: between what questions about the demo company's matters reach and
what letters at random and other matters do."""
BESIDE = 0.6
"""The least share of the best one's score: what only touches the question is no help beside what answers it."""
SHOWN = 160
"""Characters of a passage."""
_LOOKS = Limit(60, 60)
"""Questions a minute that one address may put by meaning: they cost a pass of the encoder."""


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    slug: str
    says: str


def help_for(library: Library, asked: str, address: str, today: date) -> list[Hit]:
    """One for each article that may help, with how its nearest passage begins."""
    vector, version = _meaning(library, asked, address)
    best: dict[str, Hit] = {}
    hits = library.store.search(asked, vector, today, version, DEPTH)
    least = max(NEAR if version else 0.0, BESIDE * hits[0].score) if hits else 0.0
    for one in hits:
        if one.slug not in best and one.score >= least:
            best[one.slug] = Hit(one.title, one.slug, _beginning(one.passage.text))
    return list(best.values())[:MOST]


def _meaning(library: Library, asked: str, address: str) -> tuple[Vector, str]:
    """Where the question stands, and by which encoder; by none where it can't be asked now."""
    if not _LOOKS.enter(address):
        with suppress(EncoderUnavailable):
            return library.encoder.encode([asked])[0], library.encoder.version
    return np.zeros(DIMENSIONS, np.float32), ""


def _beginning(text: str) -> str:
    plain = " ".join(plain_text(text).split())
    return plain if len(plain) <= SHOWN else plain[:SHOWN].rpartition(" ")[0] + " …"
