"""`segue measure intents`: the intent head on labelled messages; a row whose intent is null is none of these.

The threshold for *none of these* is chosen on a fifth of train that the head has not seen, never on test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.app.measure.given import Row, encoded, encoder, rows_of, texts_of
from segue.app.measure.plain import PlainModel
from segue.app.measure.scores import auroc, fpr95, rounded
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.errors import Refused
from segue.domain.ports import Vector
from segue.triage.intents import Examples, IntentHead

HELD = 5
"""One in so many known rows of train is held out to choose the threshold on."""
GIVEN_UP = 0.01
"""The share of known messages that may be taken for none of these, on the held-out ones."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Messages with what they want, None for none of these."""

    texts: tuple[str, ...]
    vectors: Vector
    wanted: tuple[str | None, ...]

    @property
    def is_known(self) -> NDArray[np.bool_]:
        return np.array([w is not None for w in self.wanted], bool)

    def take(self, places: Any) -> Labelled:
        at = np.arange(len(self.texts))[places]
        return Labelled(tuple(self.texts[n] for n in at), self.vectors[at], tuple(self.wanted[n] for n in at))


@dataclass(frozen=True, slots=True)
class Read:
    """What a model made of messages: its best guess, and how strange each looked to it."""

    guesses: NDArray[np.str_]
    strange: NDArray[np.float64]


def run(train: str, test: str, shots: int | None = None, seeds: int = 1) -> dict[str, Any]:
    """Figures of the head and, under `baseline`, of TF-IDF with logistic regression; with `shots`, means over seeds."""
    learnt, asked = labelled(rows_of(train)), labelled(rows_of(test))
    if not learnt.is_known.any():
        raise Refused(f"No row of {train} has an intent.", "Give labelled messages to learn from.")
    rounds = [_round(_drawn(learnt, shots, seed), asked, seed) for seed in range(seeds if shots else 1)]
    known = learnt.take(learnt.is_known)
    return {
        "train": len(known.texts) if not shots else None,
        "test": len(asked.texts),
        "intents": len(set(known.wanted)),
        "shots": shots,
        "seeds": len(rounds),
        **_mean([ours for ours, _ in rounds]),
        "baseline": _mean([plain for _, plain in rounds]),
    }


def labelled(rows: Sequence[Row]) -> Labelled:
    texts = texts_of(rows)
    wanted = tuple(None if row.get("intent") is None else str(row["intent"]) for row in rows)
    return Labelled(tuple(texts), encoded(texts, encoder()), wanted)


def head_of(known: Labelled) -> IntentHead:
    """A head whose catalogue is the labels, each opened, with its own name as the only thing said of it."""
    wanted = tuple(str(w) for w in known.wanted)
    labels = sorted(set(wanted))
    names = [label.replace("_", " ") for label in labels]
    catalogue = Catalogue(
        (Category("all", "All"),), tuple(Intent(i, n, "all") for i, n in zip(labels, names, strict=True))
    )
    named = Examples(tuple(names), encoded(names, encoder()), tuple(labels))
    return IntentHead.fit(Examples(known.texts, known.vectors, wanted), named, catalogue)


def _round(learnt: Labelled, asked: Labelled, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    known, none = learnt.take(learnt.is_known), learnt.take(~learnt.is_known)
    held = np.random.default_rng(seed).permutation(len(known.texts)) % HELD == 0
    tried = known.take(held)
    found = []
    for reads in (_ours, _plain):
        threshold = _threshold(reads(known.take(~held), tried), tried, reads(known.take(~held), none))
        found.append(_figures(reads(known, asked), asked, threshold))
    return found[0], found[1]


def _ours(known: Labelled, asked: Labelled) -> Read:
    head = head_of(known)
    read = [head.read(t, v) for t, v in zip(asked.texts, asked.vectors, strict=True)]
    return Read(np.array([r.intents[0].intent for r in read], str), np.array([r.novelty.value for r in read]))


def _plain(known: Labelled, asked: Labelled) -> Read:
    model = PlainModel.fit(known.texts, [str(w) for w in known.wanted])
    chances = model.chances(asked.texts)
    guesses = [model.labels[n] for n in chances.argmax(1)] if len(chances) else []
    return Read(np.array(guesses, str), -chances.max(1).astype(np.float64) if len(chances) else np.empty(0))


def _threshold(read: Read, tried: Labelled, none: Read) -> float:
    return float(np.quantile(read.strange, 1.0 - GIVEN_UP, method="higher"))


def _figures(read: Read, asked: Labelled, threshold: float) -> dict[str, Any]:
    known = asked.is_known
    is_none = read.strange > threshold
    is_guess = np.array([g == w for g, w in zip(read.guesses, asked.wanted, strict=True)], bool)
    right = np.where(known, is_guess & ~is_none, is_none)
    own, others = read.strange[known], read.strange[~known]
    return {
        "accuracy": rounded(float(right.mean() if not known.all() else is_guess.mean())),
        "in_scope_accuracy": rounded(float(right[known].mean())) if known.any() else None,
        "oos_recall": rounded(float(is_none[~known].mean())) if not known.all() else None,
        "oos_auroc": rounded(auroc(own, others)),
        "oos_fpr95": rounded(fpr95(own, others)),
    }


def _drawn(learnt: Labelled, shots: int | None, seed: int) -> Labelled:
    """`shots` messages of each intent, drawn anew for each seed; all that are none of these."""
    if not shots:
        return learnt
    random, at = np.random.default_rng(seed), list(np.flatnonzero(~learnt.is_known))
    for intent in sorted({w for w in learnt.wanted if w is not None}):
        own = [n for n, w in enumerate(learnt.wanted) if w == intent]
        at += list(random.permutation(own)[:shots])
    return learnt.take(sorted(at))


def _mean(figures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        name: rounded(float(np.mean([f[name] for f in figures]))) if figures[0][name] is not None else None
        for name in figures[0]
    }
