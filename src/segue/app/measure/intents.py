"""`segue measure intents`: the intent head on labelled messages; a row whose intent is null is none of these.

The threshold for *none of these* is chosen on a fifth of train that the head has not seen, never on test. Rows of train
that are none of these are not learnt from. `several`: how often two matters in one message are both found, and how
often one is taken for two (several.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from segue.app.measure.given import rows_of
from segue.app.measure.heads import Labelled, Read, head_of, read_by, read_plainly
from segue.app.measure.scores import auroc, fpr95, rounded
from segue.app.measure.several import several
from segue.domain.errors import Refused

HELD = 5
"""One in so many known rows of train is held out to choose the threshold on."""
GIVEN_UP = 0.004
"""The share of known messages that may be taken for none of these, on the held-out ones."""


def run(train: str, test: str, shots: int | None = None, seeds: int = 1, pairs: bool = True) -> dict[str, Any]:
    """Figures of the head and, under `baseline`, of TF-IDF with logistic regression; with `shots`, means over seeds.
    Without `pairs` nothing is asked of `several`, which costs as much as all else."""
    learnt, asked = Labelled.of(rows_of(train)), Labelled.of(rows_of(test))
    known = learnt.take(learnt.is_known)
    if not known.texts:
        raise Refused(f"No row of {train} has an intent.", "Give labelled messages to learn from.")
    rounds = [_round(drawn(known, shots, seed), asked, seed) for seed in range(seeds if shots else 1)]
    return {
        "train": len(drawn(known, shots, 0).texts),
        "test": len(asked.texts),
        "intents": len(set(known.wanted)),
        "shots": shots,
        "seeds": len(rounds),
        **_mean([ours for ours, _ in rounds]),
        "several": several(head_of(drawn(known, shots, 0)), asked) if pairs else None,
        "baseline": _mean([plain for _, plain in rounds]),
    }


def _round(known: Labelled, asked: Labelled, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    held = np.random.default_rng(seed).permutation(len(known.texts)) % HELD == 0
    found = []
    for reads in (_ours, read_plainly):
        tried = reads(known.take(~held), known.take(held))
        threshold = float(np.quantile(tried.strange, 1.0 - GIVEN_UP, method="higher"))
        found.append(figures(reads(known, asked), asked, threshold))
    return found[0], found[1]


def _ours(known: Labelled, asked: Labelled) -> Read:
    return read_by(head_of(known), asked)


def figures(read: Read, asked: Labelled, threshold: float) -> dict[str, Any]:
    """`accuracy` counts a known message right by its intent alone, `in_scope_accuracy` only if it was also not taken
    for none of these; `oos_recall` is the share of the others that was."""
    known, is_none, is_guess = asked.is_known, read.strange > threshold, read.is_right(asked.wanted)
    own, others = read.strange[known], read.strange[~known]
    return {
        "accuracy": rounded(float(is_guess[known].mean())) if known.any() else None,
        "in_scope_accuracy": rounded(float((is_guess & ~is_none)[known].mean())) if known.any() else None,
        "oos_recall": rounded(float(is_none[~known].mean())) if not known.all() else None,
        "oos_auroc": rounded(auroc(own, others)),
        "oos_fpr95": rounded(fpr95(own, others)),
    }


def drawn(known: Labelled, shots: int | None, seed: int) -> Labelled:
    """`shots` messages of each intent, drawn anew for each seed."""
    if not shots:
        return known
    random, at = np.random.default_rng(seed), list[int]()
    for intent in sorted({str(w) for w in known.wanted}):
        own = [n for n, w in enumerate(known.wanted) if w == intent]
        at += [int(n) for n in random.permutation(own)[:shots]]
    return known.take(sorted(at))


def _mean(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        name: rounded(float(np.mean([f[name] for f in found]))) if found[0][name] is not None else None
        for name in found[0]
    }
