"""`segue measure similar`: whether the cases shown as similar were solved the same way.

Each of the last cases asks, in its customer's first words, for those that came before it, as the briefing does; right
are those with the same label. The cases lie in a throwaway database and are found there by the real search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.app.door import open_house
from segue.app.measure.given import CUSTOMER, Row, encoder, rows_of, turns_of
from segue.app.measure.plain import Tfidf
from segue.app.measure.scores import rounded
from segue.app.settings import Settings
from segue.domain.errors import Refused
from segue.domain.knowledge import Resolution

LABELS = ("resolution_id", "duplicate_of", "intent", "label", "issue", "queue")
"""Fields that may say which cases are alike, the first that is there."""
DEPTH = 20
"""Cases that are looked at; `ap` is over them."""
SHARE, MOST = 3, 500
"""One in so many cases asks, the last ones, and at most MOST of them."""


@dataclass(frozen=True, slots=True)
class Past:
    text: str
    label: str


def given(threads: str) -> list[Past]:
    """`threads`: rows in the order of time, with `text` or `turns`. Raises Refused, before a database is made, where
    that cannot be measured."""
    cases = [_case(number, row) for number, row in enumerate(rows_of(threads), 1)]
    if not _asking(cases):
        raise Refused("No later case is like an earlier one.", f"Cases are alike by {', '.join(LABELS)}.")
    return cases


def run(at: Settings, cases: Sequence[Past]) -> dict[str, Any]:
    """`at`: an empty database. Only questions with a case of their label before them are counted."""
    begin, asking = _begin(cases), _asking(cases)
    return {
        "cases": len(cases),
        "questions": len(asking),
        "labels": len({case.label for case in cases}),
        **_figures(cases, dict(zip(range(begin, len(cases)), _ours(at, cases, begin), strict=True)), asking),
        "baseline": _figures(cases, dict(zip(asking, _plain(cases, asking), strict=True)), asking),
    }


def _begin(cases: Sequence[Past]) -> int:
    """Where the questions begin."""
    return len(cases) - min(len(cases) // SHARE, MOST)


def _asking(cases: Sequence[Past]) -> list[int]:
    return [n for n in range(_begin(cases), len(cases)) if any(c.label == cases[n].label for c in cases[:n])]


def _case(number: int, row: Row) -> Past:
    text = row.get("text") or _first_words(turns_of(number, row))
    label = next((row[field] for field in LABELS if row.get(field) is not None), None)
    if not isinstance(text, str) or label is None:
        raise Refused(f"Case {number} has no words or no label.", f"Give text or turns, and {' or '.join(LABELS)}.")
    return Past(text, str(label))


def _first_words(turns: Sequence[Row]) -> str | None:
    said = (turn.get("text") for turn in turns if turn.get("role", "customer") in CUSTOMER)
    return next((text for text in said if text), None)


def _ours(at: Settings, cases: Sequence[Past], begin: int) -> Iterator[list[int]]:
    """For each case from `begin` on the places of those found, nearest first; then it becomes a case itself."""
    house = open_house(at, encoder())
    vectors = house.library.encode([case.text for case in cases])
    solved = [_solved(n, case) for n, case in enumerate(cases)]
    rows = [(one, None, vector) for one, vector in zip(solved, vectors, strict=True)]
    house.knowledge.add_resolutions(rows[:begin], house.encoder.version)
    for n in range(begin, len(cases)):
        yield [int(found.id.removeprefix("res_")) for found in house.library.similar(vectors[n], DEPTH)]
        house.knowledge.add_resolutions(rows[n : n + 1], house.encoder.version)
    house.db.close()


def _solved(n: int, case: Past) -> Resolution:
    return Resolution(f"res_{n}", case.text, case.label, None, None, "measure", datetime.now(UTC), "confirmed")


def _plain(cases: Sequence[Past], asking: Sequence[int]) -> Iterator[list[int]]:
    """By TF-IDF and cosine; the idf is that of all cases."""
    texts = [case.text for case in cases]
    rows = Tfidf.fit(texts).rows(texts)
    for n in asking:
        likeness = np.asarray((rows[:n] @ rows[n].T).todense()).ravel()
        yield [int(place) for place in np.argsort(-likeness, kind="stable")[:DEPTH]]


def _figures(cases: Sequence[Past], found: dict[int, list[int]], asking: Sequence[int]) -> dict[str, Any]:
    hits = [np.array([cases[m].label == cases[n].label for m in found[n]], bool) for n in asking]
    alike = [sum(case.label == cases[n].label for case in cases[:n]) for n in asking]
    return {
        **{f"top_{depth}": rounded(float(np.mean([hit[:depth].any() for hit in hits]))) for depth in (1, 5)},
        "ap": rounded(float(np.mean([average_precision(h, a) for h, a in zip(hits, alike, strict=True)]))),
    }


def average_precision(hits: NDArray[np.bool_], alike: int) -> float:
    """The mean precision at each hit, over the hits there could have been among so many."""
    precisions = np.cumsum(hits)[hits] / (np.flatnonzero(hits) + 1)
    return float(precisions.sum() / min(alike, max(len(hits), 1)))
