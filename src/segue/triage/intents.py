"""What a message wants: a linear head over vectors, beside the past messages it resembles.

The one idea: intents that are known only by name take part like all others, learnt from their few questions. The
confident errors come from near twins of what is opened, and a twin can only be told from its sibling if both stand in
the list.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from segue.domain.assessment import IntentGuess, NearExample, Signal
from segue.domain.catalogue import Catalogue, Intent
from segue.domain.errors import Refused
from segue.domain.ports import DIMENSIONS, Vector

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

KEPT = 5
STRENGTH = 10.0
"""C of the logistic regression: 3 to 100 differ by less than half a point."""
FEW, MANY = 3.0, 30
"""What one example of an unopened intent counts for while it has fewer than MANY; the opened ones have dozens."""
STRANGE = 0.995
"""From this novelty on a message is none of these: stranger than 199 of 200 past ones."""
OFFERED = 2.0
"""The odds of an intent grow by this when a question has just offered it."""
SETTLED = 0.98
"""Its probability once the customer has picked it."""
DEPTH, CANDIDATES = 96, 32
"""The nearest are looked for in the first principal directions; so many candidates are compared in full."""
PROBES = 1_000
_WORD = re.compile(r"[^\W\d_]{2,}")


class Labelled(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def intent(self) -> str: ...
    @property
    def vector(self) -> Vector: ...


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with their vectors, float32 [n, DIMENSIONS], and what they wanted."""

    texts: tuple[str, ...]
    vectors: Vector
    intents: tuple[str, ...]

    @classmethod
    def of(cls, labelled: Iterable[Labelled]) -> Examples:
        rows = list(labelled)
        vectors = np.stack([r.vector for r in rows]) if rows else np.empty((0, DIMENSIONS), np.float32)
        return cls(tuple(r.text for r in rows), vectors.astype(np.float32), tuple(r.intent for r in rows))

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Examples) -> Examples:
        return Examples(
            self.texts + other.texts, np.concatenate([self.vectors, other.vectors]), self.intents + other.intents
        )

    def take(self, places: Iterable[int]) -> Examples:
        at = list(places)
        return Examples(tuple(self.texts[i] for i in at), self.vectors[at], tuple(self.intents[i] for i in at))


def named_texts(catalogue: Catalogue) -> list[tuple[str, str]]:
    """What the catalogue itself says of each intent, its name and typical questions, as (text, intent): to be encoded
    and given to `fit`."""
    return [(text, intent.id) for intent in catalogue.intents for text in (intent.name, *intent.questions)]


def together(now: Vector, before: Vector) -> Vector:
    """The vector of two messages about one matter: how a reply to a question is read. Two messages tell twins apart
    far better than one (on BANKING77 98.9 % right instead of 92.9)."""
    both = now + before
    return np.asarray(both / max(float(np.linalg.norm(both)), 1e-9), np.float32)


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
    version: str


