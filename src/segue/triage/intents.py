"""What a message wants: a head over its vector, its words, and the past messages it resembles.

The one idea: three weak readers that err differently. A linear head sees the broad meaning, the nearest past messages
see what was asked before in just this way, the words see the names. Their logits are added up.

Intents that are known only by name take part like all others, learnt from their few questions. The confident errors
come from near twins of what is opened, and a twin can only be told from its sibling if both stand in the list.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.domain.assessment import IntentGuess, NearExample, Signal
from segue.domain.catalogue import Catalogue, Intent
from segue.domain.errors import Refused
from segue.domain.ports import DIMENSIONS, Vector
from segue.triage.examples import Examples, Labelled, named_texts
from segue.triage.near import KEPT, Near, Neighbours, Places
from segue.triage.softmax import softmax_regression
from segue.triage.wording import Wording

__all__ = ["Examples", "IntentHead", "IntentReading", "Labelled", "named_texts"]

Floats = NDArray[np.float32]

MEANING, COMPANY, WORDS = 1.0, 0.33, 0.4
"""What each reader counts for. Found on two data sets at 5 to 100 examples an intent; half or twice as much costs less
than half a point."""
NO_COMPANY = 0.01
"""Votes an intent has without any near example."""
FEW, MANY = 3.0, 30
"""What one example of an unopened intent counts for while it has fewer than MANY; the opened ones have dozens."""
NEARNESS = 20.0
"""What a full point of cosine counts for beside a logit, in `familiar`; 10 to 40 differ by less than half a point."""
STRANGE = 0.995
"""From this novelty on a message is none of these: stranger than 199 of 200 past ones."""
OFFERED = 2.0
"""The odds of an intent grow by this when a question has just offered it."""
SETTLED = 0.98
"""Its probability once the customer has picked it."""
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class IntentReading:
    """What the head noticed about one message; the fields are those of an Assessment."""

    intents: tuple[IntentGuess, ...]
    none_of_these: Signal[bool]
    novelty: Signal[float]
    nearest: tuple[NearExample, ...]
    unopened: Signal[float]
    entropy: float
    """In nats, over the whole list."""
    familiar: float
    """How much like something opened: the best opened intent's logit over the best unopened one's, and the nearness of
    the nearest. Unlike a probability it is low where nothing fits, however clear the choice would be."""
    version: str


@dataclass(frozen=True, eq=False)
class IntentHead:
    """Fitted once, read by many threads."""

    intents: tuple[Intent, ...]
    weights: Floats
    """[intents, DIMENSIONS + 1]; the last column is the bias."""
    texts: tuple[str, ...]
    near: Neighbours
    """The messages whose texts those are."""
    wording: Wording
    temperature: float = 1.0
    version: str = ""

    @classmethod
    def fit(
        cls, history: Examples, named: Examples, catalogue: Catalogue, start: IntentHead | None = None
    ) -> IntentHead:
        """From past messages and the encoded `named_texts`. Intents without any example are left out; Refused where
        none has one.

        `start`: an earlier head whose weights are the starting point; the result is the same, sooner.
        """
        examples = (history + named).once()
        held = frozenset(examples.intents)
        intents = tuple(i for i in catalogue.intents if i.id in held)
        if not intents:
            raise Refused("There is nothing to learn intents from.", "Bring in a catalogue or past messages first.")
        place = {intent.id: n for n, intent in enumerate(intents)}
        examples = examples.take(n for n, i in enumerate(examples.intents) if i in place)
        owners = np.array([place[i] for i in examples.intents], np.int64)
        counts = _counts(intents, owners)
        weights = softmax_regression(examples.vectors, owners, counts, _begun(intents, start))
        near = Neighbours.fit(examples.vectors, owners, counts, min(len(history), len(examples)))
        wording = Wording.fit(examples.texts, owners, counts, len(intents))
        return cls(intents, weights, examples.texts, near, wording).versioned()

    def read(self, text: str, vector: Vector, options: Sequence[str] = ()) -> IntentReading:
        """`options`: the intents a clarifying question has just offered; one alone is the one the customer picked."""
        near = self.near.look(vector)
        return self._reading(text, self._pooled(text, vector, near), near, options)

    def read_all(
        self, texts: Sequence[str], vectors: Vector, options: Sequence[Sequence[str]] | None = None
    ) -> list[IntentReading]:
        """As `read` of each, in a third of the time."""
        nears = self.near.look_at_all(vectors)
        offered = ((),) * len(texts) if options is None else options
        rows = zip(texts, self._pooled_all(texts, vectors, nears), nears, offered, strict=True)
        return [self._reading(*row) for row in rows]

    def _reading(self, text: str, pooled: Floats, near: Near, options: Sequence[str]) -> IntentReading:
        chances = self._chances(pooled, options)
        novelty = self.near.novelty(near) if _WORD.search(text) else 1.0
        best = np.argsort(-chances, kind="stable")[:KEPT]
        return IntentReading(
            intents=tuple(self._guess(int(n), float(chances[n])) for n in best),
            none_of_these=Signal(novelty >= STRANGE and len(options) != 1, novelty, threshold=STRANGE),
            novelty=Signal(novelty, threshold=STRANGE),
            nearest=self._shown(near),
            unopened=Signal(float(chances.take(self._sides[1]).sum()), threshold=0.5),
            entropy=float(-(chances * np.log(chances + 1e-12)).sum()),
            familiar=self._familiar(pooled, near),
            version=self.version,
        )

    def taught(self, intent: str) -> tuple[str, ...]:
        """The messages it was learnt from."""
        place = self._place.get(intent)
        return () if place is None else tuple(self.texts[n] for n in np.flatnonzero(self.near.owners == place))

    def vocabulary(self) -> dict[str, int]:
        """In how many of the messages each word stood that is kept."""
        seen = self.wording.seen(len(self.texts))
        return {term: n for term, n in zip(self.wording.terms, seen, strict=True) if " " not in term}

    def by_words(self, text: str) -> Floats:
        """[intents], what the words alone speak for: a look before the encoder is asked (matters.py)."""
        spoken = self.wording.speaks(text)
        return np.zeros(len(self.intents), np.float32) if isinstance(spoken, float) else spoken

    def logits(self, texts: Sequence[str], vectors: Vector) -> Floats:
        """[n, intents], before the temperature."""
        return self._pooled_all(texts, vectors, self.near.look_at_all(vectors))

    def cooled(self, temperature: float) -> IntentHead:
        return replace(self, temperature=temperature).versioned()

    def _pooled(self, text: str, vector: Vector, near: Near) -> Floats:
        meaning = vector @ self._slopes + self.weights[:, -1]
        company = np.log(near.votes + NO_COMPANY)
        return np.asarray(MEANING * meaning + COMPANY * company + WORDS * self.wording.speaks(text), np.float32)

    def _pooled_all(self, texts: Sequence[str], vectors: Vector, nears: Sequence[Near]) -> Floats:
        """[n, intents]."""
        if not texts:
            return np.empty((0, len(self.intents)), np.float32)
        company = np.log(np.stack([near.votes for near in nears]) + NO_COMPANY)
        meaning = vectors @ self._slopes + self.weights[:, -1]
        return np.asarray(MEANING * meaning + COMPANY * company + WORDS * self.wording.speaks_all(texts), np.float32)

    def _chances(self, pooled: Floats, options: Sequence[str]) -> NDArray[np.float64]:
        logits = pooled.astype(np.float64) / self.temperature
        offered = [self._place[i] for i in options if i in self._place]
        if offered:
            logits[offered] += np.log(OFFERED)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        if len(options) == 1 and offered:
            others = 1.0 - chances[offered[0]]
            chances *= (1.0 - SETTLED) / max(others, 1e-12)
            chances[offered[0]] = SETTLED
        return np.asarray(chances)

    def _familiar(self, pooled: Floats, near: Near) -> float:
        opened, unopened = self._sides
        best = pooled.take(opened).max() if len(opened) else pooled.min()
        twin = pooled.take(unopened).max() if len(unopened) else 0.0
        return float(best) - float(twin) + NEARNESS * near.nearness

    def _shown(self, near: Near) -> tuple[NearExample, ...]:
        owners = self.near.owners[near.places]
        return tuple(
            NearExample(self.texts[at], self.intents[owner].id, cosine)
            for at, owner, cosine in zip(near.places.tolist(), owners.tolist(), near.cosines.tolist(), strict=True)
        )

    def _guess(self, n: int, chance: float) -> IntentGuess:
        intent = self.intents[n]
        return IntentGuess(intent.id, intent.category_id, chance, intent.is_opened)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {intent.id: n for n, intent in enumerate(self.intents)}

    @cached_property
    def _sides(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places of the opened intents, and of the others."""
        is_opened = np.array([intent.is_opened for intent in self.intents], bool)
        return np.flatnonzero(is_opened), np.flatnonzero(~is_opened)

    @cached_property
    def _slopes(self) -> Floats:
        return np.ascontiguousarray(self.weights[:, :-1].T)

    # at rest

    def versioned(self) -> IntentHead:
        arrays = (self.weights, self.near.bank, self.wording.table)
        digest = sha256(repr((self.temperature, self.intents, self.wording.terms)).encode())
        for array in arrays:
            digest.update(array.tobytes())
        return replace(self, version=f"intents-{digest.hexdigest()[:12]}")

    def to_bytes(self) -> bytes:
        """An .npz without pickles; texts and catalogue as JSON inside."""
        words = {
            "version": self.version,
            "temperature": self.temperature,
            "texts": self.texts,
            "terms": self.wording.terms,
            "intents": [_written(intent) for intent in self.intents],
        }
        file = io.BytesIO()
        text = np.frombuffer(json.dumps(words).encode(), np.uint8)
        table, rarity = self.wording.table, self.wording.rarity
        np.savez(file, words=text, weights=self.weights, table=table, rarity=rarity, **self.near.arrays())
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> IntentHead:
        """Raises KeyError where another version of Segue wrote it: then fit anew."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            words, arrays = json.loads(file["words"].tobytes()), {name: file[name] for name in file.files}
        return cls(
            intents=tuple(_read(fields) for fields in words["intents"]),
            weights=arrays["weights"],
            texts=tuple(words["texts"]),
            near=Neighbours.of(arrays),
            wording=Wording(tuple(words["terms"]), arrays["rarity"], arrays["table"]),
            temperature=words["temperature"],
            version=words["version"],
        )


def _written(intent: Intent) -> list[Any]:
    return [intent.id, intent.name, intent.category_id, intent.is_opened]


def _read(fields: Sequence[Any]) -> Intent:
    return Intent(fields[0], fields[1], fields[2], fields[3])


def _counts(intents: Sequence[Intent], owners: Places) -> Floats:
    is_thin = np.bincount(owners, minlength=len(intents)) < MANY
    counts = np.array([FEW if thin and not i.is_opened else 1.0 for i, thin in zip(intents, is_thin, strict=True)])
    return counts[owners].astype(np.float32)


def _begun(intents: Sequence[Intent], start: IntentHead | None) -> Floats:
    weights = np.zeros((len(intents), DIMENSIONS + 1), np.float32)
    for n, intent in enumerate(intents):
        if start and intent.id in start._place:
            weights[n] = start.weights[start._place[intent.id]]
    return weights
