"""New topics: messages that no intent covers, gathered into groups a lead can look at, name and open.

The one idea: a message alone is a poor witness, its neighbours make it a good one. Each vector is laid into the
directions these messages differ in, drawn to its nearest neighbours, and then joined by Ward's criterion; how many
groups there are is read off the tree by their silhouette, where a group too small to be worth a topic counts nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.domain.ports import Vector

Labels = NDArray[np.int64]
Rows = NDArray[np.float32]

FEWEST = 3
"""Messages a topic must have, and of many messages at least this share of them:"""
SHARE = 0.003
LOOSE = 0.3
"""Cohesion below which a group is a mixture and not a topic; of real intents it is 0.5 to 0.8."""
TIGHT = 0.5
"""Cohesion from which on all messages together are one topic."""
MOST = 4_000
"""Rows of the tree, whose memory grows with their square (130 MB here); further messages join the nearest centre."""
DIRECTIONS, NEIGHBOURS = 96, 5
CUTS = 60
"""Numbers of groups that are compared."""
NAMED_BY = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of messages. `members` and `medoid` are places in the texts that were handed in."""

    name: str
    medoid: int
    """The message nearest to the middle: the one to read."""
    members: tuple[int, ...]
    cohesion: float
    """Mean cosine between two members; 1 for one message alone."""

    @property
    def size(self) -> int:
        return len(self.members)


def propose(texts: Sequence[str], vectors: Vector, fewest: int = FEWEST, loosest: float = LOOSE) -> tuple[Topic, ...]:
    """The topics worth showing to a lead, the largest first; the same input gives the same topics.

    `vectors`: float32 [len(texts), DIMENSIONS], unit rows. Groups of fewer than `fewest` messages, and those whose
    cohesion is below `loosest`, are left out, so not every message has a topic; no messages, no topics. Names are the
    words that set a group apart from the others (class TF-IDF, as in Grootendorst 2022).
    """
    labels = gather(vectors, fewest)
    groups = [np.flatnonzero(labels == label) for label in range(int(labels.max(initial=-1)) + 1)]
    names = _names([[texts[int(n)] for n in group] for group in groups])
    topics = [_topic(name, group, vectors[group]) for name, group in zip(names, groups, strict=True)]
    kept = [topic for topic in topics if topic.size >= fewest and topic.cohesion >= loosest]
    return tuple(sorted(kept, key=lambda topic: (-topic.size, topic.medoid)))


def gather(vectors: Vector, fewest: int = FEWEST, count: int | None = None) -> Labels:
    """A group for each row of `vectors`, from 0 on; so many groups as seem best, or `count` of them.

    Beyond MOST rows the tree is built of evenly spaced ones. Fewer than 2 × `fewest` rows are one group.
    """
    if len(vectors) < 2 or (count is None and (len(vectors) < 2 * fewest or _cohesion(vectors) >= TIGHT)):
        return np.zeros(len(vectors), np.int64)
    laid = _laid_out(vectors)
    some = np.unique(np.linspace(0, len(laid) - 1, min(len(laid), MOST)).astype(np.int64))
    sample = laid[some]
    tree = _ward(_drawn_together(sample))
    labels = _cut(tree, count) if count else _best_cut(tree, sample, fewest)
    if len(some) == len(laid):
        return labels
    return np.asarray((laid @ _centres(sample, labels).T).argmax(axis=1), np.int64)


def _laid_out(vectors: Vector) -> Rows:
    """The principal directions of these messages; what they all share says nothing about their groups."""
    centred = vectors - vectors.mean(axis=0)
    directions = np.linalg.eigh(centred.T @ centred)[1][:, -min(DIRECTIONS, max(len(vectors) - 1, 1)) :]
    return _unit(centred @ directions)


def _drawn_together(rows: Rows) -> Rows:
    """Each row becomes the mean of itself and its nearest ones, weighed by likeness."""
    likeness = rows @ rows.T
    kept = min(NEIGHBOURS, len(rows))
    near = np.argpartition(-likeness, kept - 1, axis=1)[:, :kept]
    weights = np.maximum(np.take_along_axis(likeness, near, axis=1), 0.0)
    return _unit(np.einsum("nk,nkd->nd", weights, rows[near]))


def _ward(rows: Rows) -> Any:
    from scipy.cluster.hierarchy import linkage  # half a second to load, and only a few jobs need it

    upper = np.triu_indices(len(rows), 1)
    squared = np.maximum(2.0 - 2.0 * (rows @ rows.T)[upper], 0.0)
    return linkage(np.sqrt(squared, dtype=np.float64), "ward")