@dataclass(frozen=True, eq=False)
class IntentHead:
    """Fitted once, read by many threads."""

    intents: tuple[Intent, ...]
    weights: Floats
    """[intents, DIMENSIONS + 1]; the last column is the bias."""
    texts: tuple[str, ...]
    bank: NDArray[np.float16]
    owners: Places
    directions: Floats
    usual: Floats
    """Quantiles, 0 to 100 %, of how near past messages are to their own five nearest."""
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
        examples = _deduplicated(history + named)
        held = frozenset(examples.intents)
        intents = tuple(i for i in catalogue.intents if i.id in held)
        if not intents:
            raise Refused("There is nothing to learn intents from.", "Bring in a catalogue or past messages first.")
        place = {intent.id: n for n, intent in enumerate(intents)}
        examples = examples.take(n for n, i in enumerate(examples.intents) if i in place)
        owners = np.array([place[i] for i in examples.intents], np.int64)
        weights = _softmax_regression(examples.vectors, owners, _counts(intents, owners), _begun(intents, start))
        bank = examples.vectors.astype(np.float16)
        spread = examples.vectors.T @ examples.vectors
        directions = np.ascontiguousarray(np.linalg.eigh(spread)[1][:, -DEPTH:], np.float32)
        usual = _usual(examples.vectors, min(len(history), len(examples)))
        return cls(intents, weights, examples.texts, bank, owners, directions, usual).versioned()

    def read(self, text: str, vector: Vector, options: Sequence[str] = ()) -> IntentReading:
        """`options`: the intents a clarifying question has just offered; one alone is the one the customer picked."""
        chances = self._chances(vector, options)
        nearest = self._nearest(vector)
        novelty = self._novelty(nearest) if _WORD.search(text) else 1.0
        best = np.argsort(-chances, kind="stable")[:KEPT]
        return IntentReading(
            intents=tuple(self._guess(int(n), float(chances[n])) for n in best),
            none_of_these=Signal(novelty >= STRANGE and len(options) != 1, novelty, threshold=STRANGE),
            novelty=Signal(novelty),
            nearest=nearest,
            unopened=Signal(float(chances[~self._is_opened].sum()), threshold=0.5),
            entropy=float(-(chances * np.log(chances + 1e-12)).sum()),
            version=self.version,
        )

    def logits(self, vectors: Vector) -> Floats:
        """[n, intents], before the temperature."""
        return np.asarray(vectors @ self._slopes + self.weights[:, -1])

    def cooled(self, temperature: float) -> IntentHead:
        return replace(self, temperature=temperature).versioned()

    def _chances(self, vector: Vector, options: Sequence[str]) -> NDArray[np.float64]:
        logits = self.logits(vector).astype(np.float64) / self.temperature
        offered = [self._place[i] for i in options if i in self._place]
        logits[offered] += np.log(OFFERED)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        if len(options) == 1 and offered:
            others = 1.0 - chances[offered[0]]
            chances *= (1.0 - SETTLED) / max(others, 1e-12)
            chances[offered[0]] = SETTLED
        return np.asarray(chances)

    def _nearest(self, vector: Vector) -> tuple[NearExample, ...]:
        rough = self._rough @ (vector @ self.directions)
        most = min(CANDIDATES, len(rough))
        some = np.argpartition(rough, len(rough) - most)[len(rough) - most :]
        cosines = self.bank[some].astype(np.float32) @ vector
        order = np.argsort(-cosines, kind="stable")[:KEPT]
        return tuple(
            NearExample(self.texts[some[n]], self.intents[self.owners[some[n]]].id, float(cosines[n])) for n in order
        )

    def _novelty(self, nearest: Sequence[NearExample]) -> float:
        """The share of past messages that had nearer company than this one has."""
        nearness = sum(near.cosine for near in nearest) / len(nearest)
        return 1.0 - float(np.interp(nearness, self.usual, self._shares, left=0.0))

    def _guess(self, n: int, chance: float) -> IntentGuess:
        intent = self.intents[n]
        return IntentGuess(intent.id, intent.category_id, chance, intent.is_opened)

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        return np.linspace(0.0, 1.0, len(self.usual))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {intent.id: n for n, intent in enumerate(self.intents)}

    @cached_property
    def _is_opened(self) -> NDArray[np.bool_]:
        return np.array([intent.is_opened for intent in self.intents])

    @cached_property
    def _slopes(self) -> Floats:
        return np.ascontiguousarray(self.weights[:, :-1].T)

    @cached_property
    def _rough(self) -> Floats:
        return np.ascontiguousarray(self.bank.astype(np.float32) @ self.directions)

    # at rest

    def versioned(self) -> IntentHead:
        digest = sha256(self.weights.tobytes() + self.bank.tobytes() + repr((self.temperature, self.intents)).encode())
        return replace(self, version=f"intents-{digest.hexdigest()[:12]}")

    def to_bytes(self) -> bytes:
        """An .npz without pickles; texts and catalogue as JSON inside."""
        words = {
            "version": self.version,
            "temperature": self.temperature,
            "texts": self.texts,
            "intents": [_written(intent) for intent in self.intents],
        }
        file = io.BytesIO()
        np.savez(
            file, words=np.frombuffer(json.dumps(words).encode(), np.uint8), weights=self.weights, bank=self.bank,
            owners=self.owners, directions=self.directions, usual=self.usual,
        )  # fmt: skip
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> IntentHead:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            words = json.loads(file["words"].tobytes())
            arrays = {name: file[name] for name in ("weights", "bank", "owners", "directions", "usual")}
        return cls(
            intents=tuple(_read(fields) for fields in words["intents"]),
            texts=tuple(words["texts"]),
            temperature=words["temperature"],
            version=words["version"],
            **arrays,
        )


def _written(intent: Intent) -> list[Any]:
    return [intent.id, intent.name, intent.category_id, intent.is_opened]


def _read(fields: Sequence[Any]) -> Intent:
    return Intent(fields[0], fields[1], fields[2], fields[3])


def _deduplicated(examples: Examples) -> Examples:
    """A question of the catalogue is often a past message, too."""
    first = {key: n for n, key in reversed(list(enumerate(zip(examples.texts, examples.intents, strict=True))))}
    return examples.take(sorted(first.values()))


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


def _softmax_regression(vectors: Vector, owners: Places, counts: Floats, begun: Floats) -> Floats:
    """Multinomial logistic regression with an L2 penalty (not on the bias), by L-BFGS. `counts` weighs the examples."""
    from scipy.optimize import minimize  # half a second to load, and only a fit needs it

    rows = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    rate = (counts / counts.sum())[:, None]
    penalty = np.full(begun.shape[1], 1.0 / (STRENGTH * counts.sum()), np.float32)
    penalty[-1] = 0.0
    own = (np.arange(len(rows)), owners)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(begun.shape).astype(np.float32)
        logits = rows @ weights.T
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        total = chances.sum(axis=1, keepdims=True)
        value = float((rate[:, 0] * (np.log(total[:, 0]) - logits[own])).sum() + 0.5 * (penalty * weights**2).sum())
        chances /= total
        chances[own] -= 1.0
        slope = (chances * rate).T @ rows + penalty * weights
        return value, slope.ravel().astype(np.float64)

    found = minimize(loss, begun.ravel().astype(np.float64), jac=True, method="L-BFGS-B",
                     options={"maxiter": 200, "gtol": 2e-4})  # fmt: skip
    return np.ascontiguousarray(found.x.reshape(begun.shape), np.float32)


def _usual(vectors: Vector, past: int) -> Floats:
    """How near past messages (the first `past` rows) are to the others, as quantiles; a sample of them is asked."""
    probes = np.unique(np.linspace(0, max(past, 1) - 1, PROBES).astype(np.int64))
    cosines = vectors[probes] @ vectors.T
    cosines[np.arange(len(probes)), probes] = -1.0
    kept = min(KEPT, len(vectors) - 1)
    if kept < 1:
        return np.zeros(2, np.float32)
    nearness = np.partition(cosines, -kept, axis=1)[:, -kept:].mean(axis=1)
    return np.asarray(np.quantile(nearness, np.linspace(0.0, 1.0, 101)), np.float32)
