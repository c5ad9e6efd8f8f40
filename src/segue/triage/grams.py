"""What stands beside what: words, neighbours, and words one apart, as a row of numbers for a head to weigh.

The one idea: a vector holds what a message is about, and blurs who is to do what. "I spoke to an agent" and "let me
speak to an agent" lie close together; "spoke to" and "me speak" do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from segue.triage.said import Said

_FEWEST = 3
"""Lines of the lists a gram must stand in to be looked at."""
_MOST = 400
"""Words of one message that are read."""


@dataclass(frozen=True)
class Grams:
    terms: tuple[str, ...]

    @classmethod
    def of(cls, lines: Iterable[Said]) -> Grams:
        """The grams that are worth looking at, from the lines a head is fitted on."""
        seen = Counter(gram for said in lines for gram in grams_of(said))
        return cls(tuple(sorted(gram for gram, lines in seen.items() if lines >= _FEWEST)))

    def row(self, said: Said) -> NDArray[np.float32]:
        """[terms], of length one, or less than one where only few are known."""
        row = np.zeros(len(self.terms), np.float32)
        at = self.known(said)
        row[at] = 1.0 / np.sqrt(max(len(at), 1))
        return row

    def known(self, said: Said) -> list[int]:
        """Places in `terms` of the grams that stand there."""
        return [self._place[gram] for gram in self._place.keys() & grams_of(said)]

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {term: n for n, term in enumerate(self.terms)}


def grams_of(said: Said) -> set[str]:
    """ "me speak", "me _ to" and "me" are three kinds of them; beginning and end are words, too."""
    words = ["<", *(word.text for word in said.words[:_MOST]), ">"]
    apart = (f"{one} _ {other}" for one, other in zip(words, words[2:], strict=False))
    return {*words[1:-1], *map(" ".join, pairwise(words)), *apart}