def _cut(tree: Any, count: int) -> Labels:
    from scipy.cluster.hierarchy import fcluster

    return np.asarray(fcluster(tree, count, "maxclust") - 1, np.int64)


def _best_cut(tree: Any, rows: Rows, fewest: int) -> Labels:
    """By silhouette over the rows themselves: the drawn ones would flatter small groups."""
    least = max(fewest, math.ceil(SHARE * len(rows)))
    counts = np.unique(np.geomspace(2, max(len(rows) // fewest, 2), CUTS).astype(np.int64))
    cuts = [_cut(tree, int(count)) for count in counts]
    return max(cuts, key=lambda labels: _silhouette(rows, labels, least))


def _silhouette(rows: Rows, labels: Labels, least: int) -> float:
    """Mean silhouette under cosine distance (Rousseeuw 1987); members of groups below `least` count zero."""
    sizes = np.bincount(labels)
    sums = np.zeros((len(sizes), rows.shape[1]), np.float32)
    np.add.at(sums, labels, rows)
    at, own_size = np.arange(len(rows)), sizes[labels]
    likeness = rows @ sums.T
    own = 1.0 - (likeness[at, labels] - 1.0) / np.maximum(own_size - 1, 1)
    likeness /= sizes
    likeness[at, labels] = -np.inf
    other = 1.0 - likeness.max(axis=1)
    widths = (other - own) / np.maximum(np.maximum(other, own), 1e-9)
    return float(np.where(own_size >= least, widths, 0.0).mean())


def _centres(rows: Rows, labels: Labels) -> Rows:
    sums = np.zeros((int(labels.max()) + 1, rows.shape[1]), np.float32)
    np.add.at(sums, labels, rows)
    return _unit(sums)


def _topic(name: str, group: Labels, vectors: Vector) -> Topic:
    centre = _unit(vectors.mean(axis=0, keepdims=True))[0]
    medoid = int(group[np.argmax(vectors @ centre)])
    return Topic(name, medoid, tuple(int(n) for n in group), _cohesion(vectors))


def _cohesion(vectors: Vector) -> float:
    """Mean cosine over all pairs of unit rows."""
    rows = len(vectors)
    if rows < 2:
        return 1.0
    return float((np.square(vectors.sum(axis=0), dtype=np.float64).sum() - rows) / (rows * (rows - 1)))


def _unit(rows: Rows) -> Rows:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def _names(groups: Sequence[Sequence[str]]) -> list[str]:
    """Up to NAMED_BY words or pairs each: those most used in the group and least elsewhere."""
    counts = [Counter(term for text in group for term in set(_terms(text))) for group in groups]
    held = Counter(term for count in counts for term in count.elements())
    usual = sum(held.values()) / max(len(groups), 1)
    return [_name(count, held, usual, len(group)) for count, group in zip(counts, groups, strict=True)]


def _name(count: Counter[str], held: Counter[str], usual: float, size: int) -> str:
    """A pair swallows its words; a word only one member uses names nothing where others are shared."""
    shared = [term for term in count if count[term] > 1 or size < 2] or list(count)
    ranked = sorted(shared, key=lambda t: (-count[t] * math.log(1 + usual / held[t]) * (1 + 0.3 * (" " in t)), t))
    chosen = list[str]()
    for term in ranked:
        if len(chosen) < NAMED_BY and not any(_stems(term) & _stems(other) for other in chosen):
            chosen.append(term)
    return ", ".join(chosen)


def _stems(term: str) -> set[str]:
    return {word.rstrip("s") for word in re.split(r"[\s-]", term)}


def _terms(text: str) -> Iterator[str]:
    words = [word for word in _WORD.findall(text.lower()) if word not in _EMPTY]
    yield from words
    yield from (f"{a} {b}" for a, b in pairwise(words) if a != b)


_WORD = re.compile(r"[^\W_](?:[\w'’-]*[^\W_])?")
_EMPTY_WORDS = """
    a about after again all also am an and any are as at be because been before being but by can can't cannot could
    did didn't do does doesn't doing don't for from get getting give go going got had has have haven't having hello
    help hey hi how i i'd i'll i'm i've if in into is isn't it it's its just know let like make many me much my need
    no not now of on one only or our out over please really s same see should so some still t tell than thank thanks
    that that's the their them then there these they thing this to too try trying up us use using very want was wasn't
    way we well were what what's when where which who why will with won't would you your
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
