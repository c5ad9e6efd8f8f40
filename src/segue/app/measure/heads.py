"""Labelled messages and the heads fitted from them, as the measures of intents share them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.app.measure.given import Row, encoded, encoder, labelled, texts_of
from segue.app.measure.plain import PlainModel
from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.ports import Vector
from segue.triage.examples import Examples
from segue.triage.intents import IntentHead


@dataclass(frozen=True, slots=True)
class Labelled:
    """Messages with what they want, None for none of these."""

    texts: tuple[str, ...]
    vectors: Vector
    wanted: tuple[str | None, ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Labelled:
        """Raises Refused where a row has no text, or `labelled` does."""
        texts = texts_of(labelled(rows))
        wanted = tuple(None if row.get("intent") is None else str(row["intent"]) for row in rows)
        return cls(tuple(texts), encoded(texts, encoder()), wanted)

    @property
    def is_known(self) -> NDArray[np.bool_]:
        return np.array([w is not None for w in self.wanted], bool)

    def take(self, places: Any) -> Labelled:
        at = np.arange(len(self.texts))[places]
        return Labelled(tuple(self.texts[n] for n in at), self.vectors[at], tuple(self.wanted[n] for n in at))

    def examples(self) -> Examples:
        return Examples(self.texts, self.vectors, tuple(str(w) for w in self.wanted))


@dataclass(frozen=True, slots=True)
class Read:
    """What a model made of messages: its best guess, and how strange each looked to it."""

    guesses: NDArray[np.str_]
    strange: NDArray[np.float64]

    def is_right(self, wanted: Sequence[str | None]) -> NDArray[np.bool_]:
        return np.array([g == w for g, w in zip(self.guesses, wanted, strict=True)], bool)


def head_of(known: Labelled, unopened: Mapping[str, Sequence[str]] | None = None) -> IntentHead:
    """A head whose catalogue is the labels, each opened, with its own name as the only thing said of it. `unopened`
    intents have questions beside their name, and no past messages."""
    opened = sorted({str(w) for w in known.wanted})
    others = {intent: asked for intent, asked in (unopened or {}).items() if intent not in opened}
    intents = [Intent(i, in_words(i), "all", True) for i in opened]
    intents += [Intent(i, in_words(i), "all", False, tuple(asked)) for i, asked in sorted(others.items())]
    said = [(text, i.id) for i in intents for text in (i.name, *i.questions)]
    named = Examples(
        tuple(t for t, _ in said), encoded([t for t, _ in said], encoder()), tuple(intent for _, intent in said)
    )
    return IntentHead.fit(known.examples(), named, Catalogue((Category("all", "All"),), tuple(intents)))


def in_words(label: str) -> str:
    return label.replace("_", " ").strip()


def read_by(head: IntentHead, asked: Labelled) -> Read:
    """The best of all intents, opened or not; strangeness is unfamiliarity."""
    read = [head.read(t, v) for t, v in zip(asked.texts, asked.vectors, strict=True)]
    return Read(np.array([r.intents[0].intent for r in read], str), np.array([-r.familiar for r in read]))


def read_plainly(known: Labelled, asked: Labelled) -> Read:
    """The baseline: TF-IDF with logistic regression; strangeness is how small its greatest probability is."""
    if not asked.texts:
        return Read(np.empty(0, str), np.empty(0))
    model = PlainModel.fit(known.texts, [str(w) for w in known.wanted])
    chances = model.chances(asked.texts)
    return Read(np.array([model.labels[n] for n in chances.argmax(1)]), -chances.max(1).astype(np.float64))
