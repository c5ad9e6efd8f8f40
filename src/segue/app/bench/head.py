"""The intent head at ten thousand examples: what fitting costs, and what reading one message costs."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from segue.domain.catalogue import Catalogue, Category, Intent
from segue.domain.ports import DIMENSIONS
from segue.triage.intents import Examples, IntentHead

EXAMPLES, INTENTS, READS = 10_000, 77, 400


def run() -> dict[str, Any]:
    """Synthetic unit vectors around one centre per intent: the cost does not depend on what they mean."""
    random = np.random.default_rng(7)
    centres = random.normal(0, 1, (INTENTS, DIMENSIONS))
    labels = random.integers(0, INTENTS, EXAMPLES)
    vectors = (centres[labels] + random.normal(0, 1.5, (EXAMPLES, DIMENSIONS))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = [f"intent_{n}" for n in range(INTENTS)]
    texts = tuple(f"message {n} about {names[label]} and invoice {n % 97}" for n, label in enumerate(labels))
    catalogue = Catalogue((Category("all", "All"),), tuple(Intent(n, n, "all") for n in names))
    begin = time.process_time()
    examples = Examples(texts, vectors, tuple(names[label] for label in labels))
    named = Examples(tuple(names), np.stack([vectors[labels == n][0] for n in range(INTENTS)]), tuple(names))
    head = IntentHead.fit(examples, named, catalogue)
    fitted = time.process_time() - begin
    begin = time.process_time()
    IntentHead.fit(_corrected(examples, names), named, catalogue, start=head)
    refitted = time.process_time() - begin
    spent = {"fit_cpu_s": round(fitted, 2), "refit_cpu_s": round(refitted, 2)}
    return {"examples": EXAMPLES, "intents": INTENTS, **spent, **_reading(head, texts, vectors)}


def _corrected(examples: Examples, names: list[str]) -> Examples:
    """One message turns out to have wanted something else."""
    other = names[0] if examples.intents[-1] != names[0] else names[1]
    return Examples(examples.texts, examples.vectors, (*examples.intents[:-1], other))


def _reading(head: IntentHead, texts: tuple[str, ...], vectors: Any) -> dict[str, float]:
    took = []
    for n in range(READS):
        begin = time.perf_counter()
        head.read(texts[n], vectors[n])
        took.append((time.perf_counter() - begin) * 1e3)
    p50, p99 = np.percentile(took, (50, 99))
    return {"read_p50_ms": round(float(p50), 3), "read_p99_ms": round(float(p99), 3)}
