"""`segue measure unknown`: how well messages about what is not opened are told from what is.

Three states of knowledge, from least to most. *Unheard*: nobody has ever named the unknown intents. *Named*: the
catalogue has their names, as it has those of matters without an article; this is the headline. *With questions*: it has
a few typical questions of each, too, taken from valid. From valid nothing else is used. Test is never learnt from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.app.measure.given import Row, rows_of, texts_of
from segue.app.measure.heads import Labelled, Read, head_of, read_by, read_plainly
from segue.app.measure.scores import auroc, fpr95, rounded
from segue.domain.errors import Refused

KINDS = ("in_scope", "id", "ood")
QUESTIONS = 5
"""Typical questions of an unknown intent, as many as a catalogue has."""


def run(train: str, valid: str, test: str, seed: int = 0) -> dict[str, Any]:
    """Fields text, intent, kind (in_scope, id: unknown sibling, ood: foreign). Only in_scope rows of train are learnt
    from."""
    learnt, asked = Labelled.of(_of_kind(rows_of(train), "in_scope")), rows_of(test)
    if not learnt.texts:
        raise Refused(f"No row of {train} is of kind in_scope.", "Give messages of the known intents to learn from.")
    held = rows_of(valid)
    for named, rows in ((valid, held), (test, asked)):
        if unknown := sorted({_kind(row) for row in rows} - {*KINDS}):
            raise Refused(f"There is a kind {unknown[0]!r} in {named}.", f"Kinds are {', '.join(KINDS)}.")
    kinds = np.array([_kind(row) for row in asked], str)
    coming, told = Labelled.of(asked), _told(_of_kind(held, "id"), seed)
    states: dict[str, dict[str, Sequence[str]]] = {
        "unheard": {}, "named": dict.fromkeys(told, ()), "with_questions": dict(told),
    }  # fmt: skip
    found = {s: figures(read_by(head_of(learnt, said), coming), coming, kinds) for s, said in states.items()}
    return {
        "train": len(learnt.texts),
        "test": len(coming.texts),
        "intents": len(set(learnt.wanted)),
        "unknown_intents_named": len(told),
        **found["named"],
        "unheard": found["unheard"],
        "with_questions": found["with_questions"],
        "baseline": figures(read_plainly(learnt, coming), coming, kinds),
    }


def figures(read: Read, asked: Labelled, kinds: NDArray[np.str_]) -> dict[str, Any]:
    own, right = read.strange[kinds == "in_scope"], read.is_right(asked.wanted)[kinds == "in_scope"]
    found: dict[str, Any] = {"in_scope_accuracy": rounded(float(right.mean())) if len(right) else None}
    for kind in KINDS[1:]:
        others = read.strange[kinds == kind]
        found |= {f"{kind}_auroc": rounded(auroc(own, others)), f"{kind}_fpr95": rounded(fpr95(own, others))}
    return found


def _told(rows: Sequence[Row], seed: int) -> Mapping[str, Sequence[str]]:
    """Some messages of each unknown intent that has a name."""
    asked, texts = dict[str, list[str]](), texts_of(rows)
    for n in np.random.default_rng(seed).permutation(len(rows)):
        if rows[n].get("intent") is not None:
            asked.setdefault(str(rows[n]["intent"]), []).append(texts[n])
    return {intent: said[:QUESTIONS] for intent, said in sorted(asked.items())}


def _of_kind(rows: Sequence[Row], kind: str) -> list[Row]:
    return [row for row in rows if _kind(row) == kind]


def _kind(row: Row) -> str:
    return str(row.get("kind", "in_scope"))
